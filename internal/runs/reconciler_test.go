package runs_test

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/velocicompanion/velocicompanion/internal/clock"
	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/internal/runs"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/internal/telemetry"
	"github.com/velocicompanion/velocicompanion/internal/testkit"
	"github.com/velocicompanion/velocicompanion/models"
	"github.com/velocicompanion/velocicompanion/workflows/contract"
)

func TestMain(m *testing.M) { os.Exit(testkit.Main(m)) }

// temporal answers what a test says; a run it has no answer for isn't there.
type temporal struct {
	mu     sync.Mutex
	states map[int64]runs.State
	jobs   map[string]runs.State // by workflow ID
	broken []contract.Run
	down   bool
	asked  int
}

func (f *temporal) State(_ context.Context, _, executionID int64) (runs.State, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.asked++
	if f.down {
		return runs.State{}, fault.New(fault.Unavailable, "down")
	}
	s, ok := f.states[executionID]
	if !ok {
		return runs.State{}, fault.New(fault.NotFound, "not there")
	}
	return s, nil
}

func (f *temporal) JobState(_ context.Context, in contract.JobInput) (runs.State, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	s, ok := f.jobs[contract.JobWorkflowID(in)]
	if !ok {
		return runs.State{}, fault.New(fault.NotFound, "not there")
	}
	return s, nil
}

func (f *temporal) Broken(context.Context, time.Time) ([]contract.Run, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.broken, nil
}

type bundle struct {
	s        *store.Store
	t        *store.Tenant
	user, pb int64
	fake     *temporal
	c        *runs.Reconciler
	metrics  *telemetry.Metrics
}

// scraped is what a monitoring system would read.
func (b bundle) scraped(t *testing.T) string {
	t.Helper()
	w := httptest.NewRecorder()
	b.metrics.Handler().ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/metrics", nil))
	return w.Body.String()
}

// setup looks at rows of any age, unless a test says otherwise.
func setup(t *testing.T, grace time.Duration) bundle {
	t.Helper()
	s := testkit.Store(t)
	tenant, user := testkit.Actor(t, s, "user")
	fake := &temporal{states: map[int64]runs.State{}}
	metrics := telemetry.NewMetrics(telemetry.MetricsParams{})
	return bundle{
		metrics: metrics,
		s:       s, t: s.Tenant(tenant), user: user, pb: testkit.Playbook(t, s, tenant, user, map[string]any{}), fake: fake,
		c: runs.NewReconciler(runs.ReconcilerParams{
			Store: s, Temporal: fake, Clock: clock.System{}, Log: slog.New(slog.DiscardHandler), Grace: grace,
			Observe: func(outcome string) { metrics.Reconciled.WithLabelValues(outcome).Inc() },
		}),
	}
}

// dispatched is a run that Temporal has had.
func (b bundle) dispatched(t *testing.T) int64 {
	t.Helper()
	id := testkit.Execution(t, b.s, b.t.ID(), b.pb, b.user).ID
	_, err := b.t.AdmitExecutions(t.Context(), []int64{id})
	require.NoError(t, err)
	rows, err := b.s.System().ClaimOutbox(t.Context(), store.Claim{Limit: 10, Lease: time.Minute})
	require.NoError(t, err)
	require.NoError(t, b.t.MarkDispatched(t.Context(), []store.Dispatched{{OutboxID: rows[0].ID, ExecutionID: id, WorkflowID: "w", RunID: "r"}}))
	return id
}

func (b bundle) status(t *testing.T, id int64) (status, reason string) {
	t.Helper()
	row, err := b.t.Execution(t.Context(), id)
	require.NoError(t, err)
	return row.Status, row.Error
}

