package workflows

import (
	"fmt"
	"time"

	"go.temporal.io/sdk/workflow"

	"github.com/velocicompanion/velocicompanion/workflows/contract"
)

// work starts what takes long, in the step's transaction, and waits for its end: a signal tells of it, and a look now and
// then finds it where no signal came. Work that nobody waits for any longer is cancelled.
func (r *playbookRun) work(ctx workflow.Context, p place, in contract.StepInput) *ending {
	var res contract.StepResult
	if err := workflow.ExecuteLocalActivity(beginning(ctx, p.Step), p.Action, in).Get(ctx, &res); err != nil {
		return r.actionFailed(ctx, p, err)
	}
	r.ledger.written()
	if res.Status != stepWaiting || res.Work == nil {
		return r.accept(p, res)
	}
	ask := contract.WorkInput{StepInput: in, Work: *res.Work}
	ask.Params, ask.Before = nil, contract.Progress{}
	deadline := workflow.Now(ctx).Add(p.Timeout)
	for looks := 0; ; looks++ {
		r.await(ctx, ask.Work, min(lookAfter(looks), max(deadline.Sub(workflow.Now(ctx)), 0)))
		if ctx.Err() != nil {
			return r.leaveWork(ctx, p, ask)
		}
		late := !workflow.Now(ctx).Before(deadline)
		if late {
			ask.GiveUp = fmt.Sprintf("the step %s waited no longer than %s", p.Key, p.Timeout)
		}
		res, err := r.look(ctx, p, ask)
		switch {
		case err != nil:
			return r.actionFailed(ctx, p, err)
		case res.Status != stepWaiting:
			return r.accept(p, res)
		case late:
			return r.failed(ctx, p, problem{kindTimeout, fmt.Sprintf("the step took longer than %s", p.Timeout)})
		}
	}
}

// look asks what came of the work.
func (r *playbookRun) look(ctx workflow.Context, p place, ask contract.WorkInput) (res contract.StepResult, err error) {
	err = workflow.ExecuteLocalActivity(looking(ctx, p.Step), contract.ActivityWorkResult, ask).Get(ctx, &res)
	return res, err
}

// leaveWork ends a step whose run was cancelled or took too long, and its work with it.
func (r *playbookRun) leaveWork(ctx workflow.Context, p place, ask contract.WorkInput) *ending {
	end := r.interrupted(ctx, p, true)
	ask.GiveUp, ask.EndsRun = "the run that waited for it ended: "+end.message, false
	calm, _ := workflow.NewDisconnectedContext(ctx)
	if _, err := r.look(calm, p, ask); err != nil {
		workflow.GetLogger(ctx).Warn("work could not be cancelled", "kind", ask.Work.Kind, "work_id", ask.Work.ID, "error", err)
	}
	return end
}

// await returns when the work is told to have ended, when the time is up, or when the run is to stop.
func (r *playbookRun) await(ctx workflow.Context, work contract.WorkRef, most time.Duration) {
	waiting, done := workflow.WithCancel(ctx)
	defer done()
	over := r.told[work]
	first := workflow.NewSelector(ctx)
	first.AddFuture(workflow.NewTimer(waiting, most), func(workflow.Future) { over = true })
	first.AddReceive(workflow.GetSignalChannel(ctx, contract.SignalWorkDone), func(c workflow.ReceiveChannel, _ bool) {
		var ended contract.WorkRef
		c.Receive(ctx, &ended)
		r.told[ended] = true // of another step's work: it asks when it comes to wait
		over = over || ended == work
	})
	for !over {
		first.Select(ctx)
	}
	delete(r.told, work)
}

// lookAfter is how long a step waits before its next look at work: a signal that gets lost costs a minute at first, and a
// wait of weeks doesn't fill the history.
func lookAfter(looks int) time.Duration {
	const first, most, later = 30 * time.Second, 5 * time.Minute, time.Hour
	switch {
	case looks > 300: // a day
		return later
	case looks > 4:
		return most
	default:
		return min(first<<looks, most)
	}
}
