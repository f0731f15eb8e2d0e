package api_test

import (
	"context"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/velocicompanion/velocicompanion/api"
	"github.com/velocicompanion/velocicompanion/internal/auth"
	"github.com/velocicompanion/velocicompanion/models"
)

type tokens struct {
	Access    string `json:"access_token"`
	Refresh   string `json:"refresh_token"`
	Type      string `json:"token_type"`
	ExpiresIn int    `json:"expires_in"`
}

func TestTheFirstToRegisterIsSuperAdminAndTheDoorCloses(t *testing.T) {
	t.Parallel()
	b := setup(t)
	anon := b.anonymous()
	require.JSONEq(t, `{"needs_setup":true,"setup_token_required":false,"registration":"invite","mail_enabled":false}`, anon.get("/api/auth/status").text)
	a := anon.post("/api/auth/register", map[string]any{"username": "root", "password": password, "email": "root@example.org"})
	require.Equal(t, http.StatusCreated, a.status, a.text)
	require.NotContains(t, a.text, "hash")
	var u struct {
		ID       int64  `json:"id"`
		Role     string `json:"role"`
		TenantID int64  `json:"tenant_id"`
	}
	a.into(&u)
	require.Equal(t, "super_admin", u.Role)
	require.Positive(t, u.TenantID)
	require.JSONEq(t, `{"needs_setup":false,"setup_token_required":false,"registration":"invite","mail_enabled":false}`, anon.get("/api/auth/status").text)
	second := anon.post("/api/auth/register", map[string]any{"username": "two", "password": password})
	require.Equal(t, http.StatusForbidden, second.status)
	require.Equal(t, "registration_invite", second.problem().Code)

	me := b.login("root", password).get("/api/auth/me")
	require.Equal(t, http.StatusOK, me.status, me.text)
	require.Contains(t, me.text, `"username":"root"`)
	require.Contains(t, me.text, `"tenant":{`)
}

func TestOfTwoFirstRegistrationsAtOnceOneWins(t *testing.T) {
	t.Parallel()
	b := setup(t)
	var wg sync.WaitGroup
	got := make([]int, 4)
	for i := range got {
		wg.Go(func() {
			got[i] = b.anonymous().post("/api/auth/register", map[string]any{"username": "root" + strings.Repeat("x", i), "password": password}).status
		})
	}
	wg.Wait()
	made := 0
	for _, status := range got {
		if status == http.StatusCreated {
			made++
		} else {
			require.Equal(t, http.StatusForbidden, status)
		}
	}
	require.Equal(t, 1, made)
}

func TestTheFirstRegistrationNeedsTheSetupTokenWhenOthersCouldReachUs(t *testing.T) {
	t.Parallel()
	b := setup(t, func(p *api.Params) { p.Config.HTTPAddr, p.Config.SetupToken = "0.0.0.0:8080", "printed-at-start" })
	anon := b.anonymous()
	require.Contains(t, anon.get("/api/auth/status").text, `"setup_token_required":true`)
	for _, wrong := range []string{"", "printed-at-star", "x"} {
		a := anon.post("/api/auth/register", map[string]any{"username": "root", "password": password, "setup_token": wrong})
		require.Equal(t, http.StatusForbidden, a.status)
		require.Equal(t, "setup_token_required", a.problem().Code)
	}
	a := anon.post("/api/auth/register", map[string]any{"username": "root", "password": password, "setup_token": "printed-at-start"})
	require.Equal(t, http.StatusCreated, a.status, a.text)
}

func TestRegistrationIsOpenOrClosedAsConfigured(t *testing.T) {
	t.Parallel()
	open := setup(t, func(p *api.Params) { p.Config.Registration = "open" })
	require.Equal(t, http.StatusCreated, open.anonymous().post("/api/auth/register", map[string]any{"username": "one", "password": password}).status)
	a := open.anonymous().post("/api/auth/register", map[string]any{"username": "two", "password": password})
	require.Equal(t, http.StatusCreated, a.status, a.text)
	require.Contains(t, a.text, `"role":"viewer"`)
	again := open.anonymous().post("/api/auth/register", map[string]any{"username": "TWO", "password": password})
	require.Equal(t, http.StatusConflict, again.status)
	require.Equal(t, "username_taken", again.problem().Code)
}

