package contract_test

import (
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/velocicompanion/velocicompanion/workflows/contract"
)

func TestQueuesAndTheirTenants(t *testing.T) {
	t.Parallel()
	for _, id := range []int64{1, 7, 70, math.MaxInt64} {
		got, ok := contract.TenantOfQueue(contract.TaskQueue(id))
		require.True(t, ok)
		require.Equal(t, id, got)
	}
	for _, queue := range []string{"", "system", "tenant-", "tenant-0", "tenant--1", "tenant-07", "tenant-7 ", "tenant-+7", "x-tenant-7"} {
		_, ok := contract.TenantOfQueue(queue)
		require.False(t, ok, queue)
	}
}

func TestWorkflowIDsAndTheirRuns(t *testing.T) {
	t.Parallel()
	id := contract.WorkflowID(7, 42)
	tenant, run, ok := contract.ParseWorkflowID(id)
	require.True(t, ok)
	require.EqualValues(t, 7, tenant)
	require.EqualValues(t, 42, run)
	for _, bad := range []string{"", "t7", "7-run-42", "t7-run-", "t07-run-42", "t7-run-42x", "t7-run-042", "tt7-run-42", "t-7-run-42"} {
		_, _, ok := contract.ParseWorkflowID(bad)
		require.False(t, ok, bad)
	}
	require.False(t, strings.HasPrefix(contract.WorkflowID(70, 1), contract.WorkflowPrefix(7)))
	tenant, ok = contract.TenantOfWorkflow(id)
	require.True(t, ok)
	require.EqualValues(t, 7, tenant)
	_, ok = contract.TenantOfWorkflow("system-retention")
	require.False(t, ok)
}

func TestWorkflowIDsOfJobs(t *testing.T) {
	t.Parallel()
	for id, in := range map[string]contract.JobInput{
		"t7-batch-42":   {TenantID: 7, Kind: contract.JobBatch, ID: 42, Attempt: 1},
		"t7-batch-42-2": {TenantID: 7, Kind: contract.JobBatch, ID: 42, Attempt: 2},
		"t1-bulk-9":     {TenantID: 1, Kind: contract.JobBulk, ID: 9, Attempt: 1},
	} {
		require.Equal(t, id, contract.JobWorkflowID(in))
		got, ok := contract.ParseJobWorkflowID(id)
		require.True(t, ok, id)
		require.Equal(t, in, got)
		tenant, ok := contract.TenantOfWorkflow(id)
		require.True(t, ok)
		require.Equal(t, in.TenantID, tenant)
		_, _, ok = contract.ParseWorkflowID(id)
		require.False(t, ok, "it is no run")
	}
	for _, bad := range []string{"", "t7-batch", "t7-batch-", "t7-run-42", "t7-batch-42-1", "t7-batch-42-02", "t7-batch-42-2-3", "t7-other-42", "batch-42", "t07-batch-42"} {
		_, ok := contract.ParseJobWorkflowID(bad)
		require.False(t, ok, bad)
	}
	for _, kind := range contract.JobKinds() {
		_, _, ok := contract.JobWorkflow(kind)
		require.True(t, ok, kind)
	}
}
