package api_test

import (
	"context"
	"log/slog"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/velocicompanion/velocicompanion/api"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/internal/tenancy"
	"github.com/velocicompanion/velocicompanion/internal/velociraptor/velotest"
)

// formerly is what became of callbacks on a server that was left.
type formerly struct {
	Former *api.FormerCallbacks `json:"former_callbacks"`
}

// calling is an administrator whose tenant's server calls us.
func (c *companion) calling(tenant, name string) *client {
	c.t.Helper()
	admin := c.connected(tenant, name, "")
	var s callbackState
	admin.post("/api/velociraptor/callbacks/install", map[string]any{"base_url": c.site.URL}).into(&s)
	require.True(c.t, s.Installed)
	return admin
}

func (c *companion) status(admin *client) string {
	c.t.Helper()
	var s callbackState
	admin.get("/api/velociraptor/callbacks").into(&s)
	return s.Status
}

// taken counts the statements that take something of ours away from the server.
func (c *companion) taken() (n int) {
	for _, s := range c.server.Statements() {
		if s == "rm_server_monitoring" || s == "artifact_delete" {
			n++
		}
	}
	return n
}

func TestAServerThatIsForgottenKeepsNothingOfOurs(t *testing.T) {
	t.Parallel()
	c := withServer(t)
	admin := c.calling("Alpha", "alice")
	a := admin.delete(configPath)
	require.Equal(t, http.StatusNoContent, a.status, a.text)
	require.Equal(t, 2, c.taken())
	require.Equal(t, "none", c.status(admin))
	require.Contains(t, admin.get("/api/audit?action=callbacks.leave").text, `"removed":true`)
}

func TestAServerThatIsAwayIsForgottenAndSaysWhatStaysThere(t *testing.T) {
	t.Parallel()
	c := withServer(t)
	admin := c.calling("Alpha", "alice")
	c.server.Trouble(velotest.Trouble{Down: true})
	a := admin.delete(configPath)
	require.Equal(t, http.StatusNoContent, a.status, a.text)
	admin.get(configPath).refused(http.StatusNotFound, "velociraptor_not_configured")
	require.Equal(t, "none", c.status(admin))
	trail := admin.get("/api/audit?action=callbacks.leave").text
	require.Contains(t, trail, `"removed":false`)
	require.Contains(t, trail, `"failed":["reach"`)
	require.Contains(t, trail, "Server Events, Update server monitoring table, remove ")
	require.Contains(t, admin.get("/api/notifications?limit=5").text, "Server Events, Update server monitoring table, remove ")
}

func TestOnlyAMoveLeavesTheServer(t *testing.T) {
	t.Parallel()
	c := withServer(t)
	admin := c.calling("Alpha", "alice")
	file, err := c.server.APIClient("companion")
	require.NoError(t, err)
	var out formerly
	a := admin.post(configPath, map[string]any{"api_client": string(file)}) // new keys
	require.Equal(t, http.StatusOK, a.status, a.text)
	require.Contains(t, a.text, `"former_callbacks":null`)
	require.Contains(t, admin.do(http.MethodPatch, configPath, map[string]any{"org_id": ""}).text, `"former_callbacks":null`)
	require.Equal(t, "installed", c.status(admin))
	require.Zero(t, c.taken())

	a = admin.do(http.MethodPatch, configPath, map[string]any{"org_id": "OTHER"})
	require.Equal(t, http.StatusOK, a.status, a.text)
	a.into(&out)
	require.True(t, out.Former.Removed, a.text)
	require.Equal(t, "root", out.Former.OrgID)
	require.Equal(t, "none", c.status(admin))
	require.Equal(t, 2, c.taken())

	var s callbackState
	admin.post("/api/velociraptor/callbacks/install", map[string]any{"base_url": c.site.URL}).into(&s)
	require.True(t, s.Installed)
	other, err := velotest.Start(velotest.Params{Endpoints: 1, Clock: c.clock})
	require.NoError(t, err)
	t.Cleanup(other.Close)
	theirs, err := other.APIClient("companion")
	require.NoError(t, err)
	a = admin.post(configPath, map[string]any{"api_client": string(theirs), "org_id": ""})
	require.Equal(t, http.StatusOK, a.status, a.text)
	out = formerly{}
	a.into(&out)
	require.True(t, out.Former.Removed, a.text)
	require.Equal(t, "OTHER", out.Former.OrgID)
	require.Equal(t, 4, c.taken())
}

func TestARemovedTenantsServerIsLeftToo(t *testing.T) {
	t.Parallel()
	c := withServer(t)
	for name, away := range map[string]bool{"Alpha": false, "Beta": true} {
		admin := c.calling(name, "of-"+name)
		c.server.Trouble(velotest.Trouble{Down: away})
		tenant := c.store.Tenant(admin.user.TenantID)
		left, err := c.params.Fleet.LeaveFor(t.Context(), tenant)
		require.NoError(t, err)
		require.Equal(t, away, left != "", left)
		left, err = c.params.Fleet.LeaveFor(t.Context(), tenant)
		require.NoError(t, err)
		require.Empty(t, left, "a removal that goes on finds nothing more to do")
		c.server.Trouble(velotest.Trouble{})
	}
}

func TestARemovalsLastLineSaysWhatStays(t *testing.T) {
	t.Parallel()
	i := install(t, grace(0))
	require.Equal(t, http.StatusAccepted, i.root.delete(i.path+"?reason=contract+ended&confirm=Acme").status)
	removing := tenancy.New(tenancy.Params{Store: i.store, Hasher: i.hasher, Log: slog.New(slog.DiscardHandler), Servers: staying("Custom.Server.X")})
	require.NoError(t, removing.Tidy(t.Context()))
	require.Contains(t, i.root.get("/api/audit?action=tenant.removed").text, `"left_on_velociraptor_server":"Custom.Server.X"`)
}

// staying is a server that keeps what was installed.
type staying string

func (s staying) LeaveFor(context.Context, *store.Tenant) (string, error) { return string(s), nil }
