package telemetry

import (
	"net/http"
	"runtime"
	"slices"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/velocicompanion/velocicompanion/internal/fault"
)

// MetricsParams sets up the metrics.
type MetricsParams struct {
	Version string // of this build
	Commit  string // the revision it was made from
}

// Metrics is every number a process publishes, on a registry of its own. Labels are closed sets: route templates, kinds,
// names of the catalog; never a tenant, a user, a path or a text from outside.
type Metrics struct {
	registry *prometheus.Registry
	before   []func() // what counts anew when somebody reads

	requests        *prometheus.CounterVec   // route, method, status
	requestDuration *prometheus.HistogramVec // route, method; seconds
	queryDuration   *prometheus.HistogramVec // operation; seconds
	activities      *prometheus.HistogramVec // action, outcome; seconds

	AuthSuccess *prometheus.CounterVec // method: password, refresh, token, api_key …
	AuthFailure *prometheus.CounterVec // reason: a stable code
	ActiveUsers prometheus.Gauge       // users seen within the last minutes

	OutboxPending   prometheus.Gauge       // rows not yet delivered
	OutboxAge       prometheus.Gauge       // seconds the oldest of them waits
	OutboxDelivered *prometheus.CounterVec // outcome: delivered, retried, failed

	Executions        *prometheus.CounterVec // status: the final state of a playbook execution
	ExecutionQueueLag prometheus.Histogram   // seconds from the row to the first step
	Reconciled        *prometheus.CounterVec // outcome: what the reconciler found and closed
	WorkerTenants     prometheus.Gauge       // tenants this process serves

	WebSockets prometheus.Gauge // open sockets
}

// NewMetrics makes the metrics with Go's, the process's and the build's own.
func NewMetrics(p MetricsParams) *Metrics {
	m := &Metrics{registry: prometheus.NewRegistry()}
	m.registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	m.gauge("velocicompanion_build_info", "Always 1; the labels tell the build.",
		prometheus.Labels{"version": p.Version, "commit": p.Commit, "go_version": runtime.Version()}).Set(1)
	m.http()
	m.work()
	return m
}

func (m *Metrics) http() {
	m.requests = m.counters("http_requests_total", "Requests answered.", "route", "method", "status")
	m.requestDuration = m.histograms("http_request_duration_seconds", "Time to answer a request.", "route", "method")
	m.AuthSuccess = m.counters("auth_success_total", "Authentications that succeeded.", "method")
	m.AuthFailure = m.counters("auth_failure_total", "Authentications that failed.", "reason")
	m.ActiveUsers = m.gauge("active_users", "Users seen within the last minutes.", nil)
	m.WebSockets = m.gauge("websocket_connections", "Open notification sockets.", nil)
}

func (m *Metrics) work() {
	m.queryDuration = m.histograms("db_query_duration_seconds", "Time of a database query.", "operation")
	m.activities = m.histograms("activity_duration_seconds", "Time of a playbook action's attempt.", "action", "outcome")
	m.OutboxPending = m.gauge("outbox_pending", "Outbox rows that are not delivered.", nil)
	m.OutboxAge = m.gauge("outbox_age_seconds", "Age of the oldest outbox row that is not delivered.", nil)
	m.OutboxDelivered = m.counters("outbox_deliveries_total", "Outbox rows handled.", "outcome")
	m.Executions = m.counters("executions_total", "Playbook executions that ended.", "status")
	m.Reconciled = m.counters("reconciled_total", "Executions the reconciler closed.", "outcome")
	m.WorkerTenants = m.gauge("worker_tenants", "Tenants this process serves.", nil)
	m.ExecutionQueueLag = prometheus.NewHistogram(prometheus.HistogramOpts{
		Name: "execution_queue_lag_seconds", Help: "Time from an execution's row to its first step.", Buckets: buckets(),
	})
	m.registry.MustRegister(m.ExecutionQueueLag)
}

// BeforeReading adds something that brings its numbers up to date whenever the metrics are read; only before they are served.
func (m *Metrics) BeforeReading(count func()) { m.before = append(m.before, count) }

// Handler serves the metrics in Prometheus' formats.
func (m *Metrics) Handler() http.Handler {
	serve := promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{Registry: m.registry, MaxRequestsInFlight: 4})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for _, count := range m.before {
			count()
		}
		serve.ServeHTTP(w, r)
	})
}

// Registry takes further collectors, a connection pool's for example.
func (m *Metrics) Registry() *prometheus.Registry { return m.registry }

// ObserveRequest counts an answered request. route is the template ("" for none that matched); a method outside HTTP's own
// becomes OTHER, because anybody can send any.
func (m *Metrics) ObserveRequest(route, method string, status int, took time.Duration) {
	if route == "" {
		route = "unmatched"
	}
	if !slices.Contains([]string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}, method) {
		method = "OTHER"
	}
	m.requests.WithLabelValues(route, method, strconv.Itoa(status)).Inc()
	m.requestDuration.WithLabelValues(route, method).Observe(took.Seconds())
}

// ObserveQuery notes a database query by its operation: SELECT, INSERT, UPDATE, DELETE or the store's name for it.
func (m *Metrics) ObserveQuery(operation string, took time.Duration) {
	m.queryDuration.WithLabelValues(operation).Observe(took.Seconds())
}

// ObserveActivity notes an action's attempt; its outcome is "ok" or the fault's kind.
func (m *Metrics) ObserveActivity(action string, err error, took time.Duration) {
	outcome := "ok"
	if err != nil {
		outcome = string(fault.KindOf(err))
	}
	m.activities.WithLabelValues(action, outcome).Observe(took.Seconds())
}

func (m *Metrics) counters(name, help string, labels ...string) *prometheus.CounterVec {
	c := prometheus.NewCounterVec(prometheus.CounterOpts{Name: name, Help: help}, labels)
	m.registry.MustRegister(c)
	return c
}

func (m *Metrics) histograms(name, help string, labels ...string) *prometheus.HistogramVec {
	h := prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: name, Help: help, Buckets: buckets()}, labels)
	m.registry.MustRegister(h)
	return h
}

func (m *Metrics) gauge(name, help string, constant prometheus.Labels) prometheus.Gauge {
	g := prometheus.NewGauge(prometheus.GaugeOpts{Name: name, Help: help, ConstLabels: constant})
	m.registry.MustRegister(g)
	return g
}

// buckets are seconds: from a fast query to an action that runs into its timeout.
func buckets() []float64 {
	return []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60}
}
