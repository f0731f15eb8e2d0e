package activities_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/internal/testkit"
	"github.com/velocicompanion/velocicompanion/models"
	"github.com/velocicompanion/velocicompanion/workflows/contract"
)

func withClient(row *models.Host) {
	id := "C.00000000000000aa"
	row.ClientID = &id
}

// begin starts a collection as a step's work.
func (b bundle) begin(t *testing.T) (contract.StepInput, contract.WorkInput) {
	t.Helper()
	host := testkit.Host(t, b.s, b.tenant.ID(), withClient)
	in := b.input("collect", contract.ActionCollectArtifact, map[string]any{
		"host_id": host.ID, "artifact_name": "Generic.Client.Info", "parameters": map[string]any{"A": "b"},
	})
	in.Before.Started = &contract.Started{WorkflowID: "w", RunID: "r"}
	res, err := b.step(t, in)
	require.NoError(t, err)
	require.Equal(t, models.StepWaiting, res.Status)
	return in, contract.WorkInput{StepInput: in, Work: *res.Work}
}

func (b bundle) status(t *testing.T) string {
	t.Helper()
	run, err := b.tenant.Execution(t.Context(), b.run.ID)
	require.NoError(t, err)
	return run.Status
}

func TestWorkIsStartedOnce(t *testing.T) {
	t.Parallel()
	b := setup(t, "user")
	in, work := b.begin(t)
	again, err := b.step(t, in)
	require.NoError(t, err)
	require.Equal(t, &work.Work, again.Work)
	rows, page, err := b.tenant.ListCollections(t.Context(), store.CollectionQuery{})
	require.NoError(t, err)
	require.Equal(t, 1, page.Total)
	require.Equal(t, b.run.ID, *rows[0].ExecutionID)
	require.Equal(t, "collect", rows[0].StepKey)
	require.Equal(t, b.user, *rows[0].CreatedBy)
	require.Equal(t, "C.00000000000000aa", rows[0].ClientID)
	require.JSONEq(t, `{"A": "b"}`, string(rows[0].Parameters))
	_, err = b.tenant.Job(t.Context(), models.JobCollection, rows[0].ID)
	require.NoError(t, err)
	require.Equal(t, models.StepWaiting, b.row(t, "collect").Status)
	require.Equal(t, models.ExecutionWaiting, b.status(t))
}

func TestTheEndOfWorkEndsTheStep(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]store.CollectionEnd{
		models.StepCompleted: {Status: models.JobCompleted},
		models.StepFailed:    {Status: models.JobFailed, Error: "the endpoint was off", ErrorKind: models.CollectionOffline},
		"cancelled":          {Status: models.JobCancelled, Error: "enough"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t, "user")
			_, work := b.begin(t)
			before, err := b.acts.WorkResult(t.Context(), work)
			require.NoError(t, err)
			require.Equal(t, models.StepWaiting, before.Status)
			_, err = b.tenant.EndCollection(t.Context(), work.Work.ID, 1, end)
			require.NoError(t, err)
			after, err := b.acts.WorkResult(t.Context(), work)
			require.NoError(t, err)
			row := b.row(t, "collect")
			require.Equal(t, row.Status, after.Status)
			require.EqualValues(t, work.Work.ID, after.Output["collection_id"])
			require.Equal(t, end.Error, row.Error)
			require.Equal(t, models.ExecutionRunning, b.status(t))
			require.Equal(t, end.Status == models.JobCompleted, row.Status == models.StepCompleted)
			again, err := b.acts.WorkResult(t.Context(), work)
			require.NoError(t, err)
			require.Equal(t, after, again, "a repeat finds the same")
		})
	}
}

func TestTheLastStepsWorkEndsTheRun(t *testing.T) {
	t.Parallel()
	b := setup(t, "user")
	_, work := b.begin(t)
	_, err := b.tenant.EndCollection(t.Context(), work.Work.ID, 1, store.CollectionEnd{Status: models.JobCompleted})
	require.NoError(t, err)
	work.EndsRun = true
	_, err = b.acts.WorkResult(t.Context(), work)
	require.NoError(t, err)
	require.Equal(t, models.ExecutionCompleted, b.status(t))
}

func TestWorkThatNobodyWaitsForIsCancelled(t *testing.T) {
	t.Parallel()
	b := setup(t, "user")
	_, work := b.begin(t)
	work.GiveUp = "enough"
	out, err := b.acts.WorkResult(t.Context(), work)
	require.NoError(t, err)
	require.Equal(t, models.StepWaiting, out.Status)
	row, err := b.tenant.Collection(t.Context(), work.Work.ID)
	require.NoError(t, err)
	require.Equal(t, models.JobCancelled, row.Status, "the server has not heard of it: it ends at once")
	require.Equal(t, "enough", row.Error)
}

func TestAHostWithoutAClientHasNothingToCollect(t *testing.T) {
	t.Parallel()
	b := setup(t, "user")
	host := testkit.Host(t, b.s, b.tenant.ID())
	for name, params := range map[string]map[string]any{
		"no client": {"host_id": host.ID, "artifact_name": "A"},
		"no host":   {"host_id": 1 << 40, "artifact_name": "A"},
		"neither":   {"artifact_name": "A"},
	} {
		_, err := b.step(t, b.input(name, contract.ActionCollectArtifact, params))
		requireKind(t, err, fault.Invalid)
	}
}
