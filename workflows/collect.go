package workflows

import (
	"go.temporal.io/sdk/workflow"

	"github.com/velocicompanion/velocicompanion/workflows/contract"
)

// Collect carries out a collection: starts it on the server, waits for its end, and brings its rows and files in.
func (w *Workflows) Collect(ctx workflow.Context, in contract.JobInput) (contract.JobResult, error) {
	return runJob(ctx, in, contract.WorkflowCollect, contract.ActivityCollect)
}
