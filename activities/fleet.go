package activities

import (
	"context"
	"time"

	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/internal/fleet"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/models"
	"github.com/velocicompanion/velocicompanion/workflows/contract"
)

// advance does the next part of a job with a Velociraptor server; *fleet.Service's functions are of this kind.
type advance func(ctx context.Context, t *store.Tenant, id int64, tell bool) (fleet.Step, error)

// Collect brings a collection further.
func (a *Activities) Collect(ctx context.Context, in contract.JobInput) (contract.JobSlice, error) {
	return a.withServer(ctx, in, a.fleet.AdvanceCollection)
}

// Hunt brings a hunt further.
func (a *Activities) Hunt(ctx context.Context, in contract.JobInput) (contract.JobSlice, error) {
	return a.withServer(ctx, in, a.fleet.AdvanceHunt)
}

// SyncHosts brings the tenant's hosts nearer to its server's clients.
func (a *Activities) SyncHosts(ctx context.Context, in contract.JobInput) (contract.JobSlice, error) {
	return a.withServer(ctx, in, a.fleet.AdvanceSync)
}

// Isolate brings an isolation further.
func (a *Activities) Isolate(ctx context.Context, in contract.JobInput) (contract.JobSlice, error) {
	return a.withServer(ctx, in, a.fleet.AdvanceIsolation)
}

func (a *Activities) withServer(ctx context.Context, in contract.JobInput, next advance) (contract.JobSlice, error) {
	tenant := a.store.Tenant(in.TenantID)
	out, err := a.slices(ctx, func(ctx context.Context, tell bool) (string, time.Duration, error) {
		step, err := next(ctx, tenant, in.ID, tell)
		return step.Status, step.Wait, err
	})
	if fault.Is(err, fault.NotFound) { // its row was deleted meanwhile: there is nobody to tell
		return contract.JobSlice{Done: true, Status: models.JobCancelled}, nil
	}
	return out, err
}
