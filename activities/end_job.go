package activities

import (
	"context"

	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/workflows/contract"
)

// EndJob closes the row of a job that its own slices could not end. A job that has ended keeps its end.
func (a *Activities) EndJob(ctx context.Context, in contract.JobEnding) (contract.JobResult, error) {
	status, err := a.store.Tenant(in.TenantID).EndJob(ctx, store.JobEnd{Kind: in.Kind, ID: in.ID, Status: in.Status, Error: in.Error})
	return contract.JobResult{Status: status}, err
}
