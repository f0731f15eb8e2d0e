package e2e

import (
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/velocicompanion/velocicompanion/internal/clock"
	"github.com/velocicompanion/velocicompanion/internal/testkit"
)

const newPassword = "another good password 7"

// people is an installation with a mail server, and a tenant of it.
type people struct {
	*Client // the tenant's administrator

	t        *testing.T
	url      string
	mail     *testkit.Mailbox
	operator *Client
}

// person is a member of the tenant with a mail address, signed in.
func (p *people) person(name string) *Client {
	p.t.Helper()
	username := name + "-" + strings.ToLower(clock.Token(6))
	p.Must(http.StatusCreated, http.MethodPost, "/api/users", map[string]any{
		"username": username, "email": username + "@example.org", "role": "user", "password": tenantPassword,
	}, nil)
	c := Login(p.t, p.url, username, tenantPassword)
	if p.mail != nil {
		require.Contains(p.t, p.letter(c).Text, p.url+"/verify-email#token=", "a new address is to be proved")
	}
	return c
}

func (p *people) anonymous() *Client { return &Client{t: p.t, url: p.url} }

// login tries to sign in.
func (p *people) login(username, password, code string) (status int, body []byte) {
	p.t.Helper()
	in := map[string]string{"username": username, "password": password}
	if code != "" {
		in["totp_code"] = code
	}
	return p.anonymous().Do(http.MethodPost, "/api/auth/login", in)
}

// letter waits for the next mail and checks whom it is for.
func (p *people) letter(to *Client) testkit.Letter {
	p.t.Helper()
	l := p.mail.Next()
	require.Equal(p.t, to.Username+"@example.org", l.To)
	return l
}

// audited waits until the trail has an act; some are written beside their answer.
func (p *people) audited(action, outcome string) {
	p.t.Helper()
	require.Eventually(p.t, func() bool {
		var entries []struct {
			Outcome string `json:"outcome"`
		}
		p.Get("/api/audit?action="+action+"&outcome="+outcome, &entries)
		return len(entries) > 0
	}, 10*time.Second, poll, "no %s with outcome %s in the trail", action, outcome)
}

// notified says that somebody has a notification of this type.
func (c *Client) notified(kind string) {
	c.t.Helper()
	var list []struct {
		Type string `json:"type"`
	}
	c.Get("/api/notifications", &list)
	types := make([]string, len(list))
	for i, n := range list {
		types[i] = n.Type
	}
	require.Contains(c.t, types, kind)
}

// The parts of identity, one after the other against one installation of the real binary: each is a tenant of its own.
func TestIdentity(t *testing.T) {
	mail := testkit.StartMailbox(t)
	s := Start(t, map[string]string{
		"SMTP_HOST": "127.0.0.1", "SMTP_PORT": strconv.Itoa(mail.Port), "SMTP_TLS": "none", "FROM_EMAIL": "VelociCompanion <vc@example.org>",
	})
	for _, part := range []struct {
		name string
		does func(p *people)
	}{
		{"tokens rotate and a copied one ends its session", rotation},
		{"a forgotten password is set anew by mail", forgottenPassword},
		{"an address is proved by mail", provedAddress},
		{"an invitation becomes an account", invited},
		{"failures lock an account and its owner is told", lockedOut},
		{"a second factor", secondFactor},
		{"a deactivated user is out at once", deactivated},
		{"a suspended tenant is out at once", suspended},
	} {
		t.Run(part.name, func(t *testing.T) {
			mail.Drain()
			part.does(&people{
				Client: NewTenant(t, s.URL, "identity"), t: t, url: s.URL, mail: mail.For(t), operator: Login(t, s.URL, AdminName, AdminPassword),
			})
		})
	}
}

