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
	"github.com/velocicompanion/velocicompanion/models"
	"github.com/velocicompanion/velocicompanion/workflows/contract"
)

// jobLife is how long a job's workflow may take, all parts together.
const jobLife = 60 * 24 * time.Hour

// StartJob starts a job's workflow under its one ID. One that Temporal has already, closed or not, counts as started.
// Faults: Unavailable, Invalid for a kind that this version doesn't know.
func (r *Runs) StartJob(ctx context.Context, in contract.JobInput) error {
	name, _, known := contract.JobWorkflow(in.Kind)
	if !known {
		return fault.New(fault.Invalid, "there is no kind of job %q", in.Kind)
	}
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	c, err := r.temporal.Client(ctx, in.TenantID)
	if err != nil {
		return err
	}
	_, err = c.ExecuteWorkflow(ctx, client.StartWorkflowOptions{
		ID:                                       contract.JobWorkflowID(in),
		TaskQueue:                                contract.TaskQueue(in.TenantID),
		WorkflowIDReusePolicy:                    enumspb.WORKFLOW_ID_REUSE_POLICY_REJECT_DUPLICATE,
		WorkflowExecutionErrorWhenAlreadyStarted: true,
		WorkflowExecutionTimeout:                 jobLife,
		WorkflowTaskTimeout:                      taskTimeout,
		TypedSearchAttributes:                    contract.JobAttributes(in),
		StaticSummary:                            in.Kind + " " + strconv.FormatInt(in.ID, 10),
	}, name, in)
	if _, started := errors.AsType[*serviceerror.WorkflowExecutionAlreadyStarted](err); started {
		return nil
	}
	return translate(err)
}

// WakeJob ends a job's wait. Faults: NotFound for one that Temporal doesn't have or has closed; Unavailable.
func (r *Runs) WakeJob(ctx context.Context, in contract.JobInput) error {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	c, err := r.temporal.Client(ctx, in.TenantID)
	if err != nil {
		return err
	}
	return translate(c.SignalWorkflow(ctx, contract.JobWorkflowID(in), "", contract.SignalWake, contract.Wake{}))
}

// openJobs looks at the next part of the jobs that are to be carried out.
func (c *Reconciler) openJobs(ctx context.Context) error {
	rows, err := c.p.Store.System().OpenJobs(ctx, c.p.Clock.Now().Add(-c.p.Grace), c.jobs, passRows)
	if err != nil {
		return err
	}
	c.jobs = store.JobCursor{}
	if n := len(rows); n == passRows {
		c.jobs = store.JobCursor{TenantID: rows[n-1].TenantID, Kind: rows[n-1].Kind, ID: rows[n-1].ID}
	}
	var errs []error
	for i := range rows {
		errs = append(errs, c.checkJob(ctx, &rows[i]))
	}
	return errors.Join(errs...)
}

// checkJob compares one job with Temporal: one that fell through on its way there is queued anew, one whose workflow is
// closed or gone is closed with the reason.
func (c *Reconciler) checkJob(ctx context.Context, row *models.Job) error {
	tenant := c.p.Store.Tenant(row.TenantID)
	state, err := c.p.Temporal.JobState(ctx, contract.JobInput{TenantID: row.TenantID, Kind: row.Kind, ID: row.ID, Attempt: row.Attempt})
	switch {
	case fault.Is(err, fault.NotFound) && row.DispatchedAt == nil:
		again, err := tenant.RedispatchJob(ctx, row.Kind, row.ID)
		if again {
			c.p.Observe("redispatched")
		}
		return err
	case fault.Is(err, fault.NotFound):
		state = State{Status: models.JobFailed, Reason: "Temporal no longer knows it"}
	case err != nil:
		return err
	case state.Open:
		return nil
	}
	end := store.JobEnd{Kind: row.Kind, ID: row.ID, Status: models.JobFailed, Error: state.Reason}
	if state.Status == models.ExecutionCancelled {
		end.Status = models.JobCancelled
	}
	status, err := tenant.EndJob(ctx, end)
	if err == nil && status == end.Status {
		c.p.Observe(end.Status)
		c.p.Log.WarnContext(ctx, "a job was closed from outside", "tenant_id", row.TenantID, "kind", row.Kind, "job_id", row.ID,
			"status", end.Status, "reason", end.Error)
	}
	return err
}
