package workflows

import (
	"fmt"
	"sync"
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/velocicompanion/velocicompanion/playbooks"
	"github.com/velocicompanion/velocicompanion/workflows/contract"
)

// Workflows are the workflows of one worker process. What they share is a cache of compiled expressions, which never
// changes an answer.
type Workflows struct {
	mu         sync.Mutex
	evaluators map[playbooks.Budget]*playbooks.Evaluator
}

// New makes the workflows.
func New() *Workflows {
	return &Workflows{evaluators: map[playbooks.Budget]*playbooks.Evaluator{}}
}

// evaluator gives the one evaluator of a budget: nearly all plans have the same, and compiling costs more than running.
func (w *Workflows) evaluator(b playbooks.Budget) *playbooks.Evaluator {
	w.mu.Lock()
	defer w.mu.Unlock()
	ev := w.evaluators[b]
	if ev == nil {
		ev = playbooks.NewEvaluator(b)
		w.evaluators[b] = ev
	}
	return ev
}

// PlaybookRun carries out one compiled playbook: its steps from top to bottom, its on_failure part when they fail, and
// the run's final state in the database. A failed run fails the workflow (contract.ErrorRunFailed, ErrorRunTimedOut), a
// cancelled one ends it as cancelled, so that the Temporal Web UI shows what became of it.
func (w *Workflows) PlaybookRun(ctx workflow.Context, in contract.RunInput) (contract.RunResult, error) {
	r, err := w.newPlaybookRun(ctx, in)
	if err != nil {
		return contract.RunResult{}, err
	}
	return r.run(ctx)
}

// playbookRun is the state of one run.
type playbookRun struct {
	in     contract.RunInput
	plan   *playbooks.Plan
	ev     *playbooks.Evaluator
	env    playbooks.Env
	ledger ledger
	wish   interruption
	told   map[contract.WorkRef]bool // work that has ended and that no step has asked about yet
}

func (w *Workflows) newPlaybookRun(ctx workflow.Context, in contract.RunInput) (*playbookRun, error) {
	if in.Plan == nil || in.Plan.Format != playbooks.PlanFormat {
		return nil, temporal.NewNonRetryableApplicationError("this worker doesn't know the plan's format", contract.ErrorPlanFormat, nil)
	}
	info := workflow.GetInfo(ctx)
	r := &playbookRun{
		in:   in,
		plan: in.Plan,
		ev:   w.evaluator(in.Plan.Budget),
		env: playbooks.Env{
			Inputs: in.Inputs,
			Steps:  in.Plan.PendingSteps(),
			Vars:   map[string]any{},
			Tenant: map[string]any{"id": in.TenantID, "name": in.TenantName},
			Run: map[string]any{
				"id": in.ExecutionID, "playbook_id": in.PlaybookID, "playbook": in.Plan.Name, "version": in.Version,
				"trigger_type": in.TriggerType, "started_at": info.WorkflowStartTime, "dry_run": false,
			},
		},
		ledger: newLedger(info),
		told:   map[contract.WorkRef]bool{},
	}
	if in.Event != nil {
		r.env.Event = in.Event.Fields()
	}
	return r, nil
}

func (r *playbookRun) run(ctx workflow.Context) (contract.RunResult, error) {
	end := r.steps(ctx)
	if end.failed() {
		r.onFailure(ctx, end)
	}
	return r.finish(ctx, end)
}

// steps carries out the main part under the run's timeout, and says how it ended.
func (r *playbookRun) steps(ctx workflow.Context) *ending {
	work, done := r.watch(ctx, r.plan.Timeout)
	defer done()
	if end := r.vars(ctx); end != nil {
		return end
	}
	last := len(r.plan.Steps) - 1
	for i := range r.plan.Steps {
		s := &r.plan.Steps[i]
		describe(ctx, s, i, len(r.plan.Steps))
		if end := r.step(work, place{s, i, i == last}); end != nil {
			return end
		}
	}
	return &ending{status: statusCompleted}
}

// onFailure carries out the part for failed runs. What goes wrong there is recorded with its steps; the run stays failed
// for its first reason.
func (r *playbookRun) onFailure(ctx workflow.Context, end *ending) {
	work, done := r.watch(ctx, onFailureTimeout)
	defer done()
	r.env.Failure = map[string]any{"step": end.step, "type": end.action, "message": end.message, "kind": end.kind}
	for i := range r.plan.OnFailure {
		s := &r.plan.OnFailure[i]
		describe(ctx, s, i, len(r.plan.OnFailure))
		if r.step(work, place{s, len(r.plan.Steps) + i, false}) != nil {
			return
		}
	}
}

// vars renders the playbook's variables, once, before the first step.
func (r *playbookRun) vars(ctx workflow.Context) *ending {
	if len(r.plan.Vars) == 0 {
		return nil
	}
	values, err := r.render(ctx, r.plan.Vars)
	if err != nil {
		return &ending{status: statusFailed, step: "vars", message: err.Error(), kind: kindInvalid}
	}
	r.env.Vars = values
	return nil
}

// render fills in every ${…} of an object at the workflow's present.
func (r *playbookRun) render(ctx workflow.Context, tree map[string]any) (map[string]any, error) {
	if len(tree) == 0 {
		return map[string]any{}, nil
	}
	r.env.Now = workflow.Now(ctx)
	out, err := r.ev.Render(tree, r.env)
	if err != nil {
		return nil, err
	}
	values, ok := out.(map[string]any)
	if !ok {
		return nil, fmt.Errorf("an object became %T", out)
	}
	return values, nil
}

// describe shows in the Temporal Web UI where the run is; it is no part of the history.
func describe(ctx workflow.Context, s *playbooks.Step, i, of int) {
	workflow.SetCurrentDetails(ctx, fmt.Sprintf("step %d of %d: `%s`", i+1, of, s.Key))
}

// onFailureTimeout bounds the on_failure part, which the run's own timeout does not.
const onFailureTimeout = 30 * time.Minute
