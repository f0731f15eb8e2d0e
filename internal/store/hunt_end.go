package store

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/models"
)

// CodeHuntEnded is the stable code for a wish that comes too late.
const CodeHuntEnded = "hunt_ended"

// endHuntJob closes a hunt whose job is closed from outside.
func endHuntJob(ctx context.Context, t *Tenant, _ bun.IDB, e JobEnd) (string, error) {
	row, err := t.LockHunt(ctx, e.ID)
	if err != nil {
		return "", err
	}
	ended := models.HuntEndedFailed
	if e.Status != models.JobFailed {
		ended = models.HuntEndedStopped
	}
	return row.Status, t.EndHunt(ctx, row, e.Status, ended, e.Error)
}

// EndHunt writes the end of a hunt that the caller has locked, unless it has one, and tells who waits for it.
func (t *Tenant) EndHunt(ctx context.Context, row *models.Hunt, status, ended, text string) error {
	if models.JobFinal(row.Status) {
		return nil
	}
	return t.run(ctx, func(ctx context.Context, t *Tenant, _ bun.IDB) error {
		if err := t.RecountHunt(ctx, row); err != nil {
			return err
		}
		now := t.s.Now()
		row.Status, row.Ended, row.Error, row.FinishedAt, row.TroubleSince, row.Tries, row.ListFrom = status, ended, text, &now, nil, 0, -1
		if text == "" {
			row.ErrorKind = ""
		}
		err := t.SaveHunt(ctx, row, "status", "ended", "error", "error_kind", "finished_at", "trouble_since", "tries", "list_from")
		if err != nil {
			return err
		}
		if err := t.TellHunt(ctx, row); err != nil {
			return err
		}
		if err := t.FinishJob(ctx, models.JobHunt, row.ID); err != nil {
			return err
		}
		if err := t.tellWork(ctx, row.ExecutionID, WorkRef{Kind: models.JobHunt, ID: row.ID}); err != nil {
			return err
		}
		if err := t.emitHuntCompleted(ctx, row); err != nil {
			return err
		}
		return t.notifyHunt(ctx, row)
	})
}

func (t *Tenant) emitHuntCompleted(ctx context.Context, row *models.Hunt) error {
	return t.WithCausation(row.Causation).Emit(ctx, Event{ID: fmt.Sprintf("hunt.completed:%d:%d", row.ID, row.Attempt), Type: "hunt.completed", Payload: map[string]any{
		"hunt": HuntPayload(row), "status": row.Status, "rows": row.Rows, "errors": row.Errors,
	}})
}

// HuntPayload is a hunt as events and playbooks see it.
func HuntPayload(row *models.Hunt) map[string]any {
	return map[string]any{
		"id": row.ID, "hunt_id": row.HuntID, "description": row.Description, "artifacts": row.Artifacts, "status": row.Status, "ended": row.Ended,
		"scheduled": row.Scheduled, "finished": row.Finished, "errors": row.Errors, "rows": row.Rows, "rows_new": row.RowsNew,
		"indicators": row.Indicators, "error": row.Error, "schedule_id": row.ScheduleID, "created_at": row.CreatedAt.UTC(),
		"expires_at": row.ExpiresAt.UTC(), "finished_at": utc(row.FinishedAt),
	}
}

// notifyHunt tells who started a hunt that it has ended; who stopped it before it began knows.
func (t *Tenant) notifyHunt(ctx context.Context, row *models.Hunt) error {
	if row.CreatedBy == nil || row.Status == models.JobCancelled || row.ExecutionID != nil {
		return nil
	}
	n := Notice{
		Users: []int64{*row.CreatedBy}, Type: "hunt." + row.Status, Link: fmt.Sprintf("/hunts/%d", row.ID), Title: fmt.Sprintf("Hunt %q is over", row.Description),
		Message: fmt.Sprintf("%d of %d hosts answered with %d rows, %d of them new.", row.Finished-row.Errors, row.Scheduled, row.Rows, row.RowsNew),
	}
	switch {
	case row.Status == models.JobFailed:
		n.Severity, n.Title, n.Message = models.SeverityMedium, fmt.Sprintf("Hunt %q failed", row.Description), row.Error
	case row.Errors > 0:
		n.Severity = models.SeverityLow
		n.Message += fmt.Sprintf(" %d hosts failed; they are listed by cause and can be tried again.", row.Errors)
	}
	_, err := t.Notify(ctx, n)
	return err
}

