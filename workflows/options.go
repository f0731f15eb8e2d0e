package workflows

import (
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/velocicompanion/velocicompanion/playbooks"
)

// farOff is past every run's own timeout: the SDK wants an end for all attempts together, ours is the run's timer.
const farOff = 366 * 24 * time.Hour

// outside are the options of a step that reaches another system: an activity, which any worker of the tenant may take up.
func outside(ctx workflow.Context, s *playbooks.Step) workflow.Context {
	return workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		ActivityID:          s.Key,
		StartToCloseTimeout: s.Timeout,
		RetryPolicy:         retryPolicy(s.Retry),
		Summary:             s.Key,
	})
}

// ours are the options of a step that touches our own database only: a local activity, which costs no trip to Temporal.
func ours(ctx workflow.Context, s *playbooks.Step) workflow.Context {
	return workflow.WithLocalActivityOptions(ctx, workflow.LocalActivityOptions{
		StartToCloseTimeout:    s.Timeout,
		ScheduleToCloseTimeout: farOff,
		RetryPolicy:            retryPolicy(s.Retry),
		Summary:                s.Key,
	})
}

// beginning are the options of a step that starts work: what it writes is ours only, and the step's timeout is the work's.
func beginning(ctx workflow.Context, s *playbooks.Step) workflow.Context {
	return workflow.WithLocalActivityOptions(ctx, workflow.LocalActivityOptions{
		StartToCloseTimeout:    30 * time.Second,
		ScheduleToCloseTimeout: farOff,
		RetryPolicy:            retryPolicy(s.Retry),
		Summary:                s.Key,
	})
}

// looking are the options of a look at work that a step waits for: tried until the database answers.
func looking(ctx workflow.Context, s *playbooks.Step) workflow.Context {
	return workflow.WithLocalActivityOptions(ctx, workflow.LocalActivityOptions{
		StartToCloseTimeout:    30 * time.Second,
		ScheduleToCloseTimeout: farOff,
		RetryPolicy: &temporal.RetryPolicy{
			InitialInterval: 200 * time.Millisecond, BackoffCoefficient: 2, MaximumInterval: 15 * time.Second,
		},
		Summary: s.Key + ": result",
	})
}

// finishing are the options of the write that ends a run: tried until the database takes it.
func finishing(ctx workflow.Context) workflow.Context {
	return workflow.WithLocalActivityOptions(ctx, workflow.LocalActivityOptions{
		StartToCloseTimeout:    30 * time.Second,
		ScheduleToCloseTimeout: farOff,
		RetryPolicy: &temporal.RetryPolicy{
			InitialInterval: 200 * time.Millisecond, BackoffCoefficient: 2, MaximumInterval: 5 * time.Second,
		},
		Summary: "finish",
	})
}

// slicing are the options of an activity that does the next slices of a job: it says now and then that it lives, so that
// another worker takes over soon after one has died, and it is tried for an hour or so when the database is away.
func slicing(ctx workflow.Context) workflow.Context {
	return workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		StartToCloseTimeout: 10 * time.Minute,
		HeartbeatTimeout:    15 * time.Second,
		RetryPolicy: &temporal.RetryPolicy{
			InitialInterval: 500 * time.Millisecond, BackoffCoefficient: 2, MaximumInterval: 30 * time.Second, MaximumAttempts: 120,
		},
	})
}

// retryPolicy is a plan's policy in Temporal's terms. What must never be retried (validation, permission, not found) says
// so itself: the worker marks those errors.
func retryPolicy(p playbooks.RetryPolicy) *temporal.RetryPolicy {
	return &temporal.RetryPolicy{
		MaximumAttempts:    int32(max(p.MaxAttempts, 1)),
		InitialInterval:    max(p.InitialInterval, 100*time.Millisecond),
		BackoffCoefficient: max(p.Backoff, 1),
		MaximumInterval:    max(p.MaxInterval, p.InitialInterval, 100*time.Millisecond),
	}
}
