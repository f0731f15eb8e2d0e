package api_test

import (
	"log/slog"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/velocicompanion/velocicompanion/api"
	"github.com/velocicompanion/velocicompanion/internal/auth"
	"github.com/velocicompanion/velocicompanion/internal/tenancy"
)

// grace sets how many days a deleted tenant can be restored.
func grace(days float64) func(*api.Params) {
	return func(p *api.Params) { p.Config.TenantDeleteGraceDays = days }
}

// installation is a super_admin who has proved himself, and a tenant with an admin and a user.
type installation struct {
	*bench

	root, admin, user *client
	tenant            int64
	path              string // of the tenant
}

func install(t *testing.T, change ...func(*api.Params)) *installation {
	t.Helper()
	return installOn(setup(t, change...))
}

func installOn(b *bench) *installation {
	b.t.Helper()
	i := &installation{bench: b, root: b.somebody("Root", "root", auth.RoleSuperAdmin).elevate(), admin: b.somebody("Acme", "ada", auth.RoleAdmin)}
	i.tenant = i.admin.user.TenantID
	i.user = b.colleague(i.tenant, "bob", auth.RoleUser)
	i.path = "/api/tenants/" + itoa(i.tenant)
	return i
}

// trail is how often an action stands in a tenant's trail, and in whose name first.
func (i *installation) trail(tenant int64, action string) (n int, name string) {
	i.t.Helper()
	conn := ownerConn(i.t, i.bench)
	require.NoError(i.t, conn.QueryRow(i.t.Context(), "SELECT count(*), coalesce(min(username), '') FROM audit_logs WHERE tenant_id = $1 AND action = $2",
		tenant, action).Scan(&n, &name))
	return n, name
}

func reason(text string) map[string]any { return map[string]any{"reason": text} }

func TestASuspendedTenantIsOutAtOnceAndComesBack(t *testing.T) {
	t.Parallel()
	here, there := pair(t)
	i := installOn(here)
	key := serviceKey(t, i.user.elevate())
	other := i.root.at(there).listen()
	sockets := []*listener{i.user.listen(), i.admin.at(there).listen()}
	require.Equal(t, http.StatusOK, i.user.at(there).get("/api/hosts").status)

	i.admin.post(i.path+"/suspend", reason("x")).refused(http.StatusForbidden, "permission_denied")
	here.login("root", password).post(i.path+"/suspend", reason("x")).refused(http.StatusForbidden, "step_up_required")
	require.Equal(t, http.StatusUnprocessableEntity, i.root.post(i.path+"/suspend", reason(" ")).status)
	i.root.post("/api/tenants/"+itoa(i.root.user.TenantID)+"/suspend", reason("x")).refused(http.StatusConflict, "own_tenant")
	require.Equal(t, http.StatusNotFound, i.root.post("/api/tenants/999999/suspend", reason("x")).status)

	a := i.root.post(i.path+"/suspend", reason("not paid"))
	require.Equal(t, http.StatusOK, a.status, a.text)
	require.Contains(t, a.text, `"status":"suspended"`)
	require.Contains(t, a.text, `"suspended_reason":"not paid"`)
	began := time.Now()
	i.user.get("/api/hosts").refused(http.StatusUnauthorized, "account_disabled")
	i.user.at(there).becomes("/api/hosts", http.StatusUnauthorized, "account_disabled")
	for _, s := range sockets {
		s.endsSoon()
	}
	require.Less(t, time.Since(began), soon)
	ingest := map[string]any{"hostname": "ws-1"}
	require.Equal(t, http.StatusUnauthorized, i.user.post("/api/ingestion/ingest", ingest).status)
	require.Equal(t, http.StatusUnauthorized, (&client{b: there, token: key}).post("/api/ingestion/ingest", ingest).status)
	require.Equal(t, http.StatusUnauthorized, here.anonymous().post("/api/auth/refresh", map[string]any{"refresh_token": i.user.refresh}).status)
	here.signIn("bob", "").refused(http.StatusUnauthorized, "invalid_credentials")
	i.root.post(i.path+"/suspend", reason("again")).refused(http.StatusConflict, "tenant_suspended")

	require.Equal(t, http.StatusOK, i.root.post(i.path+"/resume", reason("paid")).status)
	i.root.post(i.path+"/resume", reason("paid")).refused(http.StatusConflict, "tenant_active")
	i.user.becomes("/api/hosts", http.StatusUnauthorized, "session_ended")
	require.Equal(t, http.StatusUnauthorized, here.anonymous().post("/api/auth/refresh", map[string]any{"refresh_token": i.user.refresh}).status)
	require.Equal(t, http.StatusOK, there.login("bob", password).get("/api/hosts").status)
	(&client{b: there, token: key}).becomes("/api/hosts", http.StatusOK, "")
	other.stays()

	for _, action := range []string{"tenant.suspend", "tenant.resume"} {
		n, name := i.trail(i.tenant, action)
		require.Equal(t, 1, n)
		require.Equal(t, "root (Root)", name)
		n, name = i.trail(i.root.user.TenantID, action)
		require.Equal(t, 1, n)
		require.Equal(t, "root", name)
	}
}

