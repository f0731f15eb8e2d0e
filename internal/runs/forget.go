package runs

import (
	"context"
	"fmt"
	"strconv"

	commonpb "go.temporal.io/api/common/v1"
	"go.temporal.io/api/workflowservice/v1"

	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/workflows/contract"
)

// forgetPage is how many workflows are listed at once when a tenant is removed.
const forgetPage = 200

// Forget has all of a tenant's workflows ended and their histories removed, which Temporal does by itself a little later, and
// says how many there were. Faults: Unavailable.
func (r *Runs) Forget(ctx context.Context, tenantID int64) (n int, err error) {
	if err := r.forgetSchedules(ctx, tenantID); err != nil {
		return 0, err
	}
	var next []byte
	for {
		list, token, err := r.listed(ctx, tenantID, next)
		if err != nil {
			return n, err
		}
		for _, w := range list {
			if err := r.forget(ctx, w); err != nil {
				return n, err
			}
			n++
		}
		if next = token; len(next) == 0 {
			return n, nil
		}
	}
}

func (r *Runs) listed(ctx context.Context, tenantID int64, next []byte) ([]*commonpb.WorkflowExecution, []byte, error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	found, err := r.temporal.System().ListWorkflow(ctx, &workflowservice.ListWorkflowExecutionsRequest{
		PageSize: forgetPage, NextPageToken: next,
		Query: fmt.Sprintf("%s = '%s'", contract.AttributeTenant, strconv.FormatInt(tenantID, 10)),
	})
	if err != nil {
		return nil, nil, translate(err)
	}
	out := make([]*commonpb.WorkflowExecution, 0, len(found.GetExecutions()))
	for _, e := range found.GetExecutions() {
		out = append(out, e.GetExecution())
	}
	return out, found.GetNextPageToken(), nil
}

// forget asks for one workflow's removal; one that runs is terminated with it.
func (r *Runs) forget(ctx context.Context, w *commonpb.WorkflowExecution) error {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	_, err := r.temporal.System().WorkflowService().DeleteWorkflowExecution(ctx, &workflowservice.DeleteWorkflowExecutionRequest{
		Namespace: r.temporal.Namespace(), WorkflowExecution: w,
	})
	if err = translate(err); fault.Is(err, fault.NotFound) {
		return nil
	}
	return err
}
