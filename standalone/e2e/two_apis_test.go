package e2e

import (
	"bytes"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// Two processes of the production binary's api on one database: what is decided at one holds at the other.
func TestTwoAPIsAreOne(t *testing.T) {
	s := StartServers(t)
	s.Migrate(t)
	_, here := s.API(t, nil)
	_, there := s.API(t, nil)
	operator := Login(t, here, AdminName, AdminPassword)
	member := func(p *people, name string) (*Client, *Socket) {
		c := p.person(name)
		c.At(there).Get("/api/auth/me", nil) // both know the session before anything happens to it
		return c, c.At(there).Listen()
	}
	p := &people{Client: NewTenant(t, here, "pair"), t: t, url: here, operator: operator}

	ada, socket := member(p, "ada")
	Login(t, here, ada.Username, tenantPassword).Must(http.StatusNoContent, http.MethodDelete, "/api/auth/sessions", nil, nil)
	ada.At(there).BecomesRefused(http.StatusUnauthorized, "session_ended", "/api/auth/me")
	socket.EndsSoon()

	bob, socket := member(p, "bob")
	bob.At(there).Refused(http.StatusForbidden, "permission_denied", http.MethodGet, "/api/users", nil)
	role := func(name string) {
		p.Must(http.StatusOK, http.MethodPatch, fmt.Sprintf("/api/users/%d", bob.ID), map[string]any{"role": name}, nil)
	}
	role("admin")
	bob.At(there).Get("/api/users", nil) // what is granted counts in the same moment
	role("viewer")
	bob.At(there).BecomesRefused(http.StatusForbidden, "permission_denied", "/api/users")

	p.Must(http.StatusOK, http.MethodPatch, fmt.Sprintf("/api/users/%d", bob.ID), map[string]any{"is_active": false}, nil)
	bob.At(there).BecomesRefused(http.StatusUnauthorized, "account_disabled", "/api/auth/me")
	socket.EndsSoon()

	eve, _ := member(p, "eve")
	wrong := map[string]string{"username": eve.Username, "password": "not the password at all"}
	status := http.StatusUnauthorized
	for turn := 0; status == http.StatusUnauthorized; turn++ { // by turns: neither sees more than half of it
		status, _ = (&Client{t: t, url: []string{here, there}[turn%2]}).Do(http.MethodPost, "/api/auth/login", wrong)
		require.LessOrEqual(t, turn, 6, "the failures at both count together")
	}
	require.Equal(t, http.StatusTooManyRequests, status)

	eve, socket = member(p, "mallory")
	operator.suspend(p.TenantID)
	eve.At(there).BecomesRefused(http.StatusUnauthorized, "account_disabled", "/api/auth/me")
	socket.EndsSoon()
	operator.At(there).Get("/api/auth/me", nil)
}

func TestAnAPIThatIsKilledLeavesNobodyIn(t *testing.T) {
	s := StartServers(t)
	s.Migrate(t)
	first, here := s.API(t, nil)
	_, there := s.API(t, nil)
	p := &people{Client: NewTenant(t, here, "killed"), t: t, url: here}
	ada := p.person("ada")
	ada.At(there).Get("/api/auth/me", nil)
	p.Must(http.StatusOK, http.MethodPatch, fmt.Sprintf("/api/users/%d", ada.ID), map[string]any{"is_active": false}, nil)
	first.Kill(t) // perhaps before it told anybody
	ada.At(there).BecomesRefused(http.StatusUnauthorized, "account_disabled", "/api/auth/me")
}

func TestMetricsTellWhatTheProcessDid(t *testing.T) {
	metrics := FreeAddress(t)
	s := Start(t, map[string]string{"METRICS_ADDR": metrics})
	c := NewTenant(t, s.URL, "measured")
	require.Equal(t, "completed", c.Finished(c.Execute(c.Playbook(oneStep), nil).ID, 30*time.Second).Status)
	reader := &Client{t: t, url: "http://" + metrics}
	for _, line := range []string{
		`activity_duration_seconds_count{action="create_case",outcome="ok"} 1`, `outbox_deliveries_total{outcome="delivered"} 1`,
		`execution_queue_lag_seconds_count 1`, `executions_total{status="completed"} 1`, `worker_tenants 2`,
		`auth_success_total{method="password"}`, `active_users 2`,
	} {
		require.Eventually(t, func() bool {
			status, body := reader.Do(http.MethodGet, "/metrics", nil)
			return status == http.StatusOK && bytes.Contains(body, []byte(line))
		}, 30*time.Second, poll, line)
	}
}
