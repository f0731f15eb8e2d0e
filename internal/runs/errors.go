package runs

import (
	"context"
	"errors"

	"go.temporal.io/api/serviceerror"

	"github.com/velocicompanion/velocicompanion/internal/fault"
)

// translate turns Temporal's errors into faults, once, at the room's edge. Whatever is not plainly the caller's mistake is
// worth another try.
func translate(err error) error {
	if err == nil {
		return nil
	}
	if _, ok := errors.AsType[*fault.Error](err); ok {
		return err
	}
	if errors.Is(err, context.Canceled) {
		return err
	}
	if _, ok := errors.AsType[*serviceerror.NotFound](err); ok {
		return fault.Wrap(err, fault.NotFound, "Temporal doesn't know this run")
	}
	if _, ok := errors.AsType[*serviceerror.InvalidArgument](err); ok {
		return fault.Wrap(err, fault.Invalid, "Temporal refused the request")
	}
	return fault.Wrap(err, fault.Unavailable, "Temporal can't be reached").WithCode("temporal_unavailable")
}
