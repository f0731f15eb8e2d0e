package api_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/velocicompanion/velocicompanion/internal/auth"
	"github.com/velocicompanion/velocicompanion/internal/store"
)

// apiKey is a key as the wire has it.
type apiKey struct {
	ID         int64      `json:"id"`
	Name       string     `json:"name"`
	Hint       string     `json:"hint"`
	Scopes     []string   `json:"scopes"`
	Key        string     `json:"key"`
	ExpiresAt  time.Time  `json:"expires_at"`
	LastUsedAt *time.Time `json:"last_used_at"`
	LastUsedIP string     `json:"last_used_ip"`
}

func newKey(c *client, body map[string]any, header ...string) apiKey {
	c.b.t.Helper()
	a := c.post("/api/auth/api-keys", body, header...)
	require.Equal(c.b.t, http.StatusCreated, a.status, a.text)
	var k apiKey
	a.into(&k)
	return k
}

func (k apiKey) client(b *bench) *client { return &client{b: b, token: k.Key} }

func TestAKeyActsForItsUserWithinItsScopes(t *testing.T) {
	t.Parallel()
	b, box := withMail(t)
	ada := b.reader(b.somebody("A", "ada", auth.RoleUser), "ada@example.org")
	scopes := map[string]any{"name": " CI ", "scopes": []string{"hosts:read", "cases:write"}}
	ada.post("/api/auth/api-keys", scopes).refused(http.StatusForbidden, "step_up_required")
	ada.elevate()
	k := newKey(ada, scopes)
	require.True(t, strings.HasPrefix(k.Key, "vc_"))
	require.True(t, strings.HasPrefix(k.Key, k.Hint))
	require.Less(t, len(k.Hint), 12)
	require.Equal(t, "CI", k.Name)
	require.WithinDuration(t, b.clock.Now().AddDate(0, 0, 90), k.ExpiresAt, time.Minute)
	require.Contains(t, box.next().text, "An API key was made")
	require.Contains(t, ada.get("/api/notifications").text, "security.api_key_created")

	service := k.client(b)
	require.Equal(t, http.StatusOK, service.get("/api/hosts").status)
	require.Equal(t, http.StatusCreated, service.post("/api/cases", map[string]any{"title": "from a program"}).status)
	service.get("/api/cases").refused(http.StatusForbidden, "scope_missing")
	service.post("/api/hosts", map[string]any{"hostname": "x"}).refused(http.StatusForbidden, "scope_missing")
	for _, a := range []*answer{
		service.get("/api/auth/me"), service.get("/api/auth/api-keys"), service.post("/api/auth/password", map[string]any{"current_password": password, "new_password": newPassword}),
		service.post("/api/auth/step-up", map[string]any{"password": password}), service.delete("/api/auth/sessions"), service.delete("/api/auth/api-keys/" + itoa(k.ID)),
	} {
		a.refused(http.StatusForbidden, "not_for_keys")
	}
	require.Equal(t, http.StatusUnauthorized, service.post("/api/auth/logout", nil).status)
	require.Equal(t, http.StatusOK, ada.get("/api/auth/me").status, "a key ends no session")

	b.settle()
	a := ada.get("/api/auth/api-keys")
	require.NotContains(t, a.text, k.Key)
	require.NotContains(t, a.text, `"key"`)
	var keys []apiKey
	a.into(&keys)
	require.Len(t, keys, 1)
	require.NotNil(t, keys[0].LastUsedAt)
	require.Equal(t, "192.0.2.1", keys[0].LastUsedIP)

	require.Equal(t, http.StatusNoContent, ada.delete("/api/auth/api-keys/"+itoa(k.ID)).status)
	service.get("/api/hosts").refused(http.StatusUnauthorized, "api_key_invalid")
	require.Equal(t, http.StatusNotFound, ada.delete("/api/auth/api-keys/"+itoa(k.ID)).status)
	require.JSONEq(t, `[]`, ada.get("/api/auth/api-keys").text)
	require.Equal(t, []string{"api_key.create", "api_key.revoke"}, names(t, ownerConn(t, b), "SELECT action FROM audit_logs WHERE action LIKE 'api_key%' ORDER BY id"))
	require.NotContains(t, b.log.String(), k.Key)
	require.Empty(t, names(t, ownerConn(t, b), "SELECT id::text FROM audit_logs WHERE after::text LIKE '%"+k.Key+"%'"))
}

