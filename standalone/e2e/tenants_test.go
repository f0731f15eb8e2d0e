package e2e

import (
	"fmt"
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

const callsOut = `name: Calls out
trigger: {type: manual}
inputs:
  url: {type: string, required: true}
actions:
  - {id: case, type: create_case, params: {title: "Opened once"}}
  - {id: call, type: send_webhook, timeout: 1s, params: {url: "${inputs.url}"}, retry: {max_attempts: 10, initial_interval: 200ms}}
  - {id: after, type: add_artifact, params: {case_id: "${steps.case.id}", artifact_type: domain, value: "after.example"}}
`

// TestATenantStandsStillGoesOnAndGoes follows a tenant through suspension, resumption and deletion: a suspended tenant's
// worker stops while a run is at work and another waits, both end well after the resumption, and a deleted tenant is gone
// after its grace, here of seconds, with its workflows.
func TestATenantStandsStillGoesOnAndGoes(t *testing.T) {
	t.Parallel()
	s := Start(t, map[string]string{"EGRESS_ALLOW": "127.0.0.1", "TENANT_DELETE_GRACE_DAYS": "0.00003"}) // 2.6 s
	c, operator := NewTenant(t, s.URL, "acme"), Login(t, s.URL, AdminName, AdminPassword)
	operator.Must(http.StatusOK, http.MethodPost, "/api/auth/step-up", map[string]string{"password": AdminPassword}, nil)
	path := fmt.Sprintf("/api/tenants/%d", c.TenantID)
	var tenant struct {
		Name   string `json:"name"`
		Status string `json:"status"`
	}
	c.Must(http.StatusOK, http.MethodPatch, path, map[string]any{"settings": map[string]any{"max_concurrent_runs": 1}}, &tenant)

	o := newOutside(t)
	playbook := c.Playbook(callsOut)
	first := c.Execute(playbook, map[string]any{"url": o.URL})
	require.Eventually(t, func() bool { return len(o.calls()) > 0 }, time.Minute, poll, "the first run is at work")
	second := c.Execute(playbook, map[string]any{"url": o.URL})

	operator.Must(http.StatusOK, http.MethodPost, path+"/suspend", map[string]string{"reason": "not paid"}, nil)
	status, _ := c.Do(http.MethodGet, "/api/cases", nil)
	require.Equal(t, http.StatusUnauthorized, status)
	suspended := time.Now()
	require.Eventually(t, func() bool { return time.Since(o.lastCall()) > 2*time.Second && time.Since(suspended) > 3*time.Second },
		10*time.Second, poll, "the worker stops") // a try and its pause take less than two seconds
	require.WithinRange(t, o.lastCall(), suspended.Add(-2*time.Second), suspended.Add(3*time.Second), "nothing is done three seconds later")
	stopped := len(o.calls())

	operator.Must(http.StatusOK, http.MethodPost, path+"/resume", map[string]string{"reason": "paid"}, nil)
	require.Eventually(t, func() bool { return len(o.calls()) > stopped }, time.Minute, poll, "the first run goes on")
	close(o.hold)
	c = Login(t, s.URL, c.Username, tenantPassword)
	for _, run := range []Execution{first, second} {
		done := c.Finished(run.ID, time.Minute)
		require.Equal(t, "completed", done.Status, done.Error)
	}
	var cases []any
	c.Get("/api/cases", &cases)
	require.Len(t, cases, 2, "nothing happened twice")

	temporal := s.Temporal(t)
	require.Eventually(t, func() bool { return len(workflows(t, temporal, c.TenantID)) == 2 }, time.Minute, poll, "Temporal lists both runs")
	query := "?reason=" + url.QueryEscape("contract ended") + "&confirm=" + url.QueryEscape(tenant.Name)
	operator.Must(http.StatusAccepted, http.MethodDelete, path+query, nil, &tenant)
	require.Equal(t, "deleting", tenant.Status)
	require.Eventually(t, func() bool {
		status, _ := operator.Do(http.MethodGet, path, nil)
		return status == http.StatusNotFound
	}, time.Minute, poll, "the tenant is gone after its grace")
	require.Eventually(t, func() bool { return len(workflows(t, temporal, c.TenantID)) == 0 }, 2*time.Minute, poll, "its workflows are gone")
}
