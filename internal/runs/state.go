package runs

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/converter"

	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/models"
	"github.com/velocicompanion/velocicompanion/workflows/contract"
)

// State is what Temporal says about a run.
type State struct {
	Open   bool
	Status string // where it is closed: the status of ours that this amounts to for a row that is still open
	Reason string // in words, where it is closed
}

// State asks Temporal about a run. Faults: NotFound, Unavailable.
func (r *Runs) State(ctx context.Context, tenantID, executionID int64) (State, error) {
	return r.state(ctx, tenantID, contract.WorkflowID(tenantID, executionID))
}

// JobState asks Temporal about a job's workflow. Faults: NotFound, Unavailable.
func (r *Runs) JobState(ctx context.Context, in contract.JobInput) (State, error) {
	return r.state(ctx, in.TenantID, contract.JobWorkflowID(in))
}

func (r *Runs) state(ctx context.Context, tenantID int64, id string) (State, error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	c, err := r.temporal.Client(ctx, tenantID)
	if err != nil {
		return State{}, err
	}
	found, err := c.DescribeWorkflowExecution(ctx, id, "")
	if err != nil {
		return State{}, translate(err)
	}
	status := found.GetWorkflowExecutionInfo().GetStatus()
	if status == enumspb.WORKFLOW_EXECUTION_STATUS_RUNNING {
		return State{Open: true}, nil
	}
	last, err := closeEvent(ctx, c, id)
	if err != nil {
		return State{}, err
	}
	return closed(status, last, r.temporal.p.Codec.FailureConverter(tenantID)), nil
}

// closeEvent reads the last event of a closed workflow, which tells why it closed.
func closeEvent(ctx context.Context, c client.Client, id string) (*historypb.HistoryEvent, error) {
	events := c.GetWorkflowHistory(ctx, id, "", false, enumspb.HISTORY_EVENT_FILTER_TYPE_CLOSE_EVENT)
	var last *historypb.HistoryEvent
	for events.HasNext() {
		e, err := events.Next()
		if err != nil {
			return nil, translate(err)
		}
		last = e
	}
	if last == nil {
		return nil, fault.New(fault.Unavailable, "Temporal has no end of this run yet")
	}
	return last, nil
}

// closed says what the end of a workflow means for a row that is still open: in every case that something outside of the
// run ended it, because the run itself writes its row first.
func closed(status enumspb.WorkflowExecutionStatus, last *historypb.HistoryEvent, failures converter.FailureConverter) State {
	switch status {
	case enumspb.WORKFLOW_EXECUTION_STATUS_TERMINATED:
		why := last.GetWorkflowExecutionTerminatedEventAttributes()
		reason := "terminated in Temporal"
		if why.GetReason() != "" {
			reason += ": " + why.GetReason()
		}
		return State{Status: models.ExecutionFailed, Reason: printable(reason)}
	case enumspb.WORKFLOW_EXECUTION_STATUS_TIMED_OUT:
		return State{Status: models.ExecutionTimedOut, Reason: "timed out in Temporal"}
	case enumspb.WORKFLOW_EXECUTION_STATUS_CANCELED:
		return State{Status: models.ExecutionCancelled, Reason: "cancelled in Temporal"}
	case enumspb.WORKFLOW_EXECUTION_STATUS_FAILED:
		reason := "failed in Temporal"
		if f := last.GetWorkflowExecutionFailedEventAttributes().GetFailure(); f != nil {
			reason += ": " + failures.FailureToError(f).Error()
		}
		return State{Status: models.ExecutionFailed, Reason: printable(reason)}
	default:
		return State{Status: models.ExecutionFailed, Reason: fmt.Sprintf("ended in Temporal (%s) without a result here", status)}
	}
}

// printable cuts a reason that came from outside to what a row holds.
func printable(s string) string {
	s = strings.ToValidUTF8(strings.ReplaceAll(s, "\x00", ""), "�")
	if r := []rune(s); len(r) > 2000 {
		return string(r[:2000]) + "…"
	}
	return cmp.Or(s, "ended in Temporal")
}