func TestPasswordsThatCanNotBeKeptAreRefused(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for _, bad := range []string{"short", strings.Repeat("x", 73)} {
		a := b.anonymous().post("/api/auth/register", map[string]any{"username": "root", "password": bad})
		require.Equal(t, http.StatusUnprocessableEntity, a.status, a.text)
		p := a.problem()
		require.Equal(t, "body.password", p.Errors[0].Location)
		require.NotContains(t, a.text, bad)
	}
}

func TestLoginTakesFormAndJSONAndSaysTheSameToStrangers(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.somebody("A", "ada", auth.RoleUser)
	anon := b.anonymous()
	for _, form := range []string{"username=ada&password=correct+horse+battery", "grant_type=password&scope=&username=ADA&password=correct+horse+battery"} {
		a := anon.post("/api/auth/login", form, "Content-Type", "application/x-www-form-urlencoded")
		require.Equal(t, http.StatusOK, a.status, a.text)
		var got tokens
		a.into(&got)
		require.Equal(t, "bearer", got.Type)
		require.Equal(t, 1800, got.ExpiresIn)
		require.NotEmpty(t, got.Refresh)
		require.Equal(t, "no-store", a.header.Get("Cache-Control"))
	}
	stranger := anon.post("/api/auth/login", map[string]any{"username": "nobody", "password": password})
	wrong := anon.post("/api/auth/login", map[string]any{"username": "ada", "password": "not the password"})
	require.Equal(t, http.StatusUnauthorized, stranger.status)
	require.Equal(t, http.StatusUnauthorized, wrong.status)
	sp, wp := stranger.problem(), wrong.problem()
	sp.RequestID, wp.RequestID = "", ""
	require.Equal(t, sp, wp)
	require.Equal(t, "invalid_credentials", sp.Code)
	require.Equal(t, "Bearer", wrong.header.Get("WWW-Authenticate"))
	elsewhere := anon.post("/api/tenants", "name=x", "Content-Type", "application/x-www-form-urlencoded")
	require.Equal(t, http.StatusUnauthorized, elsewhere.status)
}

func TestATOTPAccountIsToldOnlyAfterTheRightPassword(t *testing.T) {
	t.Parallel()
	b := setup(t)
	c := b.somebody("A", "ada", auth.RoleUser)
	u := &models.User{TenantID: c.user.TenantID, Username: "totp", Role: "user", IsActive: true, TOTPEnabled: true, PasswordHash: c.user.PasswordHash}
	require.NoError(t, b.store.System().CreateUser(t.Context(), u))
	right := b.anonymous().post("/api/auth/login", map[string]any{"username": "totp", "password": password})
	require.Equal(t, http.StatusUnauthorized, right.status)
	require.Equal(t, "totp_required", right.problem().Code)
	wrong := b.anonymous().post("/api/auth/login", map[string]any{"username": "totp", "password": "not the password"})
	require.Equal(t, "invalid_credentials", wrong.problem().Code)
}

func TestRefreshRotatesAndReuseEndsTheSession(t *testing.T) {
	t.Parallel()
	b := setup(t)
	c := b.somebody("A", "ada", auth.RoleUser)
	anon := b.anonymous()
	a := anon.post("/api/auth/refresh", map[string]any{"refresh_token": c.refresh})
	require.Equal(t, http.StatusOK, a.status, a.text)
	var next tokens
	a.into(&next)
	require.NotEqual(t, c.refresh, next.Refresh)
	fresh := &client{b: b, token: next.Access}
	require.Equal(t, http.StatusOK, fresh.get("/api/auth/me").status)

	reused := anon.post("/api/auth/refresh", map[string]any{"refresh_token": c.refresh})
	require.Equal(t, http.StatusUnauthorized, reused.status)
	require.Equal(t, "refresh_reused", reused.problem().Code)
	require.Equal(t, http.StatusUnauthorized, anon.post("/api/auth/refresh", map[string]any{"refresh_token": next.Refresh}).status)
	require.Equal(t, "session_ended", fresh.get("/api/auth/me").problem().Code)
	for _, bad := range []any{nil, map[string]any{}, map[string]any{"refresh_token": "vcr_unknown"}} {
		require.Equal(t, http.StatusUnauthorized, anon.post("/api/auth/refresh", bad).status)
	}
}

