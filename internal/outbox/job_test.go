package outbox_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/models"
	"github.com/velocicompanion/velocicompanion/workflows/contract"
)

func TestAJobIsStartedOnceAlsoWhenTemporalComesLate(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.runs.set(fault.New(fault.Unavailable, "Temporal can't be reached"))
	require.NoError(t, b.t.StartJob(t.Context(), models.JobBatch, 7, 1))
	require.ErrorContains(t, b.t.StartJob(t.Context(), models.JobBatch, 7, 2), "being carried out")
	b.dispatch(t)
	b.tells(t, `outbox_deliveries_total{outcome="retried"}`)
	b.runs.set(nil)
	b.idle(t)
	require.Equal(t, []contract.JobInput{{TenantID: b.t.ID(), Kind: contract.JobBatch, ID: 7, Attempt: 1}}, b.runs.jobs)
	row, err := b.t.Job(t.Context(), models.JobBatch, 7)
	require.NoError(t, err)
	require.NotNil(t, row.DispatchedAt)
	require.NoError(t, b.t.FinishJob(t.Context(), models.JobBatch, 7))
	require.NoError(t, b.t.StartJob(t.Context(), models.JobBatch, 7, 2))
	b.idle(t)
	require.Equal(t, 2, b.runs.jobs[1].Attempt, "a retry is another workflow")
}

func TestAJobThatEndedBeforeItsStartIsNotStarted(t *testing.T) {
	t.Parallel()
	b := setup(t)
	require.NoError(t, b.t.StartJob(t.Context(), models.JobBatch, 7, 1))
	require.NoError(t, b.t.FinishJob(t.Context(), models.JobBatch, 7))
	b.dispatch(t)
	b.idle(t)
	require.Empty(t, b.runs.jobs)
}

func TestAWaitingJobIsWokenOnceForManyWishes(t *testing.T) {
	t.Parallel()
	b := setup(t)
	require.NoError(t, b.t.StartJob(t.Context(), models.JobHunt, 7, 2))
	for range 3 {
		require.NoError(t, b.t.WakeJob(t.Context(), models.JobHunt, 7))
	}
	require.NoError(t, b.t.WakeJob(t.Context(), models.JobHunt, 8), "nobody to wake")
	b.dispatch(t)
	b.idle(t)
	require.Equal(t, []string{contract.JobWorkflowID(contract.JobInput{TenantID: b.t.ID(), Kind: contract.JobHunt, ID: 7, Attempt: 2})}, b.runs.woken)
}