func rotation(p *people) {
	ada := p.person("ada")
	first := ada.refresh
	var second tokens
	p.anonymous().Must(http.StatusOK, http.MethodPost, "/api/auth/refresh", map[string]string{"refresh_token": first}, &second)
	require.NotEqual(p.t, first, second.RefreshToken)
	ada.token = second.AccessToken
	ada.Get("/api/auth/me", nil)
	var third tokens
	p.anonymous().Must(http.StatusOK, http.MethodPost, "/api/auth/refresh", map[string]string{"refresh_token": second.RefreshToken}, &third)
	ada.token = third.AccessToken
	socket := ada.Listen()

	p.anonymous().Refused(http.StatusUnauthorized, "refresh_reused", http.MethodPost, "/api/auth/refresh", map[string]string{"refresh_token": first})
	socket.EndsSoon()
	ada.Refused(http.StatusUnauthorized, "session_ended", http.MethodGet, "/api/auth/me", nil)
	p.anonymous().Refused(http.StatusUnauthorized, "refresh_invalid", http.MethodPost, "/api/auth/refresh", map[string]string{"refresh_token": third.RefreshToken})
	require.Equal(p.t, "One of your sessions was ended for safety", p.letter(ada).Subject)
	p.audited("auth.refresh_reused", "denied")
	Login(p.t, p.url, ada.Username, tenantPassword).notified("security.session_reuse")
}

func forgottenPassword(p *people) {
	ada := p.person("ada")
	ask := func(email string) {
		p.anonymous().Must(http.StatusAccepted, http.MethodPost, "/api/auth/password-reset/request", map[string]string{"email": email}, nil)
	}
	ask("nobody@example.org")
	ask(ada.Username + "@example.org")
	mail := p.letter(ada) // the only one: nobody has none
	require.Contains(p.t, mail.Text, p.url+"/reset-password#token=", "the link is of PUBLIC_URL")
	token := mail.Token(p.t)
	confirm := func(password string) map[string]string {
		return map[string]string{"token": token, "new_password": password}
	}
	status, body := p.anonymous().Do(http.MethodPost, "/api/auth/password-reset/confirm", confirm("password1234"))
	require.Equal(p.t, http.StatusUnprocessableEntity, status, string(body))
	p.anonymous().Must(http.StatusNoContent, http.MethodPost, "/api/auth/password-reset/confirm", confirm(newPassword), nil)
	p.anonymous().Refused(http.StatusUnprocessableEntity, "link_invalid", http.MethodPost, "/api/auth/password-reset/confirm", confirm(newPassword))
	ada.Refused(http.StatusUnauthorized, "session_ended", http.MethodGet, "/api/auth/me", nil)
	p.letter(ada) // that the password was changed
	status, _ = p.login(ada.Username, tenantPassword, "")
	require.Equal(p.t, http.StatusUnauthorized, status)
	Login(p.t, p.url, ada.Username, newPassword)
	p.audited("auth.reset_password", "success")
}

func provedAddress(p *people) {
	ada := p.person("ada")
	proved := func() bool {
		var me struct {
			EmailVerified bool `json:"email_verified"`
		}
		ada.Get("/api/auth/me", &me)
		return me.EmailVerified
	}
	require.False(p.t, proved())
	ada.Must(http.StatusAccepted, http.MethodPost, "/api/auth/verify-email/resend", nil, nil)
	mail := p.letter(ada)
	require.Contains(p.t, mail.Text, p.url+"/verify-email#token=")
	in := map[string]string{"token": mail.Token(p.t)}
	p.anonymous().Must(http.StatusNoContent, http.MethodPost, "/api/auth/verify-email", in, nil)
	require.True(p.t, proved())
	p.anonymous().Refused(http.StatusUnprocessableEntity, "link_invalid", http.MethodPost, "/api/auth/verify-email", in)
}

