package store_test

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/models"
)

func TestSlotsAreNeverGivenTwice(t *testing.T) {
	t.Parallel()
	b := newRunBundle(t)
	ids := make([]int64, models.DefaultConcurrentRuns+20)
	for i := range ids {
		ids[i] = b.run(t).ID
	}
	var started, parked atomic.Int32
	var wg sync.WaitGroup
	for i := range 6 {
		wg.Go(func() {
			a, err := b.t.AdmitExecutions(context.Background(), ids[i*20:(i+1)*20])
			if err == nil {
				started.Add(int32(len(a.Start)))
				parked.Add(int32(len(a.Parked)))
			}
		})
	}
	wg.Wait()
	require.EqualValues(t, models.DefaultConcurrentRuns, started.Load())
	require.EqualValues(t, 20, parked.Load())
}

func TestTheEndOfARunCallsTheNext(t *testing.T) {
	t.Parallel()
	b := newRunBundle(t)
	var ids []int64
	for range models.DefaultConcurrentRuns + 2 {
		ids = append(ids, b.run(t).ID)
	}
	a, err := b.t.AdmitExecutions(t.Context(), ids)
	require.NoError(t, err)
	require.Equal(t, ids[models.DefaultConcurrentRuns:], a.Parked)
	tenants, err := b.s.System().TenantsWithParked(t.Context())
	require.NoError(t, err)
	require.Equal(t, []int64{b.tenant}, tenants)

	var told []store.Committed
	b.s.OnCommit(func(c store.Committed) { told = append(told, c) })
	_, err = b.t.EndExecution(t.Context(), store.Ending{ExecutionID: ids[0], Status: models.ExecutionCompleted})
	require.NoError(t, err)
	require.Len(t, told, 1)
	require.Len(t, told[0].Outbox, 1, "the dispatcher hears of the next run's start")
	a, err = b.t.AdmitExecutions(t.Context(), a.Parked)
	require.NoError(t, err)
	require.Len(t, a.Start, 1)
	require.Len(t, a.Parked, 1)

	_, err = b.t.EndExecution(t.Context(), store.Ending{ExecutionID: ids[1], Status: models.ExecutionCompleted})
	require.NoError(t, err)
	n, err := b.t.Unpark(t.Context())
	require.NoError(t, err)
	require.LessOrEqual(t, n, 1)
}

func TestARunWithoutOutboxRowIsQueuedAnew(t *testing.T) {
	t.Parallel()
	b := newRunBundle(t)
	run := b.run(t)
	again, err := b.t.Redispatch(t.Context(), run.ID)
	require.NoError(t, err)
	require.False(t, again, "its row is still there")
	rows, err := b.s.System().ClaimOutbox(t.Context(), store.Claim{Limit: 10, Lease: time.Minute})
	require.NoError(t, err)
	require.Len(t, rows, 1)
	require.NoError(t, b.t.ConsumeAll(t.Context(), []int64{rows[0].ID}))
	again, err = b.t.Redispatch(t.Context(), run.ID)
	require.NoError(t, err)
	require.True(t, again)
	open, err := b.s.System().OpenExecutions(t.Context(), time.Now().Add(time.Minute), 0, 10)
	require.NoError(t, err)
	require.Len(t, open, 1)
	require.Equal(t, run.ID, open[0].ID)
}

func TestDispatchedRunsLoseTheirRow(t *testing.T) {
	t.Parallel()
	b := newRunBundle(t)
	run := b.run(t)
	rows, err := b.s.System().ClaimOutbox(t.Context(), store.Claim{Limit: 10, Lease: time.Minute})
	require.NoError(t, err)
	a, err := b.t.AdmitExecutions(t.Context(), []int64{run.ID})
	require.NoError(t, err)
	require.Len(t, a.Start, 1)
	again, err := b.t.AdmitExecutions(t.Context(), []int64{run.ID})
	require.NoError(t, err)
	require.Len(t, again.Start, 1, "a dispatch that did not come through is done again")
	require.NoError(t, b.t.MarkDispatched(t.Context(), []store.Dispatched{
		{OutboxID: rows[0].ID, ExecutionID: run.ID, WorkflowID: "w", RunID: "r"},
	}))
	row, err := b.t.Execution(t.Context(), run.ID)
	require.NoError(t, err)
	require.Equal(t, "r", row.RunID)
	require.NotNil(t, row.DispatchedAt)
	a, err = b.t.AdmitExecutions(t.Context(), []int64{run.ID})
	require.NoError(t, err)
	require.Equal(t, []int64{run.ID}, a.Gone)
	pending, _, err := b.s.System().OutboxLag(t.Context())
	require.NoError(t, err)
	require.Zero(t, pending)
}
