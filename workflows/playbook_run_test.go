package workflows_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/temporal"

	"github.com/velocicompanion/velocicompanion/playbooks"
	"github.com/velocicompanion/velocicompanion/workflows/contract"
)

const contain = `
name: Contain
inputs:
  host_id: {type: host, required: true}
  loud: {type: boolean, default: false}
vars: {prefix: "IR-${inputs.host_id}", place: "", quiet: false}
actions:
  - id: case
    type: create_case
    params: {title: "${vars.prefix}", host_id: "${host_id}"}
  - id: shout
    if: inputs.loud
    type: send_notification
    params: {message: loud}
  - id: mark
    type: set
    params: {vars: {place: "case ${steps.case.id}", quiet: "${steps.shout.skipped}"}}
  - id: tell
    type: send_notification
    params: {message: "${vars.place}: ${vars.quiet}"}
`

func TestStepsRunInOrderWithWhatCameBefore(t *testing.T) {
	t.Parallel()
	b := setup(t)
	require.NoError(t, b.run(t, contain, map[string]any{"host_id": 9, "loud": false}))
	require.Equal(t, []string{"case", "tell"}, b.ran())
	require.Equal(t, map[string]any{"title": "IR-9", "host_id": float64(9)}, b.steps[0].Params)
	require.Equal(t, "case 7: true", b.steps[1].Params["message"])
	require.Empty(t, b.finish, "the last step's transaction ends the run")
	require.True(t, b.steps[1].EndsRun)
	require.False(t, b.steps[0].EndsRun)
}

func TestWritesCarryWhatNeededNoneOfItsOwn(t *testing.T) {
	t.Parallel()
	b := setup(t)
	require.NoError(t, b.run(t, contain, map[string]any{"host_id": 9, "loud": false}))
	require.NotNil(t, b.steps[0].Before.Started)
	require.NotEmpty(t, b.steps[0].Before.Started.RunID)
	require.Nil(t, b.steps[1].Before.Started)
	rec := b.recorded()
	require.Equal(t, "skipped", rec["shout"].Status)
	require.Equal(t, "if: inputs.loud", rec["shout"].SkippedBecause)
	require.Equal(t, "completed", rec["mark"].Status)
	require.Equal(t, "case 7", rec["mark"].Output["place"])
	require.Equal(t, []string{"e1"}, b.steps[0].Causation)
	require.EqualValues(t, 3, b.steps[0].ActorID)
}

func TestALastStepThatIsSkippedStillEndsTheRun(t *testing.T) {
	t.Parallel()
	b := setup(t)
	require.NoError(t, b.run(t, `
name: x
actions:
  - {id: a, type: send_notification, params: {message: hi}, if: "false"}
`, nil))
	requireEnd(t, b, "completed", "")
	require.Equal(t, "skipped", b.recorded()["a"].Status)
	require.NotNil(t, b.finish[0].Before.Started)
}

const failing = `
name: x
actions:
  - {id: a, type: create_case, params: {title: one}}
  - {id: b, type: create_case, params: {title: two}}
  - {id: c, type: create_case, params: {title: three}}
on_failure:
  - {id: tell, type: send_notification, params: {message: "${failure.step} ${failure.kind} ${failure.message} ${steps.a.id}"}}
`

func TestAFailureRunsTheFailurePart(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.fails("b", "forbidden", "no longer allowed")
	err := b.run(t, failing, nil)
	var app *temporal.ApplicationError
	require.ErrorAs(t, err, &app)
	require.Equal(t, contract.ErrorRunFailed, app.Type())
	require.Equal(t, []string{"a", "b", "on_failure/tell"}, b.ran())
	require.Equal(t, "b forbidden no longer allowed 7", b.steps[2].Params["message"])
	require.Equal(t, "failed", b.steps[2].Before.Steps[0].Status)
	require.False(t, b.steps[2].EndsRun)
	requireEnd(t, b, "failed", "b: no longer allowed")
}

func TestAFailedStepMayBePassedOver(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.fails("a", "invalid", "odd")
	require.NoError(t, b.run(t, `
name: x
actions:
  - {id: a, type: create_case, params: {title: one}, on_error: continue}
  - {id: b, type: create_case, params: {title: "${steps.a.failed} ${steps.a.error}"}}
`, nil))
	require.Equal(t, "true odd", b.steps[1].Params["title"])
	require.Equal(t, "invalid", b.recorded()["a"].ErrorKind)
}

func TestABrokenExpressionFailsItsStep(t *testing.T) {
	t.Parallel()
	for name, step := range map[string]string{
		"condition": `{id: a, type: create_case, params: {title: x}, if: "inputs.n / 0 > inputs.list[3]"}`,
		"parameter": `{id: a, type: create_case, params: {title: "${inputs.list[3].name}"}}`,
	} {
		b := setup(t)
		err := b.run(t, "name: x\ninputs:\n  n: {type: number}\n  list: {type: list}\nactions:\n  - "+step+"\n",
			map[string]any{"n": 1, "list": []any{}})
		require.Error(t, err, name)
		require.Empty(t, b.steps, name)
		requireEnd(t, b, "failed", "a: ")
	}
}

