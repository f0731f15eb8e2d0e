package workflows

import (
	"errors"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/velocicompanion/velocicompanion/workflows/contract"
)

// The statuses of runs and steps that this code decides; models holds the whole list.
const (
	statusCompleted = "completed"
	statusFailed    = "failed"
	statusCancelled = "cancelled"
	statusTimedOut  = "timed_out"
	stepSkipped     = "skipped"
	stepWaiting     = "waiting"
)

// ending is how the run ends.
type ending struct {
	status  string
	step    string // key of the step it ended at, "" where no step is to blame
	action  string // what that step is
	message string
	kind    string // the fault's kind
	written bool   // the last step's transaction has written it
}

// failed says whether the on_failure part is due.
func (e *ending) failed() bool { return e.status == statusFailed || e.status == statusTimedOut }

// reason is what people read as the run's error.
func (e *ending) reason() string {
	if e.step == "" || e.message == "" {
		return e.message
	}
	return e.step + ": " + e.message
}

// finish writes the final state, whatever cancelled the run, and closes the workflow accordingly.
func (r *playbookRun) finish(ctx workflow.Context, end *ending) (contract.RunResult, error) {
	status := end.status
	if !end.written {
		calm, _ := workflow.NewDisconnectedContext(ctx)
		in := contract.FinishInput{Run: r.in.Run, Before: r.ledger.progress(), Status: end.status, Error: end.reason()}
		var res contract.FinishResult
		err := workflow.ExecuteLocalActivity(finishing(calm), contract.ActivityFinishRun, in).Get(calm, &res)
		switch {
		case err != nil && problemOf(err, 0).kind == kindNotFound:
			status = statusCancelled // the run was deleted meanwhile: there is nobody to tell
		case err != nil:
			return contract.RunResult{}, err
		default:
			status = res.Status
		}
	}
	switch status {
	case statusFailed:
		return contract.RunResult{}, temporal.NewNonRetryableApplicationError(end.reason(), contract.ErrorRunFailed, nil)
	case statusTimedOut:
		return contract.RunResult{}, temporal.NewNonRetryableApplicationError(end.reason(), contract.ErrorRunTimedOut, nil)
	case statusCancelled:
		return contract.RunResult{}, temporal.NewCanceledError()
	default:
		return contract.RunResult{Status: status}, nil
	}
}

// isCanceled says whether an activity's future was given up because its context was cancelled.
func isCanceled(err error) bool {
	_, ok := errors.AsType[*temporal.CanceledError](err)
	return ok
}
