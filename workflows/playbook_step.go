package workflows

import (
	"fmt"
	"maps"

	"go.temporal.io/sdk/workflow"

	"github.com/velocicompanion/velocicompanion/playbooks"
	"github.com/velocicompanion/velocicompanion/workflows/contract"
)

// place is a step with where it stands.
type place struct {
	*playbooks.Step
	position int
	last     bool // nothing of the main part comes after it
}

// step carries out one step; an ending means that the run goes no further.
func (r *playbookRun) step(ctx workflow.Context, p place) *ending {
	if ctx.Err() != nil {
		return r.interrupted(ctx, p, false)
	}
	if tooLong(ctx) {
		return r.failed(ctx, p, problem{kindTooLarge, "the run's history has reached its limit; split the playbook"})
	}
	wanted, err := r.condition(ctx, p)
	switch {
	case err != nil:
		return r.failed(ctx, p, problem{kindInvalid, "if: " + err.Error()})
	case !wanted:
		r.skipped(ctx, p, "if: "+p.If)
		return nil
	}
	switch p.Kind {
	case playbooks.KindAction:
		return r.action(ctx, p)
	case playbooks.KindSet:
		return r.set(ctx, p)
	case playbooks.KindStop:
		return r.stop(ctx, p)
	default:
		return r.failed(ctx, p, problem{kindInvalid, fmt.Sprintf("this worker knows no step of kind %q", p.Kind)})
	}
}

func (r *playbookRun) condition(ctx workflow.Context, p place) (bool, error) {
	if p.If == "" {
		return true, nil
	}
	r.env.Now = workflow.Now(ctx)
	return r.ev.Bool(p.If, r.env)
}

// action runs the step's action: as a local activity where it touches our own database only, whose transaction makes it
// exactly once; as an activity where it reaches another system.
func (r *playbookRun) action(ctx workflow.Context, p place) *ending {
	params, err := r.render(ctx, p.Params)
	if err != nil {
		return r.failed(ctx, p, problem{kindInvalid, "params: " + err.Error()})
	}
	in := contract.StepInput{
		Run: r.in.Run, Key: p.Key, ID: p.ID, Position: p.position, Action: p.Action, Role: p.Role, Params: params,
		Retries: p.Retry.MaxAttempts > 1, Before: r.ledger.progress(), EndsRun: p.last,
	}
	if p.Effect == playbooks.EffectWork {
		return r.work(ctx, p, in)
	}
	var future workflow.Future
	if p.Effect == playbooks.EffectOutside {
		future = workflow.ExecuteActivity(outside(ctx, p.Step), p.Action, in)
	} else {
		future = workflow.ExecuteLocalActivity(ours(ctx, p.Step), p.Action, in)
	}
	var res contract.StepResult
	if err := future.Get(ctx, &res); err != nil {
		return r.actionFailed(ctx, p, err)
	}
	r.ledger.written()
	return r.accept(p, res)
}

func (r *playbookRun) actionFailed(ctx workflow.Context, p place, err error) *ending {
	why := problemOf(err, p.Timeout)
	switch {
	case ctx.Err() != nil:
		return r.interrupted(ctx, p, true)
	case why.kind == kindRunEnded:
		return &ending{status: statusCancelled, message: "the run was ended in the database"}
	}
	return r.failed(ctx, p, why)
}

// accept takes over what the database says came of the step. Usually it was just completed; a repeat after a crash may
// find that an earlier attempt left something else, and that stands.
func (r *playbookRun) accept(p place, res contract.StepResult) *ending {
	switch res.Status {
	case statusCompleted:
		r.env.Steps[p.ID] = p.Finished(res.Output)
		if p.last {
			return &ending{status: statusCompleted, written: true}
		}
		return nil
	case stepSkipped:
		r.env.Steps[p.ID] = p.Skipped()
		return nil
	case statusCancelled:
		return &ending{status: statusCancelled, message: res.Error}
	default:
		end := r.goOn(p, problem{res.ErrorKind, res.Error})
		if end == nil && len(res.Output) > 0 {
			r.env.Steps[p.ID] = p.Ended(res.Output, res.Error)
		}
		return end
	}
}

// set renders variables.
func (r *playbookRun) set(ctx workflow.Context, p place) *ending {
	values, err := r.render(ctx, p.Vars)
	if err != nil {
		return r.failed(ctx, p, problem{kindInvalid, "vars: " + err.Error()})
	}
	vars := maps.Clone(r.env.Vars)
	maps.Copy(vars, values)
	r.env.Vars = vars
	r.env.Steps[p.ID] = p.Finished(values)
	r.ledger.add(ctx, p, contract.StepRecord{Status: statusCompleted, Attempts: 1, Output: values})
	return nil
}

// stop ends the run as the playbook says.
func (r *playbookRun) stop(ctx workflow.Context, p place) *ending {
	out, err := r.render(ctx, map[string]any{"message": p.Message})
	if err != nil {
		return r.failed(ctx, p, problem{kindInvalid, "message: " + err.Error()})
	}
	message := fmt.Sprint(out["message"])
	r.ledger.add(ctx, p, contract.StepRecord{Status: statusCompleted, Attempts: 1, Output: out})
	if p.Status != statusFailed {
		return &ending{status: statusCompleted}
	}
	return &ending{status: statusFailed, step: p.Key, action: p.kind(), message: message, kind: kindStopped}
}

// skipped notes that a step was left out, and why.
func (r *playbookRun) skipped(ctx workflow.Context, p place, because string) {
	r.env.Steps[p.ID] = p.Skipped()
	r.ledger.add(ctx, p, contract.StepRecord{Status: stepSkipped, SkippedBecause: because})
}

// failed notes that a step failed; what that means for the run is the step's on_error.
func (r *playbookRun) failed(ctx workflow.Context, p place, why problem) *ending {
	r.ledger.add(ctx, p, contract.StepRecord{Status: statusFailed, Error: why.message, ErrorKind: why.kind})
	return r.goOn(p, why)
}

func (r *playbookRun) goOn(p place, why problem) *ending {
	if p.OnError == playbooks.OnErrorContinue {
		r.env.Steps[p.ID] = p.Failed(why.message)
		return nil
	}
	return &ending{status: statusFailed, step: p.Key, action: p.kind(), message: why.message, kind: why.kind}
}

// interrupted notes that a wish or the run's timeout came in the way of a step; began says that it was under way.
func (r *playbookRun) interrupted(ctx workflow.Context, p place, began bool) *ending {
	end := r.wish.ending(p)
	if began {
		r.ledger.add(ctx, p, contract.StepRecord{Status: statusCancelled, Attempts: 1, Error: end.message, ErrorKind: end.kind})
	}
	return end
}

// kind is what people know the step as: its action, or set, or stop.
func (p place) kind() string {
	if p.Kind == playbooks.KindAction {
		return p.Action
	}
	return string(p.Kind)
}

// tooLong keeps a history under Temporal's limits (51,200 events, 50 MB), where it would be terminated without a word. At
// most 2,000 steps of at most 64 KiB come near only with large results. Carrying on in a new history belongs here, between
// two steps: the state to carry is the position and env, whose results the step rows hold.
func tooLong(ctx workflow.Context) bool {
	info := workflow.GetInfo(ctx)
	return info.GetCurrentHistoryLength() > maxHistoryEvents || info.GetCurrentHistorySize() > maxHistoryBytes
}

const (
	maxHistoryEvents = 45_000
	maxHistoryBytes  = 40 << 20
)
