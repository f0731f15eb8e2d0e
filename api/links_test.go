package api_test

import (
	"context"
	"crypto/rand"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/velocicompanion/velocicompanion/api"
	"github.com/velocicompanion/velocicompanion/internal/auth"
	"github.com/velocicompanion/velocicompanion/internal/notify"
)

const newPassword = "another good password"

// withMail is a bench whose mails go to a real server.
func withMail(t *testing.T, change ...func(*api.Params)) (*bench, *mailbox) {
	t.Helper()
	box, mail := startMailbox(t)
	return setup(t, append([]func(*api.Params){mail}, change...)...), box
}

// publicURL sets where people reach the server.
func publicURL(url string) func(*api.Params) {
	return func(p *api.Params) { p.Config.PublicURL = url }
}

// reader gives a user an address.
func (b *bench) reader(c *client, email string) *client {
	b.t.Helper()
	_, err := ownerConn(b.t, b).Exec(context.Background(), "UPDATE users SET email = $1 WHERE id = $2", email, c.user.ID)
	require.NoError(b.t, err)
	return c
}

func askReset(b *bench, email string, header ...string) *answer {
	return b.anonymous().post("/api/auth/password-reset/request", map[string]any{"email": email}, header...)
}

func confirmReset(b *bench, token, pass string) *answer {
	return b.anonymous().post("/api/auth/password-reset/confirm", map[string]any{"token": token, "new_password": pass})
}

func TestAPasswordIsResetByMail(t *testing.T) {
	t.Parallel()
	b, box := withMail(t, publicURL("https://hunt.example.org"))
	c := b.reader(b.somebody("A", "adalove", auth.RoleUser), "adalove@example.org")
	other := b.login("adalove", password)
	a := askReset(b, "ADALOVE@example.org", "Host", "evil.example", "X-Forwarded-Host", "evil.example", "Forwarded", "host=evil.example", "Origin", "https://evil.example")
	require.Equal(t, http.StatusAccepted, a.status, a.text)
	require.Empty(t, a.text)
	mail := box.next()
	require.Equal(t, "adalove@example.org", mail.to)
	require.Contains(t, mail.text, "\nhttps://hunt.example.org/reset-password#token=")
	require.NotContains(t, mail.text+mail.html, "evil.example")
	token := mail.token(t)

	for bad, why := range map[string]string{
		"short": "at least 12 characters", strings.Repeat("x", 73): "at most 72 bytes", strings.Repeat("ü", 40): "at most 72 bytes, has 80",
		"password12345": "choose another", "i-am-adalove@example.org-ok": "must not contain your user name",
	} {
		a := confirmReset(b, token, bad)
		require.Equal(t, http.StatusUnprocessableEntity, a.status, bad)
		p := a.problem()
		require.Equal(t, "body.new_password", p.Errors[0].Location)
		require.Contains(t, p.Errors[0].Message, why)
		require.NotContains(t, a.text, bad)
	}
	require.Equal(t, http.StatusOK, c.get("/api/auth/me").status, "a refusal ends nothing")
	require.Equal(t, http.StatusNoContent, confirmReset(b, token, newPassword).status)
	for _, old := range []*client{c, other} {
		old.get("/api/auth/me").refused(http.StatusUnauthorized, "session_ended")
		require.Equal(t, http.StatusUnauthorized, b.anonymous().post("/api/auth/refresh", map[string]any{"refresh_token": old.refresh}).status)
	}
	confirmReset(b, token, "yet another password").refused(http.StatusUnprocessableEntity, "link_invalid")
	require.Equal(t, http.StatusUnauthorized, b.anonymous().post("/api/auth/login", map[string]any{"username": "adalove", "password": password}).status)

	told := box.next()
	require.Equal(t, "Your account was changed", told.subject)
	require.NotContains(t, told.text, "#token=")
	in := b.login("adalove", newPassword)
	require.Contains(t, in.get("/api/auth/me").text, `"email_verified":true`, "who reads the mail has proved the address")
	require.Contains(t, in.get("/api/notifications").text, "security.password_changed")
	require.Equal(t, []string{"auth.request_reset", "auth.reset_password"},
		names(t, ownerConn(t, b), "SELECT action FROM audit_logs WHERE action LIKE '%reset%' ORDER BY id"))
	require.NotContains(t, b.log.String(), token)
}

