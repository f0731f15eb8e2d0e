package app

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/velocicompanion/velocicompanion/activities"
	"github.com/velocicompanion/velocicompanion/internal/clock"
	"github.com/velocicompanion/velocicompanion/internal/codec"
	"github.com/velocicompanion/velocicompanion/internal/config"
	"github.com/velocicompanion/velocicompanion/internal/notify"
	"github.com/velocicompanion/velocicompanion/internal/seal"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/internal/telemetry"
	"github.com/velocicompanion/velocicompanion/internal/testkit"
	"github.com/velocicompanion/velocicompanion/playbooks"
)

func TestMain(m *testing.M) { os.Exit(testkit.Main(m)) }

const firstPassword = "correct horse battery"

// started builds the API as Serve does, with these settings, on a database that is there.
func started(t *testing.T, s *store.Store, settings map[string]string) http.Handler {
	t.Helper()
	settings["FIRST_ADMIN_USERNAME"], settings["FIRST_ADMIN_PASSWORD"] = "root", firstPassword
	settings["BCRYPT_COST"] = "10"
	cfg, err := config.FromMap(settings)
	require.NoError(t, err)
	keys, err := seal.ParseKeys(base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{7}, 32)))
	require.NoError(t, err)
	catalog, err := playbooks.NewCatalog(activities.Specs())
	require.NoError(t, err)
	log := slog.New(slog.DiscardHandler)
	x := &parts{
		p: Params{Config: cfg, Log: log}, clock: clock.System{}, metrics: telemetry.NewMetrics(telemetry.MetricsParams{}), store: s,
		codec: codec.New(keys), sealer: seal.New(keys), catalog: catalog,
		bus: notify.NewBus(notify.BusParams{Connect: s.Conn, Log: log}), hub: notify.NewHub(notify.HubParams{Store: s, Log: log}),
	}
	e, err := x.newEdge(t.Context())
	require.NoError(t, err)
	return e.handler
}

type signIn struct {
	Access  string `json:"access_token"`
	Refresh string `json:"refresh_token"`
}

func call(t *testing.T, h http.Handler, method, path, token, body string) (status int, got signIn) {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), method, path, strings.NewReader(body))
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	_ = json.Unmarshal(w.Body.Bytes(), &got) // a problem has none of it
	return w.Code, got
}

// kid is the key id in a token's header.
func kid(t *testing.T, token string) string {
	t.Helper()
	head, _, _ := strings.Cut(token, ".")
	b, err := base64.RawURLEncoding.DecodeString(head)
	require.NoError(t, err)
	var h struct{ Kid string }
	require.NoError(t, json.Unmarshal(b, &h))
	require.NotEmpty(t, h.Kid)
	return h.Kid
}

// TestASecretKeyIsReplacedWithoutLoggingAnybodyOut goes the operator's way: new key in front, old key behind, later the old
// one away.
func TestASecretKeyIsReplacedWithoutLoggingAnybodyOut(t *testing.T) {
	t.Parallel()
	s := testkit.Store(t)
	old, next := strings.Repeat("old secret ", 4), strings.Repeat("new secret ", 4)
	before := started(t, s, map[string]string{"SECRET_KEY": old})
	status, session := call(t, before, http.MethodPost, "/api/auth/login", "", `{"username":"root","password":"`+firstPassword+`"}`)
	require.Equal(t, http.StatusOK, status)

	during := started(t, s, map[string]string{"SECRET_KEY": next + ", " + old})
	status, _ = call(t, during, http.MethodGet, "/api/auth/me", session.Access, "")
	require.Equal(t, http.StatusOK, status, "a token of the old key is good to its end")
	status, fresh := call(t, during, http.MethodPost, "/api/auth/refresh", "", `{"refresh_token":"`+session.Refresh+`"}`)
	require.Equal(t, http.StatusOK, status)
	require.NotEqual(t, kid(t, session.Access), kid(t, fresh.Access), "the new key signs")
	status, _ = call(t, before, http.MethodGet, "/api/auth/me", fresh.Access, "")
	require.Equal(t, http.StatusUnauthorized, status, "an instance that has not the new key yet: why the new one goes to the end first")

	after := started(t, s, map[string]string{"SECRET_KEY": next})
	status, _ = call(t, after, http.MethodGet, "/api/auth/me", fresh.Access, "")
	require.Equal(t, http.StatusOK, status)
	status, _ = call(t, after, http.MethodGet, "/api/auth/me", session.Access, "")
	require.Equal(t, http.StatusUnauthorized, status, "the old key opens nothing any more")
	status, again := call(t, after, http.MethodPost, "/api/auth/refresh", "", `{"refresh_token":"`+fresh.Refresh+`"}`)
	require.Equal(t, http.StatusOK, status, "a session does not hang on the key")
	status, _ = call(t, after, http.MethodGet, "/api/auth/me", again.Access, "")
	require.Equal(t, http.StatusOK, status)
}

// With several instances the new key is made known to all before the first one signs with it.
func TestAKeyThatIsKnownEverywhereBeforeItSignsLogsNobodyOut(t *testing.T) {
	t.Parallel()
	s := testkit.Store(t)
	old, next := strings.Repeat("o", 32), strings.Repeat("n", 32)
	known, signing := started(t, s, map[string]string{"SECRET_KEY": old + "," + next}), started(t, s, map[string]string{"SECRET_KEY": next + "," + old})
	for _, from := range []http.Handler{known, signing} {
		status, session := call(t, from, http.MethodPost, "/api/auth/login", "", `{"username":"root","password":"`+firstPassword+`"}`)
		require.Equal(t, http.StatusOK, status)
		for _, at := range []http.Handler{known, signing} {
			status, _ := call(t, at, http.MethodGet, "/api/auth/me", session.Access, "")
			require.Equal(t, http.StatusOK, status)
		}
	}
}
