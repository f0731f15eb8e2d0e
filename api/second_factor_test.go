package api_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/stretchr/testify/require"

	"github.com/velocicompanion/velocicompanion/internal/auth"
	"github.com/velocicompanion/velocicompanion/internal/testkit"
)

// TestARealPhoneIsEnrolledFromTheQRCodeAndSignsIn scans the picture with zbarimg and takes codes from oathtool.
func TestARealPhoneIsEnrolledFromTheQRCodeAndSignsIn(t *testing.T) {
	t.Parallel()
	oathtool := program(t, "oathtool")
	b := setup(t)
	c := b.somebody("A", "zoe+hunt@example.org", auth.RoleUser)
	a := c.post("/api/auth/2fa/setup", map[string]any{})
	require.Equal(t, http.StatusOK, a.status, a.text)
	require.Equal(t, "no-store", a.header.Get("Cache-Control"))
	var s totpSetup
	a.into(&s)
	uri := scan(t, s.PNG)
	require.Equal(t, s.URI, uri)
	u, err := url.Parse(uri)
	require.NoError(t, err)
	require.Equal(t, "/VelociCompanion:zoe+hunt@example.org", u.Path)
	require.Equal(t, s.Secret, u.Query().Get("secret"))
	code := func() string {
		now := b.clock.Now().Format("2006-01-02 15:04:05 UTC")
		out, err := exec.CommandContext(t.Context(), oathtool, "--totp", "-b", "-N", now, u.Query().Get("secret")).Output()
		require.NoError(t, err)
		return strings.TrimSpace(string(out))
	}
	enrolment := code()
	require.Equal(t, http.StatusOK, c.post("/api/auth/2fa/verify", map[string]any{"code": enrolment}).status)
	require.Contains(t, c.get("/api/auth/me").text, `"totp_enabled":true`)
	b.signIn("zoe+hunt@example.org", enrolment).refused(http.StatusUnauthorized, "totp_invalid")
	b.clock.Advance(30 * time.Second)
	require.Equal(t, http.StatusOK, b.signIn("zoe+hunt@example.org", code()).status)
}

func TestASecretIsKeptSealedAndNeverShownAgain(t *testing.T) {
	t.Parallel()
	b := setup(t)
	c := b.somebody("A", "ada", auth.RoleUser)
	p := c.enrol()
	owner := ownerConn(t, b)
	for _, table := range []string{"user_totp", "recovery_codes", "audit_logs", "notifications", "users", "session_elevations"} {
		for _, row := range names(t, owner, "SELECT "+table+"::text FROM "+table) {
			require.NotContains(t, row, p.secret, table)
			require.NotContains(t, row, p.paper[0], table)
		}
	}
	require.NotContains(t, c.get("/api/auth/me").text, p.secret)
	require.NotContains(t, b.log.String(), p.secret)
	require.NotContains(t, b.log.String(), p.paper[0])
}

func TestSigningInNeedsTheSecondFactorAfterTheRightPassword(t *testing.T) {
	t.Parallel()
	b := setup(t)
	p := b.somebody("A", "ada", auth.RoleUser).enrol()
	anon := b.anonymous()
	for _, none := range []string{"", " ", "\t"} {
		b.signIn("ada", none).refused(http.StatusUnauthorized, "totp_required")
	}
	wrong := anon.post("/api/auth/login", map[string]any{"username": "ada", "password": "not the password", "totp_code": p.next()})
	wrong.refused(http.StatusUnauthorized, "invalid_credentials")

	require.Equal(t, http.StatusOK, b.signIn("ada", p.code(0)).status, "the code was not spent by a wrong password")
	b.signIn("ada", p.code(0)).refused(http.StatusUnauthorized, "totp_invalid")
	scope := anon.post("/api/auth/login", "grant_type=password&username=ada&password=correct+horse+battery&scope="+p.next(), "Content-Type", "application/x-www-form-urlencoded")
	require.Equal(t, http.StatusOK, scope.status, scope.text)
	both := anon.post("/api/auth/login", map[string]any{"username": "ada", "password": password, "totp_code": p.next(), "scope": "openid"})
	require.Equal(t, http.StatusOK, both.status, both.text)
	spaced := p.next()
	require.Equal(t, http.StatusOK, b.signIn("ada", " "+spaced[:3]+" "+spaced[3:]).status)
}

func TestOneStepOfSkewIsAcceptedAndNoCodeTwice(t *testing.T) {
	t.Parallel()
	b := setup(t)
	p := b.somebody("A", "ada", auth.RoleUser).enrol()
	b.clock.Advance(5 * time.Minute)
	for _, far := range []time.Duration{-time.Minute, time.Minute, -time.Hour} {
		b.signIn("ada", p.code(far)).refused(http.StatusUnauthorized, "totp_invalid")
	}
	before, now, after := p.code(-30*time.Second), p.code(0), p.code(30*time.Second)
	require.Equal(t, http.StatusOK, b.signIn("ada", before).status)
	require.Equal(t, http.StatusOK, b.signIn("ada", after).status)
	for _, spent := range []string{before, now, after} {
		b.signIn("ada", spent).refused(http.StatusUnauthorized, "totp_invalid")
	}
}

