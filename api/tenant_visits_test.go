package api_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/velocicompanion/velocicompanion/internal/auth"
)

// visit takes a super_admin into a tenant and gives a client that acts there.
func (c *client) visit(tenant int64, minutes int) *client {
	c.b.t.Helper()
	a := c.post("/api/tenants/"+itoa(tenant)+"/switch", map[string]any{"reason": "case 4711", "minutes": minutes})
	require.Equal(c.b.t, http.StatusOK, a.status, a.text)
	return c.with(a)
}

// with is the client with the access token of an answer.
func (c *client) with(a *answer) *client {
	c.b.t.Helper()
	var out struct {
		Access string `json:"access_token"`
	}
	a.into(&out)
	require.NotEmpty(c.b.t, out.Access, a.text)
	other := *c
	other.token = out.Access
	return &other
}

type meOnVisit struct {
	TenantID    int64    `json:"tenant_id"`
	Role        string   `json:"role"`
	Username    string   `json:"username"`
	Permissions []string `json:"permissions"`
	Visit       *struct {
		TenantID     int64     `json:"tenant_id"`
		TenantName   string    `json:"tenant_name"`
		HomeTenantID int64     `json:"home_tenant_id"`
		Reason       string    `json:"reason"`
		Until        time.Time `json:"until"`
	} `json:"visit"`
}

func (c *client) me() (m meOnVisit) {
	c.b.t.Helper()
	c.get("/api/auth/me").into(&m)
	return m
}

func TestAVisitIsSeenByTheVisited(t *testing.T) {
	t.Parallel()
	i := install(t)
	switching := i.path + "/switch"
	i.admin.elevate().post(switching, reason("x")).refused(http.StatusForbidden, "permission_denied")
	i.login("root", password).post(switching, reason("x")).refused(http.StatusForbidden, "step_up_required")
	i.root.post("/api/tenants/"+itoa(i.root.user.TenantID)+"/switch", reason("x")).refused(http.StatusConflict, "own_tenant")
	for _, bad := range []map[string]any{{}, {"reason": ""}, {"reason": " \t"}, {"reason": "x", "minutes": 4}, {"reason": "x", "minutes": 61}} {
		require.Equal(t, http.StatusUnprocessableEntity, i.root.post(switching, bad).status, "%v", bad)
	}
	require.Equal(t, http.StatusNotFound, i.root.post("/api/tenants/999999/switch", reason("x")).status)

	v := i.root.visit(i.tenant, 10)
	me := v.me()
	require.Equal(t, "root", me.Username)
	require.Equal(t, "admin", me.Role)
	require.NotContains(t, me.Permissions, "tenants:manage")
	require.Contains(t, me.Permissions, "users:manage")
	require.Equal(t, i.root.user.TenantID, me.TenantID)
	require.NotNil(t, me.Visit)
	require.Equal(t, i.tenant, me.Visit.TenantID)
	require.Equal(t, "Acme", me.Visit.TenantName)
	require.Equal(t, i.root.user.TenantID, me.Visit.HomeTenantID)
	require.Equal(t, "case 4711", me.Visit.Reason)
	require.Nil(t, i.root.me().Visit, "the token for home is still one for home")

	require.Contains(t, v.get("/api/users").text, `"bob"`)
	a := v.post("/api/cases", map[string]any{"title": "seen from outside"})
	require.Equal(t, http.StatusCreated, a.status, a.text)
	require.Contains(t, i.user.get("/api/cases").text, "seen from outside")
	require.NotContains(t, i.root.get("/api/cases").text, "seen from outside")
	v.post(switching, reason("x")).refused(http.StatusForbidden, "permission_denied")

	told := i.admin.get("/api/notifications").text
	require.Contains(t, told, "root (Root) visits this tenant as administrator")
	require.Contains(t, told, "case 4711")
	require.NotContains(t, i.user.get("/api/notifications").text, "visits this tenant")
	require.Contains(t, i.admin.get(i.path+"/visits").text, `"visitor":"root (Root)","reason":"case 4711"`)
	for action, tenants := range map[string][]int64{"visit.start": {i.tenant, i.root.user.TenantID}, "case.create": {i.tenant}} {
		for _, tenant := range tenants {
			n, name := i.trail(tenant, action)
			require.Equal(t, 1, n, action)
			want := "root (Root)"
			if tenant != i.tenant {
				want = "root"
			}
			require.Equal(t, want, name, action)
		}
	}
	n, _ := i.trail(i.root.user.TenantID, "case.create")
	require.Zero(t, n)
}