func TestAskingForAResetTellsNothing(t *testing.T) {
	t.Parallel()
	b, box := withMail(t)
	admin := b.somebody("A", "root", auth.RoleAdmin)
	b.reader(admin, "root@example.org")
	gone := b.reader(b.colleague(admin.user.TenantID, "gone", auth.RoleUser), "gone@example.org")
	require.Equal(t, http.StatusOK, admin.patch("/api/users/"+itoa(gone.user.ID), map[string]any{"is_active": false}).status)
	known := askReset(b, "root@example.org")
	for _, email := range []string{"nobody@example.org", "gone@example.org", "o'neil@example.org", "zoë@exämple.org", "%@example.org"} {
		a := askReset(b, email)
		require.Equal(t, known.status, a.status)
		require.Equal(t, known.text, a.text)
		known.header.Del("X-Request-Id")
		a.header.Del("X-Request-Id")
		require.Equal(t, known.header, a.header)
	}
	require.Equal(t, "root@example.org", box.next().to)
	b.settle()
	box.empty()
	require.Equal(t, []string{"1"}, names(t, ownerConn(t, b), "SELECT count(*)::text FROM password_reset_tokens"))
	for _, bad := range []string{"", "ada", "ada@", "a@b\r\nBcc: c@d"} {
		require.Equal(t, http.StatusUnprocessableEntity, askReset(b, bad).status, bad)
	}
	require.Equal(t, http.StatusBadRequest, askReset(b, "a\x00@example.org").status)
}

func TestAskingForAResetDoesNotWaitForTheMailServer(t *testing.T) {
	t.Parallel()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	answered, came := make(chan struct{}), make(chan struct{})
	go func() { // a server that says nothing before the answer is there
		conn, err := l.Accept()
		if err != nil {
			return
		}
		close(came)
		<-answered
		_, _ = io.WriteString(conn, "554 no\r\n")
		_ = conn.Close()
	}()
	t.Cleanup(func() { _ = l.Close() })
	addr, ok := l.Addr().(*net.TCPAddr)
	require.True(t, ok)
	mailer, err := notify.NewMailer(notify.MailerParams{Host: "127.0.0.1", Port: addr.Port, From: "vc@example.org", TLS: notify.MailNoTLS})
	require.NoError(t, err)
	b := setup(t, func(p *api.Params) { p.Mailer = mailer })
	b.reader(b.somebody("A", "ada", auth.RoleUser), "ada@example.org")
	require.Equal(t, http.StatusAccepted, askReset(b, "ada@example.org").status)
	<-came
	close(answered)
}

func TestResetsAreBoundedForEverybodyAlike(t *testing.T) {
	t.Parallel()
	b, _ := withMail(t)
	b.reader(b.somebody("A", "ada", auth.RoleUser), "ada@example.org")
	for _, email := range []string{"ada@example.org", "nobody@example.org"} {
		for range 3 {
			require.Equal(t, http.StatusAccepted, askReset(b, email).status)
		}
		require.Equal(t, http.StatusAccepted, askReset(b, email).status, "the fourth makes the next ones wait")
		a := askReset(b, strings.ToUpper(email[:1])+email[1:])
		a.refused(http.StatusTooManyRequests, "too_many_attempts")
		require.NotEmpty(t, a.header.Get("Retry-After"))
	}
}

