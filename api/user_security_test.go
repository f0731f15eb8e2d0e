package api_test

import (
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/velocicompanion/velocicompanion/internal/auth"
)

func userPath(c *client, more ...string) string {
	return "/api/users/" + itoa(c.user.ID) + strings.Join(more, "")
}

func TestALockedUserIsShownAndUnlocked(t *testing.T) {
	t.Parallel()
	b := setup(t)
	root := b.somebody("A", "root", auth.RoleAdmin)
	ada := b.colleague(root.user.TenantID, "ada", auth.RoleUser)
	guess := map[string]any{"username": "ada", "password": "not the password"}
	for range 10 {
		require.Equal(t, http.StatusUnauthorized, b.anonymous().post("/api/auth/login", guess).status)
		b.clock.Advance(20 * time.Second) // longer than any wait before the lock-out
	}
	a := b.anonymous().post("/api/auth/login", map[string]any{"username": "ada", "password": password})
	a.refused(http.StatusTooManyRequests, "too_many_attempts")
	require.Contains(t, root.get(userPath(ada)).text, `"locked_until"`)
	require.Contains(t, root.get("/api/users?locked=true").text, `"username":"ada"`)
	require.NotContains(t, root.get("/api/users?locked=false").text, `"username":"ada"`)
	a = root.post(userPath(ada, "/unlock"), nil)
	require.Equal(t, http.StatusOK, a.status, a.text)
	require.NotContains(t, a.text, "locked_until")
	require.NotEmpty(t, b.login("ada", password).token)
	require.Equal(t, []string{"root"}, names(t, ownerConn(t, b), "SELECT username FROM audit_logs WHERE action = 'user.unlock'"))
}

func TestALostSecondFactorIsTakenAway(t *testing.T) {
	t.Parallel()
	b, box := withMail(t)
	root := b.somebody("A", "root", auth.RoleAdmin)
	ada := b.reader(b.colleague(root.user.TenantID, "ada", auth.RoleUser), "ada@example.org")
	h := b.store.Tenant(root.user.TenantID)
	require.NoError(t, h.BeginTOTP(t.Context(), ada.user.ID, []byte("sealed")))
	row, err := h.TOTP(t.Context(), ada.user.ID)
	require.NoError(t, err)
	_, codes := auth.NewRecoveryCodes()
	require.NoError(t, h.ConfirmTOTP(t.Context(), row, 1, codes))
	root.post(userPath(ada, "/reset-2fa"), nil).refused(http.StatusForbidden, "step_up_required")
	root.elevate()
	a := root.post(userPath(ada, "/reset-2fa"), nil)
	require.Equal(t, http.StatusOK, a.status, a.text)
	require.Contains(t, a.text, `"totp_enabled":false`)
	ada.get("/api/auth/me").refused(http.StatusUnauthorized, "session_ended")
	require.Contains(t, box.next().text, "took your second factor away")
	again := b.login("ada", password)
	require.Contains(t, again.get("/api/notifications").text, "security.factor_reset")
	require.Equal(t, http.StatusOK, root.post(userPath(ada, "/reset-2fa"), nil).status, "there is nothing left to take")
	require.Equal(t, http.StatusOK, again.get("/api/auth/me").status)
	root.post(userPath(root, "/reset-2fa"), nil).refused(http.StatusConflict, "own_account")
	require.Equal(t, []string{"user.reset_2fa"}, names(t, ownerConn(t, b), "SELECT action FROM audit_logs WHERE action = 'user.reset_2fa'"))
}

func TestAnAdministratorEndsAUsersSessions(t *testing.T) {
	t.Parallel()
	b := setup(t)
	root := b.somebody("A", "root", auth.RoleAdmin)
	ada := b.colleague(root.user.TenantID, "ada", auth.RoleUser)
	second := b.login("ada", password)
	require.Equal(t, http.StatusNoContent, root.delete(userPath(ada, "/sessions")).status)
	for _, c := range []*client{ada, second} {
		c.get("/api/auth/me").refused(http.StatusUnauthorized, "session_ended")
	}
	require.Equal(t, http.StatusOK, root.get("/api/auth/me").status)
}

func TestNobodyReachesAboveHisOwnRole(t *testing.T) {
	t.Parallel()
	b := setup(t)
	super := b.somebody("A", "super", auth.RoleSuperAdmin)
	admin := b.colleague(super.user.TenantID, "root", auth.RoleAdmin)
	admin.elevate()
	for _, a := range []*answer{
		admin.patch(userPath(super), map[string]any{"password": newPassword}),
		admin.patch(userPath(super), map[string]any{"email": "eve@example.org"}),
		admin.patch(userPath(super), map[string]any{"role": "viewer"}),
		admin.patch(userPath(admin), map[string]any{"role": "super_admin"}),
		admin.delete(userPath(super)), admin.delete(userPath(super, "/sessions")),
		admin.post(userPath(super, "/unlock"), nil), admin.post(userPath(super, "/reset-2fa"), nil), admin.post(userPath(super, "/invite"), nil),
		admin.post("/api/users", map[string]any{"username": "new", "role": "super_admin"}),
	} {
		a.refused(http.StatusForbidden, "role_above_own")
	}
	require.Equal(t, http.StatusOK, super.get("/api/auth/me").status)
}