func TestABrowsersRefreshTokenLivesInACookieOnly(t *testing.T) {
	t.Parallel()
	b := setup(t, func(p *api.Params) { p.Config.PublicURL = "https://hunt.example.org" })
	b.somebody("A", "ada", auth.RoleUser)
	anon := b.anonymous()
	a := anon.post("/api/auth/login", map[string]any{"username": "ada", "password": password}, "X-Session", "cookie")
	require.Equal(t, http.StatusOK, a.status, a.text)
	require.NotContains(t, a.text, "refresh_token")
	set := a.header.Get("Set-Cookie")
	for _, part := range []string{"vc_refresh=vcr_", "Path=/api/auth", "HttpOnly", "Secure", "SameSite=Strict"} {
		require.Contains(t, set, part)
	}
	cookie, _, _ := strings.Cut(set, ";")
	require.Equal(t, http.StatusUnauthorized, anon.post("/api/auth/refresh", nil, "Cookie", cookie).status, "a cookie alone is what another site could send")
	ok := anon.post("/api/auth/refresh", map[string]any{}, "Cookie", cookie, "X-Session", "cookie")
	require.Equal(t, http.StatusOK, ok.status, ok.text)
	require.NotContains(t, ok.text, "refresh_token")
	next, _, _ := strings.Cut(ok.header.Get("Set-Cookie"), ";")
	require.NotEqual(t, cookie, next)
	out := anon.post("/api/auth/logout", map[string]any{}, "Cookie", next, "X-Session", "cookie")
	require.Equal(t, http.StatusNoContent, out.status, out.text)
	require.Contains(t, out.header.Get("Set-Cookie"), "Max-Age=0")
	require.Equal(t, http.StatusUnauthorized, anon.post("/api/auth/refresh", nil, "Cookie", next, "X-Session", "cookie").status)
}

func TestLogoutAndSessionsEndAtOnce(t *testing.T) {
	t.Parallel()
	b := setup(t)
	one := b.somebody("A", "ada", auth.RoleUser)
	two, three := b.login("ada", password), b.login("ada", password)
	var sessions []struct {
		ID      string `json:"id"`
		Current bool   `json:"current"`
	}
	two.get("/api/auth/sessions").into(&sessions)
	require.Len(t, sessions, 3)
	require.Equal(t, http.StatusNoContent, one.post("/api/auth/logout", nil).status)
	require.Equal(t, http.StatusUnauthorized, one.get("/api/auth/me").status)
	require.Equal(t, http.StatusUnauthorized, b.anonymous().post("/api/auth/refresh", map[string]any{"refresh_token": one.refresh}).status)
	require.Equal(t, http.StatusNoContent, two.delete("/api/auth/sessions").status)
	require.Equal(t, http.StatusUnauthorized, three.get("/api/auth/me").status)
	two.get("/api/auth/sessions").into(&sessions)
	require.Len(t, sessions, 1)
	require.True(t, sessions[0].Current)
	require.Equal(t, http.StatusNotFound, two.delete("/api/auth/sessions/00000000-0000-4000-8000-000000000000").status)
	require.Equal(t, http.StatusNoContent, two.delete("/api/auth/sessions/"+sessions[0].ID).status)
	require.Equal(t, http.StatusUnauthorized, two.get("/api/auth/me").status)
	require.Equal(t, http.StatusUnauthorized, b.anonymous().post("/api/auth/logout", nil).status)
}