func TestTransientFaultsAreTriedAgain(t *testing.T) {
	t.Parallel()
	b := setup(t)
	left := 2
	b.answers["a"] = func(contract.StepInput) (contract.StepResult, error) {
		if left--; left >= 0 {
			return contract.StepResult{}, temporal.NewApplicationError("the database is not available", "unavailable")
		}
		return contract.StepResult{Status: "completed"}, nil
	}
	require.NoError(t, b.run(t, "name: x\nactions:\n  - {id: a, type: create_case, params: {title: x}}\n", nil))
	require.Len(t, b.steps, 3)
}

func TestOutsideStepsRetryAsThePlanSays(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.answers["a"] = func(contract.StepInput) (contract.StepResult, error) {
		return contract.StepResult{}, temporal.NewApplicationError("answered 503", "unavailable")
	}
	require.Error(t, b.run(t, `
name: x
actions:
  - {id: a, type: send_webhook, params: {url: "https://example.org"}, retry: {max_attempts: 3, initial_interval: 1s}}
`, nil))
	require.Len(t, b.steps, 3)
	requireEnd(t, b, "failed", "a: answered 503")
}

func TestStopEndsTheRun(t *testing.T) {
	t.Parallel()
	b := setup(t)
	require.NoError(t, b.run(t, `
name: x
actions:
  - {id: done, type: stop, if: "run.version > 1", params: {message: enough}}
  - {id: a, type: create_case, params: {title: x}}
`, nil))
	require.Empty(t, b.steps)
	requireEnd(t, b, "completed", "")
	b = setup(t)
	require.Error(t, b.run(t, "name: x\nactions:\n  - {id: done, type: stop, params: {status: failed, message: not today}}\n", nil))
	requireEnd(t, b, "failed", "not today")
}

// slow makes a step take this long, as an outside system does.
func slow(b *bundle, key string, d time.Duration) {
	b.env.OnActivity(contract.ActionSendWebhook, anything(), anything()).After(d).
		Return(contract.StepResult{Status: "completed"}, nil)
	_ = key
}

const hooks = `
name: x
timeout: 10m
actions:
  - {id: a, type: send_webhook, params: {url: "https://example.org"}, timeout: 1h}
  - {id: b, type: create_case, params: {title: x}}
on_failure:
  - {id: tell, type: send_notification, params: {message: "${failure.kind}"}}
`

func TestCancelEndsTheRunAndLeavesTheFailurePartOut(t *testing.T) {
	t.Parallel()
	b := setup(t)
	slow(b, "a", 30*time.Minute)
	b.env.RegisterDelayedCallback(func() {
		b.env.SignalWorkflow(contract.SignalCancel, contract.Cancel{RequestID: 1, Reason: "false alarm"})
		b.env.SignalWorkflow(contract.SignalCancel, contract.Cancel{RequestID: 1, Reason: "false alarm"})
	}, time.Minute)
	err := b.run(t, hooks, nil)
	var canceled *temporal.CanceledError
	require.ErrorAs(t, err, &canceled)
	require.Empty(t, b.ran())
	requireEnd(t, b, "cancelled", "false alarm")
	require.Equal(t, "cancelled", b.recorded()["a"].Status)
}

func TestARunThatTakesTooLongIsTimedOut(t *testing.T) {
	t.Parallel()
	b := setup(t)
	slow(b, "a", 30*time.Minute)
	err := b.run(t, hooks, nil)
	var app *temporal.ApplicationError
	require.ErrorAs(t, err, &app)
	require.Equal(t, contract.ErrorRunTimedOut, app.Type())
	require.Equal(t, []string{"on_failure/tell"}, b.ran())
	require.Equal(t, "timeout", b.steps[0].Params["message"])
	requireEnd(t, b, "timed_out", "a: the run took longer than 10m0s")
}

func TestCancellingTheWorkflowItselfEndsTheRunToo(t *testing.T) {
	t.Parallel()
	b := setup(t)
	slow(b, "a", 30*time.Minute)
	b.env.RegisterDelayedCallback(b.env.CancelWorkflow, time.Minute)
	require.Error(t, b.run(t, hooks, nil))
	requireEnd(t, b, "cancelled", "cancelled")
}

func TestWhatTheDatabaseSaysStands(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.answers["a"] = func(contract.StepInput) (contract.StepResult, error) {
		return contract.StepResult{Status: "skipped", SkippedBecause: "if: earlier"}, nil
	}
	b.answers["b"] = func(contract.StepInput) (contract.StepResult, error) {
		return contract.StepResult{Status: "failed", Error: "as before", ErrorKind: "invalid"}, nil
	}
	require.Error(t, b.run(t, failing, nil))
	require.Equal(t, []string{"a", "b", "on_failure/tell"}, b.ran())
	requireEnd(t, b, "failed", "b: as before")
}

func TestARunThatEndedInTheDatabaseStops(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.fails("a", contract.ErrorRunEnded, "the run has ended")
	require.Error(t, b.run(t, failing, nil))
	require.Equal(t, []string{"a"}, b.ran())
	requireEnd(t, b, "cancelled", "")
}

func TestAnUnknownPlanIsRefused(t *testing.T) {
	t.Parallel()
	b := setup(t)
	in := input(t, failing, nil)
	in.Plan.Format = playbooks.PlanFormat + 1
	b.env.ExecuteWorkflow(contract.WorkflowPlaybookRun, in)
	var app *temporal.ApplicationError
	require.ErrorAs(t, b.env.GetWorkflowError(), &app)
	require.Equal(t, contract.ErrorPlanFormat, app.Type())
}
