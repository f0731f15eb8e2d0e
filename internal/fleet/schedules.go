package fleet

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/velocicompanion/velocicompanion/internal/auth"
	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/models"
)

const (
	leastInterval = time.Minute
	mostInterval  = 366 * 24 * time.Hour
	mostJitter    = 24 * time.Hour
	soonLook      = time.Second     // the first looks at a run's hunt
	lateLook      = 5 * time.Minute // the last ones: the longer it took so far, the rarer
	waitingLook   = 5 * time.Second // at what a run waits for
)

// ScheduleStep is what came of a look at one time of a schedule.
type ScheduleStep struct {
	RunID  int64
	Status string // of the run, or of its hunt
	Done   bool
	Wait   time.Duration // until the next look
}

// AdvanceSchedule looks at one time of a schedule: a run that is known by its id, or the time that is to be claimed. One hunt
// comes of a time, whatever repeats. Faults: Unavailable.
func (s *Service) AdvanceSchedule(ctx context.Context, t *store.Tenant, scheduleID, runID int64, at time.Time) (out ScheduleStep, err error) {
	err = t.InTx(ctx, func(ctx context.Context, tx *store.Tenant) error {
		if runID != 0 {
			known, err := tx.ScheduleRun(ctx, runID)
			if err != nil {
				return err
			}
			at = known.ScheduledAt
		}
		run, err := tx.ClaimScheduleRun(ctx, scheduleID, at, false)
		if err != nil {
			return err
		}
		out, err = s.scheduleStep(ctx, tx, run)
		return err
	})
	if fault.Is(err, fault.NotFound) { // the schedule was deleted: there is nobody to tell
		return ScheduleStep{RunID: runID, Status: models.JobCancelled, Done: true}, nil
	}
	return out, err
}

func (s *Service) scheduleStep(ctx context.Context, tx *store.Tenant, run *models.HuntScheduleRun) (ScheduleStep, error) {
	if run.Status == models.ScheduledWaiting {
		if err := s.startScheduled(ctx, tx, run); err != nil {
			return ScheduleStep{}, err
		}
	}
	out := ScheduleStep{RunID: run.ID, Status: run.Status}
	switch run.Status {
	case models.ScheduledWaiting:
		out.Wait = waitingLook
	case models.ScheduledStarted:
		out.Wait = min(max(s.p.Clock.Now().Sub(run.CreatedAt)/20, soonLook), lateLook)
		if out.Done = run.HuntStatus == "" || models.JobFinal(run.HuntStatus); out.Done {
			out.Status = run.HuntStatus
		}
	default:
		out.Done = true
	}
	return out, nil
}

// startScheduled starts a run's hunt, unless the run before is at work: then it waits or is skipped, as the schedule says.
func (s *Service) startScheduled(ctx context.Context, tx *store.Tenant, run *models.HuntScheduleRun) error {
	schedule, err := tx.HuntSchedule(ctx, run.ScheduleID)
	if err != nil {
		return err
	}
	others, err := tx.RunsAtWork(ctx, schedule.ID, run.ID)
	if err != nil {
		return err
	}
	switch {
	case schedule.Overlap == models.OverlapAllowAll || len(others) == 0:
		return s.huntOf(ctx, tx, schedule, run)
	case schedule.Overlap == models.OverlapSkip || olderWaits(others, run):
		run.Status, run.Error = models.ScheduledSkipped, "the run before was still at work"
		return tx.SettleScheduleRun(ctx, run)
	case oldest(others, run):
		return s.huntOf(ctx, tx, schedule, run)
	default:
		return nil // it waits
	}
}

// olderWaits says whether another run waits before this one: there is room for one.
func olderWaits(others []models.HuntScheduleRun, run *models.HuntScheduleRun) bool {
	for i := range others {
		if others[i].Status == models.ScheduledWaiting && others[i].ID < run.ID {
			return true
		}
	}
	return false
}