func TestAResetLiftsTheLockOfGuessedPasswords(t *testing.T) {
	t.Parallel()
	b, box := withMail(t)
	c := b.reader(b.somebody("A", "ada", auth.RoleUser), "ada@example.org")
	owner := ownerConn(t, b)
	require.NoError(t, b.store.System().Admit(t.Context(), auth.LoginLimits("ada", "192.0.2.9")))
	_, err := owner.Exec(t.Context(), "UPDATE auth_attempts SET failures = 20, last_at = now(), blocked_until = now() + interval '1 hour' WHERE scope = 'account'")
	require.NoError(t, err)
	login := func(pass string) int {
		return b.anonymous().post("/api/auth/login", map[string]any{"username": "ada", "password": pass}).status
	}
	require.Equal(t, http.StatusTooManyRequests, login(password))
	require.Equal(t, http.StatusAccepted, askReset(b, "ada@example.org").status)
	require.Equal(t, http.StatusNoContent, confirmReset(b, box.next().token(t), newPassword).status)
	require.Equal(t, http.StatusOK, login(newPassword))
	require.Equal(t, http.StatusUnauthorized, c.get("/api/auth/me").status)
}

// TestNoLinkOpensTwiceOrLateOrElsewhere tries every token at every door.
func TestNoLinkOpensTwiceOrLateOrElsewhere(t *testing.T) {
	t.Parallel()
	b, box := withMail(t)
	root := b.somebody("A", "root", auth.RoleAdmin)
	b.reader(b.colleague(root.user.TenantID, "ada", auth.RoleUser), "ada@example.org")
	ada := b.login("ada", password)
	fresh := func() map[string]string {
		out := map[string]string{}
		require.Equal(t, http.StatusAccepted, askReset(b, "ada@example.org").status)
		out["/api/auth/password-reset/confirm"] = box.next().token(t)
		require.Equal(t, http.StatusAccepted, ada.post("/api/auth/verify-email/resend", nil).status)
		out["/api/auth/verify-email"] = box.next().token(t)
		a := root.post("/api/users", map[string]any{"username": "new-" + strings.ToLower(rand.Text()[:8]), "email": "new@example.org"})
		require.Equal(t, http.StatusCreated, a.status, a.text)
		out["/api/auth/accept-invitation"] = box.next().token(t)
		return out
	}
	body := func(door, token string) map[string]any {
		switch door {
		case "/api/auth/password-reset/confirm":
			return map[string]any{"token": token, "new_password": newPassword}
		case "/api/auth/accept-invitation":
			return map[string]any{"token": token, "password": newPassword}
		default:
			return map[string]any{"token": token}
		}
	}
	refused := func(door, token string) {
		t.Helper()
		b.anonymous().post(door, body(door, token)).refused(http.StatusUnprocessableEntity, "link_invalid")
	}
	links := fresh()
	for door := range links {
		for from, token := range links {
			if from != door {
				refused(door, token)
			}
		}
		for _, token := range []string{"x", strings.Repeat("x", 200), "🔑", "' OR 1=1 --", links[door] + "x", " " + links[door], strings.ToUpper(links[door]), ada.refresh} {
			refused(door, token)
		}
		for _, token := range []any{"", nil, 5, []string{"x"}, strings.Repeat("x", 201)} {
			a := b.anonymous().post(door, map[string]any{"token": token})
			require.Equal(t, http.StatusUnprocessableEntity, a.status, a.text)
		}
		require.Equal(t, http.StatusBadRequest, b.anonymous().post(door, body(door, "a\x00b")).status)
	}
	for door, token := range links { // and none of this used one up
		a := b.anonymous().post(door, body(door, token))
		require.Less(t, a.status, 300, "%s: %s", door, a.text)
		refused(door, token)
	}
	_, err := ownerConn(t, b).Exec(t.Context(), "UPDATE users SET email_verified = false, password_hash = $1 WHERE username = 'ada'", hashOf(t, b, password))
	require.NoError(t, err)
	ada = b.login("ada", password)
	_, err = ownerConn(t, b).Exec(t.Context(), "DELETE FROM auth_attempts")
	require.NoError(t, err)
	b.drain(box)
	links = fresh()
	b.clock.Advance(time.Hour)
	refused("/api/auth/password-reset/confirm", links["/api/auth/password-reset/confirm"])
	refused("/api/auth/verify-email", links["/api/auth/verify-email"])
	b.clock.Advance(7 * 24 * time.Hour)
	refused("/api/auth/accept-invitation", links["/api/auth/accept-invitation"])
}

