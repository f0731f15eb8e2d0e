package worker

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/interceptor"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/testsuite"
	sdkworker "go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"github.com/velocicompanion/velocicompanion/internal/clock"
	"github.com/velocicompanion/velocicompanion/internal/telemetry"
	"github.com/velocicompanion/velocicompanion/workflows/contract"
)

// guarded is a workflow environment in tenant 7's queue, with a workflow that acts for whom its input says.
func guarded(t *testing.T, acts int64, metrics ...*telemetry.Metrics) *testsuite.TestWorkflowEnvironment {
	t.Helper()
	observe := telemetry.NewMetrics(telemetry.MetricsParams{}).ObserveActivity
	if len(metrics) > 0 {
		observe = metrics[0].ObserveActivity
	}
	var suite testsuite.WorkflowTestSuite
	env := suite.NewTestWorkflowEnvironment()
	env.SetWorkerOptions(sdkworker.Options{Interceptors: []interceptor.WorkerInterceptor{&guard{
		log: slog.New(slog.DiscardHandler), clock: clock.System{}, observe: observe,
	}}})
	env.RegisterActivityWithOptions(func(context.Context, contract.Run) error { return nil }, activity.RegisterOptions{Name: "act"})
	env.RegisterWorkflowWithOptions(func(ctx workflow.Context, _ contract.Run) error {
		ctx = workflow.WithLocalActivityOptions(ctx, workflow.LocalActivityOptions{StartToCloseTimeout: 1e9})
		return workflow.ExecuteLocalActivity(ctx, "act", contract.Run{TenantID: acts}).Get(ctx, nil)
	}, workflow.RegisterOptions{Name: "run"})
	return env
}

func requireWrongTenant(t *testing.T, err error) {
	t.Helper()
	var app *temporal.ApplicationError
	require.ErrorAs(t, err, &app, "%v", err)
	require.Equal(t, contract.ErrorWrongTenant, app.Type())
	require.True(t, app.NonRetryable())
}

func TestNothingCrossesATenantsBorder(t *testing.T) {
	t.Parallel()
	start := func(env *testsuite.TestWorkflowEnvironment, queue, id string, tenant int64) error {
		options := env
		options.SetStartWorkflowOptions(startOptions(queue, id))
		options.ExecuteWorkflow("run", contract.Run{TenantID: tenant})
		return options.GetWorkflowError()
	}
	metrics := telemetry.NewMetrics(telemetry.MetricsParams{})
	require.NoError(t, start(guarded(t, 7, metrics), "tenant-7", contract.WorkflowID(7, 1), 7))
	w := httptest.NewRecorder()
	metrics.Handler().ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/metrics", nil))
	require.Contains(t, w.Body.String(), `activity_duration_seconds_count{action="act",outcome="ok"} 1`)
	requireWrongTenant(t, start(guarded(t, 7), "tenant-7", contract.WorkflowID(7, 1), 8))
	requireWrongTenant(t, start(guarded(t, 7), "tenant-7", contract.WorkflowID(8, 1), 7))
	requireWrongTenant(t, start(guarded(t, 8), "tenant-7", contract.WorkflowID(7, 1), 7))
	requireWrongTenant(t, start(guarded(t, 7), "somewhere", contract.WorkflowID(7, 1), 7))
}

func TestActivitiesCheckTheirQueue(t *testing.T) {
	t.Parallel()
	require.NoError(t, wrongTenant("tenant-7", []any{contract.StepInput{Run: contract.Run{TenantID: 7}}}))
	requireWrongTenant(t, wrongTenant("tenant-7", []any{contract.StepInput{Run: contract.Run{TenantID: 8}}}))
	requireWrongTenant(t, wrongTenant("tenant-7", []any{"text"}))
	requireWrongTenant(t, wrongTenant("tenant-7", nil))
	requireWrongTenant(t, wrongTenant("system", []any{contract.Run{TenantID: 7}}))
}

func startOptions(queue, id string) client.StartWorkflowOptions {
	return client.StartWorkflowOptions{ID: id, TaskQueue: queue}
}