// serviceKey makes a service key that may ingest and read hosts.
func serviceKey(t *testing.T, c *client) string {
	t.Helper()
	a := c.post("/api/auth/api-keys", map[string]any{"name": "agent", "scopes": []string{"ingestion:write", "hosts:read"}})
	require.Equal(t, http.StatusCreated, a.status, a.text)
	var out struct{ Key string }
	a.into(&out)
	return out.Key
}

func TestSettingsAreKeptWithinBounds(t *testing.T) {
	t.Parallel()
	i := install(t)
	other := i.somebody("Other", "eve", auth.RoleAdmin)
	a := i.admin.get(i.path)
	require.Equal(t, http.StatusOK, a.status)
	require.Contains(t, a.text, `"settings":{"time_zone":"UTC","require_totp_roles":[],"max_concurrent_runs":100,"task_queue_concurrency":0,"audit_retention_days":0,"session_max_hours":0,"observation_retention_days":365,"stacked_fields":[],"run_vql_enabled":false}`)

	a = i.admin.do(http.MethodPatch, i.path, map[string]any{"description": "d", "settings": map[string]any{
		"time_zone": "Europe/Berlin", "max_concurrent_runs": 3, "audit_retention_days": 90,
	}}, "If-Match", a.header.Get("ETag"))
	require.Equal(t, http.StatusOK, a.status, a.text)
	require.Contains(t, a.text, `"time_zone":"Europe/Berlin","require_totp_roles":[],"max_concurrent_runs":3`)
	a = i.admin.do(http.MethodPut, i.path, map[string]any{"settings": map[string]any{"session_max_hours": 8}})
	require.Contains(t, a.text, `"time_zone":"Europe/Berlin"`, "what isn't given stays")
	require.Contains(t, a.text, `"session_max_hours":8`)
	i.admin.do(http.MethodPatch, i.path, map[string]any{"name": "x"}, "If-Match", `"1"`).refused(http.StatusPreconditionFailed, "edited_meanwhile")

	for field, value := range map[string]any{
		"time_zone": "Mars/Olympus", "require_totp_roles": []string{"god"}, "max_concurrent_runs": 0, "task_queue_concurrency": -1,
		"audit_retention_days": 7, "session_max_hours": "long", "color": "red",
	} {
		a := i.admin.patch(i.path, map[string]any{"settings": map[string]any{field: value}})
		require.Equal(t, http.StatusUnprocessableEntity, a.status, "%s: %s", field, a.text)
		require.Contains(t, a.problem().Errors[0].Location, "body.settings."+field)
	}
	i.admin.patch(i.path, map[string]any{"settings": map[string]any{"run_vql_enabled": true}}).refused(http.StatusForbidden, "super_admin_only")
	i.admin.patch(i.path, map[string]any{"settings": map[string]any{"max_concurrent_runs": 101}}).refused(http.StatusForbidden, "limit_above_own")
	require.Equal(t, http.StatusOK, i.root.patch(i.path, map[string]any{"settings": map[string]any{"max_concurrent_runs": 500}}).status)
	require.Equal(t, http.StatusOK, i.admin.patch(i.path, map[string]any{"settings": map[string]any{"max_concurrent_runs": 400}}).status, "what it has been given it may divide")

	i.admin.patch(i.path, map[string]any{"name": "OTHER"}).refused(http.StatusConflict, "tenant_exists")
	i.admin.patch("/api/tenants/"+itoa(other.user.TenantID), map[string]any{"name": "mine"}).refused(http.StatusNotFound, "not_found")
	i.user.patch(i.path, map[string]any{"name": "mine"}).refused(http.StatusForbidden, "permission_denied")
	require.Equal(t, http.StatusOK, i.admin.patch(i.path, map[string]any{"name": "Acme 2"}).status)
	n, _ := i.trail(i.tenant, "tenant.update")
	require.Equal(t, 5, n)
	n, _ = i.trail(i.root.user.TenantID, "tenant.update")
	require.Equal(t, 1, n)
}

