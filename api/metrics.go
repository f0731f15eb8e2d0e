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
	activeEvery = 10 * time.Second // how often the number is counted anew
)

// activity knows which users this instance saw lately.
type activity struct {
	metrics *telemetry.Metrics
	clock   clock.Clock

	mu      sync.Mutex
	seen    map[int64]time.Time // users by their last request
	counted time.Time
}

func newActivity(m *telemetry.Metrics, c clock.Clock) *activity {
	return &activity{metrics: m, clock: c, seen: map[int64]time.Time{}}
}

// note says that a user is at work.
func (a *activity) note(user int64) {
	now := a.clock.Now()
	a.mu.Lock()
	defer a.mu.Unlock()
	a.seen[user] = now
	if now.Sub(a.counted) < activeEvery {
		return
	}
	a.counted = now
	for u, at := range a.seen {
		if now.Sub(at) > activeFor {
			delete(a.seen, u)
		}
	}
	a.metrics.ActiveUsers.Set(float64(len(a.seen)))
}

// MetricsHandler serves the numbers for Prometheus; it belongs on a listener of its own.
func (a *API) MetricsHandler() http.Handler { return a.metrics.Handler() }
