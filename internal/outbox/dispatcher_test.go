package outbox_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/internal/testkit"
	"github.com/velocicompanion/velocicompanion/models"
)

const onScore = `
name: On score
trigger: {type: event, event: threat.scored, when: "event.score >= 0.8"}
inputs:
  score: {type: number, default: "${event.score}"}
actions:
  - {type: create_case, params: {title: "score ${score}"}}
`

const manual = `
name: By hand
actions:
  - {type: create_case, params: {title: x}}
`

func TestAnEventStartsTheRunsThatMatchIt(t *testing.T) {
	t.Parallel()
	b := setup(t)
	id := b.playbook(t, onScore)
	b.dispatch(t)
	for i, score := range []float64{0.5, 0.9, 0.9} {
		require.NoError(t, b.t.WithCausation([]string{"first"}).Emit(t.Context(), store.Event{
			ID: fmt.Sprintf("threat:%d", min(i, 1)), Type: "threat.scored", Payload: map[string]any{"score": score, "host": map[string]any{}},
		}))
	}
	b.idle(t)
	require.Len(t, b.runs.started, 1, "0.5 doesn't match, and the same event again starts nothing")
	in := b.runs.started[0]
	require.Equal(t, id, in.PlaybookID)
	require.Equal(t, b.user, in.ActorID, "it acts as its publisher")
	require.Equal(t, []string{"first", "threat:1"}, in.Causation)
	require.InDelta(t, 0.9, in.Inputs["score"], 0)
	require.Equal(t, "threat.scored", in.Event.Type)
	row := b.executions(t)[0]
	require.Equal(t, "run", row.RunID)
	require.NotNil(t, row.DispatchedAt)
	require.Equal(t, models.TriggerEvent, row.TriggerType)
	b.tells(t, `outbox_deliveries_total{outcome="delivered"} 4`) // three events and a start
}

func TestAnEventThatNobodyHearsIsNotKept(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.playbook(t, onScore)
	require.NoError(t, b.t.Emit(t.Context(), store.Event{ID: "h", Type: "host.created", Payload: map[string]any{}}))
	n, _, err := b.s.System().OutboxLag(t.Context())
	require.NoError(t, err)
	require.Zero(t, n)
}

func TestManyDispatchersStartARunOnce(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.playbook(t, onScore)
	for range 3 {
		b.dispatch(t)
	}
	for i := range 60 {
		require.NoError(t, b.t.Emit(t.Context(), store.Event{
			ID: fmt.Sprintf("threat:%d", i%20), Type: "threat.scored", Payload: payload(t, `{"score": 1, "host": {}}`),
		}))
	}
	b.idle(t)
	require.Len(t, b.executions(t), 20)
	require.Equal(t, 20, b.runs.count())
}

func TestABrokenConditionIsToldOnceAndHarmsNobodyElse(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.playbook(t, `
name: Broken
trigger: {type: event, event: threat.scored, when: 'event.host.labels[7] == "x"'}
actions:
  - {type: create_case, params: {title: x}}
`)
	b.playbook(t, onScore)
	b.dispatch(t)
	for i := range 3 {
		require.NoError(t, b.t.Emit(t.Context(), store.Event{
			ID: fmt.Sprintf("threat:%d", i), Type: "threat.scored", Payload: payload(t, `{"score": 1, "host": {"labels": []}}`),
		}))
	}
	b.idle(t)
	require.Equal(t, 3, b.runs.count())
	inbox, _, err := b.t.ListNotifications(t.Context(), store.InboxQuery{UserID: b.user})
	require.NoError(t, err)
	require.Len(t, inbox, 1)
	require.Equal(t, "playbook.condition", inbox[0].Type)
}

func TestInputsThatDontFitAreOnRecord(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.playbook(t, `
name: Strict
trigger: {type: event, event: "host.*"}
inputs:
  host_id: {type: host, required: true, default: "${event.host_id}"}
actions:
  - {type: create_case, params: {title: x}}
`)
	b.dispatch(t)
	require.NoError(t, b.t.Emit(t.Context(), store.Event{ID: "h", Type: "host.created", Payload: payload(t, `{"host_id": "seven"}`)}))
	b.idle(t)
	rows := b.executions(t)
	require.Len(t, rows, 1)
	require.Equal(t, models.ExecutionFailed, rows[0].Status)
	require.Contains(t, rows[0].Error, "inputs")
	require.Zero(t, b.runs.count())
}

