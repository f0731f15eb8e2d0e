package workflows_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/activity"

	"github.com/velocicompanion/velocicompanion/workflows/contract"
)

// works is a bundle whose collect_artifact starts work that ends when a test says so.
type works struct {
	*bundle

	mu    sync.Mutex
	done  bool
	asked []contract.WorkInput
	end   contract.StepResult
}

const flow7 = 7

func setupWork(t *testing.T) *works {
	t.Helper()
	w := &works{bundle: setup(t), end: contract.StepResult{Status: "completed", Output: map[string]any{"row_count": 3}}}
	w.answers["collect"] = func(contract.StepInput) (contract.StepResult, error) {
		return contract.StepResult{Status: "waiting", Work: &contract.WorkRef{Kind: contract.JobCollection, ID: flow7}}, nil
	}
	w.env.RegisterActivityWithOptions(w.result, activity.RegisterOptions{Name: contract.ActivityWorkResult})
	return w
}

func (w *works) result(_ context.Context, in contract.WorkInput) (contract.StepResult, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.asked = append(w.asked, in)
	if w.done {
		return w.end, nil
	}
	return contract.StepResult{Status: "waiting", Work: &in.Work}, nil
}

func (w *works) ends(signal bool, refs ...contract.WorkRef) func() {
	return func() {
		w.mu.Lock()
		w.done = true
		w.mu.Unlock()
		for _, ref := range refs {
			if signal {
				w.env.SignalWorkflow(contract.SignalWorkDone, ref)
			}
		}
	}
}

const collecting = `
name: Collect
inputs: {host_id: {type: host, required: true}}
actions:
  - id: collect
    type: collect_artifact
    params: {host_id: "${host_id}", artifact_name: Generic.Client.Info}
    timeout: 30m
  - id: tell
    type: send_notification
    params: {message: "${steps.collect.row_count} ${steps.collect.error}"}
`

func TestAStepWaitsForTheEndOfItsWork(t *testing.T) {
	t.Parallel()
	w := setupWork(t)
	begun := w.env.Now()
	w.env.RegisterDelayedCallback(w.ends(true, contract.WorkRef{Kind: contract.JobCollection, ID: flow7}), 10*time.Second)
	require.NoError(t, w.run(t, collecting, map[string]any{"host_id": 9}))
	require.Equal(t, []string{"collect", "tell"}, w.ran())
	require.Equal(t, "3 ", w.steps[1].Params["message"])
	require.Len(t, w.asked, 1)
	require.Less(t, w.env.Now().Sub(begun), 30*time.Second, "the signal, not the look")
	require.Equal(t, int64(flow7), w.asked[0].Work.ID)
	require.Empty(t, w.asked[0].Params, "the look says only whose work it is")
	require.Empty(t, w.steps[1].Before.Steps, "the step's end stands in the database")
}

func TestALostSignalCostsOneLook(t *testing.T) {
	t.Parallel()
	w := setupWork(t)
	begun := w.env.Now()
	w.env.RegisterDelayedCallback(w.ends(false), 10*time.Second)
	require.NoError(t, w.run(t, collecting, map[string]any{"host_id": 9}))
	require.Len(t, w.asked, 1)
	require.Equal(t, 30*time.Second, w.env.Now().Sub(begun).Round(time.Second))
}

func TestTheEndOfOtherWorkWakesNobody(t *testing.T) {
	t.Parallel()
	w := setupWork(t)
	w.env.RegisterDelayedCallback(func() {
		w.env.SignalWorkflow(contract.SignalWorkDone, contract.WorkRef{Kind: contract.JobHunt, ID: flow7})
	}, time.Second)
	w.env.RegisterDelayedCallback(w.ends(true, contract.WorkRef{Kind: contract.JobCollection, ID: flow7}), 10*time.Second)
	require.NoError(t, w.run(t, collecting, map[string]any{"host_id": 9}))
	require.Len(t, w.asked, 1)
}

func TestWorkThatFailsFailsItsStep(t *testing.T) {
	t.Parallel()
	w := setupWork(t)
	w.end = contract.StepResult{Status: "failed", Error: "the endpoint was off", ErrorKind: "offline", Output: map[string]any{"row_count": 2}}
	w.env.RegisterDelayedCallback(w.ends(true, contract.WorkRef{Kind: contract.JobCollection, ID: flow7}), 10*time.Second)
	require.ErrorContains(t, w.run(t, collecting, map[string]any{"host_id": 9}), "the endpoint was off")
	requireEnd(t, w.bundle, "failed", "the endpoint was off")

	w = setupWork(t)
	w.end = contract.StepResult{Status: "failed", Error: "the endpoint was off", ErrorKind: "offline", Output: map[string]any{"row_count": 2}}
	w.env.RegisterDelayedCallback(w.ends(true, contract.WorkRef{Kind: contract.JobCollection, ID: flow7}), 10*time.Second)
	going := collecting[:len(collecting)-len("  - id: tell\n    type: send_notification\n    params: {message: \"${steps.collect.row_count} ${steps.collect.error}\"}\n")] +
		"    on_error: continue\n  - id: tell\n    type: send_notification\n    params: {message: \"${steps.collect.row_count} ${steps.collect.error}\"}\n"
	require.NoError(t, w.run(t, going, map[string]any{"host_id": 9}))
	require.Equal(t, "2 the endpoint was off", w.steps[1].Params["message"], "what there is of the result can be used")
}

func TestWorkThatTakesTooLongIsCancelled(t *testing.T) {
	t.Parallel()
	w := setupWork(t)
	require.ErrorContains(t, w.run(t, collecting, map[string]any{"host_id": 9}), "took longer than 30m0s")
	last := w.asked[len(w.asked)-1]
	require.Contains(t, last.GiveUp, "waited no longer than 30m0s")
	require.Less(t, len(w.asked), 12)
	for _, a := range w.asked[:len(w.asked)-1] {
		require.Empty(t, a.GiveUp)
	}
	require.Equal(t, "timeout", w.recorded()["collect"].ErrorKind)
}

func TestWorkOfACancelledRunIsCancelled(t *testing.T) {
	t.Parallel()
	w := setupWork(t)
	w.env.RegisterDelayedCallback(func() { w.env.SignalWorkflow(contract.SignalCancel, contract.Cancel{RequestID: 1, Reason: "enough"}) }, 10*time.Second)
	require.Error(t, w.run(t, collecting, map[string]any{"host_id": 9}))
	requireEnd(t, w.bundle, "cancelled", "enough")
	require.Len(t, w.asked, 1)
	require.Contains(t, w.asked[0].GiveUp, "enough")
	require.False(t, w.asked[0].EndsRun)
	require.Equal(t, "cancelled", w.recorded()["collect"].Status)
}
