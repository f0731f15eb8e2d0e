package workflows

import (
	"cmp"
	"fmt"
	"time"

	"go.temporal.io/sdk/workflow"

	"github.com/velocicompanion/velocicompanion/workflows/contract"
)

// interruption is what made a run stop before its end: the first of a wish and the timeout.
type interruption struct {
	timeout time.Duration // set: the run took longer than this
	reason  string        // otherwise why it was cancelled; "" where the workflow itself was
}

func (i interruption) ending(p place) *ending {
	if i.timeout > 0 {
		return &ending{
			status: statusTimedOut, step: p.Key, action: p.kind(), kind: kindTimeout,
			message: fmt.Sprintf("the run took longer than %s", i.timeout),
		}
	}
	return &ending{status: statusCancelled, message: cmp.Or(i.reason, "cancelled in Temporal"), kind: kindCancelled}
}

// watch gives a context that ends with the timeout, with the first cancel signal and with the workflow's own. The caller
// calls done when the work is over; a timer that is set and taken back in one workflow task costs nothing.
func (r *playbookRun) watch(ctx workflow.Context, timeout time.Duration) (work workflow.Context, done func()) {
	work, stop := workflow.WithCancel(ctx)
	idle, done := workflow.WithCancel(ctx)
	workflow.Go(idle, func(idle workflow.Context) {
		first := workflow.NewSelector(idle)
		if timeout > 0 {
			first.AddFuture(workflow.NewTimer(idle, timeout), func(f workflow.Future) {
				if f.Get(idle, nil) == nil {
					r.wish = interruption{timeout: timeout}
					stop()
				}
			})
		}
		first.AddReceive(workflow.GetSignalChannel(idle, contract.SignalCancel), func(c workflow.ReceiveChannel, _ bool) {
			var wish contract.Cancel
			c.Receive(idle, &wish)
			r.wish = interruption{reason: cmp.Or(wish.Reason, "cancelled")}
			stop()
		})
		first.AddReceive(ctx.Done(), func(workflow.ReceiveChannel, bool) {}) // work ends with it
		first.Select(idle)
	})
	return work, done
}
