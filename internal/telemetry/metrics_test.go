package telemetry_test

import (
	"io"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/internal/telemetry"
)

func scrape(t *testing.T, m *telemetry.Metrics) string {
	t.Helper()
	w := httptest.NewRecorder()
	m.Handler().ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), "GET", "/metrics", nil))
	require.Equal(t, 200, w.Code)
	b, err := io.ReadAll(w.Body)
	require.NoError(t, err)
	return string(b)
}

func TestMetricsTellWhatHappened(t *testing.T) {
	t.Parallel()
	m := telemetry.NewMetrics(telemetry.MetricsParams{Version: "1.2.3", Commit: "abc"})
	m.ObserveRequest("/api/hosts/{id}", "GET", 200, 20*time.Millisecond)
	m.ObserveRequest("", "BREW\n", 404, time.Millisecond)
	m.ObserveQuery("SELECT", 3*time.Millisecond)
	m.ObserveActivity("send_webhook", nil, time.Second)
	m.ObserveActivity("send_webhook", fault.New(fault.Unavailable, "down"), time.Second)
	m.AuthSuccess.WithLabelValues("password").Inc()
	m.AuthFailure.WithLabelValues("token_expired").Inc()
	m.Executions.WithLabelValues("completed").Inc()
	m.OutboxDelivered.WithLabelValues("delivered").Inc()
	m.Reconciled.WithLabelValues("terminated").Inc()
	m.ExecutionQueueLag.Observe(0.2)
	m.OutboxPending.Set(4)
	m.OutboxAge.Set(1.5)
	m.ActiveUsers.Set(2)
	m.WorkerTenants.Set(3)
	m.WebSockets.Inc()
	body := scrape(t, m)
	for _, line := range []string{
		`http_requests_total{method="GET",route="/api/hosts/{id}",status="200"} 1`,
		`http_requests_total{method="OTHER",route="unmatched",status="404"} 1`,
		`http_request_duration_seconds_bucket{method="GET",route="/api/hosts/{id}",le="0.025"} 1`,
		`db_query_duration_seconds_count{operation="SELECT"} 1`,
		`activity_duration_seconds_count{action="send_webhook",outcome="ok"} 1`,
		`activity_duration_seconds_count{action="send_webhook",outcome="unavailable"} 1`,
		`auth_success_total{method="password"} 1`, `auth_failure_total{reason="token_expired"} 1`,
		`executions_total{status="completed"} 1`, `outbox_deliveries_total{outcome="delivered"} 1`,
		`reconciled_total{outcome="terminated"} 1`, `execution_queue_lag_seconds_count 1`, "outbox_pending 4",
		"outbox_age_seconds 1.5", "active_users 2", "worker_tenants 3", "websocket_connections 1", "go_goroutines ",
		`commit="abc"`, `version="1.2.3"`,
	} {
		require.Contains(t, body, line)
	}
}

func TestTwoProcessesInOneDontCollide(t *testing.T) {
	t.Parallel()
	a, b := telemetry.NewMetrics(telemetry.MetricsParams{}), telemetry.NewMetrics(telemetry.MetricsParams{})
	a.WebSockets.Inc()
	require.Contains(t, scrape(t, b), "websocket_connections 0")
}
