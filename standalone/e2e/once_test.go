package e2e

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// outside is another system that a playbook calls; while it is held it answers nobody.
type outside struct {
	*httptest.Server
	mu   sync.Mutex
	keys []string
	last time.Time // of the calls
	hold chan struct{}
}

func newOutside(t *testing.T) *outside {
	t.Helper()
	o := &outside{hold: make(chan struct{})}
	o.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		o.mu.Lock()
		o.keys, o.last = append(o.keys, r.Header.Get("Idempotency-Key")), time.Now()
		o.mu.Unlock()
		select {
		case <-o.hold:
			w.WriteHeader(http.StatusNoContent)
		case <-r.Context().Done():
		}
	}))
	t.Cleanup(o.CloseClientConnections)
	return o
}

func (o *outside) calls() []string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return append([]string(nil), o.keys...)
}

// lastCall is when the last call came.
func (o *outside) lastCall() time.Time {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.last
}

const aroundOutside = `name: Around an outside step
trigger: {type: manual}
inputs:
  url: {type: string, required: true}
actions:
  - {id: case, type: create_case, params: {title: "Opened before the crash"}}
  - {id: call, type: send_webhook, timeout: 3s, params: {url: "${inputs.url}"}, retry: {max_attempts: 10, initial_interval: 1s}}
  - {id: after, type: add_artifact, params: {case_id: "${steps.case.id}", artifact_type: domain, value: "after.example"}}
  - {id: tell, type: send_notification, params: {message: "all done"}}
`

// TestAKilledWorkerRepeatsNothing runs the production binary: its worker dies by kill -9 between two steps, another one
// goes on, and each effect is there once.
func TestAKilledWorkerRepeatsNothing(t *testing.T) {
	t.Parallel()
	s := StartServers(t)
	s.Migrate(t)
	vars := map[string]string{"EGRESS_ALLOW": "127.0.0.1"}
	_, url := s.API(t, vars)
	worker := s.Worker(t, vars)
	c := NewTenant(t, url, "crash")
	o := newOutside(t)
	run := c.Execute(c.Playbook(aroundOutside), map[string]any{"url": o.URL})
	require.Eventually(t, func() bool { return len(o.calls()) > 0 }, 60*time.Second, poll, "the outside step is at work")

	worker.Kill(t)
	close(o.hold)
	s.Worker(t, vars)

	done := c.Finished(run.ID, 2*time.Minute)
	require.Equal(t, "completed", done.Status, done.Error)
	for _, table := range []string{"cases", "artifacts", "notifications"} {
		var list []any
		c.Get("/api/"+table, &list)
		require.Len(t, list, 1, table)
	}
	keys := o.calls()
	require.Greater(t, len(keys), 1, "the outside step was tried again")
	for _, k := range keys {
		require.NotEmpty(t, k)
		require.Equal(t, keys[0], k, "every try has the same idempotency key")
	}
}

const oneStep = `name: One step
trigger: {type: manual}
actions:
  - {id: case, type: create_case, params: {title: "Opened once"}}
`

func TestARunStartsWhenTemporalIsBack(t *testing.T) {
	t.Parallel()
	db := NewStack(t, []string{"--only=postgres"}, nil)
	db.Start(t)
	address := FreeAddress(t)
	tp := NewStack(t, []string{"--only=temporal", "--temporal-port=" + portOf(t, address)}, nil)
	tp.Start(t)
	vars := map[string]string{"TEMPORAL_ADDRESS": address, "TEMPORAL_UI_URL": ""}
	db.Migrate(t)
	_, url := db.API(t, vars)
	db.Worker(t, vars)
	c := NewTenant(t, url, "outage")
	playbook := c.Playbook(oneStep)
	require.Equal(t, "completed", c.Finished(c.Execute(playbook, nil).ID, time.Minute).Status)

	tp.Kill(t)
	run := c.Execute(playbook, nil)
	require.Equal(t, "queued", run.Status)
	tp.Start(t)

	done := c.Finished(run.ID, 2*time.Minute)
	require.Equal(t, "completed", done.Status, done.Error)
	var cases []any
	c.Get("/api/cases", &cases)
	require.Len(t, cases, 2)
}

