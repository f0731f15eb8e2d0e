package outbox

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/velocicompanion/velocicompanion/internal/clock"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/models"
	"github.com/velocicompanion/velocicompanion/workflows/contract"
)

// Starter is Temporal as the dispatcher needs it: *runs.Runs is one.
type Starter interface {
	// Start starts a run, or finds it started, and gives Temporal's run ID. Faults: Unavailable, Invalid.
	Start(ctx context.Context, in contract.RunInput) (runID string, err error)
	// StartJob starts a job's workflow, or finds it started. Faults: Unavailable, Invalid.
	StartJob(ctx context.Context, in contract.JobInput) error
	// WakeJob ends a job's wait. Faults: NotFound for one that Temporal doesn't have or has closed, Unavailable.
	WakeJob(ctx context.Context, in contract.JobInput) error
	// SyncSchedule makes Temporal's schedule match its row. Faults: Unavailable, Invalid.
	SyncSchedule(ctx context.Context, tenantID, scheduleID int64) error
	// StartScheduled starts the workflow of a schedule's run by hand, or finds it started. Faults: Unavailable.
	StartScheduled(ctx context.Context, in contract.ScheduledHuntInput) error
	// Signal hands a wish to a run. Faults: NotFound for one that isn't there or has ended, Unavailable.
	Signal(ctx context.Context, tenantID, executionID int64, wish contract.Cancel) error
	// WorkDone tells a run that work has ended which one of its steps waits for. Faults: as Signal.
	WorkDone(ctx context.Context, tenantID, executionID int64, work contract.WorkRef) error
}

// Params are what a dispatcher needs.
type Params struct {
	Store *store.Store
	Runs  Starter
	Wake  <-chan struct{} // rings when another process left work; nil: only the sweep finds it
	Clock clock.Clock
	Log   *slog.Logger
	Sweep time.Duration // between looks for rows that nobody told of; 0 means 1 s

	Observe func(outcome string, rows int) // told of rows handled, by one of the outcomes below; may be nil
}

// What became of outbox rows.
const (
	Delivered = "delivered" // the work is done
	Retried   = "retried"   // put off
	Failed    = "failed"    // given up
)

// Dispatcher works through the outbox.
type Dispatcher struct {
	p        Params
	offered  chan int64
	plans    *planCache
	work     sync.WaitGroup
	slots    chan struct{}            // groups of rows at work
	calls    chan struct{}            // calls to Temporal at work
	starting *lanes[models.OutboxRow] // runs that want a slot
	started  *lanes[store.Dispatched] // runs that Temporal has accepted
	temporal gate
}

const (
	batch        = 100
	lease        = 30 * time.Second
	groupsAtOnce = 16
	callsAtOnce  = 64
	offerRoom    = 10_000
	defaultSweep = time.Second
)

// New makes a dispatcher.
func New(p Params) *Dispatcher {
	if p.Sweep <= 0 {
		p.Sweep = defaultSweep
	}
	if p.Observe == nil {
		p.Observe = func(string, int) {}
	}
	d := &Dispatcher{
		p: p, offered: make(chan int64, offerRoom), plans: newPlanCache(), temporal: gate{clock: p.Clock},
		slots: make(chan struct{}, groupsAtOnce), calls: make(chan struct{}, callsAtOnce),
	}
	d.starting = newLanes(batch, d.starts)
	d.started = newLanes(batch, d.noteStarted)
	return d
}

// Offer tells of rows that this process has just committed, so that they need not wait for a sweep. It never blocks; what
// finds no room is swept.
func (d *Dispatcher) Offer(ids []int64) {
	for _, id := range ids {
		select {
		case d.offered <- id:
		default:
			return
		}
	}
}

// Run works until ctx ends, and then waits for the rows at work.
func (d *Dispatcher) Run(ctx context.Context) error {
	defer d.work.Wait()
	for ctx.Err() == nil {
		more, err := d.round(ctx)
		if err != nil && ctx.Err() == nil {
			d.p.Log.WarnContext(ctx, "the outbox could not be read; trying again", "error", err)
		}
		if !more {
			d.sweepUntilOffered(ctx)
		}
	}
	return nil
}

// round claims the oldest due rows and sets to work on them; more says that there may be others.
func (d *Dispatcher) round(ctx context.Context) (more bool, err error) {
	rows, err := d.p.Store.System().ClaimOutbox(ctx, store.Claim{Kinds: d.kinds(), Limit: batch, Lease: lease})
	if err != nil {
		return false, err
	}
	d.hand(ctx, rows)
	return len(rows) == batch, nil
}

// sweepUntilOffered takes offered rows as they come until it is time for a round.
func (d *Dispatcher) sweepUntilOffered(ctx context.Context) {
	wait, cancel := context.WithTimeout(ctx, d.p.Sweep)
	defer cancel()
	for {
		select {
		case <-wait.Done():
			return
		case <-d.p.Wake:
			return
		case id := <-d.offered:
			rows, err := d.p.Store.System().ClaimOutbox(ctx, store.Claim{
				IDs: d.drain(id), Kinds: d.kinds(), Limit: batch, Lease: lease,
			})
			if err != nil {
				return
			}
			d.hand(ctx, rows)
		}
	}
}

// drain collects what is offered by now.
func (d *Dispatcher) drain(first int64) []int64 {
	ids := []int64{first}
	for len(ids) < batch {
		select {
		case id := <-d.offered:
			ids = append(ids, id)
		default:
			return ids
		}
	}
	return ids
}

// kinds are those that can be worked on now: while Temporal is down only events.
func (d *Dispatcher) kinds() []string {
	if d.temporal.closed() {
		return []string{models.OutboxEvent}
	}
	return nil
}

// hand works on rows beside others, one group per tenant, so that no tenant waits for another's.
func (d *Dispatcher) hand(ctx context.Context, rows []models.OutboxRow) {
	starts, others := map[int64][]models.OutboxRow{}, map[int64][]models.OutboxRow{}
	for _, r := range rows {
		if _, job := jobStart(r); r.Kind == models.OutboxStart && !job {
			starts[r.TenantID] = append(starts[r.TenantID], r)
		} else {
			others[r.TenantID] = append(others[r.TenantID], r)
		}
	}
	for tenantID, group := range starts {
		d.starting.add(ctx, &d.work, tenantID, group)
	}
	for _, group := range others {
		d.slots <- struct{}{}
		d.work.Go(func() {
			defer func() { <-d.slots }()
			d.group(ctx, group)
		})
	}
}

// group works on one tenant's events, wishes and jobs, in order.
func (d *Dispatcher) group(ctx context.Context, rows []models.OutboxRow) {
	for _, r := range rows {
		switch r.Kind {
		case models.OutboxEvent:
			d.settle(ctx, r, d.event(ctx, r))
		case models.OutboxSignal:
			d.settle(ctx, r, d.signal(ctx, r))
		case models.OutboxStart:
			in, _ := jobStart(r)
			d.settle(ctx, r, d.job(ctx, r, in))
		case models.OutboxWake:
			d.settle(ctx, r, d.wake(ctx, r))
		case models.OutboxSchedule:
			d.settle(ctx, r, d.schedule(ctx, r))
		default:
			d.settle(ctx, r, errUnknownKind)
		}
	}
}
