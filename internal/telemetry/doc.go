// Package telemetry owns how a process tells what it does: structured logs that carry the ids of their context and never
// a secret, Prometheus metrics, OpenTelemetry traces. It refuses to know what the numbers mean to anybody and keeps no
// global: a logger, a Metrics and a tracer provider are handed around.
//
// Public API:
//
//	func NewLogger(p LogParams) (*slog.Logger, error)
//	type LogParams struct { Writer io.Writer; Format, Level string } // json or text; debug, info, warn or error
//
//	func WithAttrs(ctx context.Context, attrs ...slog.Attr) context.Context
//	func WithRequestID(ctx context.Context, id string) context.Context
//	func RequestID(ctx context.Context) string                              // "" when there is none
//	func WithTenant(ctx context.Context, id int64) context.Context          // tenant_id
//	func WithUser(ctx context.Context, id int64) context.Context            // user_id
//	func WithExecution(ctx context.Context, id int64) context.Context       // execution_id
//
//	func NewMetrics(p MetricsParams) *Metrics
//	type MetricsParams struct { Version, Commit string }
//	func (m *Metrics) Handler() http.Handler                                // GET /metrics
//	func (m *Metrics) Registry() *prometheus.Registry
//	func (m *Metrics) ObserveRequest(route, method string, status int, took time.Duration)
//	func (m *Metrics) ObserveQuery(operation string, took time.Duration)
//	func (m *Metrics) ObserveActivity(action string, err error, took time.Duration)
//	m.AuthSuccess.WithLabelValues(method).Inc()      m.AuthFailure.WithLabelValues(reason).Inc()
//	m.Executions.WithLabelValues(status).Inc()       m.ExecutionQueueLag.Observe(seconds)
//	m.OutboxAge.Set(seconds)                         m.OutboxPending.Set(rows)
//	m.OutboxDelivered.WithLabelValues(outcome).Inc() m.Reconciled.WithLabelValues(outcome).Inc()
//	m.WebSockets.Inc() / Dec()                       m.ActiveUsers.Set(users)
//	m.WorkerTenants.Set(tenants)
//
//	func NewTracing(ctx context.Context, p TracingParams) (*Tracing, error)
//	type TracingParams struct { Endpoint, Service, Version string; Logger *slog.Logger } // no Endpoint: no traces
//	func (t *Tracing) Provider() trace.TracerProvider
//	func (t *Tracing) Propagator() propagation.TextMapPropagator            // W3C trace context
//	func (t *Tracing) Shutdown(ctx context.Context) error                   // sends what is left
//	func TraceParent(ctx context.Context) string                            // for an outbox row; "" without a span
//	func WithTraceParent(ctx context.Context, traceparent string) context.Context
package telemetry
