package workflows

import (
	"go.temporal.io/sdk/workflow"

	"github.com/velocicompanion/velocicompanion/workflows/contract"
)

// IngestBatch brings a batch that has arrived into the tenant's hosts, observations and indicators, chunk by chunk.
func (w *Workflows) IngestBatch(ctx workflow.Context, in contract.JobInput) (contract.JobResult, error) {
	return runJob(ctx, in, contract.WorkflowIngestBatch, contract.ActivityIngestBatch)
}