func TestADeletedTenantCanBeRestoredWithinTheGrace(t *testing.T) {
	t.Parallel()
	i := install(t)
	del := i.path + "?reason=gone&confirm="
	i.admin.delete(del+"Acme").refused(http.StatusForbidden, "permission_denied")
	a := i.root.delete(del + "acme")
	require.Equal(t, http.StatusUnprocessableEntity, a.status)
	require.Equal(t, "query.confirm", a.problem().Errors[0].Location)
	require.Equal(t, http.StatusUnprocessableEntity, i.root.delete(i.path+"?confirm=Acme").status, "a reason is needed")
	i.root.delete("/api/tenants/"+itoa(i.root.user.TenantID)+"?reason=x&confirm=Root").refused(http.StatusConflict, "own_tenant")

	a = i.root.delete(del + "Acme")
	require.Equal(t, http.StatusAccepted, a.status, a.text)
	var row struct {
		Status   string    `json:"status"`
		DeleteAt time.Time `json:"delete_at"`
	}
	a.into(&row)
	require.Equal(t, "deleting", row.Status)
	require.WithinDuration(t, time.Now().Add(7*24*time.Hour), row.DeleteAt, time.Minute)
	i.user.get("/api/hosts").refused(http.StatusUnauthorized, "account_disabled")
	i.root.delete(del+"Acme").refused(http.StatusConflict, "tenant_deleting")
	i.root.post(i.path+"/resume", reason("x")).refused(http.StatusConflict, "tenant_deleting")
	require.NoError(t, i.service().Tidy(t.Context()))

	require.Equal(t, http.StatusOK, i.root.post(i.path+"/restore", reason("mistake")).status)
	require.Equal(t, http.StatusOK, i.login("bob", password).get("/api/hosts").status)
	i.root.post(i.path+"/restore", reason("x")).refused(http.StatusConflict, "tenant_active")

	require.Equal(t, http.StatusOK, i.root.post(i.path+"/suspend", reason("not paid")).status)
	require.Equal(t, http.StatusAccepted, i.root.delete(del+"Acme").status)
	a = i.root.post(i.path+"/restore", reason("mistake"))
	require.Contains(t, a.text, `"status":"suspended"`, "it comes back as what it was")
	require.Contains(t, a.text, `"suspended_reason":"not paid"`)
}

// service is the part that removes tenants, beside the API.
func (i *installation) service() *tenancy.Service {
	return tenancy.New(tenancy.Params{Store: i.store, Hasher: i.hasher, Log: slog.New(slog.DiscardHandler)})
}

func TestADeletedTenantIsGoneAfterTheGrace(t *testing.T) {
	t.Parallel()
	i := install(t, grace(0))
	owner := ownerConn(t, i.bench)
	plant(t, owner, i.tenant, marker)
	bystander := i.somebody("Other", "eve", auth.RoleAdmin)
	plant(t, owner, bystander.user.TenantID, "of-b")
	require.Equal(t, http.StatusCreated, i.user.post("/api/hosts", map[string]any{"hostname": "ws-1"}).status)

	require.Equal(t, http.StatusAccepted, i.root.delete(i.path+"?reason=contract+ended&confirm=Acme").status)
	i.root.post(i.path+"/restore", reason("too late")).refused(http.StatusConflict, "tenant_gone")
	require.NoError(t, i.service().Tidy(t.Context()))
	require.Equal(t, http.StatusNotFound, i.root.get(i.path).status)
	for _, table := range names(t, owner, tenantTables) {
		column := "tenant_id"
		if table == "tenants" {
			column = "id"
		}
		var left, others int
		require.NoError(t, owner.QueryRow(t.Context(), "SELECT count(*) FILTER (WHERE "+column+" = $1), count(*) FILTER (WHERE "+column+" = $2) FROM "+table,
			i.tenant, bystander.user.TenantID).Scan(&left, &others))
		require.Zero(t, left, table)
		if slices.ContainsFunc(seeds(), func(s seed) bool { return s.table == table }) {
			require.Positive(t, others, "%s: another tenant's rows stay", table)
		}
	}
	n, name := i.trail(i.root.user.TenantID, "tenant.removed")
	require.Equal(t, 1, n)
	require.Equal(t, "root", name)
	require.NoError(t, i.service().Tidy(t.Context()), "and that is all")
	require.Equal(t, http.StatusOK, bystander.get("/api/hosts").status)
	again := i.root.post("/api/tenants", map[string]any{"name": "Acme", "admin": map[string]any{"username": "ada"}})
	require.Equal(t, http.StatusCreated, again.status, "both names are free: "+again.text)
}

func TestATenantIsMadeWithItsAdministratorsInvitation(t *testing.T) {
	t.Parallel()
	b := setup(t)
	root := b.somebody("Root", "root", auth.RoleAdmin)
	for n := range 5 {
		a := root.post("/api/tenants", map[string]any{
			"name": "T" + strconv.Itoa(n), "admin": map[string]any{"username": "admin" + strconv.Itoa(n), "email": "a@example.org"},
		})
		require.Equal(t, http.StatusCreated, a.status, a.text)
		var out struct {
			ID    int64   `json:"id"`
			Admin invitee `json:"admin"`
		}
		a.into(&out)
		require.True(t, out.Admin.Invited)
		require.NotEmpty(t, out.Admin.URL, "no mail server: the link itself is the answer")
		require.Equal(t, http.StatusOK, accept(b, inLink(t, out.Admin.URL), password).status)
		me := b.login("admin"+strconv.Itoa(n), password).get("/api/auth/me").text
		require.Contains(t, me, `"tenant_id":`+itoa(out.ID))
		require.Contains(t, me, `"role":"admin"`)
	}
	root.post("/api/tenants", map[string]any{"name": "one too many"}).refused(http.StatusConflict, "tenant_limit")
}

// inLink is the token that a link carries.
func inLink(t *testing.T, link string) string {
	t.Helper()
	_, token, ok := strings.Cut(link, "#token=")
	require.True(t, ok, link)
	return token
}