func TestNobodyRemovesHimselfOrTheLastAdministrator(t *testing.T) {
	t.Parallel()
	b := setup(t)
	root := b.somebody("A", "root", auth.RoleAdmin)
	invited := made(root.post("/api/users", map[string]any{"username": "later", "role": "admin"}))
	for _, a := range []*answer{
		root.delete(userPath(root)), root.patch(userPath(root), map[string]any{"is_active": false}), root.patch(userPath(root), map[string]any{"role": "user"}),
	} {
		a.refused(http.StatusConflict, "last_admin")
	}
	require.Equal(t, http.StatusNoContent, root.delete("/api/users/"+itoa(invited.ID)).status, "who has not accepted yet is nobody's last")
	second := b.colleague(root.user.TenantID, "second", auth.RoleAdmin)
	for _, a := range []*answer{
		root.delete(userPath(root)), root.patch(userPath(root), map[string]any{"is_active": false}), root.patch(userPath(root), map[string]any{"password": newPassword}),
	} {
		a.refused(http.StatusConflict, "own_account")
	}
	require.Equal(t, http.StatusOK, root.get("/api/auth/me").status)
	require.Equal(t, http.StatusNoContent, root.delete(userPath(second)).status)
	second.get("/api/auth/me").refused(http.StatusUnauthorized, "token_invalid")
}

func TestTwoAdministratorsCanNotEachTakeTheOthersRoleAtOnce(t *testing.T) {
	t.Parallel()
	b := setup(t)
	one := b.somebody("A", "one", auth.RoleAdmin)
	two := b.colleague(one.user.TenantID, "two", auth.RoleAdmin)
	got := make([]int, 2)
	var wg sync.WaitGroup
	wg.Go(func() { got[0] = one.patch(userPath(two), map[string]any{"role": "user"}).status })
	wg.Go(func() { got[1] = two.patch(userPath(one), map[string]any{"is_active": false}).status })
	wg.Wait()
	require.Contains(t, got, http.StatusOK)
	require.NotEqual(t, got[0], got[1])
	require.Equal(t, []string{"1"}, names(t, ownerConn(t, b), "SELECT count(*)::text FROM users WHERE role = 'admin' AND is_active"))
}

func TestUsersAreFound(t *testing.T) {
	t.Parallel()
	b := setup(t)
	root := b.somebody("A", "root", auth.RoleAdmin)
	b.reader(b.colleague(root.user.TenantID, "Ada_1", auth.RoleUser), "lovelace@example.org")
	made(root.post("/api/users", map[string]any{"username": "adax1"}))
	b.somebody("B", "ada-of-b", auth.RoleAdmin)
	find := func(query string) []string {
		a := root.get("/api/users?sort=username&" + query)
		require.Equal(t, http.StatusOK, a.status, a.text)
		var rows []struct {
			Username string `json:"username"`
		}
		a.into(&rows)
		out := []string{}
		for _, r := range rows {
			out = append(out, r.Username)
		}
		return out
	}
	for query, want := range map[string][]string{
		"q=ADA": {"Ada_1", "adax1"}, "q=ada_1": {"Ada_1"}, "q=a*x1": {"adax1"}, "q=LOVE": {"Ada_1"}, "q=%25": {}, "q=" + url.QueryEscape("👩‍💻"): {},
		"invited=true": {"adax1"}, "invited=false": {"Ada_1", "root"}, "locked=true": {}, "locked=false": {"Ada_1", "adax1", "root"},
		"role=admin": {"root"}, "is_active=false": {}, "q=ada&invited=false": {"Ada_1"}, "": {"Ada_1", "adax1", "root"},
	} {
		require.Equal(t, want, find(query), query)
	}
	require.Equal(t, http.StatusUnprocessableEntity, root.get("/api/users?q="+strings.Repeat("x", 201)).status)
	require.Equal(t, http.StatusUnprocessableEntity, root.get("/api/users?locked=maybe").status)
}

func TestAnAdministratorsPasswordForAUserEndsHisSessionsAndTellsHim(t *testing.T) {
	t.Parallel()
	b, box := withMail(t)
	root := b.somebody("A", "root", auth.RoleAdmin)
	ada := b.reader(b.colleague(root.user.TenantID, "ada", auth.RoleUser), "ada@example.org")
	require.Equal(t, http.StatusOK, root.patch(userPath(ada), map[string]any{"password": newPassword}).status)
	ada.get("/api/auth/me").refused(http.StatusUnauthorized, "session_ended")
	require.Equal(t, "Your account was changed", box.next().subject)
	require.NotEmpty(t, b.login("ada", newPassword).token)
}

func TestOnesOwnPasswordChangeEndsTheOthersAndTells(t *testing.T) {
	t.Parallel()
	b, box := withMail(t)
	ada := b.reader(b.somebody("A", "adalove", auth.RoleViewer), "ada@example.org")
	other := b.login("adalove", password)
	change := func(current, next string) *answer {
		return ada.post("/api/auth/password", map[string]any{"current_password": current, "new_password": next})
	}
	for next, why := range map[string]string{password: "must differ", "adalove the great": "user name", "short": "at least 12"} {
		a := change(password, next)
		require.Equal(t, http.StatusUnprocessableEntity, a.status, next)
		p := a.problem()
		require.Equal(t, "body.new_password", p.Errors[0].Location)
		require.Contains(t, p.Errors[0].Message, why)
	}
	require.Equal(t, http.StatusNoContent, change(password, newPassword).status)
	other.get("/api/auth/me").refused(http.StatusUnauthorized, "session_ended")
	require.Equal(t, http.StatusOK, ada.get("/api/auth/me").status)
	require.Equal(t, "ada@example.org", box.next().to)
	require.Contains(t, ada.get("/api/notifications").text, "security.password_changed")
}
