package runs

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"go.temporal.io/api/workflowservice/v1"

	"github.com/velocicompanion/velocicompanion/internal/clock"
	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/models"
	"github.com/velocicompanion/velocicompanion/workflows/contract"
)

// Inspector says what Temporal knows: *Runs is one.
type Inspector interface {
	// State asks about one run. Faults: NotFound, Unavailable.
	State(ctx context.Context, tenantID, executionID int64) (State, error)
	// JobState asks about one job. Faults: NotFound, Unavailable.
	JobState(ctx context.Context, in contract.JobInput) (State, error)
	// Broken lists runs that something outside ended since a moment, as far as Temporal's visibility has them.
	Broken(ctx context.Context, since time.Time) ([]contract.Run, error)
}

// ReconcilerParams are what a reconciler needs.
type ReconcilerParams struct {
	Store    *store.Store
	Temporal Inspector
	Clock    clock.Clock
	Log      *slog.Logger
	Interval time.Duration        // between passes; 0 means 5 s
	Grace    time.Duration        // how old a row must be before it is looked at; 0 means 10 s
	Observe  func(outcome string) // told of each run set right: redispatched, or the status it was closed with; may be nil
}

// Reconciler compares runs that have not ended with Temporal: it closes those that were terminated, lost or failed there
// with the reason, queues anew what fell through, and calls parked runs that the end of another missed. Nothing stays
// running for ever.
type Reconciler struct {
	p     ReconcilerParams
	after int64     // id up to which the open runs were looked at in this round
	since time.Time // up to where ends in Temporal were looked at
	jobs  store.JobCursor
}

// The pace of a pass: large numbers of open runs are looked at over several.
const (
	passRows    = 200
	passAtOnce  = 8
	brokenSpan  = 2 * time.Minute // visibility lags behind
	defaultPass = 5 * time.Second
	defaultAge  = 10 * time.Second
)

// NewReconciler makes a reconciler.
func NewReconciler(p ReconcilerParams) *Reconciler {
	if p.Interval <= 0 {
		p.Interval = defaultPass
	}
	if p.Grace <= 0 {
		p.Grace = defaultAge
	}
	if p.Observe == nil {
		p.Observe = func(string) {}
	}
	return &Reconciler{p: p, since: p.Clock.Now()}
}

// Run makes passes until ctx ends.
func (c *Reconciler) Run(ctx context.Context) error {
	for {
		if err := c.Pass(ctx); err != nil && ctx.Err() == nil {
			c.p.Log.WarnContext(ctx, "runs could not be reconciled; trying again", "error", err)
		}
		if clock.Sleep(ctx, c.p.Interval) != nil {
			return nil //nolint:nilerr // the end was asked for
		}
	}
}

// Pass looks once.
func (c *Reconciler) Pass(ctx context.Context) error {
	if err := c.unpark(ctx); err != nil {
		return err
	}
	if err := c.broken(ctx); err != nil {
		return err
	}
	return errors.Join(c.open(ctx), c.openJobs(ctx))
}

func (c *Reconciler) unpark(ctx context.Context) error {
	tenants, err := c.p.Store.System().TenantsWithParked(ctx)
	if err != nil {
		return err
	}
	for _, id := range tenants {
		_, err := c.p.Store.Tenant(id).Unpark(ctx)
		if f, ok := errors.AsType[*fault.Error](err); ok && f.Code == store.CodeTenantSuspended {
			continue // suspended in this moment
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// broken closes what Temporal lists as terminated or timed out: soon, however many runs are open.
func (c *Reconciler) broken(ctx context.Context) error {
	now := c.p.Clock.Now()
	runs, err := c.p.Temporal.Broken(ctx, c.since.Add(-brokenSpan))
	if err != nil {
		return err
	}
	for _, r := range runs {
		row, err := c.p.Store.Tenant(r.TenantID).Execution(ctx, r.ExecutionID)
		if fault.Is(err, fault.NotFound) {
			continue
		}
		if err != nil {
			return err
		}
		if models.ExecutionFinal(row.Status) {
			continue
		}
		if err := c.check(ctx, store.OpenExecution{
			ID: row.ID, TenantID: row.TenantID, Status: row.Status, AdmittedAt: row.AdmittedAt, DispatchedAt: row.DispatchedAt,
		}); err != nil {
			return err
		}
	}
	c.since = now
	return nil
}

// open looks at the next part of the runs that have not ended.
func (c *Reconciler) open(ctx context.Context) error {
	rows, err := c.p.Store.System().OpenExecutions(ctx, c.p.Clock.Now().Add(-c.p.Grace), c.after, passRows)
	if err != nil {
		return err
	}
	var wg sync.WaitGroup
	var mu sync.Mutex
	var first error
	slots := make(chan struct{}, passAtOnce)
	for _, row := range rows {
		slots <- struct{}{}
		wg.Go(func() {
			defer func() { <-slots }()
			if err := c.check(ctx, row); err != nil {
				mu.Lock()
				first = err
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	if first != nil {
		return first
	}
	c.after = 0
	if len(rows) == passRows {
		c.after = rows[len(rows)-1].ID
	}
	return nil
}

// check compares one run with Temporal.
func (c *Reconciler) check(ctx context.Context, row store.OpenExecution) error {
	tenant := c.p.Store.Tenant(row.TenantID)
	if row.AdmittedAt == nil {
		return c.redispatch(ctx, tenant, row.ID)
	}
	state, err := c.p.Temporal.State(ctx, row.TenantID, row.ID)
	switch {
	case fault.Is(err, fault.NotFound) && row.DispatchedAt == nil:
		return c.redispatch(ctx, tenant, row.ID)
	case fault.Is(err, fault.NotFound):
		state = State{Status: models.ExecutionFailed, Reason: "Temporal no longer knows this run"}
	case err != nil:
		return err
	case state.Open:
		return nil
	}
	status, err := tenant.EndExecution(ctx, store.Ending{ExecutionID: row.ID, Status: state.Status, Error: state.Reason})
	if err == nil && status == state.Status {
		c.p.Observe(state.Status)
		c.p.Log.WarnContext(ctx, "a run was closed from outside", "tenant_id", row.TenantID, "execution_id", row.ID,
			"status", state.Status, "reason", state.Reason)
	}
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	return err
}

// redispatch queues a run anew that fell through on its way to Temporal.
func (c *Reconciler) redispatch(ctx context.Context, tenant *store.Tenant, id int64) error {
	again, err := tenant.Redispatch(ctx, id)
	if again {
		c.p.Observe("redispatched")
	}
	return err
}

// Broken implements Inspector by Temporal's visibility.
func (r *Runs) Broken(ctx context.Context, since time.Time) ([]contract.Run, error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	found, err := r.temporal.System().ListWorkflow(ctx, &workflowservice.ListWorkflowExecutionsRequest{
		PageSize: passRows,
		Query: fmt.Sprintf("WorkflowType = '%s' AND ExecutionStatus IN ('Terminated', 'TimedOut') AND CloseTime >= '%s'",
			contract.WorkflowPlaybookRun, since.UTC().Format(time.RFC3339)),
	})
	if err != nil {
		return nil, translate(err)
	}
	var out []contract.Run
	for _, e := range found.GetExecutions() {
		if tenant, execution, ok := contract.ParseWorkflowID(e.GetExecution().GetWorkflowId()); ok {
			out = append(out, contract.Run{TenantID: tenant, ExecutionID: execution})
		}
	}
	return out, nil
}
