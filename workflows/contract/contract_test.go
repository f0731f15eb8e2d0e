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
