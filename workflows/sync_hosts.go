package workflows

import (
	"go.temporal.io/sdk/workflow"

	"github.com/velocicompanion/velocicompanion/workflows/contract"
)

// SyncHosts keeps the tenant's hosts in step with its Velociraptor server, for as long as it has one.
func (w *Workflows) SyncHosts(ctx workflow.Context, in contract.JobInput) (contract.JobResult, error) {
	return runJob(ctx, in, contract.WorkflowSyncHosts, contract.ActivitySyncHosts)
}
