package workflows

import (
	"errors"
	"fmt"
	"time"

	"go.temporal.io/sdk/temporal"

	"github.com/velocicompanion/velocicompanion/workflows/contract"
)

// The kinds of failure that this code tells apart; the others are internal/fault's, as the activities' errors carry them.
const (
	kindInvalid   = "invalid"
	kindNotFound  = "not_found"
	kindTooLarge  = "too_large"
	kindInternal  = "internal"
	kindTimeout   = "timeout"
	kindCancelled = "cancelled"
	kindStopped   = "stopped"
	kindRunEnded  = contract.ErrorRunEnded
)

// problem is why a step failed, in words for people, with the fault's kind.
type problem struct{ kind, message string }

// problemOf reads an activity's error; timeout is that of one attempt.
func problemOf(err error, timeout time.Duration) problem {
	if app, ok := errors.AsType[*temporal.ApplicationError](err); ok {
		return problem{app.Type(), app.Message()}
	}
	if _, ok := errors.AsType[*temporal.TimeoutError](err); ok {
		return problem{kindTimeout, fmt.Sprintf("the step took longer than %s", timeout)}
	}
	if isCanceled(err) {
		return problem{kindCancelled, "the step was cancelled"}
	}
	return problem{kindInternal, "something went wrong on our side"}
}
