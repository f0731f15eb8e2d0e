package e2e

import (
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestCtrlCStopsEverythingInOrder(t *testing.T) {
	t.Parallel()
	s := Start(t, nil)
	s.Interrupt(t)
	last := -1
	for _, step := range []string{"API and worker stopped", "Temporal Web UI stopped", "Temporal stopped", "PostgreSQL stopped"} {
		at := strings.Index(s.Output(), step)
		require.Greater(t, at, last, "%s comes in its turn", step)
		last = at
	}
	for line := range strings.Lines(s.Output()) {
		// Temporal's own server reports what its stop cuts off, and its client the long calls; nobody else may complain.
		server := strings.Contains(line, `msg="temporal: `)
		client := strings.Contains(line, "context canceled") && (strings.Contains(line, "Failed to send heartbeat") ||
			strings.Contains(line, "Failed to poll for task") || strings.Contains(line, "Unable to call matching.Poll"))
		if !server && !client {
			require.NotContains(t, line, "level=WARN")
			require.NotContains(t, line, "level=ERROR")
		}
	}
	require.NotContains(t, s.Output(), "panic")
}

func TestKillNineOfThePlatformKeepsUsersAndSessions(t *testing.T) {
	t.Parallel()
	s := Start(t, nil)
	before := Login(t, s.URL, AdminName, AdminPassword)
	s.Kill(t)
	s.Start(t)
	before.Get("/api/auth/me", nil) // the token made before the kill: the signing key was kept
	require.Equal(t, before.TenantID, Login(t, s.URL, AdminName, AdminPassword).TenantID)
}

func TestGeneratedPasswordIsShownOnceAndWorks(t *testing.T) {
	t.Parallel()
	s := Start(t, map[string]string{"FIRST_ADMIN_USERNAME": "", "FIRST_ADMIN_PASSWORD": ""})
	shown := regexp.MustCompile(`First user +(\S+)\n +Password +(\S+)`)
	found := shown.FindStringSubmatch(s.Output())
	require.NotNil(t, found, s.Output())
	require.Equal(t, "admin", found[1])
	Login(t, s.URL, found[1], found[2])

	s.Interrupt(t)
	s.Start(t)
	require.Len(t, shown.FindAllString(s.Output(), -1), 1)
	require.Equal(t, 1, strings.Count(s.Output(), found[2]))
	Login(t, s.URL, found[1], found[2])
	kept, err := os.ReadFile(filepath.Join(s.DataDir, "first_admin"))
	require.NoError(t, err)
	require.NotContains(t, string(kept), found[2])
}

func TestProductionBinaryWorksAgainstTheServersAlone(t *testing.T) {
	t.Parallel()
	s := StartServers(t)
	s.Migrate(t)
	api, url := s.API(t, nil)
	worker := s.Worker(t, nil)
	c := Login(t, url, AdminName, AdminPassword)
	var tenants []any
	c.Get("/api/tenants", &tenants)
	require.NotEmpty(t, tenants)
	require.NoError(t, worker.until("the tenant's queue", func() bool { return strings.Contains(worker.Output(), "tenant-1") }))
	worker.Interrupt(t)
	api.Interrupt(t)
	s.Interrupt(t)
}

func TestWebUIIsBehindTheProxyOnly(t *testing.T) {
	t.Parallel()
	s := Shared(t)
	status, _ := (&Client{t: t, url: s.URL}).Do(http.MethodGet, "/temporal/", nil)
	require.Equal(t, http.StatusUnauthorized, status)
	require.True(t, strings.HasPrefix(s.Conn["TEMPORAL_UI_URL"], "http://127.0.0.1:"))
}