func TestTheDatabaseDecidesOnEachRequest(t *testing.T) {
	t.Parallel()
	b := setup(t)
	root := b.somebody("A", "root", auth.RoleAdmin)
	c := b.colleague(root.user.TenantID, "ada", auth.RoleAdmin)
	require.Equal(t, http.StatusOK, c.get("/api/users").status)
	path := "/api/users/" + itoa(c.user.ID)
	require.Equal(t, http.StatusOK, root.patch(path, map[string]any{"role": "viewer"}).status)
	require.Equal(t, http.StatusForbidden, c.get("/api/users").status, "the role is the row's, not the token's")
	require.Equal(t, http.StatusOK, root.patch(path, map[string]any{"is_active": false}).status)
	require.Equal(t, "account_disabled", c.get("/api/auth/me").problem().Code)
	_, _, err := b.store.System().SuspendTenant(t.Context(), root.user.TenantID, "not paid")
	require.NoError(t, err)
	require.Equal(t, http.StatusUnauthorized, root.get("/api/auth/me").status)
	require.Equal(t, http.StatusUnauthorized, b.anonymous().post("/api/auth/login", map[string]any{"username": "root", "password": password}).status)
}

func TestProfileAndPassword(t *testing.T) {
	t.Parallel()
	b := setup(t)
	c := b.somebody("A", "ada", auth.RoleViewer)
	other := b.login("ada", password)
	a := c.patch("/api/auth/me", map[string]any{"theme": "dark", "timezone": "Europe/Berlin"})
	require.Equal(t, http.StatusOK, a.status, a.text)
	a = c.patch("/api/auth/me", map[string]any{"language": "de"})
	require.Contains(t, a.text, `"theme":"dark"`)
	require.Contains(t, a.text, `"language":"de"`)
	require.Equal(t, http.StatusUnprocessableEntity, c.patch("/api/auth/me", map[string]any{"timezone": "Mars/Olympus"}).status)
	require.Equal(t, http.StatusUnprocessableEntity, c.patch("/api/auth/me", map[string]any{"role": "super_admin"}).status)

	bad := c.post("/api/auth/password", map[string]any{"current_password": "not the password", "new_password": "another good password"})
	require.Equal(t, http.StatusUnprocessableEntity, bad.status)
	require.NotContains(t, bad.text, "another good password")
	ok := c.post("/api/auth/password", map[string]any{"current_password": password, "new_password": "another good password"})
	require.Equal(t, http.StatusNoContent, ok.status, ok.text)
	require.Equal(t, http.StatusOK, c.get("/api/auth/me").status)
	require.Equal(t, http.StatusUnauthorized, other.get("/api/auth/me").status)
	require.NotEmpty(t, b.login("ada", "another good password").token)
}

func TestHousekeepingRemovesWhatNobodyCanUse(t *testing.T) {
	t.Parallel()
	b := setup(t)
	c := b.somebody("A", "ada", auth.RoleAdmin)
	require.Equal(t, http.StatusUnauthorized, b.anonymous().post("/api/auth/login", map[string]any{"username": "ada", "password": "not the password"}).status)
	require.Equal(t, http.StatusCreated, c.post("/api/users", map[string]any{"username": "new"}, "Idempotency-Key", "k").status)
	owner := ownerConn(t, b)
	_, err := owner.Exec(t.Context(), `UPDATE idempotency_keys SET created_at = now() - interval '25 hours';
UPDATE refresh_tokens SET expires_at = now() - interval '2 days'`)
	require.NoError(t, err)
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- b.api.Run(ctx) }()
	require.Eventually(t, func() bool {
		return len(names(t, owner, "SELECT key FROM idempotency_keys UNION SELECT family::text FROM refresh_tokens")) == 0
	}, 10*time.Second, 10*time.Millisecond)
	stop()
	require.NoError(t, <-ended)
	require.Equal(t, []string{"auth.login failure", "auth.login success", "user.create success"},
		names(t, owner, "SELECT action || ' ' || outcome FROM audit_logs ORDER BY 1"), "a failed sign-in is written beside the answer")
}