func TestAnAddressIsProvedByMail(t *testing.T) {
	t.Parallel()
	b, box := withMail(t, func(p *api.Params) { p.Config.Registration = "open" })
	require.Contains(t, b.anonymous().get("/api/auth/status").text, `"mail_enabled":true`)
	require.Equal(t, http.StatusCreated, b.anonymous().post("/api/auth/register", map[string]any{"username": "root", "password": password}).status)
	a := b.anonymous().post("/api/auth/register", map[string]any{"username": "zoe", "password": password, "email": "zoe@example.org"})
	require.Equal(t, http.StatusCreated, a.status, a.text)
	require.Contains(t, a.text, `"email_verified":false`)
	first := box.next()
	require.Equal(t, "zoe@example.org", first.to)
	require.Contains(t, first.text, "/verify-email#token=")
	zoe := b.login("zoe", password)
	require.Equal(t, http.StatusAccepted, zoe.post("/api/auth/verify-email/resend", nil).status)
	second := box.next()
	verify := func(l letter) *answer {
		return b.anonymous().post("/api/auth/verify-email", map[string]any{"token": l.token(t)})
	}
	require.Equal(t, http.StatusNoContent, verify(second).status)
	require.Contains(t, zoe.get("/api/auth/me").text, `"email_verified":true`)
	verify(second).refused(http.StatusUnprocessableEntity, "link_invalid")
	zoe.post("/api/auth/verify-email/resend", nil).refused(http.StatusConflict, "already_verified")
	require.Equal(t, []string{"zoe"}, names(t, ownerConn(t, b), "SELECT username FROM audit_logs WHERE action = 'user.verify_email'"))

	root := b.login("root", password)
	root.post("/api/auth/verify-email/resend", nil).refused(http.StatusConflict, "no_email")
}

func TestAnotherAddressHasToBeProvedAgain(t *testing.T) {
	t.Parallel()
	b, box := withMail(t)
	c := b.reader(b.somebody("A", "ada", auth.RoleViewer), "ada@example.org")
	_, err := ownerConn(t, b).Exec(t.Context(), "UPDATE users SET email_verified = true")
	require.NoError(t, err)
	c.patch("/api/auth/me", map[string]any{"email": "eve@example.org"}).refused(http.StatusForbidden, "step_up_required")
	require.Equal(t, http.StatusOK, c.patch("/api/auth/me", map[string]any{"email": "ada@example.org", "theme": "dark"}).status, "the same address is no change")
	c.elevate()
	a := c.patch("/api/auth/me", map[string]any{"email": "new@example.org"})
	require.Equal(t, http.StatusOK, a.status, a.text)
	require.Contains(t, a.text, `"email_verified":false`)
	got := map[string]letter{}
	for range 2 {
		l := box.next()
		got[l.to] = l
	}
	require.Equal(t, "Your account was changed", got["ada@example.org"].subject, "whoever reads the old address hears of it")
	require.Equal(t, http.StatusOK, c.patch("/api/auth/me", map[string]any{"email": "newer@example.org"}).status)
	require.Equal(t, "newer@example.org", box.next().to)
	b.anonymous().post("/api/auth/verify-email", map[string]any{"token": got["new@example.org"].token(t)}).refused(http.StatusUnprocessableEntity, "link_invalid")
	for range 2 {
		require.Equal(t, http.StatusAccepted, c.post("/api/auth/verify-email/resend", nil).status)
	}
	a = c.post("/api/auth/verify-email/resend", nil)
	a.refused(http.StatusTooManyRequests, "too_many_attempts")
	require.NotEmpty(t, a.header.Get("Retry-After"))
	c.patch("/api/auth/me", map[string]any{"email": "newest@example.org"}).refused(http.StatusTooManyRequests, "too_many_attempts")
	for _, bad := range []string{"Ada <ada@example.org>", "a@b\r\nBcc: c@d", "a b@example.org", strings.Repeat("x", 250) + "@example.org", "ada@example.org, eve@example.org"} {
		require.Equal(t, http.StatusUnprocessableEntity, c.patch("/api/auth/me", map[string]any{"email": bad}).status, bad)
	}
}

