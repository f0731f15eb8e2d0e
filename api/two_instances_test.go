package api_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/stretchr/testify/require"

	"github.com/velocicompanion/velocicompanion/internal/auth"
	"github.com/velocicompanion/velocicompanion/internal/store"
)

// soon is how long another instance may take to learn of a change.
const soon = 2 * time.Second

// pair is two API processes of one installation, as far as they can be in one: each with pools, bus, hub and listener of
// its own. Their clocks stand still, so that nothing is forgotten by age: what holds, was told.
func pair(t *testing.T) (here, there *bench) {
	t.Helper()
	here = setup(t)
	s, err := store.Open(t.Context(), store.Params{URL: here.url, MaxConns: 8})
	require.NoError(t, err)
	t.Cleanup(func() { _ = s.Close() })
	return here, setupOn(t, s, here.url)
}

// at is the same client at another instance.
func (c *client) at(b *bench) *client {
	other := *c
	other.b = b
	return &other
}

// listener is an open notification socket.
type listener struct {
	t     testing.TB
	conn  *websocket.Conn
	ended chan websocket.StatusCode
}

// listen opens the client's socket over a real connection and waits until it is admitted.
func (c *client) listen() *listener {
	t := c.b.t
	t.Helper()
	srv := httptest.NewServer(c.b.handler)
	t.Cleanup(srv.Close)
	conn, _, err := websocket.Dial(context.Background(), "ws"+strings.TrimPrefix(srv.URL, "http")+"/api/notifications/ws", nil)
	require.NoError(t, err)
	t.Cleanup(func() { _ = conn.CloseNow() })
	require.NoError(t, conn.Write(context.Background(), websocket.MessageText, []byte(jsonOf(t, map[string]string{"token": c.token}))))
	_, first, err := conn.Read(context.Background())
	require.NoError(t, err)
	var m struct {
		Type string `json:"type"`
	}
	require.NoError(t, json.Unmarshal(first, &m))
	require.Equal(t, "ready", m.Type)
	l := &listener{t: t, conn: conn, ended: make(chan websocket.StatusCode, 1)}
	go func() {
		for {
			if _, _, err := conn.Read(context.Background()); err != nil {
				l.ended <- websocket.CloseStatus(err)
				return
			}
		}
	}()
	return l
}

// endsSoon expects the server to end the socket as one that may not listen any more.
func (l *listener) endsSoon() {
	l.t.Helper()
	select {
	case got := <-l.ended:
		require.EqualValues(l.t, 4401, got)
	case <-time.After(soon):
		require.FailNow(l.t, "the socket is still open")
	}
}

// stays expects the socket to be open: a ping comes back.
func (l *listener) stays() {
	l.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), soon)
	defer cancel()
	require.NoError(l.t, l.conn.Ping(ctx))
}

// becomes expects a GET to answer this status and code within the time that another instance may take.
func (c *client) becomes(path string, status int, code string) {
	c.b.t.Helper()
	var last *answer
	require.Eventually(c.b.t, func() bool {
		last = c.get(path)
		return last.status == status
	}, soon, 5*time.Millisecond, "still %v", last)
	if code != "" {
		require.Equal(c.b.t, code, last.problem().Code)
	}
}

func TestWhatEndsASessionEndsItAtEveryInstance(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		act  func(admin, victim *client)
		code string
	}{
		"signed out": {func(_, v *client) {
			require.Equal(v.b.t, http.StatusNoContent, v.post("/api/auth/logout", nil).status)
		}, "session_ended"},
		"session revoked from another device": {func(_, v *client) {
			require.Equal(v.b.t, http.StatusNoContent, v.b.login(v.user.Username, password).delete("/api/auth/sessions").status)
		}, "session_ended"},
		"password changed elsewhere": {func(_, v *client) {
			again := v.b.login(v.user.Username, password)
			a := again.post("/api/auth/password", map[string]any{"current_password": password, "new_password": "another good password"})
			require.Equal(v.b.t, http.StatusNoContent, a.status, a.text)
		}, "session_ended"},
		"spent refresh token used again": {func(_, v *client) {
			body := map[string]any{"refresh_token": v.refresh}
			require.Equal(v.b.t, http.StatusOK, v.post("/api/auth/refresh", body).status)
			require.Equal(v.b.t, http.StatusUnauthorized, v.post("/api/auth/refresh", body).status)
		}, "session_ended"},
		"deactivated": {func(a, v *client) {
			require.Equal(v.b.t, http.StatusOK, a.patch("/api/users/"+itoa(v.user.ID), map[string]any{"is_active": false}).status)
		}, "account_disabled"},
		"removed": {func(a, v *client) {
			require.Equal(v.b.t, http.StatusNoContent, a.delete("/api/users/"+itoa(v.user.ID)).status)
		}, "token_invalid"},
		"tenant suspended": {func(_, v *client) {
			_, _, err := v.b.store.System().SuspendTenant(context.Background(), v.user.TenantID, "not paid")
			require.NoError(v.b.t, err)
		}, "account_disabled"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			here, there := pair(t)
			admin := here.somebody("A", "ada", auth.RoleAdmin)
			victim := here.colleague(admin.user.TenantID, "bob", auth.RoleUser)
			bystander := here.somebody("B", "eve", auth.RoleUser)
			require.Equal(t, http.StatusOK, victim.get("/api/auth/me").status)
			require.Equal(t, http.StatusOK, victim.at(there).get("/api/auth/me").status, "both instances know the session")
			sockets := []*listener{victim.listen(), victim.at(there).listen()}
			other := bystander.at(there).listen()

			tc.act(admin, victim)

			require.Equal(t, http.StatusUnauthorized, victim.get("/api/auth/me").status, "where it happened, at once")
			victim.at(there).becomes("/api/auth/me", http.StatusUnauthorized, tc.code)
			for _, s := range sockets {
				s.endsSoon()
			}
			require.Equal(t, http.StatusOK, bystander.at(there).get("/api/auth/me").status)
			other.stays()
		})
	}
}