func TestARecoveryCodeOpensOnceAndItsUseIsTold(t *testing.T) {
	t.Parallel()
	b := setup(t)
	c := b.somebody("A", "ada", auth.RoleUser)
	p := c.enrol()
	other := b.colleague(c.user.TenantID, "bob", auth.RoleUser).enrol()
	b.signIn("ada", other.paper[0]).refused(http.StatusUnauthorized, "totp_invalid")
	typed := " " + strings.ToLower(strings.ReplaceAll(p.paper[3], "-", " ")) + " "
	require.Equal(t, http.StatusOK, b.signIn("ada", typed).status)
	b.signIn("ada", p.paper[3]).refused(http.StatusUnauthorized, "totp_invalid")
	require.Contains(t, c.get("/api/auth/me").text, `"recovery_codes_left":9`)
	require.Contains(t, c.get("/api/notifications").text, `"type":"security.recovery_code"`)

	a := c.post("/api/auth/2fa/recovery-codes", map[string]any{"code": p.next()})
	require.Equal(t, http.StatusOK, a.status, a.text)
	var fresh recoveryCodes
	a.into(&fresh)
	require.Len(t, fresh.Codes, 10)
	b.signIn("ada", p.paper[4]).refused(http.StatusUnauthorized, "totp_invalid")
	require.Equal(t, http.StatusOK, b.signIn("ada", fresh.Codes[0]).status)
	require.Equal(t, []string{
		"auth.login success", "auth.login success", "auth.recovery_code success", "auth.recovery_code success", "auth.recovery_codes success",
		"auth.totp_enable success", "auth.totp_setup success",
	}, names(t, ownerConn(t, b), "SELECT action || ' ' || outcome FROM audit_logs WHERE username = 'ada' AND outcome = 'success' AND action <> 'auth.login' OR id IN (SELECT max(id) FROM audit_logs WHERE action = 'auth.login' UNION SELECT min(id) FROM audit_logs WHERE action = 'auth.login') ORDER BY 1"))
}

func TestTheSecondFactorIsTakenAwayWithACodeOnly(t *testing.T) {
	t.Parallel()
	b := setup(t)
	c := b.somebody("A", "ada", auth.RoleUser)
	c.post("/api/auth/2fa/disable", map[string]any{"code": "123456"}).refused(http.StatusConflict, "totp_not_enabled")
	c.post("/api/auth/2fa/recovery-codes", map[string]any{"code": "123456"}).refused(http.StatusConflict, "totp_not_enabled")
	c.post("/api/auth/2fa/verify", map[string]any{"code": "123456"}).refused(http.StatusConflict, "totp_not_begun")
	p := c.enrol()
	c.post("/api/auth/2fa/setup", nil).refused(http.StatusConflict, "totp_enabled")
	c.post("/api/auth/2fa/verify", map[string]any{"code": p.next()}).refused(http.StatusConflict, "totp_enabled")
	c.post("/api/auth/2fa/disable", map[string]any{"code": p.code(-2 * time.Hour)}).refused(http.StatusUnprocessableEntity, "totp_invalid")
	b.clock.Advance(time.Hour)
	c = &client{b: b, token: signedIn(b.signIn("ada", p.code(0)))}
	a := c.post("/api/auth/2fa/disable", map[string]any{"code": p.next()})
	require.Equal(t, http.StatusNoContent, a.status, a.text)
	require.NotEmpty(t, b.login("ada", password).token)
	require.Contains(t, c.get("/api/auth/me").text, `"recovery_codes_left":0`)
	require.NotEqual(t, p.secret, c.enrol().secret, "a new enrolment has a new secret")
}

// knock opens a notification socket that is to be refused and gives the code it is closed with.
func (c *client) knock() websocket.StatusCode {
	c.b.t.Helper()
	srv := httptest.NewServer(c.b.handler)
	defer srv.Close()
	conn, _, err := websocket.Dial(context.Background(), "ws"+strings.TrimPrefix(srv.URL, "http")+"/api/notifications/ws", nil)
	require.NoError(c.b.t, err)
	defer func() { _ = conn.CloseNow() }()
	require.NoError(c.b.t, conn.Write(context.Background(), websocket.MessageText, []byte(jsonOf(c.b.t, map[string]string{"token": c.token}))))
	_, _, err = conn.Read(context.Background())
	return websocket.CloseStatus(err)
}

// signedIn is the access token of a sign-in's answer.
func signedIn(a *answer) string {
	a.t.Helper()
	require.Equal(a.t, http.StatusOK, a.status, a.text)
	var got tokens
	a.into(&got)
	return got.Access
}

