package workflows

import (
	"go.temporal.io/sdk/workflow"

	"github.com/velocicompanion/velocicompanion/workflows/contract"
)

// Isolate takes an endpoint off the network, or lets it back, and looks whether that came about.
func (w *Workflows) Isolate(ctx workflow.Context, in contract.JobInput) (contract.JobResult, error) {
	return runJob(ctx, in, contract.WorkflowIsolate, contract.ActivityIsolate)
}
