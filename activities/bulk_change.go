package activities

import (
	"context"

	"go.temporal.io/sdk/activity"

	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/models"
	"github.com/velocicompanion/velocicompanion/workflows/contract"
)

// BulkChange decides the next items of a bulk job.
func (a *Activities) BulkChange(ctx context.Context, in contract.JobInput) (contract.JobSlice, error) {
	status, done, err := a.bulk.Work(ctx, in.TenantID, in.ID, func() { activity.RecordHeartbeat(ctx) })
	if fault.Is(err, fault.NotFound) { // it was deleted meanwhile: there is nobody to tell
		return contract.JobSlice{Done: true, Status: models.JobCancelled}, nil
	}
	return contract.JobSlice{Done: done, Status: status}, err
}
