package workflows

import (
	"go.temporal.io/sdk/workflow"

	"github.com/velocicompanion/velocicompanion/workflows/contract"
)

// Hunt carries out a hunt: starts it on the server, follows it, and brings each endpoint's rows in.
func (w *Workflows) Hunt(ctx workflow.Context, in contract.JobInput) (contract.JobResult, error) {
	return runJob(ctx, in, contract.WorkflowHunt, contract.ActivityHunt)
}
