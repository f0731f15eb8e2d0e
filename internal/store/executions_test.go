package store_test

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/internal/testkit"
	"github.com/velocicompanion/velocicompanion/models"
)

type runBundle struct {
	s                 *store.Store
	t                 *store.Tenant
	tenant, user, pbk int64
}

func newRunBundle(t *testing.T) runBundle {
	t.Helper()
	s := testkit.Store(t)
	tenant, user := testkit.Actor(t, s, "user")
	return runBundle{s, s.Tenant(tenant), tenant, user, testkit.Playbook(t, s, tenant, user, map[string]any{}, "host.*")}
}

func (b runBundle) run(t *testing.T) *models.Execution {
	t.Helper()
	return testkit.Execution(t, b.s, b.tenant, b.pbk, b.user)
}

func (b runBundle) begin(run *models.Execution, key string) store.StepBegin {
	return store.StepBegin{ExecutionID: run.ID, Key: key, ID: key, Type: "create_case", ActorID: b.user}
}

func TestOneRunPerPlaybookAndEvent(t *testing.T) {
	t.Parallel()
	b := newRunBundle(t)
	event := "host.created:7"
	var made atomic.Int32
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			created, err := b.t.CreateExecution(context.Background(), &models.Execution{
				PlaybookID: b.pbk, PlaybookVersion: 1, TriggerType: models.TriggerEvent, EventID: &event,
			})
			if err == nil && created {
				made.Add(1)
			}
		})
	}
	wg.Wait()
	require.EqualValues(t, 1, made.Load())
	rows, page, err := b.t.ListExecutions(t.Context(), store.ExecutionQuery{PlaybookID: b.pbk, Statuses: []string{models.ExecutionQueued}})
	require.NoError(t, err)
	require.Len(t, rows, 1)
	require.Equal(t, 1, page.Total)
	pending, _, err := b.s.System().OutboxLag(t.Context())
	require.NoError(t, err)
	require.Equal(t, 1, pending)
}

func TestConcurrentAttemptsActOnce(t *testing.T) {
	t.Parallel()
	b := newRunBundle(t)
	run := b.run(t)
	var effects atomic.Int32
	var wg sync.WaitGroup
	outputs := make([]string, 8)
	for i := range outputs {
		wg.Go(func() {
			_ = b.t.InTx(context.Background(), func(ctx context.Context, tx *store.Tenant) error {
				got, err := tx.BeginStep(ctx, b.begin(run, "case"))
				if err != nil {
					return err
				}
				if !got.Mine {
					outputs[i] = string(got.Row.Output)
					return nil
				}
				n := effects.Add(1)
				if n == 1 {
					return fault.New(fault.Unavailable, "the first attempt fails after its effect")
				}
				outputs[i] = `{"id": 7}`
				return tx.FinishStep(ctx, store.StepDone{ExecutionID: run.ID, Key: "case", Output: []byte(`{"id": 7}`)})
			})
		})
	}
	wg.Wait()
	require.EqualValues(t, 2, effects.Load(), "one that rolled back and one that stands")
	got := 0
	for _, o := range outputs {
		if o == `{"id": 7}` {
			got++
		}
	}
	require.Equal(t, 7, got, "everybody else finds the result")
	steps, err := b.t.Steps(t.Context(), run.ID)
	require.NoError(t, err)
	require.Len(t, steps, 1)
	require.Equal(t, models.StepCompleted, steps[0].Status)
}

func TestAStepTellsWhoTheRunActsAs(t *testing.T) {
	t.Parallel()
	b := newRunBundle(t)
	run := b.run(t)
	got, err := b.t.BeginStep(t.Context(), store.StepBegin{
		ExecutionID: run.ID, Key: "a", ID: "a", Type: "x", ActorID: b.user, Started: &store.RunStarted{WorkflowID: "w", RunID: "r"},
	})
	require.NoError(t, err)
	require.True(t, got.Mine)
	require.True(t, got.ActorActive)
	require.Equal(t, "user", got.ActorRole)
	row, err := b.t.Execution(t.Context(), run.ID)
	require.NoError(t, err)
	require.Equal(t, models.ExecutionRunning, row.Status)
	require.Equal(t, "r", row.RunID)
	require.NotNil(t, row.StartedAt)
	got, err = b.t.BeginStep(t.Context(), store.StepBegin{ExecutionID: run.ID, Key: "b", ID: "b", Type: "x", ActorID: 1 << 40})
	require.NoError(t, err)
	require.Empty(t, got.ActorRole)
}