// oldest says whether those at work besides this run only wait behind it.
func oldest(others []models.HuntScheduleRun, run *models.HuntScheduleRun) bool {
	for i := range others {
		if others[i].Status != models.ScheduledWaiting || others[i].ID < run.ID {
			return false
		}
	}
	return true
}

// huntOf starts the hunt of a run as the schedule's owner. What is wrong with it fails the run, and the owner is told.
func (s *Service) huntOf(ctx context.Context, tx *store.Tenant, schedule *models.HuntSchedule, run *models.HuntScheduleRun) error {
	hunt, err := s.startAs(ctx, tx, schedule, run)
	if err == nil {
		run.Status, run.HuntID, run.HuntStatus = models.ScheduledStarted, &hunt.ID, hunt.Status
		return tx.SettleScheduleRun(ctx, run)
	}
	if fault.Retryable(err) {
		return err
	}
	if _, known := errors.AsType[*fault.Error](err); !known {
		return err
	}
	now := s.p.Clock.Now()
	run.Status, run.Error, run.ToldAt = models.ScheduledFailed, fault.Safe(err), &now
	if err := tx.SettleScheduleRun(ctx, run); err != nil {
		return err
	}
	return tellScheduleFailed(ctx, tx, schedule, run)
}

func (s *Service) startAs(ctx context.Context, tx *store.Tenant, schedule *models.HuntSchedule, run *models.HuntScheduleRun) (*models.Hunt, error) {
	if err := s.ownerMay(ctx, tx, schedule); err != nil {
		return nil, err
	}
	var ask HuntAsk
	if err := json.Unmarshal(schedule.Hunt, &ask); err != nil {
		return nil, fault.Wrap(err, fault.Invalid, "the schedule's hunt can't be read: save the schedule anew")
	}
	ask.ScheduleID, ask.ScheduledAt, ask.By = schedule.ID, &run.ScheduledAt, HuntBy{Username: schedule.Owner}
	if schedule.OwnerID != nil {
		ask.By.UserID = *schedule.OwnerID
	}
	return s.StartHunt(ctx, tx, ask)
}

// ownerMay refuses to start hunts for somebody who may not any more. Faults: Forbidden (schedule_owner).
func (s *Service) ownerMay(ctx context.Context, tx *store.Tenant, schedule *models.HuntSchedule) error {
	gone := fault.New(fault.Forbidden, "%s, whom its hunts act as, may no longer start hunts: an administrator saves the schedule anew", schedule.Owner).WithCode("schedule_owner")
	if schedule.OwnerID == nil {
		return gone
	}
	owner, err := tx.User(ctx, *schedule.OwnerID)
	if fault.Is(err, fault.NotFound) { // a visitor of another tenant, or removed
		account, err := s.p.Store.System().UserByID(ctx, *schedule.OwnerID, "")
		if fault.Is(err, fault.NotFound) {
			return gone
		}
		if err != nil {
			return err
		}
		owner = &account.User
		if auth.Role(owner.Role) != auth.RoleSuperAdmin {
			return gone
		}
	} else if err != nil {
		return err
	}
	if !owner.IsActive || !auth.Role(owner.Role).Has(auth.HuntsStart) {
		return gone
	}
	return nil
}

// tellScheduleFailed tells the owner, or where he is gone the administrators, that no hunt came of a time.
func tellScheduleFailed(ctx context.Context, tx *store.Tenant, schedule *models.HuntSchedule, run *models.HuntScheduleRun) error {
	admins, err := tx.ActiveUsers(ctx, nil, []string{string(auth.RoleAdmin), string(auth.RoleSuperAdmin)})
	if err != nil {
		return err
	}
	users := make([]int64, 0, len(admins)+1)
	for i := range admins {
		users = append(users, admins[i].ID)
	}
	if schedule.OwnerID != nil {
		users = append(users, *schedule.OwnerID)
	}
	if len(users) == 0 {
		return nil
	}
	_, err = tx.Notify(ctx, store.Notice{
		Users: users, Type: "schedule.failed", Severity: models.SeverityMedium, Once: true, Link: fmt.Sprintf("/hunts/schedules/%d", schedule.ID),
		Title: fmt.Sprintf("The scheduled hunt %q could not be started", schedule.Name), Message: run.Error,
	})
	return err
}

