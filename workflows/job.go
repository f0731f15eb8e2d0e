package workflows

import (
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/velocicompanion/velocicompanion/workflows/contract"
)

// sliceCalls is how many activities one run of a job's workflow makes before it continues as new: its history stays small
// however long the job is.
const sliceCalls = 500

// runJob carries out a job: one activity after another does the next slices, each in one transaction with the slice's mark,
// until one says that the job has ended. A cancellation is in the job's row, where slices see it. What no retry helps
// closes the row with the reason. self is the workflow type to continue as.
func runJob(ctx workflow.Context, in contract.JobInput, self, slice string) (contract.JobResult, error) {
	work := slicing(ctx)
	for range sliceCalls {
		var out contract.JobSlice
		if err := workflow.ExecuteActivity(work, slice, in).Get(work, &out); err != nil {
			return endJob(ctx, in, err)
		}
		if out.Done {
			return contract.JobResult{Status: out.Status}, nil
		}
		if out.Wait > 0 {
			pause(ctx, out.Wait)
		}
		if workflow.GetInfo(ctx).GetContinueAsNewSuggested() {
			break
		}
	}
	return contract.JobResult{}, workflow.NewContinueAsNewError(ctx, self, in)
}

// pause waits until the time is up or somebody wakes the job. All that woke it by then is answered by the next slice.
func pause(ctx workflow.Context, wait time.Duration) {
	awake := workflow.GetSignalChannel(ctx, contract.SignalWake)
	var wake contract.Wake
	if ok, _ := awake.ReceiveWithTimeout(ctx, wait, &wake); !ok {
		return
	}
	for awake.ReceiveAsync(&wake) {
	}
}

// endJob closes the row of a job whose slices can't, whatever cancelled the workflow, and closes the workflow accordingly.
func endJob(ctx workflow.Context, in contract.JobInput, cause error) (contract.JobResult, error) {
	end := contract.JobEnding{JobInput: in, Status: statusFailed, Error: problemOf(cause, 0).message}
	if temporal.IsCanceledError(cause) {
		end.Status, end.Error = statusCancelled, "cancelled in Temporal"
	}
	calm, _ := workflow.NewDisconnectedContext(ctx)
	var out contract.JobResult
	if err := workflow.ExecuteLocalActivity(finishing(calm), contract.ActivityEndJob, end).Get(calm, &out); err != nil {
		return contract.JobResult{}, err
	}
	switch out.Status {
	case statusFailed:
		return contract.JobResult{}, temporal.NewNonRetryableApplicationError(end.Error, contract.ErrorJobFailed, nil)
	case statusCancelled:
		return contract.JobResult{}, temporal.NewCanceledError()
	default:
		return out, nil
	}
}
