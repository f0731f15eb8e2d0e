package workflows

import (
	"go.temporal.io/sdk/workflow"

	"github.com/velocicompanion/velocicompanion/workflows/contract"
)

// BulkChange does one action to many rows, slice by slice.
func (w *Workflows) BulkChange(ctx workflow.Context, in contract.JobInput) (contract.JobResult, error) {
	return runJob(ctx, in, contract.WorkflowBulkChange, contract.ActivityBulkChange)
}