func TestAKeyHasNoMoreThanItsUser(t *testing.T) {
	t.Parallel()
	b := setup(t)
	root := b.somebody("A", "root", auth.RoleAdmin)
	ada := b.colleague(root.user.TenantID, "ada", auth.RoleAdmin)
	ada.elevate()
	service := newKey(ada, map[string]any{"name": "x", "scopes": []string{"users:read", "users:manage", "hosts:read"}}).client(b)
	require.Equal(t, http.StatusOK, service.get("/api/users").status)
	service.post(userPath(root, "/reset-2fa"), nil).refused(http.StatusForbidden, "not_for_keys")
	require.Equal(t, http.StatusOK, root.patch(userPath(ada), map[string]any{"role": "viewer"}).status)
	service.get("/api/users").refused(http.StatusForbidden, "permission_denied")
	require.Equal(t, http.StatusOK, service.get("/api/hosts").status)
	require.Equal(t, http.StatusOK, root.patch(userPath(ada), map[string]any{"is_active": false}).status)
	service.get("/api/hosts").refused(http.StatusUnauthorized, "account_disabled")
	require.Equal(t, http.StatusOK, root.patch(userPath(ada), map[string]any{"is_active": true}).status)
	require.Equal(t, http.StatusOK, service.get("/api/hosts").status)
	b.suspend(root.user.TenantID)
	service.get("/api/hosts").refused(http.StatusUnauthorized, "account_disabled")
	b.resume(root.user.TenantID)
	require.Equal(t, http.StatusNoContent, b.login("root", password).delete(userPath(ada)).status)
	service.get("/api/hosts").refused(http.StatusUnauthorized, "api_key_invalid")
}

func TestKeysThatCanNotBe(t *testing.T) {
	t.Parallel()
	b := setup(t)
	ada := b.somebody("A", "ada", auth.RoleUser)
	ada.elevate()
	good := func() map[string]any { return map[string]any{"name": "x", "scopes": []string{"hosts:read"}} }
	for field, values := range map[string][]any{
		"name":            {"", "   ", strings.Repeat("x", 101), "a\r\nb", nil, 5},
		"scopes":          {nil, []string{}, []string{"no:such"}, []string{"account:own"}, []string{"api_keys:manage"}, []string{"users:read"}, []string{"hosts:read", "hosts:read"}, []string{"public"}, []string{""}, []any{5}, "hosts:read"},
		"expires_in_days": {0, -1, 366, 1.5, "90"},
	} {
		for _, value := range values {
			body := good()
			body[field] = value
			a := ada.post("/api/auth/api-keys", body)
			require.Equal(t, http.StatusUnprocessableEntity, a.status, "%s = %v: %s", field, value, a.text)
		}
	}
	require.Contains(t, ada.post("/api/auth/api-keys", map[string]any{"name": "x", "scopes": []string{"hosts:read", "users:read"}}).text, "body.scopes[1]")
	for _, token := range []string{"vc_", "vc_x", "vc_" + strings.Repeat("x", 43), "vc_" + strings.Repeat("x", 10_000), "vc_\u00e4", "VC_x"} {
		a := (&client{b: b, token: token}).get("/api/hosts")
		require.Equal(t, http.StatusUnauthorized, a.status, token)
		a.problem()
	}
	require.Equal(t, http.StatusForbidden, b.colleague(ada.user.TenantID, "vera", auth.RoleViewer).post("/api/auth/api-keys", good()).status)
	bob := b.colleague(ada.user.TenantID, "bob", auth.RoleUser)
	k := newKey(ada, good())
	require.Equal(t, http.StatusNotFound, bob.delete("/api/auth/api-keys/"+itoa(k.ID)).status, "another's key")
	require.NotContains(t, bob.get("/api/auth/api-keys").text, k.Hint)
	for range store.MaxAPIKeys - 1 {
		newKey(ada, good())
	}
	ada.post("/api/auth/api-keys", good()).refused(http.StatusConflict, "api_key_limit")
}

