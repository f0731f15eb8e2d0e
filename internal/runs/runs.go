package runs

import (
	"context"
	"errors"
	"strconv"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"

	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/workflows/contract"
)

const (
	// callTimeout bounds one call: the dispatcher would rather try again than wait.
	callTimeout = 5 * time.Second
	// taskTimeout is how long Temporal waits for a worker that died in the middle of a workflow task.
	taskTimeout = 5 * time.Second
	// backstop is added to a run's own timeout for Temporal's: ours is a timer in the workflow.
	backstop = 7 * 24 * time.Hour
)

// Runs starts, signals and reads runs.
type Runs struct {
	temporal *Temporal
	store    *store.Store
}

// New makes the service.
func New(t *Temporal, s *store.Store) *Runs { return &Runs{temporal: t, store: s} }

// Start starts a run under its one workflow ID and gives Temporal's run ID. A run that Temporal has already, closed or
// not, counts as started. Faults: Unavailable, Invalid.
func (r *Runs) Start(ctx context.Context, in contract.RunInput) (runID string, err error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	c, err := r.temporal.Client(ctx, in.TenantID)
	if err != nil {
		return "", err
	}
	run, err := c.ExecuteWorkflow(ctx, client.StartWorkflowOptions{
		ID:                                       contract.WorkflowID(in.TenantID, in.ExecutionID),
		TaskQueue:                                contract.TaskQueue(in.TenantID),
		WorkflowIDReusePolicy:                    enumspb.WORKFLOW_ID_REUSE_POLICY_REJECT_DUPLICATE,
		WorkflowExecutionErrorWhenAlreadyStarted: true,
		WorkflowExecutionTimeout:                 in.Plan.Timeout + backstop,
		WorkflowTaskTimeout:                      taskTimeout,
		EnableEagerStart:                         true,
		TypedSearchAttributes:                    contract.SearchAttributes(in),
		StaticSummary:                            "playbook " + strconv.FormatInt(in.PlaybookID, 10) + " version " + strconv.Itoa(in.Version),
	}, contract.WorkflowPlaybookRun, in)
	if started, ok := errors.AsType[*serviceerror.WorkflowExecutionAlreadyStarted](err); ok {
		return started.RunId, nil
	}
	if err != nil {
		return "", translate(err)
	}
	return run.GetRunID(), nil
}

// Signal hands a wish to a run. Faults: NotFound for one that Temporal doesn't have or has closed; Unavailable.
func (r *Runs) Signal(ctx context.Context, tenantID, executionID int64, wish contract.Cancel) error {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	c, err := r.temporal.Client(ctx, tenantID)
	if err != nil {
		return err
	}
	return translate(c.SignalWorkflow(ctx, contract.WorkflowID(tenantID, executionID), "", contract.SignalCancel, wish))
}

// WorkDone tells a run that work has ended which one of its steps waits for. Faults: NotFound for a run that Temporal
// doesn't have or has closed; Unavailable.
func (r *Runs) WorkDone(ctx context.Context, tenantID, executionID int64, work contract.WorkRef) error {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	c, err := r.temporal.Client(ctx, tenantID)
	if err != nil {
		return err
	}
	return translate(c.SignalWorkflow(ctx, contract.WorkflowID(tenantID, executionID), "", contract.SignalWorkDone, work))
}

// Cancel records that a person wants a run ended; the dispatcher tells the run. Faults: NotFound; Conflict
// (execution_ended).
func (r *Runs) Cancel(ctx context.Context, tenantID, executionID, userID int64, reason string) error {
	if len([]rune(reason)) > 500 {
		return fault.InvalidField("reason", "must be at most 500 characters")
	}
	return r.store.Tenant(tenantID).RequestCancel(ctx, executionID, &userID, reason)
}