func TestAChainOfEventsEnds(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.playbook(t, onScore)
	b.dispatch(t)
	deep := make([]string, 9)
	for i := range deep {
		deep[i] = fmt.Sprintf("e%d", i)
	}
	for i := range 9 {
		require.NoError(t, b.t.WithCausation(deep[:i+1]).Emit(t.Context(), store.Event{
			ID: fmt.Sprintf("threat:%d", i), Type: "threat.scored", Payload: payload(t, `{"score": 1, "host": {}}`),
		}))
	}
	b.idle(t)
	require.Equal(t, 8, b.runs.count())
}

func TestOfferedRowsNeedNoSweep(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.offers = true
	id := b.playbook(t, manual)
	b.dispatch(t)
	testkit.Execution(t, b.s, b.t.ID(), id, b.user)
	b.idle(t)
	require.Equal(t, 1, b.runs.count())
}

func TestWhileTemporalIsDownNothingIsLost(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.runs.set(fault.New(fault.Unavailable, "Temporal can't be reached"))
	id := b.playbook(t, manual)
	b.playbook(t, onScore)
	b.dispatch(t)
	run := testkit.Execution(t, b.s, b.t.ID(), id, b.user)
	require.NoError(t, b.t.Emit(t.Context(), store.Event{ID: "t", Type: "threat.scored", Payload: payload(t, `{"score": 1, "host": {}}`)}))
	require.Eventually(t, func() bool { return len(b.executions(t)) == 2 }, 10*time.Second, 10*time.Millisecond,
		"events become runs meanwhile")
	row, err := b.t.Execution(t.Context(), run.ID)
	require.NoError(t, err)
	require.Equal(t, models.ExecutionQueued, row.Status)
	b.tells(t, `outbox_deliveries_total{outcome="retried"}`)
	b.runs.set(nil)
	b.idle(t)
	require.Equal(t, 2, b.runs.count())
}

func TestARunPastTheLimitWaitsForASlot(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.offers = true
	id := b.playbook(t, manual)
	b.dispatch(t)
	const extra = 5
	for range models.DefaultConcurrentRuns + extra {
		testkit.Execution(t, b.s, b.t.ID(), id, b.user)
	}
	b.idle(t)
	require.Equal(t, models.DefaultConcurrentRuns, b.runs.count())
	for i := range extra {
		_, err := b.t.EndExecution(t.Context(), store.Ending{ExecutionID: b.runs.started[i].ExecutionID, Status: models.ExecutionCompleted})
		require.NoError(t, err)
	}
	b.idle(t)
	require.Equal(t, models.DefaultConcurrentRuns+extra, b.runs.count())
}

func TestAWishReachesItsRunOrIsDropped(t *testing.T) {
	t.Parallel()
	b := setup(t)
	id := b.playbook(t, manual)
	b.dispatch(t)
	run := testkit.Execution(t, b.s, b.t.ID(), id, b.user)
	b.idle(t)
	require.NoError(t, b.t.RequestCancel(t.Context(), run.ID, &b.user, "enough"))
	b.idle(t)
	require.Len(t, b.runs.wishes, 1)
	require.Equal(t, "enough", b.runs.wishes[0].Reason)

	gone := testkit.Execution(t, b.s, b.t.ID(), id, b.user)
	b.idle(t)
	b.runs.mu.Lock()
	b.runs.absent = true
	b.runs.mu.Unlock()
	require.NoError(t, b.t.InTx(t.Context(), func(ctx context.Context, tx *store.Tenant) error {
		if err := tx.RequestCancel(ctx, gone.ID, &b.user, "late"); err != nil {
			return err
		}
		_, err := tx.EndExecution(ctx, store.Ending{ExecutionID: gone.ID, Status: models.ExecutionCompleted})
		return err
	}))
	b.idle(t)
	require.Len(t, b.runs.wishes, 1)
}

func TestARunWithABrokenPlanIsClosed(t *testing.T) {
	t.Parallel()
	b := setup(t)
	id := testkit.Playbook(t, b.s, b.t.ID(), b.user, "no plan")
	b.dispatch(t)
	run := testkit.Execution(t, b.s, b.t.ID(), id, b.user)
	b.idle(t)
	row, err := b.t.Execution(t.Context(), run.ID)
	require.NoError(t, err)
	require.Equal(t, models.ExecutionFailed, row.Status)
	require.NotEmpty(t, row.Error)
	b.tells(t, `outbox_deliveries_total{outcome="failed"} 1`)
}
