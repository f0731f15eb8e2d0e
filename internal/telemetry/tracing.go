package telemetry

import (
	"context"
	"fmt"
	"log/slog"
	"net/url"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"
)

// TracingParams sets up tracing.
type TracingParams struct {
	Endpoint string // base address of an OTLP collector over HTTP, for example http://otel:4318; empty: no traces
	Service  string // service.name, for example velocicompanion-api
	Version  string
	Logger   *slog.Logger // hears of a collector that can't be reached
}

// Tracing is a process's way to its collector, or none.
type Tracing struct {
	provider trace.TracerProvider
	shutdown func(context.Context) error
}

// NewTracing starts sending spans in the background; a collector that is down costs spans, never requests. It fails on an
// endpoint that is no http(s) address.
func NewTracing(ctx context.Context, p TracingParams) (*Tracing, error) {
	if p.Endpoint == "" {
		return &Tracing{provider: noop.NewTracerProvider(), shutdown: func(context.Context) error { return nil }}, nil
	}
	u, err := url.Parse(p.Endpoint)
	if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") {
		return nil, fmt.Errorf("OTEL_EXPORTER_OTLP_ENDPOINT: %q is not an http(s) address", p.Endpoint)
	}
	exporter, err := otlptracehttp.New(ctx, otlptracehttp.WithEndpointURL(u.JoinPath("v1", "traces").String()))
	if err != nil {
		return nil, fmt.Errorf("start the trace exporter: %w", err)
	}
	provider := sdktrace.NewTracerProvider(
		sdktrace.WithBatcher(exporter),
		sdktrace.WithSampler(sdktrace.ParentBased(sdktrace.AlwaysSample())),
		sdktrace.WithResource(resource.NewSchemaless(
			attribute.String("service.name", p.Service), attribute.String("service.version", p.Version))),
	)
	background := context.WithoutCancel(ctx)
	// The SDK reports failed exports to one process-wide handler, whose default writes past our logger.
	otel.SetErrorHandler(otel.ErrorHandlerFunc(func(err error) {
		p.Logger.LogAttrs(background, slog.LevelWarn, "traces not sent", slog.Any("error", err))
	}))
	return &Tracing{provider: provider, shutdown: provider.Shutdown}, nil
}

// Provider makes tracers.
func (t *Tracing) Provider() trace.TracerProvider { return t.provider }

// Propagator reads and writes the W3C traceparent header.
func (t *Tracing) Propagator() propagation.TextMapPropagator { return propagation.TraceContext{} }

// Shutdown sends what is left, until ctx ends.
func (t *Tracing) Shutdown(ctx context.Context) error {
	if err := t.shutdown(ctx); err != nil {
		return fmt.Errorf("send the last traces: %w", err)
	}
	return nil
}

// TraceParent is the W3C traceparent of the context's span, for a row that carries the trace through the outbox; ""
// without a span.
func TraceParent(ctx context.Context) string {
	carrier := propagation.MapCarrier{}
	propagation.TraceContext{}.Inject(ctx, carrier)
	return carrier.Get("traceparent")
}

// WithTraceParent goes on with a trace from TraceParent; text that is none changes nothing.
func WithTraceParent(ctx context.Context, traceparent string) context.Context {
	return propagation.TraceContext{}.Extract(ctx, propagation.MapCarrier{"traceparent": traceparent})
}
