package api_test

import (
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"
	"github.com/stretchr/testify/require"
)

// phone is an authenticator that one user enrolled, and the recovery codes on paper beside it.
type phone struct {
	b      *bench
	secret string
	paper  []string
}

// code is what the phone shows so long from now.
func (p *phone) code(later time.Duration) string {
	p.b.t.Helper()
	code, err := totp.GenerateCode(p.secret, p.b.clock.Now().Add(later))
	require.NoError(p.b.t, err)
	return code
}

// next waits for the next step, so that its code was not used before, and gives it.
func (p *phone) next() string {
	p.b.t.Helper()
	p.b.clock.Advance(30 * time.Second)
	return p.code(0)
}

// setup is an answer of POST /api/auth/2fa/setup.
type totpSetup struct {
	Secret string `json:"secret"`
	URI    string `json:"qr_code_uri"`
	PNG    []byte `json:"qr_code_png"`
}

type recoveryCodes struct {
	Codes []string `json:"recovery_codes"`
}

// enrol sets a second factor up.
func (c *client) enrol() *phone {
	c.b.t.Helper()
	a := c.post("/api/auth/2fa/setup", nil)
	require.Equal(c.b.t, http.StatusOK, a.status, a.text)
	var s totpSetup
	a.into(&s)
	p := &phone{b: c.b, secret: s.Secret}
	a = c.post("/api/auth/2fa/verify", map[string]any{"code": p.next()})
	require.Equal(c.b.t, http.StatusOK, a.status, a.text)
	var r recoveryCodes
	a.into(&r)
	require.Len(c.b.t, r.Codes, 10)
	p.paper = r.Codes
	return p
}

// signIn tries a name with the test's password and a code.
func (b *bench) signIn(username, code string) *answer {
	b.t.Helper()
	return b.anonymous().post("/api/auth/login", map[string]any{"username": username, "password": password, "totp_code": code})
}

// elevate proves the client once more, by the password.
func (c *client) elevate() *client {
	c.b.t.Helper()
	a := c.post("/api/auth/step-up", map[string]any{"password": password})
	require.Equal(c.b.t, http.StatusOK, a.status, a.text)
	return c
}

// refused checks an answer's status and code.
func (a *answer) refused(status int, code string) *answer {
	a.t.Helper()
	require.Equal(a.t, status, a.status, a.text)
	require.Equal(a.t, code, a.problem().Code, a.text)
	return a
}

// program finds one that stands for a person's phone or eye. CI has them all; elsewhere the test is skipped.
func program(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil && os.Getenv("CI") == "" {
		t.Skipf("%s is not installed", name)
	}
	require.NoError(t, err)
	return path
}

// scan reads a QR code as a camera would.
func scan(t *testing.T, png []byte) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "qr.png")
	require.NoError(t, os.WriteFile(file, png, 0o600))
	out, err := exec.CommandContext(t.Context(), program(t, "zbarimg"), "--quiet", "--raw", file).Output()
	require.NoError(t, err)
	return strings.TrimSpace(string(out))
}