const onIngest = `name: On ingestion
trigger: {type: event, event: host.ingested}
actions:
  - {id: case, type: create_case, params: {title: "Case for ${event.host.hostname}"}}
`

func TestTheSameEventRunsOnceForEver(t *testing.T) {
	s := Shared(t)
	c := NewTenant(t, s.URL, "once")
	playbook := c.Playbook(onIngest)
	ingest := func(host string) {
		c.Must(http.StatusOK, http.MethodPost, "/api/ingestion/ingest", map[string]any{
			"hostname": host, "source": "test", "rows": []any{map[string]any{"a": 1}},
		}, nil)
	}
	ingest("one.example")
	require.Equal(t, "completed", c.OnlyRun(playbook, 30*time.Second).Status)

	ingest("one.example")
	c.settle(playbook, ingest, "two.example", 2)

	tc := s.Temporal(t)
	require.Eventually(t, func() bool { return len(workflows(t, tc, c.TenantID)) == 2 }, 20*time.Second, poll, "Temporal lists both")
	for _, w := range workflows(t, tc, c.TenantID) {
		forget(t, tc, w)
	}
	ingest("one.example")
	c.settle(playbook, ingest, "three.example", 3)
}

// settle sends another event and waits for its run: what was to come of earlier events has come by then.
func (c *Client) settle(playbook int64, ingest func(string), host string, runs int) {
	c.t.Helper()
	ingest(host)
	require.Eventually(c.t, func() bool {
		list := c.Executions(playbook)
		for _, e := range list {
			if e.Status != "completed" {
				return false
			}
		}
		return len(list) >= runs
	}, 30*time.Second, poll, "the other event runs")
	require.Len(c.t, c.Executions(playbook), runs)
}

func TestATerminatedWorkflowClosesItsRunWithTheReason(t *testing.T) {
	t.Parallel()
	s := Start(t, map[string]string{"EGRESS_ALLOW": "127.0.0.1"})
	c := NewTenant(t, s.URL, "terminated")
	o := newOutside(t)
	run := c.Execute(c.Playbook(aroundOutside), map[string]any{"url": o.URL})
	require.Eventually(t, func() bool { return len(o.calls()) > 0 }, 60*time.Second, poll, "the run is at work")
	c.Get(fmt.Sprintf("/api/playbooks/executions/%d", run.ID), &run)
	require.NoError(t, s.Temporal(t).TerminateWorkflow(t.Context(), run.WorkflowID, "", "stopped by an operator"))
	done := c.Finished(run.ID, 2*time.Minute)
	require.Equal(t, "failed", done.Status)
	require.Contains(t, done.Error, "terminated")
	require.Contains(t, done.Error, "stopped by an operator")
}

func TestACancelledRunEndsAndSaysSo(t *testing.T) {
	t.Parallel()
	s := Start(t, map[string]string{"EGRESS_ALLOW": "127.0.0.1"})
	c := NewTenant(t, s.URL, "cancelled")
	o := newOutside(t)
	run := c.Execute(c.Playbook(aroundOutside), map[string]any{"url": o.URL})
	require.Eventually(t, func() bool { return len(o.calls()) > 0 }, 60*time.Second, poll, "the run is at work")
	c.Must(http.StatusAccepted, http.MethodPost, fmt.Sprintf("/api/playbooks/executions/%d/cancel", run.ID), map[string]any{"reason": "wrong host"}, nil)
	done := c.Finished(run.ID, 30*time.Second)
	require.Equal(t, "cancelled", done.Status)
	var artifacts []any
	c.Get("/api/artifacts", &artifacts)
	require.Empty(t, artifacts, "no step began after the cancellation")
}

func TestANewTenantRunsWithinSeconds(t *testing.T) {
	s := Shared(t)
	begin := time.Now()
	c := NewTenant(t, s.URL, "new")
	done := c.Finished(c.Execute(c.Playbook(oneStep), nil).ID, 15*time.Second)
	require.Equal(t, "completed", done.Status)
	t.Logf("from no tenant to a finished run: %s", time.Since(begin))
}
