package api

import (
	"fmt"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/velocicompanion/velocicompanion/internal/clock"
)

// activeFor is how long after the last request a user counts as active.
const activeFor = 5 * time.Minute

// metrics are the edge's numbers.
type metrics struct {
	registry *prometheus.Registry
	requests *prometheus.HistogramVec
	auth     *prometheus.CounterVec
	clock    clock.Clock

	mu   sync.Mutex
	seen map[int64]time.Time // users by their last request
}

func newMetrics(registry *prometheus.Registry, c clock.Clock) (*metrics, error) {
	m := &metrics{
		registry: registry, clock: c, seen: map[int64]time.Time{},
		requests: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "velocicompanion_http_request_seconds", Help: "Time to answer a request.",
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10},
		}, []string{"method", "route", "status"}),
		auth: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "velocicompanion_authentications_total", Help: "Sign-ins, refreshes and refused tokens by outcome.",
		}, []string{"outcome"}),
	}
	active := prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "velocicompanion_active_users", Help: "Users seen by this instance in the last five minutes.",
	}, m.countActive)
	for _, c := range []prometheus.Collector{m.requests, m.auth, active} {
		if err := registry.Register(c); err != nil {
			return nil, fmt.Errorf("metrics: %w", err)
		}
	}
	return m, nil
}

// request counts one request; route is a template, so that the number of series is bounded.
func (m *metrics) request(method, route string, status int, elapsed time.Duration) {
	switch method {
	case http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions:
	default:
		method = "other"
	}
	m.requests.WithLabelValues(method, route, strconv.Itoa(status)).Observe(elapsed.Seconds())
}

// authentication counts one attempt to prove who somebody is.
func (m *metrics) authentication(outcome string) { m.auth.WithLabelValues(outcome).Inc() }

// active notes that a user is at work.
func (m *metrics) active(user int64) {
	now := m.clock.Now()
	m.mu.Lock()
	defer m.mu.Unlock()
	m.seen[user] = now
}

func (m *metrics) countActive() float64 {
	m.mu.Lock()
	defer m.mu.Unlock()
	since := m.clock.Now().Add(-activeFor)
	for user, at := range m.seen {
		if at.Before(since) {
			delete(m.seen, user)
		}
	}
	return float64(len(m.seen))
}

// MetricsHandler serves the registry's numbers for Prometheus; it belongs on a listener of its own.
func (a *API) MetricsHandler() http.Handler {
	return promhttp.HandlerFor(a.metrics.registry, promhttp.HandlerOpts{})
}
