package api_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/velocicompanion/velocicompanion/internal/auth"
	"github.com/velocicompanion/velocicompanion/internal/testkit"
)

func (b *bench) refresh(token string, header ...string) *answer {
	b.t.Helper()
	return b.anonymous().post("/api/auth/refresh", map[string]any{"refresh_token": token}, header...)
}

func TestTheOwnerOfACopiedTokenHearsOfItOnce(t *testing.T) {
	t.Parallel()
	box, byMail := startMailbox(t)
	b := setup(t, byMail)
	c := b.somebody("A", "ada", auth.RoleUser)
	b.reader(c, "ada@example.org")
	elsewhere := b.login("ada", password)
	var next tokens
	b.refresh(c.refresh).into(&next)
	box.empty()
	b.refresh(c.refresh, "User-Agent", "thief\u2028 <b>1.0</b>").refused(http.StatusUnauthorized, "refresh_reused")
	for range 3 {
		b.refresh(c.refresh).refused(http.StatusUnauthorized, "refresh_invalid")
		b.refresh(next.Refresh).refused(http.StatusUnauthorized, "refresh_invalid")
	}
	mail := box.next()
	require.Equal(t, "ada@example.org", mail.to)
	require.Contains(t, mail.text, "/profile/sessions")
	require.Contains(t, mail.text, "192.0.2.1")
	require.NotContains(t, mail.html, "<b>1.0</b>")
	box.empty()

	require.Equal(t, http.StatusOK, elsewhere.get("/api/auth/me").status, "another session is not concerned")
	told := elsewhere.get("/api/notifications")
	require.Contains(t, told.text, `"type":"security.session_reuse"`)
	require.Equal(t, []string{"auth.refresh_reused denied session"},
		names(t, ownerConn(t, b), "SELECT action || ' ' || outcome || ' ' || resource_type FROM audit_logs WHERE action = 'auth.refresh_reused'"))
}

func TestATenantBoundsTheLifeOfSessions(t *testing.T) {
	t.Parallel()
	b := setup(t)
	c := b.somebody("A", "ada", auth.RoleUser)
	testkit.SetSettings(t, b.store, c.user.TenantID, `{"session_max_hours": 8}`)
	bound := b.login("ada", password)
	for _, token := range []*string{&bound.refresh, &c.refresh} {
		for range 7 {
			b.clock.Advance(time.Hour / 2)
			a := b.refresh(*token)
			require.Equal(t, http.StatusOK, a.status, a.text)
			var next tokens
			a.into(&next)
			*token = next.Refresh
		}
	}
	b.clock.Advance(time.Hour)
	b.refresh(bound.refresh).refused(http.StatusUnauthorized, "refresh_invalid")
	b.refresh(c.refresh).refused(http.StatusUnauthorized, "refresh_invalid")
	require.Equal(t, http.StatusOK, b.refresh(b.login("ada", password).refresh).status)
}

func TestTokensOfSessionsThatAreOverOrForeignOpenNothing(t *testing.T) {
	t.Parallel()
	b := setup(t)
	c := b.somebody("A", "ada", auth.RoleUser)
	for _, bad := range []string{
		"vcr_", "vcr_unknown", c.refresh + "x", c.refresh[:len(c.refresh)-1], "VCR_" + c.refresh[4:], c.token, "é", "\u0000x", " " + c.refresh,
	} {
		a := b.refresh(bad)
		require.GreaterOrEqual(t, a.status, http.StatusBadRequest, bad)
		require.Less(t, a.status, http.StatusInternalServerError, bad)
		require.NotContains(t, a.text, c.refresh)
	}
	b.clock.Advance(31 * 24 * time.Hour)
	b.refresh(c.refresh).refused(http.StatusUnauthorized, "refresh_invalid")
	(&client{b: b, token: c.token}).get("/api/auth/me").refused(http.StatusUnauthorized, "token_expired")
}
