package worker

import (
	"context"
	"log/slog"
	"time"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/interceptor"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/velocicompanion/velocicompanion/internal/clock"
	"github.com/velocicompanion/velocicompanion/workflows/contract"
)

// scoped is every input of a workflow or an activity: it says whose it is.
type scoped interface{ Tenant() int64 }

// wrongTenant refuses what isn't the tenant's own. A queue's name is the truth: only that tenant's worker polls it, with
// that tenant's keys.
func wrongTenant(queue string, args []any) error {
	tenant, ok := contract.TenantOfQueue(queue)
	if !ok || len(args) == 0 {
		return temporal.NewNonRetryableApplicationError("a task that belongs to no tenant", contract.ErrorWrongTenant, nil)
	}
	for _, arg := range args {
		if in, ok := arg.(scoped); !ok || in.Tenant() != tenant {
			return temporal.NewNonRetryableApplicationError("a task of another tenant", contract.ErrorWrongTenant, nil)
		}
	}
	return nil
}

// guard is the interceptor of every worker.
type guard struct {
	interceptor.WorkerInterceptorBase
	log     *slog.Logger
	clock   clock.Clock
	observe func(activity string, err error, took time.Duration) // told of each attempt
}

// InterceptActivity guards activities of both sorts.
func (g *guard) InterceptActivity(ctx context.Context, next interceptor.ActivityInboundInterceptor) interceptor.ActivityInboundInterceptor {
	in := &activityGuard{guard: g}
	in.Next = g.WorkerInterceptorBase.InterceptActivity(ctx, next)
	return in
}

// InterceptWorkflow guards workflows on their way in and what they call on its way out.
func (g *guard) InterceptWorkflow(ctx workflow.Context, next interceptor.WorkflowInboundInterceptor) interceptor.WorkflowInboundInterceptor {
	in := &workflowGuard{}
	in.Next = g.WorkerInterceptorBase.InterceptWorkflow(ctx, next)
	return in
}

type activityGuard struct {
	interceptor.ActivityInboundInterceptorBase
	guard *guard
}

// ExecuteActivity runs one attempt, measures it, logs its failure with the cause, and hands on Temporal's error.
func (a *activityGuard) ExecuteActivity(ctx context.Context, in *interceptor.ExecuteActivityInput) (any, error) {
	info := activity.GetInfo(ctx)
	if err := wrongTenant(info.TaskQueue, in.Args); err != nil {
		a.guard.log.ErrorContext(ctx, "a task crossed a tenant's border", "task_queue", info.TaskQueue, "activity", info.ActivityType.Name)
		return nil, err
	}
	begun := a.guard.clock.Now()
	out, err := a.Next.ExecuteActivity(ctx, in)
	a.guard.observe(info.ActivityType.Name, err, a.guard.clock.Now().Sub(begun))
	if err != nil {
		a.guard.log.WarnContext(ctx, "a step's attempt failed", "task_queue", info.TaskQueue, "workflow_id", info.WorkflowExecution.ID,
			"run_id", info.WorkflowExecution.RunID, "activity", info.ActivityType.Name, "attempt", info.Attempt, "error", err)
		return nil, applicationError(err)
	}
	return out, nil
}

type workflowGuard struct {
	interceptor.WorkflowInboundInterceptorBase
}

// Init puts the outbound guard in place.
func (w *workflowGuard) Init(outbound interceptor.WorkflowOutboundInterceptor) error {
	out := &outboundGuard{}
	out.Next = outbound
	return w.Next.Init(out)
}

// ExecuteWorkflow lets only the queue's own tenant in.
func (w *workflowGuard) ExecuteWorkflow(ctx workflow.Context, in *interceptor.ExecuteWorkflowInput) (any, error) {
	info := workflow.GetInfo(ctx)
	if err := wrongTenant(info.TaskQueueName, in.Args); err != nil {
		return nil, err
	}
	if tenant, ok := contract.TenantOfWorkflow(info.WorkflowExecution.ID); !ok || contract.TaskQueue(tenant) != info.TaskQueueName {
		return nil, temporal.NewNonRetryableApplicationError("a workflow ID of another tenant", contract.ErrorWrongTenant, nil)
	}
	return w.Next.ExecuteWorkflow(ctx, in)
}

type outboundGuard struct {
	interceptor.WorkflowOutboundInterceptorBase
}

// ExecuteActivity keeps a workflow from acting for another tenant.
func (o *outboundGuard) ExecuteActivity(ctx workflow.Context, name string, args ...any) workflow.Future {
	if err := leaving(ctx, args); err != nil {
		return refused(ctx, err)
	}
	return o.Next.ExecuteActivity(ctx, name, args...)
}

// ExecuteLocalActivity keeps a workflow from acting for another tenant.
func (o *outboundGuard) ExecuteLocalActivity(ctx workflow.Context, name string, args ...any) workflow.Future {
	if err := leaving(ctx, args); err != nil {
		return refused(ctx, err)
	}
	return o.Next.ExecuteLocalActivity(ctx, name, args...)
}

func leaving(ctx workflow.Context, args []any) error {
	queue := workflow.GetInfo(ctx).TaskQueueName
	if other := workflow.GetActivityOptions(ctx).TaskQueue; other != "" && other != queue {
		return temporal.NewNonRetryableApplicationError("an activity in another queue", contract.ErrorWrongTenant, nil)
	}
	return wrongTenant(queue, args)
}

func refused(ctx workflow.Context, err error) workflow.Future {
	future, set := workflow.NewFuture(ctx)
	set.SetError(err)
	return future
}