func TestAVisitEnds(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		end  func(i *installation, v *client)
		code string // of the visit's token
		home bool   // the session goes on at home
		why  string
	}{
		"left": {func(i *installation, v *client) {
			home := v.with(v.post("/api/tenants/leave", nil))
			require.Equal(i.t, i.root.user.TenantID, home.me().TenantID)
			require.Nil(i.t, home.me().Visit)
			require.Equal(i.t, http.StatusOK, home.post("/api/tenants/leave", nil).status, "there is nothing to leave any more, which is fine")
		}, "visit_ended", true, "left"},
		"time over": {func(i *installation, _ *client) {
			conn := ownerConn(i.t, i.bench)
			_, err := conn.Exec(i.t.Context(), "UPDATE tenant_visits SET started_at = now() - interval '1 hour', expires_at = now() - interval '1 minute'")
			require.NoError(i.t, err)
			i.clock.Advance(2 * time.Second) // past what the cache believes
			require.NoError(i.t, i.service().Tidy(i.t.Context()))
		}, "visit_ended", true, "expired"},
		"signed out": {func(i *installation, v *client) {
			require.Equal(i.t, http.StatusNoContent, v.post("/api/auth/logout", nil).status)
			require.NoError(i.t, i.service().Tidy(i.t.Context()))
		}, "session_ended", false, "session"},
		"visited tenant suspended": {func(i *installation, _ *client) {
			require.Equal(i.t, http.StatusOK, i.root.post(i.path+"/suspend", reason("x")).status)
		}, "visit_ended", true, "tenant"},
		"another visit": {func(i *installation, _ *client) {
			i.root.visit(i.somebody("Other", "eve", auth.RoleAdmin).user.TenantID, 5)
		}, "visit_ended", true, "next"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			here, there := pair(t)
			i := installOn(here)
			v := i.root.visit(i.tenant, 30)
			require.Equal(t, http.StatusOK, v.get("/api/users").status)
			v.at(there).becomes("/api/users", http.StatusOK, "")
			socket := v.at(there).listen()
			tc.end(i, v)
			v.get("/api/users").refused(http.StatusUnauthorized, tc.code)
			v.at(there).becomes("/api/users", http.StatusUnauthorized, tc.code)
			if name != "time over" { // then the token itself ends
				socket.endsSoon()
			}
			if tc.home {
				require.Equal(t, http.StatusOK, i.root.get("/api/users").status)
			}
			var why string
			conn := ownerConn(t, here)
			require.NoError(t, conn.QueryRow(t.Context(), "SELECT end_reason FROM tenant_visits WHERE tenant_id = $1", i.tenant).Scan(&why))
			require.Equal(t, tc.why, why)
			for _, tenant := range []int64{i.tenant, i.root.user.TenantID} {
				n, _ := i.trail(tenant, "visit.end")
				require.Equal(t, 1, n)
			}
		})
	}
}

func TestARefreshStaysOnTheVisitWhileItGoesOn(t *testing.T) {
	t.Parallel()
	i := install(t)
	i.root.visit(i.tenant, 10)
	a := i.anonymous().post("/api/auth/refresh", map[string]any{"refresh_token": i.root.refresh})
	require.Equal(t, http.StatusOK, a.status, a.text)
	var out struct {
		Refresh string `json:"refresh_token"`
		Life    int    `json:"expires_in"`
	}
	a.into(&out)
	require.LessOrEqual(t, out.Life, 600, "no longer than the visit")
	v := i.root.with(a)
	require.Equal(t, i.tenant, v.me().Visit.TenantID)
	require.Equal(t, http.StatusOK, v.post("/api/tenants/leave", nil).status)
	a = i.anonymous().post("/api/auth/refresh", map[string]any{"refresh_token": out.Refresh})
	require.Nil(t, i.root.with(a).me().Visit)
}

