package store

import (
	"context"

	"github.com/uptrace/bun"

	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/models"
)

// ChangeCollection locks a collection and writes what change makes of it, all in one transaction; one that has ended, or was
// started anew since the attempt that the caller is about, stays as it is and change isn't called. Faults: NotFound.
func (t *Tenant) ChangeCollection(
	ctx context.Context, id int64, attempt int, change func(ctx context.Context, tx *Tenant, row *models.Collection) error,
) (row *models.Collection, err error) {
	err = t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		if row, err = t.lockCollection(ctx, db, id); err != nil {
			return err
		}
		if models.JobFinal(row.Status) || row.Attempt != attempt {
			return nil
		}
		if err := change(ctx, t, row); err != nil {
			return err
		}
		_, err := db.NewUpdate().Model(row).Column(collectionCourse()...).WherePK().Exec(ctx)
		return err
	})
	return row, err
}

// collectionCourse are the columns that change while a collection is carried out.
func collectionCourse() []string {
	return []string{
		"host_id", "flow_id", "status", "phase", "reason", "flow_state", "flow_words", "flow_started_at", "last_seen", "sources", "source_at", "row_at",
		"rows_found", "rows", "rows_new", "rows_bad", "bad_reason", "indicators", "files", "files_kept", "files_listed", "polls",
		"lease_until", "server_away_at", "checked", "launched_at", "started_at",
	}
}

// CollectionEnd is how a collection ends.
type CollectionEnd struct {
	Status    string // completed, failed, cancelled
	Error     string
	ErrorKind string
}

// EndCollection writes a collection's end, unless it has one, and tells whoever waits for it: the run, the playbooks that
// listen, the screen. The answer is the row as it stands then. Faults: NotFound.
func (t *Tenant) EndCollection(ctx context.Context, id int64, attempt int, e CollectionEnd) (row *models.Collection, err error) {
	err = t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		if row, err = t.lockCollection(ctx, db, id); err != nil || row.Attempt != attempt {
			return err
		}
		return t.endCollection(ctx, db, row, e)
	})
	return row, err
}

func (t *Tenant) lockCollection(ctx context.Context, db bun.IDB, id int64) (*models.Collection, error) {
	row := &models.Collection{}
	err := db.NewSelect().Model(row).Where("co.tenant_id = ? AND co.id = ?", t.id, id).For("NO KEY UPDATE").Scan(ctx)
	return row, err
}

func (t *Tenant) endCollection(ctx context.Context, db bun.IDB, row *models.Collection, e CollectionEnd) error {
	if models.JobFinal(row.Status) {
		return nil
	}
	now := t.s.Now()
	row.Status, row.Error, row.ErrorKind, row.FinishedAt = e.Status, e.Error, e.ErrorKind, &now
	row.Reason, row.LeaseUntil, row.ServerAwayAt = "", nil, nil
	if e.Status == models.JobCompleted {
		row.Phase = models.CollectionDone
	}
	_, err := db.NewUpdate().Model(row).Column("status", "phase", "error", "error_kind", "reason", "lease_until", "server_away_at", "finished_at").WherePK().Exec(ctx)
	if err != nil {
		return err
	}
	t.tellCollection(row)
	if err := t.FinishJob(ctx, models.JobCollection, row.ID); err != nil {
		return err
	}
	if err := t.tellWork(ctx, row.ExecutionID, WorkRef{Kind: models.JobCollection, ID: row.ID}); err != nil {
		return err
	}
	if err := t.notifyCollection(ctx, row); err != nil {
		return err
	}
	return t.emitCollection(ctx, row)
}

// endCollectionJob closes a collection whose job is closed from outside.
func endCollectionJob(ctx context.Context, t *Tenant, db bun.IDB, e JobEnd) (string, error) {
	row, err := t.lockCollection(ctx, db, e.ID)
	if err != nil {
		return "", err
	}
	end := CollectionEnd{Status: e.Status, Error: e.Error}
	if e.Status == models.JobFailed {
		end.ErrorKind = models.CollectionInternal
	}
	err = t.endCollection(ctx, db, row, end)
	return row.Status, err
}

