package activities

import (
	"context"

	"github.com/velocicompanion/velocicompanion/workflows/contract"
)

// ScheduledHunt looks at one time of a schedule: it claims it, starts its hunt once nothing stands in the way, and says when
// to look again. A repeat finds what the one before did.
func (a *Activities) ScheduledHunt(ctx context.Context, in contract.ScheduledTime) (contract.ScheduledStep, error) {
	step, err := a.fleet.AdvanceSchedule(ctx, a.store.Tenant(in.TenantID), in.ScheduleID, in.RunID, in.At)
	return contract.ScheduledStep{RunID: step.RunID, Status: step.Status, Done: step.Done, Wait: step.Wait}, err
}