func invited(p *people) {
	name := "eve-" + strings.ToLower(clock.Token(6))
	var made struct {
		Invited bool   `json:"invited"`
		URL     string `json:"invitation_url"`
	}
	p.Must(http.StatusCreated, http.MethodPost, "/api/users", map[string]any{"username": name, "email": name + "@example.org", "role": "viewer"}, &made)
	require.True(p.t, made.Invited)
	require.Empty(p.t, made.URL, "who gets a mail needs no link from the administrator")
	mail := p.letter(&Client{Username: name})
	require.Contains(p.t, mail.Text, p.url+"/accept-invitation#token=")
	status, _ := p.login(name, newPassword, "")
	require.Equal(p.t, http.StatusUnauthorized, status)
	var accepted struct {
		Username string `json:"username"`
	}
	in := map[string]string{"token": mail.Token(p.t), "password": newPassword}
	p.anonymous().Must(http.StatusOK, http.MethodPost, "/api/auth/accept-invitation", in, &accepted)
	require.Equal(p.t, name, accepted.Username)
	p.anonymous().Refused(http.StatusUnprocessableEntity, "link_invalid", http.MethodPost, "/api/auth/accept-invitation", in)
	eve := Login(p.t, p.url, name, newPassword)
	require.Equal(p.t, p.TenantID, eve.TenantID)
	eve.Refused(http.StatusForbidden, "permission_denied", http.MethodGet, "/api/users", nil)
}

// lockedOut fails as fast as the growing delays let anybody: half a minute.
func lockedOut(p *people) {
	ada := p.person("ada")
	wrong, held := 0, false
	require.Eventually(p.t, func() bool {
		status, body := p.login(ada.Username, "not the password at all", "")
		switch status {
		case http.StatusUnauthorized:
			wrong++
		case http.StatusTooManyRequests:
			held = true
		default:
			require.Fail(p.t, string(body))
		}
		return wrong == 10
	}, 2*time.Minute, 100*time.Millisecond, "only %d failures were let through", wrong)
	require.True(p.t, held, "the delays grow before the lock")
	require.Equal(p.t, "Signing in to your account is locked for now", p.letter(ada).Subject)
	status, body := p.login(ada.Username, tenantPassword, "")
	require.Equal(p.t, http.StatusTooManyRequests, status, "the right password waits as well: %s", body)
	ada.Get("/api/auth/me", nil) // who is signed in stays so
	ada.notified("security.locked_out")
	var user struct {
		LockedUntil *time.Time `json:"locked_until"`
	}
	p.Get(fmt.Sprintf("/api/users/%d", ada.ID), &user)
	require.NotNil(p.t, user.LockedUntil)
	p.Must(http.StatusOK, http.MethodPost, fmt.Sprintf("/api/users/%d/unlock", ada.ID), nil, nil)
	Login(p.t, p.url, ada.Username, tenantPassword)
	p.audited("user.unlock", "success")
}

// oathtool is a real authenticator: the code of a secret, steps of 30 s from now.
func oathtool(t *testing.T, secret string, steps int) string {
	t.Helper()
	at := time.Now().Add(time.Duration(steps) * 30 * time.Second).UTC().Format("2006-01-02 15:04:05 UTC")
	out, err := exec.CommandContext(t.Context(), "oathtool", "--totp", "--base32", "--now="+at, secret).CombinedOutput()
	require.NoError(t, err, string(out))
	return strings.TrimSpace(string(out))
}

