package api

import (
	"net/http"
	"sync"
	"time"

	"github.com/velocicompanion/velocicompanion/internal/clock"
	"github.com/velocicompanion/velocicompanion/internal/telemetry"
)

// activeFor is how long after the last request a user counts as active.
const activeFor = 5 * time.Minute

// metrics are the edge's numbers, kept by telemetry.
type metrics struct {
	to    *telemetry.Metrics
	clock clock.Clock

	mu     sync.Mutex
	seen   map[int64]time.Time // users by their last request
	pruned time.Time
}

func newMetrics(to *telemetry.Metrics, c clock.Clock) *metrics {
	m := &metrics{to: to, clock: c, seen: map[int64]time.Time{}}
	to.BeforeReading(m.countActive)
	return m
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
	if now.Sub(m.pruned) >= activeFor {
		m.prune(now)
	}
}

// countActive brings the number of active users up to date.
func (m *metrics) countActive() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.prune(m.clock.Now())
	m.to.ActiveUsers.Set(float64(len(m.seen)))
}

// prune forgets who has not been at work for a while. The lock is held.
func (m *metrics) prune(now time.Time) {
	m.pruned = now
	for id, at := range m.seen {
		if now.Sub(at) > activeFor {
			delete(m.seen, id)
		}
	}
}

// MetricsHandler serves the numbers for Prometheus; it belongs on a listener of its own.
func (a *API) MetricsHandler() http.Handler { return a.metrics.to.Handler() }
