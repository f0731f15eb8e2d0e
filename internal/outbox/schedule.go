package outbox

import (
	"context"
	"encoding/json"

	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/models"
	"github.com/velocicompanion/velocicompanion/workflows/contract"
)

// schedule makes Temporal's schedule match its row, or starts the workflow of a run by hand. What Temporal refuses as such is
// left to the keeper, which logs it.
func (d *Dispatcher) schedule(ctx context.Context, row models.OutboxRow) error {
	tenant := d.p.Store.Tenant(row.TenantID)
	var s store.ScheduleChange
	if err := json.Unmarshal(row.Payload, &s); err == nil {
		if s.RunID != 0 {
			err = d.p.Runs.StartScheduled(ctx, contract.ScheduledHuntInput{TenantID: row.TenantID, ScheduleID: s.ScheduleID, RunID: s.RunID})
		} else {
			err = d.p.Runs.SyncSchedule(ctx, row.TenantID, s.ScheduleID)
		}
		d.temporal.saw(err)
		if err != nil && !fault.Is(err, fault.Invalid) {
			return err
		}
	}
	_, err := tenant.Consume(ctx, row.ID)
	return err
}
