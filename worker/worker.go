package worker

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/interceptor"
	sdkworker "go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"github.com/velocicompanion/velocicompanion/activities"
	"github.com/velocicompanion/velocicompanion/internal/clock"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/internal/telemetry"
	"github.com/velocicompanion/velocicompanion/workflows"
	"github.com/velocicompanion/velocicompanion/workflows/contract"
)

// Clients gives each tenant's Temporal client: *runs.Temporal does. Sharing it with the dispatcher of the same process
// lets a run's first task come back with the answer to its start.
type Clients interface {
	Client(ctx context.Context, tenantID int64) (client.Client, error)
}

// Params are what the worker needs.
type Params struct {
	Store       *store.Store
	Clients     Clients
	Activities  *activities.Activities
	Tenants     string // all, a list of ids, or shard k/n
	Slots       int    // activities of both sorts at once; 0 means 200
	TenantSlots int    // of one tenant; 0 means 50
	Log         *slog.Logger
	Clock       clock.Clock
	Metrics     *telemetry.Metrics // nil: numbers that nobody reads
	Poll        time.Duration      // between looks at the list of tenants; 0 means 1 s
}

// Worker serves the tenants' queues of one process.
type Worker struct {
	p       Params
	tenants selection
	slots   *slots

	workflows *workflows.Workflows
	poke      chan struct{}
	running   map[int64]sdkworker.Worker // only Run's goroutine touches it
	ending    sync.WaitGroup

	mu   sync.Mutex
	dead []int64 // tenants whose worker gave up: Temporal refused it
}

const (
	defaultSlots       = 200
	defaultTenantSlots = 50
	defaultPoll        = time.Second
	// stopTimeout is how long a worker that stops waits for the tasks at work; what is left is done again elsewhere.
	stopTimeout = 10 * time.Second
	// stickyCache is how many runs in flight a process keeps in memory, all tenants together.
	stickyCache = 2_000
)

// New makes a worker. It fails on a list of tenants that can't be read.
func New(p Params) (*Worker, error) {
	sel, err := parseSelection(p.Tenants)
	if err != nil {
		return nil, err
	}
	if p.Slots <= 0 {
		p.Slots = defaultSlots
	}
	if p.TenantSlots <= 0 {
		p.TenantSlots = defaultTenantSlots
	}
	if p.Poll <= 0 {
		p.Poll = defaultPoll
	}
	if p.Clock == nil {
		p.Clock = clock.System{}
	}
	if p.Metrics == nil {
		p.Metrics = telemetry.NewMetrics(telemetry.MetricsParams{})
	}
	sdkworker.SetStickyWorkflowCacheSize(stickyCache)
	return &Worker{
		p: p, tenants: sel, slots: newSlots(p.Slots, p.TenantSlots), workflows: workflows.New(), poke: make(chan struct{}, 1), running: map[int64]sdkworker.Worker{},
	}, nil
}

// Poke makes Run look at the list of tenants at once.
func (w *Worker) Poke() {
	select {
	case w.poke <- struct{}{}:
	default:
	}
}

// Run follows the list of tenants until ctx ends, then stops every queue's worker in order.
func (w *Worker) Run(ctx context.Context) error {
	defer w.stopAll()
	for {
		if err := w.follow(ctx); err != nil && ctx.Err() == nil {
			w.p.Log.WarnContext(ctx, "the tenants' queues could not be followed; trying again", "error", err)
		}
		if !w.pause(ctx) {
			return nil
		}
	}
}

// pause waits for the next look; false means that ctx ended.
func (w *Worker) pause(ctx context.Context) bool {
	wait, cancel := context.WithTimeout(ctx, w.p.Poll)
	defer cancel()
	select {
	case <-w.poke:
	case <-wait.Done():
	}
	return ctx.Err() == nil
}

// follow starts the workers of tenants that came and stops those of tenants that went.
func (w *Worker) follow(ctx context.Context) error {
	defer w.count()
	w.bury()
	ids, err := w.p.Store.System().ActiveTenants(ctx)
	if err != nil {
		return err
	}
	wanted := make(map[int64]bool, len(ids))
	for _, id := range ids {
		if !w.tenants.serves(id) {
			continue
		}
		wanted[id] = true
		if w.running[id] != nil {
			continue
		}
		if err := w.start(ctx, id); err != nil {
			return err
		}
	}
	for id, worker := range w.running {
		if !wanted[id] {
			delete(w.running, id)
			w.stop(id, worker)
		}
	}
	return nil
}

// count tells how many tenants are served.
func (w *Worker) count() { w.p.Metrics.WorkerTenants.Set(float64(len(w.running))) }

// bury makes room for new workers in the place of those that gave up.
func (w *Worker) bury() {
	w.mu.Lock()
	dead := w.dead
	w.dead = nil
	w.mu.Unlock()
	for _, id := range dead {
		if worker := w.running[id]; worker != nil {
			delete(w.running, id)
			w.stop(id, worker)
		}
	}
}

func (w *Worker) start(ctx context.Context, tenantID int64) error {
	c, err := w.p.Clients.Client(ctx, tenantID)
	if err != nil {
		return err
	}
	worker, err := w.make(c, tenantID)
	if err != nil {
		return err
	}
	if err := worker.Start(); err != nil {
		return err
	}
	w.running[tenantID] = worker
	w.p.Log.InfoContext(ctx, "serving a tenant's queue", "tenant_id", tenantID, "task_queue", contract.TaskQueue(tenantID))
	return nil
}

// make sets up one queue's worker with everything it can do.
func (w *Worker) make(c client.Client, tenantID int64) (sdkworker.Worker, error) {
	tuner, err := w.slots.tuner()
	if err != nil {
		return nil, err
	}
	worker := sdkworker.New(c, contract.TaskQueue(tenantID), sdkworker.Options{
		Tuner:             tuner,
		WorkerStopTimeout: stopTimeout,
		Interceptors:      []interceptor.WorkerInterceptor{&guard{log: w.p.Log, clock: w.p.Clock, observe: w.p.Metrics.ObserveActivity}},
		OnFatalError: func(err error) {
			w.p.Log.Error("a queue's worker gave up; it is started anew", "tenant_id", tenantID, "error", err)
			w.mu.Lock()
			defer w.mu.Unlock()
			w.dead = append(w.dead, tenantID)
		},
	})
	Register(worker, w.workflows, w.p.Activities)
	return worker, nil
}

// Register teaches a worker every workflow and activity under the names of the contract.
func Register(r sdkworker.Registry, w *workflows.Workflows, a *activities.Activities) {
	r.RegisterWorkflowWithOptions(w.PlaybookRun, workflow.RegisterOptions{Name: contract.WorkflowPlaybookRun})
	r.RegisterActivityWithOptions(a.FinishRun, activity.RegisterOptions{Name: contract.ActivityFinishRun})
	for _, act := range a.Actions() {
		r.RegisterActivityWithOptions(a.Step(act), activity.RegisterOptions{Name: act.Spec.Name})
	}
}

// stop ends a queue's worker beside the others, because it waits for the tasks at work.
func (w *Worker) stop(tenantID int64, worker sdkworker.Worker) {
	w.ending.Go(func() {
		worker.Stop()
		w.p.Log.Info("a tenant's queue is no longer served", "tenant_id", tenantID)
	})
}

func (w *Worker) stopAll() {
	for id, worker := range w.running {
		delete(w.running, id)
		w.ending.Go(worker.Stop)
	}
	w.count()
	w.ending.Wait()
}
