package api_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/velocicompanion/velocicompanion/internal/auth"
)

// invitee is what the answer tells of a user who was invited.
type invitee struct {
	ID      int64  `json:"id"`
	Invited bool   `json:"invited"`
	Sent    bool   `json:"invitation_sent"`
	URL     string `json:"invitation_url"`
}

func made(a *answer) invitee {
	a.t.Helper()
	require.Equal(a.t, http.StatusCreated, a.status, a.text)
	var out invitee
	a.into(&out)
	return out
}

func accept(b *bench, token, pass string) *answer {
	return b.anonymous().post("/api/auth/accept-invitation", map[string]any{"token": token, "password": pass})
}

func TestAnInvitedUserSetsThePasswordHimself(t *testing.T) {
	t.Parallel()
	b, box := withMail(t, publicURL("https://hunt.example.org/vc"))
	root := b.somebody("Acme & Söhne", "grace", auth.RoleAdmin)
	u := made(root.post("/api/users", map[string]any{"username": "adalove", "email": "ada@example.org", "role": "user"}))
	require.True(t, u.Invited)
	require.True(t, u.Sent)
	require.Empty(t, u.URL, "who can read the mail needs no other way")
	mail := box.next()
	require.Equal(t, "ada@example.org", mail.to)
	require.Equal(t, "Your account for Acme & Söhne", mail.subject)
	require.Contains(t, mail.text, "grace made an account for you in Acme & Söhne. Your user name is adalove.")
	require.Contains(t, mail.text, "\nhttps://hunt.example.org/vc/accept-invitation#token=")
	require.Equal(t, http.StatusUnauthorized, b.anonymous().post("/api/auth/login", map[string]any{"username": "adalove", "password": password}).status)
	for _, bad := range []string{"short", "adalove and more", strings.Repeat("x", 73)} {
		a := accept(b, mail.token(t), bad)
		require.Equal(t, http.StatusUnprocessableEntity, a.status)
		require.Equal(t, "body.password", a.problem().Errors[0].Location)
	}
	a := accept(b, mail.token(t), password)
	require.Equal(t, http.StatusOK, a.status, a.text)
	require.JSONEq(t, `{"username":"adalove"}`, a.text)
	me := b.login("adalove", password).get("/api/auth/me").text
	require.Contains(t, me, `"email_verified":true`)
	require.Contains(t, me, `"invited":false`)
	accept(b, mail.token(t), newPassword).refused(http.StatusUnprocessableEntity, "link_invalid")
	root.post("/api/users/"+itoa(u.ID)+"/invite", nil).refused(http.StatusConflict, "already_accepted")
	require.Equal(t, []string{"user.create grace", "user.accept_invitation adalove"},
		names(t, ownerConn(t, b), "SELECT action || ' ' || username FROM audit_logs WHERE action LIKE 'user.%' ORDER BY id"))
	require.NotContains(t, b.log.String(), mail.token(t))
}

func TestWhereNoMailGoesOutTheLinkIsHandedOnOnce(t *testing.T) {
	t.Parallel()
	b := setup(t, publicURL("https://hunt.example.org"))
	root := b.somebody("A", "grace", auth.RoleAdmin)
	body := map[string]any{"username": "adalove", "email": "ada@example.org"}
	u := made(root.post("/api/users", body, "Idempotency-Key", "once", "Host", "evil.example"))
	require.False(t, u.Sent)
	first, ok := strings.CutPrefix(u.URL, "https://hunt.example.org/accept-invitation#token=")
	require.True(t, ok, u.URL)
	again := root.post("/api/users", body, "Idempotency-Key", "once")
	require.Equal(t, "true", again.header.Get("Idempotency-Replayed"))
	require.Empty(t, made(again).URL, "told once")
	require.NotContains(t, root.get("/api/users/"+itoa(u.ID)).text, first)
	require.NotContains(t, strings.Join(names(t, ownerConn(t, b), "SELECT convert_from(response, 'UTF8') FROM idempotency_keys"), ""), first)

	a := root.post("/api/users/"+itoa(u.ID)+"/invite", nil)
	require.Equal(t, http.StatusOK, a.status, a.text)
	var next struct {
		Sent bool   `json:"sent"`
		URL  string `json:"invitation_url"`
	}
	a.into(&next)
	require.False(t, next.Sent)
	_, second, _ := strings.Cut(next.URL, "#token=")
	accept(b, first, password).refused(http.StatusUnprocessableEntity, "link_invalid")
	require.Equal(t, http.StatusOK, accept(b, second, password).status)
}