func TestARoleHoldsAtEveryInstance(t *testing.T) {
	t.Parallel()
	here, there := pair(t)
	admin := here.somebody("A", "ada", auth.RoleAdmin)
	bob := here.colleague(admin.user.TenantID, "bob", auth.RoleAdmin)
	require.Equal(t, http.StatusOK, bob.at(there).get("/api/users").status)
	socket := bob.at(there).listen()
	change := func(role auth.Role) {
		a := admin.patch("/api/users/"+itoa(bob.user.ID), map[string]any{"role": role})
		require.Equal(t, http.StatusOK, a.status, a.text)
	}
	change(auth.RoleViewer)
	require.Equal(t, http.StatusForbidden, bob.get("/api/users").status)
	bob.at(there).becomes("/api/users", http.StatusForbidden, "permission_denied")
	change(auth.RoleAdmin)
	bob.at(there).becomes("/api/users", http.StatusOK, "")
	socket.stays()
}

func TestATenantThatWorksAgainIsKnownEverywhere(t *testing.T) {
	t.Parallel()
	here, there := pair(t)
	bob := here.somebody("A", "bob", auth.RoleUser)
	require.Equal(t, http.StatusOK, bob.at(there).get("/api/auth/me").status)
	_, _, err := here.store.System().SuspendTenant(t.Context(), bob.user.TenantID, "not paid")
	require.NoError(t, err)
	bob.at(there).becomes("/api/auth/me", http.StatusUnauthorized, "account_disabled")
	_, err = here.store.System().ResumeTenant(t.Context(), bob.user.TenantID)
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, there.login("bob", password).get("/api/auth/me").status)
}

// silenced is a process that commits and dies before it can tell.
func silenced(t *testing.T, b *bench) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), store.Params{URL: b.url, MaxConns: 2})
	require.NoError(t, err)
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func TestAChangeThatNobodyToldHoldsBySoonAnyway(t *testing.T) {
	t.Parallel()
	b := setup(t)
	bob := b.somebody("A", "bob", auth.RoleUser)
	require.Equal(t, http.StatusOK, bob.get("/api/auth/me").status)
	_, err := silenced(t, b).Tenant(bob.user.TenantID).UpdateUser(t.Context(), bob.user.ID, store.UserChange{IsActive: new(false)})
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, bob.get("/api/auth/me").status, "believed for a moment: the request costs the database nothing")
	b.clock.Advance(1500 * time.Millisecond)
	require.Equal(t, "account_disabled", bob.get("/api/auth/me").problem().Code)
}

func TestAnInstanceThatHearsNothingAsksEachTime(t *testing.T) {
	t.Parallel()
	b := setup(t)
	bob := b.somebody("A", "bob", auth.RoleUser)
	require.Equal(t, http.StatusOK, bob.get("/api/auth/me").status)
	socket := bob.listen()
	owner := ownerConn(t, b)
	cut := func() {
		var n int
		require.NoError(t, owner.QueryRow(t.Context(), `SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid() AND query LIKE 'LISTEN%'`).Scan(&n))
		require.Equal(t, 1, n)
	}
	cut()
	_, err := silenced(t, b).Tenant(bob.user.TenantID).UpdateUser(t.Context(), bob.user.ID, store.UserChange{IsActive: new(false)})
	require.NoError(t, err)
	bob.becomes("/api/auth/me", http.StatusUnauthorized, "account_disabled")
	socket.endsSoon() // when it hears again it looks again
}

func TestASocketIsNotAdmittedOnOldNews(t *testing.T) {
	t.Parallel()
	b := setup(t)
	bob := b.somebody("A", "bob", auth.RoleUser)
	require.Equal(t, http.StatusOK, bob.get("/api/auth/me").status)
	_, err := silenced(t, b).Tenant(bob.user.TenantID).UpdateUser(t.Context(), bob.user.ID, store.UserChange{IsActive: new(false)})
	require.NoError(t, err)
	srv := httptest.NewServer(b.handler)
	t.Cleanup(srv.Close)
	conn, _, err := websocket.Dial(t.Context(), "ws"+strings.TrimPrefix(srv.URL, "http")+"/api/notifications/ws", nil)
	require.NoError(t, err)
	t.Cleanup(func() { _ = conn.CloseNow() })
	require.NoError(t, conn.Write(t.Context(), websocket.MessageText, []byte(jsonOf(t, map[string]string{"token": bob.token}))))
	_, _, err = conn.Read(t.Context())
	require.Equal(t, websocket.StatusCode(4401), websocket.CloseStatus(err))
}

func TestWhatWasGrantedHereCountsThereInTheSameMoment(t *testing.T) {
	t.Parallel()
	here, there := pair(t)
	bob := here.somebody("A", "bob", auth.RoleViewer)
	dead := silenced(t, here) // tells nobody: only a look at the database can know
	require.Equal(t, http.StatusForbidden, bob.at(there).get("/api/users").status)
	_, err := dead.Tenant(bob.user.TenantID).UpdateUser(t.Context(), bob.user.ID, store.UserChange{Role: new("admin")})
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, bob.at(there).get("/api/users").status)
	require.Equal(t, http.StatusCreated, bob.at(there).post("/api/users", map[string]any{"username": "eve"}).status)
}
