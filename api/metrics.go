package api

import (
	"net/http"
	"sync"
	"time"

	"github.com/velocicompanion/velocicompanion/internal/clock"
	"github.com/velocicompanion/velocicompanion/internal/telemetry"
)

const (
	activeFor   = 5 * time.Minute  // how long after the last request a user counts as active
	activeEvery = 10 * time.Second // how often they are counted
)

// metrics are the edge's numbers, kept by telemetry.
type metrics struct {
	to    *telemetry.Metrics
	clock clock.Clock

	mu      sync.Mutex
	seen    map[int64]time.Time // users by their last request
	counted time.Time
}

func newMetrics(to *telemetry.Metrics, c clock.Clock) *metrics {
	return &metrics{to: to, clock: c, seen: map[int64]time.Time{}}
}

// request counts one request; route is a template, so that the number of series is bounded.
func (m *metrics) request(method, route string, status int, elapsed time.Duration) {
	m.to.ObserveRequest(route, method, status, elapsed)
}

// authenticated counts one success at proving who somebody is, by method; refused one failure, by its code.
func (m *metrics) authenticated(method string) { m.to.AuthSuccess.WithLabelValues(method).Inc() }
func (m *metrics) refused(code string)         { m.to.AuthFailure.WithLabelValues(code).Inc() }

// active notes that a user is at work.
func (m *metrics) active(user int64) {
	now := m.clock.Now()
	m.mu.Lock()
	defer m.mu.Unlock()
	m.seen[user] = now
	if now.Sub(m.counted) < activeEvery {
		return
	}
	m.counted = now
	for id, at := range m.seen {
		if now.Sub(at) > activeFor {
			delete(m.seen, id)
		}
	}
	m.to.ActiveUsers.Set(float64(len(m.seen)))
}

// MetricsHandler serves the numbers for Prometheus; it belongs on a listener of its own.
func (a *API) MetricsHandler() http.Handler { return a.metrics.to.Handler() }
