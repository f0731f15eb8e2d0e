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
	running   map[int64]served // only Run's goroutine touches it
	ending    sync.WaitGroup

	mu   sync.Mutex
	dead []int64 // tenants whose worker gave up: Temporal refused it
}

// served is a queue with its worker.
type served struct {
	worker sdkworker.Worker
	share  *supplier
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
		p: p, tenants: sel, slots: newSlots(p.Slots, p.TenantSlots), workflows: workflows.New(), poke: make(chan struct{}, 1), running: map[int64]served{},
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

// follow stops the workers of tenants that went, which needs nobody's help, then starts those of tenants that came, and
// gives each as much as it chose.
func (w *Worker) follow(ctx context.Context) error {
	defer w.count()
	w.bury()
	tenants, err := w.p.Store.System().ServedTenants(ctx)
	if err != nil {
		return err
	}
	wanted := make(map[int64]bool, len(tenants))
	for _, t := range tenants {
		wanted[t.ID] = w.tenants.serves(t.ID)
	}
	for id, s := range w.running {
		if !wanted[id] {
			delete(w.running, id)
			w.stop(id, s.worker)
		}
	}
	for _, t := range tenants {
		if s, ok := w.running[t.ID]; ok {
			s.share.resize(t.Concurrency)
		} else if wanted[t.ID] {
			if err := w.start(ctx, t); err != nil {
				return err
			}
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
		if s, ok := w.running[id]; ok {
			delete(w.running, id)
			w.stop(id, s.worker)
		}
	}
}

func (w *Worker) start(ctx context.Context, t store.ServedTenant) error {
	c, err := w.p.Clients.Client(ctx, t.ID)
	if err != nil {
		return err
	}
	share := w.slots.supplier(t.Concurrency)
	worker, err := w.make(c, t.ID, share)
	if err != nil {
		return err
	}
	if err := worker.Start(); err != nil {
		return err
	}
	w.running[t.ID] = served{worker, share}
	w.p.Log.InfoContext(ctx, "serving a tenant's queue", "tenant_id", t.ID, "task_queue", contract.TaskQueue(t.ID))
	return nil
}

// make sets up one queue's worker with everything it can do.
func (w *Worker) make(c client.Client, tenantID int64, share *supplier) (sdkworker.Worker, error) {
	tuner, err := tuner(share)
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
	r.RegisterWorkflowWithOptions(w.IngestBatch, workflow.RegisterOptions{Name: contract.WorkflowIngestBatch})
	r.RegisterActivityWithOptions(a.IngestBatch, activity.RegisterOptions{Name: contract.ActivityIngestBatch})
	r.RegisterWorkflowWithOptions(w.BulkChange, workflow.RegisterOptions{Name: contract.WorkflowBulkChange})
	r.RegisterActivityWithOptions(a.BulkChange, activity.RegisterOptions{Name: contract.ActivityBulkChange})
	r.RegisterWorkflowWithOptions(w.Collect, workflow.RegisterOptions{Name: contract.WorkflowCollect})
	r.RegisterActivityWithOptions(a.Collect, activity.RegisterOptions{Name: contract.ActivityCollect})
	r.RegisterWorkflowWithOptions(w.Hunt, workflow.RegisterOptions{Name: contract.WorkflowHunt})
	r.RegisterActivityWithOptions(a.Hunt, activity.RegisterOptions{Name: contract.ActivityHunt})
	r.RegisterWorkflowWithOptions(w.SyncHosts, workflow.RegisterOptions{Name: contract.WorkflowSyncHosts})
	r.RegisterActivityWithOptions(a.SyncHosts, activity.RegisterOptions{Name: contract.ActivitySyncHosts})
	r.RegisterWorkflowWithOptions(w.Isolate, workflow.RegisterOptions{Name: contract.WorkflowIsolate})
	r.RegisterActivityWithOptions(a.Isolate, activity.RegisterOptions{Name: contract.ActivityIsolate})
	r.RegisterWorkflowWithOptions(w.ScheduledHunt, workflow.RegisterOptions{Name: contract.WorkflowScheduledHunt})
	r.RegisterActivityWithOptions(a.ScheduledHunt, activity.RegisterOptions{Name: contract.ActivityScheduledHunt})
	r.RegisterActivityWithOptions(a.EndJob, activity.RegisterOptions{Name: contract.ActivityEndJob})
	r.RegisterActivityWithOptions(a.WorkResult, activity.RegisterOptions{Name: contract.ActivityWorkResult})
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
	for id, s := range w.running {
		delete(w.running, id)
		w.ending.Go(s.worker.Stop)
	}
	w.count()
	w.ending.Wait()
}