func secondFactor(p *people) {
	if _, err := exec.LookPath("oathtool"); err != nil {
		p.t.Skip("oathtool is not installed")
	}
	ada := p.person("ada")
	var setup struct {
		Secret string `json:"secret"`
		URI    string `json:"qr_code_uri"`
		PNG    []byte `json:"qr_code_png"`
	}
	ada.Must(http.StatusOK, http.MethodPost, "/api/auth/2fa/setup", map[string]any{}, &setup)
	scanned(p.t, setup.PNG, setup.URI)
	var recovery struct {
		Codes []string `json:"recovery_codes"`
	}
	first := oathtool(p.t, setup.Secret, 0)
	ada.Must(http.StatusOK, http.MethodPost, "/api/auth/2fa/verify", map[string]string{"code": first}, &recovery)
	require.Len(p.t, recovery.Codes, 10)
	refused := func(code, why string) {
		p.t.Helper()
		in := map[string]string{"username": ada.Username, "password": tenantPassword, "totp_code": code}
		p.anonymous().Refused(http.StatusUnauthorized, why, http.MethodPost, "/api/auth/login", in)
	}
	refused("", "totp_required")
	refused(first, "totp_invalid") // spent by the set-up
	second := oathtool(p.t, setup.Secret, 1)
	status, body := p.login(ada.Username, tenantPassword, second)
	require.Equal(p.t, http.StatusOK, status, string(body))
	refused(second, "totp_invalid")
	status, body = p.login(ada.Username, tenantPassword, recovery.Codes[0])
	require.Equal(p.t, http.StatusOK, status, string(body))
	refused(recovery.Codes[0], "totp_invalid")
	status, _ = p.login(ada.Username, "not the password at all", recovery.Codes[1])
	require.Equal(p.t, http.StatusUnauthorized, status)
	ada.Must(http.StatusOK, http.MethodPost, "/api/auth/step-up", map[string]string{"totp_code": recovery.Codes[1]}, nil)
	ada.Must(http.StatusNoContent, http.MethodPost, "/api/auth/2fa/disable", map[string]string{"code": recovery.Codes[2]}, nil)
	Login(p.t, p.url, ada.Username, tenantPassword)
	p.audited("auth.totp_enable", "success")
}

// scanned reads a QR code as a phone would.
func scanned(t *testing.T, png []byte, uri string) {
	t.Helper()
	if _, err := exec.LookPath("zbarimg"); err != nil {
		return
	}
	path := filepath.Join(t.TempDir(), "qr.png")
	require.NoError(t, os.WriteFile(path, png, 0o600))
	out, err := exec.CommandContext(t.Context(), "zbarimg", "--quiet", "--raw", path).Output()
	require.NoError(t, err)
	require.Equal(t, uri, strings.TrimSpace(string(out)))
}

func deactivated(p *people) {
	ada := p.person("ada")
	socket := ada.Listen()
	p.Must(http.StatusOK, http.MethodPatch, fmt.Sprintf("/api/users/%d", ada.ID), map[string]any{"is_active": false}, nil)
	ada.Refused(http.StatusUnauthorized, "account_disabled", http.MethodGet, "/api/auth/me", nil)
	socket.EndsSoon()
	status, _ := p.login(ada.Username, tenantPassword, "")
	require.Equal(p.t, http.StatusUnauthorized, status)
	p.anonymous().Refused(http.StatusUnauthorized, "refresh_invalid", http.MethodPost, "/api/auth/refresh", map[string]string{"refresh_token": ada.refresh})
}

func suspended(p *people) {
	ada := p.person("ada")
	socket, other := ada.Listen(), p.operator.Listen()
	p.operator.suspend(p.TenantID)
	ada.Refused(http.StatusUnauthorized, "account_disabled", http.MethodGet, "/api/auth/me", nil)
	socket.EndsSoon()
	status, _ := p.login(ada.Username, tenantPassword, "")
	require.Equal(p.t, http.StatusUnauthorized, status)
	p.operator.Must(http.StatusOK, http.MethodPost, fmt.Sprintf("/api/tenants/%d/resume", p.TenantID), map[string]string{"reason": "paid"}, nil)
	Login(p.t, p.url, ada.Username, tenantPassword)
	select {
	case <-other.end:
		require.Fail(p.t, "another tenant's socket was ended")
	default:
	}
}

// suspend keeps a tenant from working, as an operator who has proved himself once more.
func (c *Client) suspend(tenant int64) {
	c.t.Helper()
	c.Must(http.StatusOK, http.MethodPost, "/api/auth/step-up", map[string]string{"password": AdminPassword}, nil)
	c.Must(http.StatusOK, http.MethodPost, fmt.Sprintf("/api/tenants/%d/suspend", tenant), map[string]string{"reason": "not paid"}, nil)
}
