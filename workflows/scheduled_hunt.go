package workflows

import (
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/velocicompanion/velocicompanion/workflows/contract"
)

// scheduledLooks is how many looks one run of the workflow makes before it continues as new.
const scheduledLooks = 500

// ScheduledHunt is one time of a schedule: it claims the time, starts its hunt where the schedule lets it, and stays until the
// hunt is over, so that Temporal's own overlap policy sees that this time is at work. The hunt itself is a job of its own.
func (w *Workflows) ScheduledHunt(ctx workflow.Context, in contract.ScheduledHuntInput) (contract.ScheduledResult, error) {
	look := contract.ScheduledTime{ScheduledHuntInput: in}
	if in.RunID == 0 {
		look.At = scheduledAt(ctx)
	}
	local := finishing(ctx)
	for range scheduledLooks {
		var step contract.ScheduledStep
		if err := workflow.ExecuteLocalActivity(local, contract.ActivityScheduledHunt, look).Get(local, &step); err != nil {
			return contract.ScheduledResult{}, err
		}
		if step.Done {
			return contract.ScheduledResult{Status: step.Status}, nil
		}
		look.RunID, look.At = step.RunID, time.Time{}
		if err := workflow.Sleep(ctx, step.Wait); err != nil {
			return contract.ScheduledResult{}, err
		}
		if workflow.GetInfo(ctx).GetContinueAsNewSuggested() {
			break
		}
	}
	return contract.ScheduledResult{}, workflow.NewContinueAsNewError(ctx, contract.WorkflowScheduledHunt, look.ScheduledHuntInput)
}

// scheduledAt is the schedule's time that this workflow is for, to the second.
func scheduledAt(ctx workflow.Context) time.Time {
	key := temporal.NewSearchAttributeKeyTime("TemporalScheduledStartTime")
	if at, ok := workflow.GetTypedSearchAttributes(ctx).GetTime(key); ok {
		return at.UTC()
	}
	return workflow.GetInfo(ctx).WorkflowStartTime.UTC()
}