func TestAnEndedRunTakesNoStepAndNoOtherEnd(t *testing.T) {
	t.Parallel()
	b := newRunBundle(t)
	run := b.run(t)
	status, err := b.t.EndExecution(t.Context(), store.Ending{ExecutionID: run.ID, Status: models.ExecutionCancelled, Error: "enough"})
	require.NoError(t, err)
	require.Equal(t, models.ExecutionCancelled, status)
	status, err = b.t.EndExecution(t.Context(), store.Ending{ExecutionID: run.ID, Status: models.ExecutionCompleted})
	require.NoError(t, err)
	require.Equal(t, models.ExecutionCancelled, status)
	_, err = b.t.BeginStep(t.Context(), b.begin(run, "late"))
	require.True(t, fault.Is(err, fault.Conflict), "%v", err)
}

func TestTheLastStepEndsTheRun(t *testing.T) {
	t.Parallel()
	b := newRunBundle(t)
	run := b.run(t)
	_, err := b.t.BeginStep(t.Context(), b.begin(run, "only"))
	require.NoError(t, err)
	require.NoError(t, b.t.FinishStep(t.Context(), store.StepDone{ExecutionID: run.ID, Key: "only", EndsRun: true}))
	row, err := b.t.Execution(t.Context(), run.ID)
	require.NoError(t, err)
	require.Equal(t, models.ExecutionCompleted, row.Status)
	require.NotNil(t, row.FinishedAt)
	again, err := b.t.BeginStep(t.Context(), b.begin(run, "only"))
	require.NoError(t, err, "a repeat finds the result even when the run is over")
	require.False(t, again.Mine)
	require.Equal(t, models.StepCompleted, again.Row.Status)
}

func TestRecordedStepsNeverOverwriteFinishedOnes(t *testing.T) {
	t.Parallel()
	b := newRunBundle(t)
	run := b.run(t)
	_, err := b.t.BeginStep(t.Context(), b.begin(run, "done"))
	require.NoError(t, err)
	require.NoError(t, b.t.FinishStep(t.Context(), store.StepDone{ExecutionID: run.ID, Key: "done"}))
	_, err = b.t.BeginStep(t.Context(), b.begin(run, "open"))
	require.NoError(t, err)
	require.NoError(t, b.t.RecordSteps(t.Context(), run.ID, []models.ExecutionStep{
		{Key: "done", ID: "done", Type: "x", Status: models.StepSkipped},
		{Key: "open", ID: "open", Type: "x", Status: models.StepFailed, Error: "no", ErrorKind: "invalid"},
		{Key: "skip", ID: "skip", Type: "x", Status: models.StepSkipped, SkippedBecause: "false"},
	}))
	steps, err := b.t.Steps(t.Context(), run.ID)
	require.NoError(t, err)
	status := map[string]string{}
	for _, s := range steps {
		status[s.Key] = s.Status
	}
	require.Equal(t, map[string]string{"done": models.StepCompleted, "open": models.StepFailed, "skip": models.StepSkipped}, status)
}

func TestCancellingARunThatNeverStartedEndsIt(t *testing.T) {
	t.Parallel()
	b := newRunBundle(t)
	run := b.run(t)
	require.NoError(t, b.t.RequestCancel(t.Context(), run.ID, &b.user, "not needed"))
	row, err := b.t.Execution(t.Context(), run.ID)
	require.NoError(t, err)
	require.Equal(t, models.ExecutionCancelled, row.Status)
	err = b.t.RequestCancel(t.Context(), run.ID, &b.user, "again")
	require.True(t, fault.Is(err, fault.Conflict))
}

func TestCancellingARunningRunSendsOneSignal(t *testing.T) {
	t.Parallel()
	b := newRunBundle(t)
	run := b.run(t)
	_, err := b.t.AdmitExecutions(t.Context(), []int64{run.ID})
	require.NoError(t, err)
	before, _, err := b.s.System().OutboxLag(t.Context())
	require.NoError(t, err)
	for range 3 {
		require.NoError(t, b.t.RequestCancel(t.Context(), run.ID, &b.user, "stop"))
	}
	after, _, err := b.s.System().OutboxLag(t.Context())
	require.NoError(t, err)
	require.Equal(t, before+1, after)
}
