package workflows_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/testsuite"
	"go.temporal.io/sdk/workflow"

	"github.com/velocicompanion/velocicompanion/workflows"
	"github.com/velocicompanion/velocicompanion/workflows/contract"
)

// job carries out a job whose slices answer what a test says, and gives how it was closed from outside.
func job(t *testing.T, slice func(n int) (contract.JobSlice, error)) (calls int, ended []contract.JobEnding, err error) {
	t.Helper()
	var suite testsuite.WorkflowTestSuite
	env := suite.NewTestWorkflowEnvironment()
	env.RegisterWorkflowWithOptions(workflows.New().IngestBatch, workflow.RegisterOptions{Name: contract.WorkflowIngestBatch})
	env.RegisterActivityWithOptions(func(_ context.Context, _ contract.JobInput) (contract.JobSlice, error) {
		calls++
		return slice(calls)
	}, activity.RegisterOptions{Name: contract.ActivityIngestBatch})
	env.RegisterActivityWithOptions(func(_ context.Context, in contract.JobEnding) (contract.JobResult, error) {
		ended = append(ended, in)
		return contract.JobResult{Status: in.Status}, nil
	}, activity.RegisterOptions{Name: contract.ActivityEndJob})
	env.ExecuteWorkflow(contract.WorkflowIngestBatch, contract.JobInput{TenantID: 1, Kind: contract.JobBatch, ID: 7, Attempt: 1})
	require.True(t, env.IsWorkflowCompleted())
	return calls, ended, env.GetWorkflowError()
}

func TestAJobGoesOnUntilASliceSaysThatItHasEnded(t *testing.T) {
	t.Parallel()
	calls, ended, err := job(t, func(n int) (contract.JobSlice, error) {
		return contract.JobSlice{Done: n == 5, Status: "running"}, nil
	})
	require.NoError(t, err)
	require.Equal(t, 5, calls)
	require.Empty(t, ended)
}

func TestAJobThatNoRetryHelpsIsClosedWithTheReason(t *testing.T) {
	t.Parallel()
	calls, ended, err := job(t, func(int) (contract.JobSlice, error) {
		return contract.JobSlice{}, temporal.NewNonRetryableApplicationError("its rows are gone", "not_found", nil)
	})
	require.ErrorContains(t, err, "its rows are gone")
	require.Equal(t, 1, calls)
	require.Len(t, ended, 1)
	require.Equal(t, "failed", ended[0].Status)
	require.Equal(t, "its rows are gone", ended[0].Error)
}

func TestALongJobContinuesAsNew(t *testing.T) {
	t.Parallel()
	_, ended, err := job(t, func(int) (contract.JobSlice, error) { return contract.JobSlice{Status: "running"}, nil })
	require.True(t, workflow.IsContinueAsNewError(err))
	require.Empty(t, ended)
}

func TestAWaitingJobGoesOnWhenTheTimeIsUpOrWhenItIsWoken(t *testing.T) {
	t.Parallel()
	for name, woken := range map[string]bool{"time": false, "wake": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var suite testsuite.WorkflowTestSuite
			env := suite.NewTestWorkflowEnvironment()
			env.RegisterWorkflowWithOptions(workflows.New().Hunt, workflow.RegisterOptions{Name: contract.WorkflowHunt})
			calls := 0
			env.RegisterActivityWithOptions(func(_ context.Context, _ contract.JobInput) (contract.JobSlice, error) {
				calls++
				return contract.JobSlice{Done: calls == 2, Status: "waiting", Wait: time.Hour}, nil
			}, activity.RegisterOptions{Name: contract.ActivityHunt})
			if woken {
				env.RegisterDelayedCallback(func() {
					env.SignalWorkflow(contract.SignalWake, contract.Wake{})
					env.SignalWorkflow(contract.SignalWake, contract.Wake{})
				}, time.Minute)
			}
			begun := env.Now()
			env.ExecuteWorkflow(contract.WorkflowHunt, contract.JobInput{TenantID: 1, Kind: contract.JobHunt, ID: 7, Attempt: 1})
			require.NoError(t, env.GetWorkflowError())
			require.Equal(t, 2, calls)
			require.Equal(t, woken, env.Now().Sub(begun) < time.Hour)
		})
	}
}