func TestAKeyEndsOnItsDayAndIsToldOnce(t *testing.T) {
	t.Parallel()
	b := setup(t)
	ada := b.somebody("A", "ada", auth.RoleUser)
	ada.elevate()
	body := map[string]any{"name": "x", "scopes": []string{"hosts:read"}, "expires_in_days": 1}
	k := newKey(ada, body, "Idempotency-Key", "one")
	require.WithinDuration(t, b.clock.Now().Add(24*time.Hour), k.ExpiresAt, time.Minute)
	again := newKey(ada, body, "Idempotency-Key", "one")
	require.Equal(t, k.ID, again.ID)
	require.Empty(t, again.Key)
	require.Equal(t, http.StatusOK, k.client(b).get("/api/hosts").status)
	b.clock.Advance(24 * time.Hour)
	k.client(b).get("/api/hosts").refused(http.StatusUnauthorized, "api_key_invalid")
	require.Contains(t, b.login("ada", password).get("/api/auth/api-keys").text, k.Hint, "an expired key is still there to be looked at")
}

func TestAnAdministratorSeesAndRevokesWhatActsAsAUser(t *testing.T) {
	t.Parallel()
	b := setup(t)
	root := b.somebody("A", "root", auth.RoleAdmin)
	super := b.colleague(root.user.TenantID, "super", auth.RoleSuperAdmin).elevate()
	ada := b.colleague(root.user.TenantID, "ada", auth.RoleUser).elevate()
	body := map[string]any{"name": "x", "scopes": []string{"hosts:write"}}
	k, above := newKey(ada, body), newKey(super, body)
	service := k.client(b)
	require.Equal(t, http.StatusCreated, service.post("/api/hosts", map[string]any{"hostname": "x"}).status)
	require.Equal(t, []string{"ada (key " + k.Hint + ")"}, names(t, ownerConn(t, b), "SELECT username FROM audit_logs WHERE action = 'host.create'"))

	a := root.get(userPath(ada, "/api-keys"))
	require.Contains(t, a.text, k.Hint)
	require.NotContains(t, a.text, k.Key)
	require.NotContains(t, a.text, above.Hint)
	require.Equal(t, http.StatusForbidden, ada.get(userPath(super, "/api-keys")).status)
	root.delete(userPath(super, "/api-keys/", itoa(above.ID))).refused(http.StatusForbidden, "role_above_own")
	root.delete(userPath(ada, "/api-keys/", itoa(above.ID))).refused(http.StatusNotFound, "not_found")
	require.Equal(t, http.StatusNoContent, root.delete(userPath(ada, "/api-keys/", itoa(k.ID))).status)
	service.post("/api/hosts", map[string]any{"hostname": "y"}).refused(http.StatusUnauthorized, "api_key_invalid")
	require.Equal(t, []string{"root"}, names(t, ownerConn(t, b), "SELECT username FROM audit_logs WHERE action = 'api_key.revoke'"))
}

func TestARevokedKeyIsWorthlessInEveryInstance(t *testing.T) {
	t.Parallel()
	b := setup(t)
	elsewhere := b.another()
	root := b.somebody("A", "root", auth.RoleAdmin).elevate()
	k := newKey(root, map[string]any{"name": "x", "scopes": []string{"hosts:read"}})
	require.Equal(t, http.StatusOK, k.client(elsewhere).get("/api/hosts").status)
	require.Equal(t, http.StatusNoContent, root.delete("/api/auth/api-keys/"+itoa(k.ID)).status)
	k.client(elsewhere).get("/api/hosts").refused(http.StatusUnauthorized, "api_key_invalid")
}
