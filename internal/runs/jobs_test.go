package runs_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/internal/runs"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/models"
	"github.com/velocicompanion/velocicompanion/workflows/contract"
)

// arrived is a batch whose job waits for its workflow.
func (b bundle) arrived(t *testing.T) *models.Batch {
	t.Helper()
	row := &models.Batch{Format: "ndjson", CreatedBy: &b.user}
	_, err := b.t.BeginBatch(t.Context(), row)
	require.NoError(t, err)
	require.NoError(t, b.t.AddChunk(t.Context(), row.ID, store.Arrived{Lines: 1, Data: []byte("x"), Bytes: 1}))
	row, _, err = b.t.AcceptBatch(t.Context(), row.ID, store.Whole{Bytes: 1, ContentHash: []byte("c"), Fingerprint: []byte("f"), Format: "ndjson"})
	require.NoError(t, err)
	return row
}

func TestAJobThatFellThroughIsQueuedAnew(t *testing.T) {
	t.Parallel()
	b := setup(t, time.Nanosecond)
	row := b.arrived(t)
	rows, err := b.s.System().ClaimOutbox(t.Context(), store.Claim{Limit: 10, Lease: time.Minute})
	require.NoError(t, err)
	require.Len(t, rows, 1)
	require.NoError(t, b.c.Pass(t.Context()))
	require.NoError(t, b.t.ConsumeAll(t.Context(), []int64{rows[0].ID})) // it was lost
	require.NoError(t, b.c.Pass(t.Context()))
	again, err := b.s.System().ClaimOutbox(t.Context(), store.Claim{Limit: 10, Lease: time.Minute})
	require.NoError(t, err)
	require.Len(t, again, 1)
	got, err := b.t.Batch(t.Context(), row.ID)
	require.NoError(t, err)
	require.Equal(t, models.JobQueued, got.Status)
}

func TestAJobWhoseWorkflowIsGoneIsClosedWithTheReason(t *testing.T) {
	t.Parallel()
	for name, state := range map[string]*runs.State{
		"unknown": nil, "terminated": {Status: models.ExecutionFailed, Reason: "terminated in Temporal: enough"}, "open": {Open: true},
	} {
		b := setup(t, time.Nanosecond)
		row := b.arrived(t)
		rows, err := b.s.System().ClaimOutbox(t.Context(), store.Claim{Limit: 10, Lease: time.Minute})
		require.NoError(t, err)
		require.NoError(t, b.t.MarkJobStarted(t.Context(), rows[0].ID, models.JobBatch, row.ID))
		if state != nil {
			id := contract.JobWorkflowID(contract.JobInput{TenantID: b.t.ID(), Kind: contract.JobBatch, ID: row.ID, Attempt: 1})
			b.fake.jobs = map[string]runs.State{id: *state}
		}
		require.NoError(t, b.c.Pass(t.Context()))
		got, err := b.t.Batch(t.Context(), row.ID)
		require.NoError(t, err)
		if name == "open" {
			require.Equal(t, models.JobQueued, got.Status)
			continue
		}
		require.Equal(t, models.JobFailed, got.Status, name)
		require.Contains(t, got.Error, "Temporal", name)
		_, err = b.t.Job(t.Context(), models.JobBatch, row.ID)
		require.Equal(t, fault.NotFound, fault.KindOf(err))
		got, err = b.t.RetryBatch(t.Context(), row.ID)
		require.NoError(t, err, "what is left of it is there")
		require.Equal(t, 2, got.Attempt)
	}
}