func TestAnInvitationThatTheMailServerRefusesIsHandedOn(t *testing.T) {
	t.Parallel()
	b, box := withMail(t)
	box.Refuse(errors.New("no such mailbox"))
	root := b.somebody("A", "grace", auth.RoleAdmin)
	u := made(root.post("/api/users", map[string]any{"username": "adalove", "email": "ada@example.org"}))
	require.False(t, u.Sent)
	_, token, _ := strings.Cut(u.URL, "#token=")
	require.Equal(t, http.StatusOK, accept(b, token, password).status)
}

func TestAnInvitationIsVoidOnceItsReaderIsSomebodyElse(t *testing.T) {
	t.Parallel()
	b, box := withMail(t)
	root := b.somebody("A", "grace", auth.RoleAdmin)
	u := made(root.post("/api/users", map[string]any{"username": "adalove", "email": "typo@example.org"}))
	typo := box.next().token(t)
	path := "/api/users/" + itoa(u.ID)
	require.Equal(t, http.StatusOK, root.patch(path, map[string]any{"email": "ada@example.org"}).status)
	accept(b, typo, password).refused(http.StatusUnprocessableEntity, "link_invalid")
	require.Contains(t, root.post(path+"/invite", nil).text, `"sent":true`)
	right := box.next()
	require.Equal(t, "ada@example.org", right.to)

	require.Equal(t, http.StatusOK, root.patch(path, map[string]any{"is_active": false}).status)
	accept(b, right.token(t), password).refused(http.StatusUnprocessableEntity, "link_invalid")
	root.post(path+"/invite", nil).refused(http.StatusConflict, "user_inactive")
	require.Equal(t, http.StatusOK, root.patch(path, map[string]any{"is_active": true}).status)
	b.suspend(root.user.TenantID)
	accept(b, right.token(t), password).refused(http.StatusUnprocessableEntity, "link_invalid")
	b.resume(root.user.TenantID)
	require.Equal(t, http.StatusOK, accept(b, right.token(t), password).status)
}

func TestInvitationsAreSentAFewTimesOnly(t *testing.T) {
	t.Parallel()
	b, _ := withMail(t)
	root := b.somebody("A", "grace", auth.RoleAdmin)
	u := made(root.post("/api/users", map[string]any{"username": "adalove", "email": "ada@example.org"}))
	for range 4 {
		require.Equal(t, http.StatusOK, root.post("/api/users/"+itoa(u.ID)+"/invite", nil).status)
	}
	a := root.post("/api/users/"+itoa(u.ID)+"/invite", nil)
	a.refused(http.StatusTooManyRequests, "too_many_attempts")
	require.NotEmpty(t, a.header.Get("Retry-After"))
}

// TestNoNameOrAddressAddsAHeaderToAMail sends what would, were it written into a mail as it came.
func TestNoNameOrAddressAddsAHeaderToAMail(t *testing.T) {
	t.Parallel()
	b, box := withMail(t)
	root := b.somebody("Acme\r\nBcc: eve@example.org\r\n\r\n<b>"+strings.Repeat("ä", 150), "grace", auth.RoleAdmin)
	for _, email := range []string{
		"ada@example.org\r\nBcc: eve@example.org", "ada@example.org\nBcc: eve@example.org", "ada@example.org, eve@example.org",
		"Ada\r\nBcc: eve@example.org <ada@example.org>", "Ada <ada@example.org>", "\"ada\r\n\"@example.org", "ada@example.org\u2028", "ada@example.org%0aBcc:x",
		strings.Repeat("x", 65) + "@example.org",
	} {
		a := root.post("/api/users", map[string]any{"username": "adalove", "email": email})
		require.Equal(t, http.StatusUnprocessableEntity, a.status, "%q: %s", email, a.text)
	}
	for _, name := range []string{"ada\r\nBcc: eve@example.org", "ada\n", "ada love", "zoë", "ada\u202e", "-ada", "<b>", strings.Repeat("x", 101), ""} {
		a := root.post("/api/users", map[string]any{"username": name, "email": "ada@example.org"})
		require.Equal(t, http.StatusUnprocessableEntity, a.status, "%q: %s", name, a.text)
	}
	require.Equal(t, http.StatusBadRequest, root.post("/api/users", map[string]any{"username": "ada\x00", "email": "ada@example.org"}).status)
	box.empty()
	require.True(t, made(root.post("/api/users", map[string]any{"username": strings.Repeat("x", 100), "email": "zoe+" + strings.Repeat("y", 40) + "@example.org"})).Sent)
	mail := box.next()
	require.Equal(t, "zoe+"+strings.Repeat("y", 40)+"@example.org", mail.to)
	require.NotContains(t, mail.header, "Bcc")
	require.NotContains(t, mail.subject, "\n")
	require.NotContains(t, mail.html, "<b>")
	require.Contains(t, mail.text, strings.Repeat("x", 100))
}