// RunSchedule starts a run of a schedule now, in the caller's transaction. Faults: NotFound; Conflict (schedule_overlap) where
// the run before is at work and the schedule skips then; what is wrong with the hunt.
func (s *Service) RunSchedule(ctx context.Context, tx *store.Tenant, scheduleID int64) (*models.HuntScheduleRun, error) {
	run, err := tx.ClaimScheduleRun(ctx, scheduleID, s.p.Clock.Now().UTC(), true)
	if err != nil {
		return nil, err
	}
	schedule, err := tx.HuntSchedule(ctx, scheduleID)
	if err != nil {
		return nil, err
	}
	others, err := tx.RunsAtWork(ctx, scheduleID, run.ID)
	if err != nil {
		return nil, err
	}
	if len(others) > 0 && schedule.Overlap != models.OverlapAllowAll {
		return nil, fault.New(fault.Conflict, "the run before is still at work: stop its hunt, or wait for its end").WithCode("schedule_overlap")
	}
	hunt, err := s.startAs(ctx, tx, schedule, run)
	if err != nil {
		return nil, err
	}
	run.Status, run.HuntID, run.HuntStatus, run.Description = models.ScheduledStarted, &hunt.ID, hunt.Status, hunt.Description
	if err := tx.SettleScheduleRun(ctx, run); err != nil {
		return nil, err
	}
	return run, tx.StartScheduleRun(ctx, run)
}

// CheckSchedule refuses a schedule whose times or hunt can't be; checkHunt also asks the server whether the hunt can be.
// Faults: Invalid at the field, and CheckHunt's.
func (s *Service) CheckSchedule(ctx context.Context, t *store.Tenant, row *models.HuntSchedule, role auth.Role, checkHunt bool) error {
	if _, err := time.LoadLocation(row.Timezone); err != nil || row.Timezone == "Local" {
		return fault.InvalidField("timezone", "must be a name of the IANA time zones, such as Europe/Berlin")
	}
	if d := time.Duration(row.JitterSeconds) * time.Second; d < 0 || d > mostJitter {
		return fault.InvalidField("jitter_seconds", "must be between 0 and a day")
	}
	every := time.Duration(row.EverySeconds) * time.Second
	field := "cron"
	switch {
	case row.Cron != "" && every != 0:
		return fault.InvalidField("interval", "not together with cron: choose one")
	case row.Cron == "" && every == 0:
		return fault.InvalidField("cron", "is needed, or interval")
	case row.Cron == "":
		if field = "interval"; every < leastInterval || every > mostInterval {
			return fault.InvalidField(field, "must be between a minute and a year")
		}
	}
	next, err := row.NextTimes(s.p.Clock.Now(), 1)
	if err != nil {
		return fault.InvalidField(field, "%s", err.Error())
	}
	if len(next) == 0 {
		return fault.InvalidField(field, "names a time that never comes")
	}
	if !checkHunt {
		return nil
	}
	var ask HuntAsk
	if err := json.Unmarshal(row.Hunt, &ask); err != nil {
		return fault.InvalidField("hunt", "can't be read")
	}
	if _, err := time.Parse(time.RFC3339, ask.Expires); err == nil {
		return fault.InvalidField("hunt.expires", "must be a span such as 24h or 7d: a fixed time would pass")
	}
	if ask.Paused {
		return fault.InvalidField("hunt.paused", "is not for a schedule: pause the schedule itself")
	}
	return below("hunt", s.CheckHunt(ctx, t, ask, role))
}

// below puts the fields of a fault below another one.
func below(prefix string, err error) error {
	f, ok := errors.AsType[*fault.Error](err)
	if !ok || len(f.Fields) == 0 {
		return err
	}
	moved := *f
	moved.Fields = make([]fault.Field, len(f.Fields))
	for i, field := range f.Fields {
		field.Location = prefix + "." + field.Location
		moved.Fields[i] = field
	}
	return &moved
}
