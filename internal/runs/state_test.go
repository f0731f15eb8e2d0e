package runs

import (
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/temporal"

	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/models"
)

func TestWhatAnEndInTemporalMeans(t *testing.T) {
	t.Parallel()
	failures := temporal.GetDefaultFailureConverter()
	terminated := &historypb.HistoryEvent{Attributes: &historypb.HistoryEvent_WorkflowExecutionTerminatedEventAttributes{
		WorkflowExecutionTerminatedEventAttributes: &historypb.WorkflowExecutionTerminatedEventAttributes{
			Reason: "clean up\x00" + strings.Repeat("x", 3000), Identity: "4711@operator-laptop",
		},
	}}
	failed := &historypb.HistoryEvent{Attributes: &historypb.HistoryEvent_WorkflowExecutionFailedEventAttributes{
		WorkflowExecutionFailedEventAttributes: &historypb.WorkflowExecutionFailedEventAttributes{
			Failure: failures.ErrorToFailure(errors.New("no such plan")),
		},
	}}
	for _, c := range []struct {
		in     enumspb.WorkflowExecutionStatus
		event  *historypb.HistoryEvent
		status string
		says   string
	}{
		{enumspb.WORKFLOW_EXECUTION_STATUS_TERMINATED, terminated, models.ExecutionFailed, "terminated in Temporal: clean up"},
		{enumspb.WORKFLOW_EXECUTION_STATUS_FAILED, failed, models.ExecutionFailed, "no such plan"},
		{enumspb.WORKFLOW_EXECUTION_STATUS_TIMED_OUT, nil, models.ExecutionTimedOut, "timed out"},
		{enumspb.WORKFLOW_EXECUTION_STATUS_CANCELED, nil, models.ExecutionCancelled, "cancelled"},
		{enumspb.WORKFLOW_EXECUTION_STATUS_COMPLETED, nil, models.ExecutionFailed, "without a result"},
	} {
		got := closed(c.in, c.event, failures)
		require.False(t, got.Open)
		require.Equal(t, c.status, got.Status)
		require.Contains(t, got.Reason, c.says)
		require.NotContains(t, got.Reason, "operator-laptop")
		require.NotContains(t, got.Reason, "\x00")
		require.LessOrEqual(t, len([]rune(got.Reason)), 2001)
		require.True(t, models.ExecutionFinal(got.Status))
	}
}

func TestTemporalsErrorsBecomeFaults(t *testing.T) {
	t.Parallel()
	for kind, err := range map[fault.Kind]error{
		fault.NotFound:    serviceerror.NewNotFound("x"),
		fault.Invalid:     serviceerror.NewInvalidArgument("x"),
		fault.Unavailable: serviceerror.NewUnavailable("x"),
	} {
		require.Equal(t, kind, fault.KindOf(translate(err)))
	}
	require.Equal(t, fault.Unavailable, fault.KindOf(translate(serviceerror.NewResourceExhausted(0, "busy"))))
	require.NoError(t, translate(nil))
}