func TestWithoutAMailServerNothingIsPromised(t *testing.T) {
	t.Parallel()
	b := setup(t)
	c := b.reader(b.somebody("A", "ada", auth.RoleViewer), "ada@example.org")
	require.Contains(t, b.anonymous().get("/api/auth/status").text, `"mail_enabled":false`)
	require.Equal(t, http.StatusAccepted, askReset(b, "ada@example.org").status)
	c.post("/api/auth/verify-email/resend", nil).refused(http.StatusServiceUnavailable, "mail_not_configured")
	b.settle()
	require.Empty(t, names(t, ownerConn(t, b), "SELECT id::text FROM password_reset_tokens"))
	require.Contains(t, b.log.String(), "no mail server is configured")
}

func TestHousekeepingRemovesDeadLinksAndOldCounts(t *testing.T) {
	t.Parallel()
	b := setup(t)
	c := b.somebody("A", "ada", auth.RoleAdmin)
	h := b.store.Tenant(c.user.TenantID)
	b.reader(c, "ada@example.org")
	require.NoError(t, h.CreateResetToken(t.Context(), c.user.ID, make([]byte, 32), time.Hour))
	require.NoError(t, h.CreateVerificationToken(t.Context(), c.user.ID, make([]byte, 32), time.Hour))
	require.Equal(t, http.StatusCreated, c.post("/api/users", map[string]any{"username": "new"}).status)
	require.NoError(t, b.store.System().Admit(t.Context(), auth.RegistrationLimits("192.0.2.1")))
	owner := ownerConn(t, b)
	left := `SELECT 'r' FROM password_reset_tokens UNION ALL SELECT 'v' FROM email_verification_tokens UNION ALL SELECT 'i' FROM invitations
UNION ALL SELECT 'a' FROM auth_attempts WHERE action = 'registration'`
	require.Len(t, names(t, owner, left), 4)
	_, err := owner.Exec(t.Context(), `UPDATE password_reset_tokens SET expires_at = now() - interval '1 minute';
UPDATE email_verification_tokens SET expires_at = now() - interval '1 minute'; UPDATE invitations SET expires_at = now() - interval '1 minute';
UPDATE auth_attempts SET last_at = now() - interval '2 days'`)
	require.NoError(t, err)
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- b.api.Run(ctx) }()
	require.Eventually(t, func() bool { return len(names(t, owner, left)) == 0 }, 10*time.Second, 10*time.Millisecond)
	stop()
	require.NoError(t, <-ended)
}

// settle waits for what requests left to be done beside their answers.
func (b *bench) settle() {
	b.t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	stop()
	require.NoError(b.t, b.api.Run(ctx))
}

func (b *bench) suspend(tenant int64) {
	b.t.Helper()
	_, _, err := b.store.System().SuspendTenant(context.Background(), tenant, "a test")
	require.NoError(b.t, err)
}

func (b *bench) resume(tenant int64) {
	b.t.Helper()
	_, err := b.store.System().ResumeTenant(context.Background(), tenant)
	require.NoError(b.t, err)
}

// drain throws away the mails that are there or on their way.
func (b *bench) drain(box *mailbox) {
	b.t.Helper()
	b.settle()
	box.Drain()
}

// hashOf is a password's hash.
func hashOf(t *testing.T, b *bench, pass string) string {
	t.Helper()
	hash, err := b.hasher.Hash(t.Context(), pass)
	require.NoError(t, err)
	return hash
}