func TestAVisitorLeavesNothingThatActsByItself(t *testing.T) {
	t.Parallel()
	i := install(t)
	v := i.root.visit(i.tenant, 10)
	source := func(trigger string) string {
		return "name: p\ntrigger: " + trigger + "\nactions:\n  - id: one\n    type: create_case\n    params: {title: x}\n"
	}
	const onEvent = "{type: event, event: host.created}"
	v.post("/api/playbooks", map[string]any{"source": source(onEvent)}).refused(http.StatusConflict, "visitor_publishes")
	a := v.post("/api/playbooks", map[string]any{"source": source(onEvent), "enabled": false})
	require.Equal(t, http.StatusCreated, a.status, a.text)
	path := a.header.Get("Location")
	v.patch(path, map[string]any{"enabled": true}).refused(http.StatusConflict, "visitor_publishes")
	v.patch(path, map[string]any{"source": source(onEvent)}).refused(http.StatusConflict, "visitor_publishes")
	require.Equal(t, http.StatusOK, i.admin.patch(path, map[string]any{"enabled": true}).status, "the tenant's own admin answers for it")
	require.Equal(t, http.StatusOK, v.patch(path, map[string]any{"source": source("{type: manual}")}).status)
	a = v.post(path+"/execute", map[string]any{})
	require.Equal(t, http.StatusAccepted, a.status, a.text)
}

// TestAVisitorMayTryEverything walks the whole document as a visitor: nothing may break on an actor who is none of the
// tenant's users. What removes comes last, so that the rest has something to find.
func TestAVisitorMayTryEverything(t *testing.T) {
	t.Parallel()
	i := isolate(t)
	root := i.somebody("Root", "root", auth.RoleSuperAdmin).elevate()
	v := root.visit(i.a.user.TenantID, 60)
	all := operations(t, i.api)
	slices.SortStableFunc(all, func(x, y operation) int { return last(x) - last(y) })
	worked := map[string]bool{}
	for _, o := range all {
		if o.public() {
			continue
		}
		path := fill(t, o.Path, i.idsA)
		body := sampleBody(t, i.api, o)
		if o.OperationID == "delete-tenant" {
			path += "?reason=x&confirm=Alpha"
		}
		a := v.do(o.Method, path, body, "Idempotency-Key", o.OperationID)
		require.Less(t, a.status, http.StatusInternalServerError, "%s %s: %s", o.Method, path, a.text)
		require.NotEqual(t, http.StatusUnauthorized, a.status, "%s %s: %s", o.Method, path, a.text)
		worked[o.OperationID] = a.status < http.StatusMultipleChoices
	}
	for _, id := range []string{
		"get-me", "list-sessions", "list-notifications", "list-users", "create-user", "get-tenant", "update-tenant", "create-tenant", "list-hosts",
		"create-host", "update-host", "create-case", "update-case", "update-playbook", "execute-playbook", "ingest", "dashboard",
		"list-audit", "delete-host", "delete-user", "leave-tenant",
	} {
		done, known := worked[id]
		require.True(t, known, "there is no operation %s", id)
		require.True(t, done, "%s as a visitor", id)
	}
}

// last puts operations that take something away behind the others.
func last(o operation) int {
	switch {
	case o.OperationID == "leave-tenant":
		return 3
	case strings.HasPrefix(o.OperationID, "delete-") || strings.HasPrefix(o.OperationID, "end-"):
		return 2
	case o.Method == http.MethodDelete:
		return 1
	default:
		return 0
	}
}

// TestNothingOfAVisitIsReachableAfterItsEnd walks the document with the token of a visit that is over, and with the
// visitor's own.
func TestNothingOfAVisitIsReachableAfterItsEnd(t *testing.T) {
	t.Parallel()
	i := isolate(t)
	root := i.somebody("Root", "root", auth.RoleSuperAdmin).elevate()
	v := root.visit(i.a.user.TenantID, 60)
	require.Contains(t, v.get("/api/hosts").text, marker)
	home := v.with(v.post("/api/tenants/leave", nil))
	for _, o := range operations(t, i.api) {
		if o.public() {
			continue
		}
		path, body := fill(t, o.Path, i.idsA), sampleBody(t, i.api, o)
		v.do(o.Method, path, body).refused(http.StatusUnauthorized, "visit_ended")
		if o.Tag() == "tenants" { // those a super_admin may reach from home
			continue
		}
		a := home.do(o.Method, path, body)
		require.NotContains(t, a.text, marker, "%s %s", o.Method, path)
		if strings.Contains(o.Path, "{") {
			require.Equal(t, http.StatusNotFound, a.status, "%s %s: %s", o.Method, path, a.text)
		}
	}
}

// Tag is the part of the product that the operation belongs to.
func (o operation) Tag() string { return o.Tags[0] }
