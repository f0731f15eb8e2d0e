package telemetry_test

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel/trace"

	"github.com/velocicompanion/velocicompanion/internal/telemetry"
)

func TestSpansReachTheCollector(t *testing.T) {
	t.Parallel()
	paths := make(chan string, 4)
	collector := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		paths <- r.URL.Path
	}))
	t.Cleanup(collector.Close)
	tr, err := telemetry.NewTracing(t.Context(), telemetry.TracingParams{
		Endpoint: collector.URL, Service: "velocicompanion-test", Version: "1", Logger: slog.New(slog.DiscardHandler),
	})
	require.NoError(t, err)
	ctx, span := tr.Provider().Tracer("test").Start(t.Context(), "work")
	parent := telemetry.TraceParent(ctx)
	span.End()
	require.NoError(t, tr.Shutdown(t.Context()))
	require.Equal(t, "/v1/traces", <-paths)

	carried := trace.SpanContextFromContext(telemetry.WithTraceParent(t.Context(), parent))
	require.Equal(t, span.SpanContext().TraceID(), carried.TraceID())
	require.True(t, carried.IsRemote())

	l, b := newLogger(t, "json")
	l.InfoContext(ctx, "note")
	require.Equal(t, span.SpanContext().TraceID().String(), record(t, b)["trace_id"])
}

func TestWithoutACollectorNothingIsTraced(t *testing.T) {
	t.Parallel()
	tr, err := telemetry.NewTracing(t.Context(), telemetry.TracingParams{})
	require.NoError(t, err)
	ctx, span := tr.Provider().Tracer("test").Start(t.Context(), "work")
	require.False(t, span.IsRecording())
	require.Empty(t, telemetry.TraceParent(ctx))
	require.NoError(t, tr.Shutdown(t.Context()))
	for _, bad := range []string{"x", "00-zz-zz-01", "\r\n"} {
		require.False(t, trace.SpanContextFromContext(telemetry.WithTraceParent(t.Context(), bad)).IsValid())
	}
}

func TestTracingRefusesAnEndpointThatIsNone(t *testing.T) {
	t.Parallel()
	for _, e := range []string{"collector:4318", "grpc://collector:4317", "http://", "::"} {
		_, err := telemetry.NewTracing(t.Context(), telemetry.TracingParams{Endpoint: e})
		require.Error(t, err, e)
	}
}