func TestRunsThatEndedInTemporalAreClosed(t *testing.T) {
	t.Parallel()
	b := setup(t, time.Nanosecond)
	open, ended, lost := b.dispatched(t), b.dispatched(t), b.dispatched(t)
	b.fake.states[open] = runs.State{Open: true}
	b.fake.states[ended] = runs.State{Status: models.ExecutionFailed, Reason: "terminated in Temporal: by hand"}
	require.NoError(t, b.c.Pass(t.Context()))
	status, _ := b.status(t, open)
	require.Equal(t, models.ExecutionQueued, status)
	status, reason := b.status(t, ended)
	require.Equal(t, models.ExecutionFailed, status)
	require.Equal(t, "terminated in Temporal: by hand", reason)
	status, reason = b.status(t, lost)
	require.Equal(t, models.ExecutionFailed, status)
	require.Contains(t, reason, "no longer knows")
}

func TestYoungRowsAreLeftAloneUnlessTemporalListsThem(t *testing.T) {
	t.Parallel()
	b := setup(t, time.Hour)
	young, listed := b.dispatched(t), b.dispatched(t)
	b.fake.states[listed] = runs.State{Status: models.ExecutionTimedOut, Reason: "timed out in Temporal"}
	b.fake.broken = []contract.Run{{TenantID: b.t.ID(), ExecutionID: listed}, {TenantID: b.t.ID(), ExecutionID: 1 << 40}}
	require.NoError(t, b.c.Pass(t.Context()))
	status, _ := b.status(t, young)
	require.Equal(t, models.ExecutionQueued, status)
	status, _ = b.status(t, listed)
	require.Equal(t, models.ExecutionTimedOut, status)
	require.Contains(t, b.scraped(t), `reconciled_total{outcome="timed_out"} 1`)
}

func TestAQueuedRunThatFellThroughIsQueuedAnew(t *testing.T) {
	t.Parallel()
	b := setup(t, time.Nanosecond)
	id := testkit.Execution(t, b.s, b.t.ID(), b.pb, b.user).ID
	rows, err := b.s.System().ClaimOutbox(t.Context(), store.Claim{Limit: 10, Lease: time.Minute})
	require.NoError(t, err)
	require.NoError(t, b.t.ConsumeAll(t.Context(), []int64{rows[0].ID}))
	require.NoError(t, b.c.Pass(t.Context()))
	require.NoError(t, b.c.Pass(t.Context()))
	pending, _, err := b.s.System().OutboxLag(t.Context())
	require.NoError(t, err)
	require.Equal(t, 1, pending)
	require.Contains(t, b.scraped(t), `reconciled_total{outcome="redispatched"} 1`)
	status, _ := b.status(t, id)
	require.Equal(t, models.ExecutionQueued, status)
}

func TestNothingIsClosedWhileTemporalIsDown(t *testing.T) {
	t.Parallel()
	b := setup(t, time.Nanosecond)
	id := b.dispatched(t)
	b.fake.down = true
	require.Error(t, b.c.Pass(t.Context()))
	status, _ := b.status(t, id)
	require.Equal(t, models.ExecutionQueued, status)
}

func TestParkedRunsAreCalledWhenThereIsRoom(t *testing.T) {
	t.Parallel()
	b := setup(t, time.Hour)
	ids := make([]int64, models.DefaultConcurrentRuns+1)
	for i := range ids {
		ids[i] = testkit.Execution(t, b.s, b.t.ID(), b.pb, b.user).ID
	}
	a, err := b.t.AdmitExecutions(t.Context(), ids)
	require.NoError(t, err)
	require.Len(t, a.Parked, 1)
	before, _, err := b.s.System().OutboxLag(t.Context())
	require.NoError(t, err)
	require.NoError(t, b.c.Pass(t.Context()))
	after, _, err := b.s.System().OutboxLag(t.Context())
	require.NoError(t, err)
	require.Equal(t, before, after, "no slot is free")
	testkit.SetSettings(t, b.s, b.t.ID(), `{"max_concurrent_runs": 500}`)
	require.NoError(t, b.c.Pass(t.Context()))
	after, _, err = b.s.System().OutboxLag(t.Context())
	require.NoError(t, err)
	require.Equal(t, before+1, after, "a higher limit calls it")
}
