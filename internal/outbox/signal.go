package outbox

import (
	"context"
	"encoding/json"

	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/models"
	"github.com/velocicompanion/velocicompanion/workflows/contract"
)

// signal hands a wish to its run, or tells it that work has ended.
func (d *Dispatcher) signal(ctx context.Context, row models.OutboxRow) error {
	tenant := d.p.Store.Tenant(row.TenantID)
	drop := func() error {
		_, err := tenant.Consume(ctx, row.ID)
		return err
	}
	var s store.Signal
	if err := json.Unmarshal(row.Payload, &s); err != nil {
		return drop()
	}
	if s.Work != nil {
		return d.workDone(ctx, row, s, drop)
	}
	wish, err := tenant.ExecutionRequest(ctx, s.RequestID)
	if fault.Is(err, fault.NotFound) {
		return drop()
	}
	if err != nil {
		return err
	}
	err = d.p.Runs.Signal(ctx, row.TenantID, s.ExecutionID, contract.Cancel{RequestID: wish.ID, Reason: wish.Reason})
	d.temporal.saw(err)
	switch {
	case fault.Is(err, fault.NotFound):
		return d.unheard(ctx, tenant, s, drop)
	case err != nil:
		return err
	}
	return drop()
}

// workDone tells a run of the end of work. One that misses it looks for itself before long.
func (d *Dispatcher) workDone(ctx context.Context, row models.OutboxRow, s store.Signal, drop func() error) error {
	err := d.p.Runs.WorkDone(ctx, row.TenantID, s.ExecutionID, contract.WorkRef{Kind: s.Work.Kind, ID: s.Work.ID})
	d.temporal.saw(err)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return err
	}
	return drop()
}

// unheard decides about a wish for a run that Temporal doesn't have open: one that has ended is past wishing, one that is
// about to start must still hear it.
func (d *Dispatcher) unheard(ctx context.Context, tenant *store.Tenant, s store.Signal, drop func() error) error {
	run, err := tenant.Execution(ctx, s.ExecutionID)
	if fault.Is(err, fault.NotFound) {
		return drop()
	}
	if err != nil {
		return err
	}
	if models.ExecutionFinal(run.Status) {
		return drop()
	}
	return fault.New(fault.Unavailable, "the run is not in Temporal yet")
}