// StopHunt wants a hunt ended: the rows that are here stay. One that the server has not heard of ends at once. Faults:
// NotFound, Conflict (hunt_ended).
func (t *Tenant) StopHunt(ctx context.Context, id int64) (row *models.Hunt, err error) {
	err = t.run(ctx, func(ctx context.Context, t *Tenant, _ bun.IDB) error {
		if row, err = t.LockHunt(ctx, id); err != nil {
			return err
		}
		if models.JobFinal(row.Status) {
			return fault.New(fault.Conflict, "the hunt has already ended").WithCode(CodeHuntEnded)
		}
		return t.stopHunt(ctx, row, "")
	})
	return row, err
}

// stopHunt has a hunt ended that the caller has locked and that has not ended.
func (t *Tenant) stopHunt(ctx context.Context, row *models.Hunt, reason string) error {
	switch {
	case row.AskedAt == nil:
		return t.EndHunt(ctx, row, models.JobCancelled, models.HuntEndedStopped, reason)
	case row.Status == models.JobCancelling:
		return nil
	}
	row.Status = models.JobCancelling
	if err := t.SaveHunt(ctx, row, "status"); err != nil {
		return err
	}
	if err := t.TellHunt(ctx, row); err != nil {
		return err
	}
	return t.WakeJob(ctx, models.JobHunt, row.ID)
}

// huntWork is how a hunt stands that a step waits for.
func huntWork(ctx context.Context, t *Tenant, _ bun.IDB, id int64) (Work, error) {
	row, err := t.Hunt(ctx, id)
	if err != nil {
		return Work{}, err
	}
	return Work{Status: row.Status, Error: row.Error, ErrorKind: row.ErrorKind}, nil
}

// cancelHuntWork stops a hunt whose step waits no longer.
func cancelHuntWork(ctx context.Context, t *Tenant, _ bun.IDB, id int64, reason string) error {
	row, err := t.LockHunt(ctx, id)
	if err != nil || models.JobFinal(row.Status) {
		return err
	}
	return t.stopHunt(ctx, row, reason)
}

// ExtendHunt gives a hunt another expiry. Faults: NotFound; Conflict (hunt_ended); Invalid for a time that has passed.
func (t *Tenant) ExtendHunt(ctx context.Context, id int64, expires time.Time) (row *models.Hunt, err error) {
	err = t.run(ctx, func(ctx context.Context, t *Tenant, _ bun.IDB) error {
		if row, err = t.LockHunt(ctx, id); err != nil {
			return err
		}
		switch {
		case models.JobFinal(row.Status) || row.Status == models.JobCancelling:
			return fault.New(fault.Conflict, "the hunt has already ended").WithCode(CodeHuntEnded)
		case !expires.After(t.s.Now()):
			return fault.InvalidField("body.expires", "must lie in the future")
		}
		row.ExpiresAt = expires
		if err := t.SaveHunt(ctx, row, "expires_at"); err != nil {
			return err
		}
		return t.WakeJob(ctx, models.JobHunt, id)
	})
	return row, err
}

// ResumeHunt lets a paused hunt begin. Faults: NotFound; Conflict (hunt_not_paused).
func (t *Tenant) ResumeHunt(ctx context.Context, id int64) (row *models.Hunt, err error) {
	err = t.run(ctx, func(ctx context.Context, t *Tenant, _ bun.IDB) error {
		if row, err = t.LockHunt(ctx, id); err != nil {
			return err
		}
		if !row.Paused || models.JobFinal(row.Status) || row.Status == models.JobCancelling {
			return fault.New(fault.Conflict, "the hunt is not paused").WithCode("hunt_not_paused")
		}
		row.Paused = false
		if err := t.SaveHunt(ctx, row, "paused"); err != nil {
			return err
		}
		return t.WakeJob(ctx, models.JobHunt, id)
	})
	return row, err
}