// CancelCollection wants a collection ended: what came in so far stays. One that the server hasn't heard of ends at once, the
// others when the endpoint was told. Faults: NotFound, Conflict (collection_ended).
func (t *Tenant) CancelCollection(ctx context.Context, id int64, reason string) (row *models.Collection, err error) {
	err = t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		if row, err = t.lockCollection(ctx, db, id); err != nil {
			return err
		}
		if models.JobFinal(row.Status) {
			return fault.New(fault.Conflict, "the collection has already ended").WithCode(CodeCollectionEnded)
		}
		return t.cancelCollection(ctx, db, row, reason)
	})
	return row, err
}

func (t *Tenant) cancelCollection(ctx context.Context, db bun.IDB, row *models.Collection, reason string) error {
	if row.LaunchedAt == nil && row.LeaseUntil == nil {
		return t.endCollection(ctx, db, row, CollectionEnd{Status: models.JobCancelled, Error: reason})
	}
	if row.Status == models.JobCancelling {
		return nil
	}
	row.Status, row.Reason, row.Polls = models.JobCancelling, reason, 0
	t.tellCollection(row)
	if _, err := db.NewUpdate().Model(row).Column("status", "reason", "polls").WherePK().Exec(ctx); err != nil {
		return err
	}
	return t.WakeJob(ctx, models.JobCollection, row.ID)
}

// RetryCollection has a collection that failed or was cancelled go on: where the endpoint had done its part and only its rows
// or files are missing, where it stopped; otherwise from the start, as another flow, which somebody of this role asks for. Faults: NotFound, Conflict
// (not_retryable).
func (t *Tenant) RetryCollection(ctx context.Context, id int64, role string) (row *models.Collection, err error) {
	err = t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		if row, err = t.lockCollection(ctx, db, id); err != nil {
			return err
		}
		if row.Status != models.JobFailed && row.Status != models.JobCancelled {
			return fault.New(fault.Conflict, "only a collection that failed or was cancelled can be tried again").WithCode("not_retryable")
		}
		again(row)
		row.Attempt++
		row.Role, row.Checked = role, false
		columns := append(collectionCourse(), "role", "error", "error_kind", "finished_at", "attempt")
		if _, err := db.NewUpdate().Model(row).Column(columns...).WherePK().Exec(ctx); err != nil {
			return err
		}
		t.tellCollection(row)
		return t.StartJob(ctx, models.JobCollection, id, row.Attempt)
	})
	return row, err
}

// again makes of a collection's row that of its next attempt.
func again(row *models.Collection) {
	arrived := (row.Phase == models.CollectionRows || row.Phase == models.CollectionFiles) && row.FlowState == "FINISHED"
	row.Status, row.Error, row.ErrorKind, row.FinishedAt, row.Reason, row.Polls = models.JobQueued, "", "", nil, "", 0
	if arrived {
		return
	}
	*row = models.Collection{
		ID: row.ID, TenantID: row.TenantID, HostID: row.HostID, ClientID: row.ClientID, ArtifactName: row.ArtifactName, Parameters: row.Parameters,
		TimeoutSeconds: row.TimeoutSeconds, MaxRows: row.MaxRows, WaitSeconds: row.WaitSeconds, Attempt: row.Attempt, Role: row.Role,
		ExecutionID: row.ExecutionID, StepKey: row.StepKey, Causation: row.Causation, CreatedBy: row.CreatedBy, Username: row.Username, CreatedAt: row.CreatedAt,
		Status: models.JobQueued, Phase: models.CollectionLaunch, FlowID: newFlowID(), Sources: []string{},
	}
}

func collectionWork(ctx context.Context, _ *Tenant, db bun.IDB, id int64) (w Work, err error) {
	err = db.NewSelect().Model((*models.Collection)(nil)).Column("status", "error", "error_kind").
		Where("co.id = ?", id).Scan(ctx, &w.Status, &w.Error, &w.ErrorKind)
	return w, err
}

func cancelCollectionWork(ctx context.Context, t *Tenant, db bun.IDB, id int64, reason string) error {
	row, err := t.lockCollection(ctx, db, id)
	if err != nil || models.JobFinal(row.Status) {
		return err
	}
	return t.cancelCollection(ctx, db, row, reason)
}
