package runs

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/velocicompanion/velocicompanion/internal/clock"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/models"
	"github.com/velocicompanion/velocicompanion/workflows/contract"
)

const (
	keepEvery    = 30 * time.Second // rows that Temporal doesn't have as they are
	compareEvery = time.Hour        // what Temporal has with all rows
	keepAtOnce   = 500
)

// ScheduleKeeper makes Temporal's schedules match the rows, whatever was missed: changes while Temporal was down, tenants that
// were suspended or resumed, schedules that somebody removed there, and those whose row is gone.
type ScheduleKeeper struct {
	runs  *Runs
	clock clock.Clock
	log   *slog.Logger
	poke  chan struct{}
	next  time.Time // of the whole comparison
}

// NewScheduleKeeper makes one.
func NewScheduleKeeper(r *Runs, c clock.Clock, log *slog.Logger) *ScheduleKeeper {
	return &ScheduleKeeper{runs: r, clock: c, log: log, poke: make(chan struct{}, 1)}
}

// Poke has it look at once: a tenant was suspended or resumed.
func (k *ScheduleKeeper) Poke() {
	select {
	case k.poke <- struct{}{}:
	default:
	}
}

// Run looks until ctx ends.
func (k *ScheduleKeeper) Run(ctx context.Context) error {
	for ctx.Err() == nil {
		if err := k.Pass(ctx); err != nil && ctx.Err() == nil {
			k.log.WarnContext(ctx, "schedules could not be brought to Temporal; trying again", "error", err)
		}
		wait, cancel := context.WithTimeout(ctx, keepEvery)
		select {
		case <-k.poke:
		case <-wait.Done():
		}
		cancel()
	}
	return nil
}

// Pass looks once; once an hour at everything.
func (k *ScheduleKeeper) Pass(ctx context.Context) error {
	refs, err := k.runs.store.System().UnappliedSchedules(ctx, keepAtOnce)
	if err != nil {
		return err
	}
	var errs []error
	for _, ref := range refs {
		errs = append(errs, k.runs.SyncSchedule(ctx, ref.TenantID, ref.ID))
	}
	if now := k.clock.Now(); !now.Before(k.next) {
		if err := k.Compare(ctx); err != nil {
			return errors.Join(append(errs, err)...)
		}
		k.next = now.Add(compareEvery)
	}
	return errors.Join(errs...)
}

// Compare looks at every row and at every schedule that Temporal has.
func (k *ScheduleKeeper) Compare(ctx context.Context) error {
	there, err := k.runs.schedules(ctx, "")
	if err != nil {
		return err
	}
	refs, err := k.runs.store.System().AllSchedules(ctx) // behind the list: one that is made meanwhile is in the rows
	if err != nil {
		return err
	}
	var errs []error
	for _, ref := range refs {
		id := contract.ScheduleID(ref.TenantID, ref.ID)
		paused, found := there[id]
		delete(there, id)
		if found && k.asWanted(ctx, ref, paused) {
			continue
		}
		errs = append(errs, k.runs.SyncSchedule(ctx, ref.TenantID, ref.ID))
	}
	for id := range there {
		errs = append(errs, k.runs.deleteSchedule(ctx, id))
		k.log.InfoContext(ctx, "a schedule in Temporal had no row", "schedule", id)
	}
	return errors.Join(errs...)
}

func (k *ScheduleKeeper) asWanted(ctx context.Context, ref store.ScheduleRef, paused bool) bool {
	row, err := k.runs.store.Tenant(ref.TenantID).HuntSchedule(ctx, ref.ID)
	return err == nil && paused == (row.Paused || row.TenantStatus != models.TenantActive)
}
