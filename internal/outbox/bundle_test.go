package outbox_test

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/velocicompanion/velocicompanion/activities"
	"github.com/velocicompanion/velocicompanion/internal/clock"
	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/internal/outbox"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/internal/telemetry"
	"github.com/velocicompanion/velocicompanion/internal/testkit"
	"github.com/velocicompanion/velocicompanion/models"
	"github.com/velocicompanion/velocicompanion/playbooks"
	"github.com/velocicompanion/velocicompanion/workflows/contract"
)

func TestMain(m *testing.M) { os.Exit(testkit.Main(m)) }

// starter stands in for Temporal.
type starter struct {
	mu      sync.Mutex
	down    error
	started []contract.RunInput
	jobs    []contract.JobInput
	woken   []string
	wishes  []contract.Cancel
	ended   []contract.WorkRef
	absent  bool // signals find no run
}

func (s *starter) Start(_ context.Context, in contract.RunInput) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.down != nil {
		return "", s.down
	}
	s.started = append(s.started, in)
	return "run", nil
}

func (s *starter) WakeJob(_ context.Context, in contract.JobInput) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.down != nil {
		return s.down
	}
	s.woken = append(s.woken, contract.JobWorkflowID(in))
	return nil
}

func (s *starter) StartJob(_ context.Context, in contract.JobInput) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.down != nil {
		return s.down
	}
	s.jobs = append(s.jobs, in)
	return nil
}

func (s *starter) SyncSchedule(context.Context, int64, int64) error { return nil }

func (s *starter) StartScheduled(context.Context, contract.ScheduledHuntInput) error { return nil }

func (s *starter) Signal(_ context.Context, _, _ int64, wish contract.Cancel) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.down != nil {
		return s.down
	}
	if s.absent {
		return fault.New(fault.NotFound, "no such run")
	}
	s.wishes = append(s.wishes, wish)
	return nil
}

func (s *starter) WorkDone(_ context.Context, _, _ int64, work contract.WorkRef) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.down != nil {
		return s.down
	}
	if s.absent {
		return fault.New(fault.NotFound, "no such run")
	}
	s.ended = append(s.ended, work)
	return nil
}

func (s *starter) set(down error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.down = down
}

func (s *starter) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.started)
}

// bundle is a tenant with a dispatcher at work.
type bundle struct {
	s      *store.Store
	t      *store.Tenant
	user   int64
	runs   *starter
	offers bool

	metrics *telemetry.Metrics
}

// tells waits until a monitoring system would read this line.
func (b *bundle) tells(t *testing.T, line string) {
	t.Helper()
	var read string
	require.Eventually(t, func() bool {
		w := httptest.NewRecorder()
		b.metrics.Handler().ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/metrics", nil))
		read = w.Body.String()
		return strings.Contains(read, line)
	}, 10*time.Second, 5*time.Millisecond, "%s is not in %s", line, read)
}

func setup(t *testing.T) *bundle {
	t.Helper()
	s := testkit.Store(t)
	tenant, user := testkit.Actor(t, s, "user")
	return &bundle{s: s, t: s.Tenant(tenant), user: user, runs: &starter{}, metrics: telemetry.NewMetrics(telemetry.MetricsParams{})}
}

// dispatch sets a dispatcher to work until the test ends.
func (b *bundle) dispatch(t *testing.T) {
	t.Helper()
	d := outbox.New(outbox.Params{
		Store: b.s, Runs: b.runs, Clock: clock.System{}, Log: slog.New(slog.DiscardHandler), Sweep: 20 * time.Millisecond,
		Observe: func(outcome string, rows int) { b.metrics.OutboxDelivered.WithLabelValues(outcome).Add(float64(rows)) },
	})
	if b.offers {
		b.s.OnCommit(func(c store.Committed) { d.Offer(c.Outbox) })
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = d.Run(ctx)
	}()
	t.Cleanup(func() {
		cancel()
		<-done
	})
}

// idle waits until the outbox is empty.
func (b *bundle) idle(t *testing.T) {
	t.Helper()
	require.Eventually(t, func() bool {
		n, _, err := b.s.System().OutboxLag(context.Background())
		return err == nil && n == 0
	}, 20*time.Second, 10*time.Millisecond)
}

// playbook compiles a document and publishes it.
func (b *bundle) playbook(t *testing.T, source string) int64 {
	t.Helper()
	catalog, err := playbooks.NewCatalog(activities.Specs())
	require.NoError(t, err)
	doc, err := playbooks.Parse([]byte(source))
	require.NoError(t, err)
	plan, diagnostics, err := playbooks.Compile(doc, playbooks.CompileOptions{Catalog: catalog})
	require.NoError(t, err, "%v", diagnostics)
	return testkit.Playbook(t, b.s, b.t.ID(), b.user, plan, plan.Trigger.Events...)
}

func (b *bundle) executions(t *testing.T) []models.Execution {
	t.Helper()
	rows, _, err := b.t.ListExecutions(t.Context(), store.ExecutionQuery{PageQuery: store.PageQuery{Limit: 500}})
	require.NoError(t, err)
	return rows
}

func payload(t *testing.T, raw string) map[string]any {
	t.Helper()
	var v map[string]any
	require.NoError(t, json.Unmarshal([]byte(raw), &v))
	return v
}
