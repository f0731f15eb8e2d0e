package worker

import (
	"context"
	"errors"

	"go.temporal.io/sdk/temporal"

	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/workflows/contract"
)

// applicationError turns an activity's fault into Temporal's error: the kind as its type, the safe message, and whether
// another try makes sense. The cause stays in the log; Temporal's store and the screen never see it.
func applicationError(err error) error {
	if err == nil || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	if _, ok := errors.AsType[*temporal.ApplicationError](err); ok {
		return err
	}
	out := temporal.ApplicationErrorOptions{NonRetryable: !fault.Retryable(err)}
	kind := string(fault.KindOf(err))
	if f, ok := errors.AsType[*fault.Error](err); ok {
		out.NextRetryDelay = f.RetryAfter
		if f.Code == store.CodeExecutionEnded {
			kind = contract.ErrorRunEnded
		}
	}
	return temporal.NewApplicationErrorWithOptions(fault.Safe(err), kind, out)
}
