package worker

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/temporal"

	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/workflows/contract"
)

func TestFaultsBecomeTemporalsErrors(t *testing.T) {
	t.Parallel()
	secret := errors.New("password=hunter2")
	for kind, retried := range map[fault.Kind]bool{
		fault.Invalid: false, fault.Forbidden: false, fault.NotFound: false, fault.Conflict: false,
		fault.Unavailable: true, fault.TooMany: true, fault.Internal: true,
	} {
		var app *temporal.ApplicationError
		require.ErrorAs(t, applicationError(fault.Wrap(secret, kind, "safe")), &app)
		require.Equal(t, string(kind), app.Type())
		require.Equal(t, "safe", app.Message())
		require.Equal(t, retried, !app.NonRetryable(), kind)
		require.NotContains(t, app.Error(), "hunter2")
	}
	var app *temporal.ApplicationError
	require.ErrorAs(t, applicationError(secret), &app)
	require.NotContains(t, app.Error(), "hunter2")
	require.False(t, app.NonRetryable())
	require.ErrorAs(t, applicationError(fault.New(fault.Conflict, "over").WithCode(store.CodeExecutionEnded)), &app)
	require.Equal(t, contract.ErrorRunEnded, app.Type())
	require.ErrorAs(t, applicationError(fault.New(fault.Unavailable, "later").WithRetryAfter(time.Minute)), &app)
	require.Equal(t, time.Minute, app.NextRetryDelay())
	require.ErrorIs(t, applicationError(context.Canceled), context.Canceled)
	require.NoError(t, applicationError(nil))
}