func TestAnEnrolmentIsOnlyAsGoodAsItsLastBeginning(t *testing.T) {
	t.Parallel()
	b := setup(t)
	c := b.somebody("A", "ada", auth.RoleUser)
	var first, second totpSetup
	c.post("/api/auth/2fa/setup", nil).into(&first)
	c.post("/api/auth/2fa/setup", nil).into(&second)
	require.NotEqual(t, first.Secret, second.Secret)
	stale := &phone{b: b, secret: first.Secret}
	c.post("/api/auth/2fa/verify", map[string]any{"code": stale.code(0)}).refused(http.StatusUnprocessableEntity, "totp_invalid")
	require.NotEmpty(t, b.login("ada", password).token, "a factor that is only begun is not asked for")
	fresh := &phone{b: b, secret: second.Secret}
	require.Equal(t, http.StatusOK, c.post("/api/auth/2fa/verify", map[string]any{"code": fresh.code(0)}).status)
}

func TestCodesThatAreNoneAreRefusedWithoutHarm(t *testing.T) {
	t.Parallel()
	b := setup(t)
	c := b.somebody("A", "ada", auth.RoleUser)
	p := c.enrol()
	for _, bad := range []string{
		"12345", "1234567", "０１２３４５", "abcdef", "'; DROP TABLE users; --", strings.Repeat("9", 100), "\u202e123456", "ABCD-EFGH-JKMN-PQRS", "-", "🔑🔑🔑🔑🔑🔑",
		"123456\r\nX-Injected: 1",
	} {
		b.clock.Advance(20 * time.Minute) // past what the brake asks for
		b.signIn("ada", bad).refused(http.StatusUnauthorized, "totp_invalid")
		c.token = signedIn(b.signIn("ada", p.next()))
		a := c.post("/api/auth/2fa/disable", map[string]any{"code": bad}).refused(http.StatusUnprocessableEntity, "totp_invalid")
		require.NotContains(t, a.text, `"value"`)
	}
	for _, body := range []any{
		map[string]any{},
		map[string]any{"code": ""},
		map[string]any{"code": strings.Repeat("9", 101)},
		map[string]any{"code": 123456},
		map[string]any{"code": nil},
		map[string]any{"code": "123456", "user_id": 1},
		`[]`, `{"code":"1","code":"2"}`, `{"code":"\ud800"}`, `{"code":`, `{"code":"a\u0000b"}`,
	} {
		a := c.post("/api/auth/2fa/disable", body)
		require.GreaterOrEqual(t, a.status, http.StatusBadRequest, body)
		require.Less(t, a.status, http.StatusInternalServerError, body)
		a.problem()
	}
	require.Contains(t, c.get("/api/auth/me").text, `"totp_enabled":true`)
}

func TestATenantThatDemandsASecondFactorLeavesNothingElseWithoutOne(t *testing.T) {
	t.Parallel()
	b := isolate(t)
	c := b.a
	spared := b.colleague(c.user.TenantID, "uwe", auth.RoleUser)
	testkit.SetSettings(t, b.store, c.user.TenantID, `{"require_totp_roles":["admin","super_admin"]}`)
	require.Equal(t, http.StatusOK, spared.get("/api/hosts").status)
	me := c.get("/api/auth/me")
	require.Equal(t, http.StatusOK, me.status, me.text)
	require.Contains(t, me.text, `"totp_required":true,"totp_enrolment_due":true`)
	walked := 0
	for _, o := range operations(t, b.api) {
		needs, _ := o.Extensions["x-permission"].(string)
		if o.public() || !auth.RoleAdmin.Has(auth.Permission(needs)) || strings.HasPrefix(o.Path, "/api/auth/session") || o.Path == "/api/auth/password" {
			continue
		}
		a := c.do(o.Method, fill(t, o.Path, b.idsA), sampleBody(t, b.api, o))
		if auth.Permission(needs) == auth.AccountOwn {
			require.NotContains(t, a.text, auth.CodeEnrolmentRequired, "%s %s", o.Method, o.Path)
			continue
		}
		a.refused(http.StatusForbidden, auth.CodeEnrolmentRequired)
		walked++
	}
	require.Greater(t, walked, 20)
	require.Equal(t, websocket.StatusCode(4401), c.knock())

	p := c.enrol()
	c.listen().stays()
	require.Equal(t, http.StatusOK, c.get("/api/hosts").status)
	require.Contains(t, c.get("/api/auth/me").text, `"totp_required":true,"totp_enrolment_due":false`)
	require.Equal(t, http.StatusNoContent, c.post("/api/auth/2fa/disable", map[string]any{"code": p.next()}).status)
	c.get("/api/hosts").refused(http.StatusForbidden, auth.CodeEnrolmentRequired)
}
