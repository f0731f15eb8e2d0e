package api_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/crypto/bcrypt"

	"github.com/velocicompanion/velocicompanion/activities"
	"github.com/velocicompanion/velocicompanion/api"
	"github.com/velocicompanion/velocicompanion/internal/audit"
	"github.com/velocicompanion/velocicompanion/internal/auth"
	"github.com/velocicompanion/velocicompanion/internal/blob"
	"github.com/velocicompanion/velocicompanion/internal/clock"
	"github.com/velocicompanion/velocicompanion/internal/codec"
	"github.com/velocicompanion/velocicompanion/internal/config"
	"github.com/velocicompanion/velocicompanion/internal/notify"
	"github.com/velocicompanion/velocicompanion/internal/seal"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/internal/testkit"
	"github.com/velocicompanion/velocicompanion/models"
	"github.com/velocicompanion/velocicompanion/playbooks"
)

func TestMain(m *testing.M) { os.Exit(testkit.Main(m)) }

const (
	secretKey = "a test's signing secret of 32 characters or more"
	password  = "correct horse battery"
)

// bench is an API on a database of its own, with a clock, the store's too, that the test moves.
type bench struct {
	t      testing.TB
	store  *store.Store
	url    string // the database's, as owner
	api    *api.API
	keys   *auth.Keys
	hasher *auth.Hasher
	trail  *audit.Keyring
	clock  *clock.Fixed
	log    *bytes.Buffer
	params api.Params // what the API was made from

	simulated *simulation
	handler   http.Handler
}

// setup makes a bench; change may alter the settings and the parts before the API is built.
func setup(t testing.TB, change ...func(*api.Params)) *bench {
	t.Helper()
	c := clock.NewFixed(clock.System{}.Now())
	s, url := testkit.StoreURL(t, func(p *store.Params) { p.Clock, p.Stamp = c, audit.NewKeyring(sealingKeys(t)).Stamp })
	return setupAt(t, c, s, url, change...)
}

// sealingKeys are every test installation's.
func sealingKeys(t testing.TB) *seal.Keys {
	t.Helper()
	keys, err := seal.ParseKeys(base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{7}, 32)))
	require.NoError(t, err)
	return keys
}

// setupOn is setup over a database that is there: another instance of the same installation.
func setupOn(t testing.TB, s *store.Store, url string, change ...func(*api.Params)) *bench {
	t.Helper()
	return setupAt(t, clock.NewFixed(clock.System{}.Now()), s, url, change...)
}

func setupAt(t testing.TB, c *clock.Fixed, s *store.Store, url string, change ...func(*api.Params)) *bench {
	t.Helper()
	sealing := sealingKeys(t)
	trail := audit.NewKeyring(sealing)
	cfg, err := config.FromMap(map[string]string{"SECRET_KEY": secretKey, "REGISTRATION": "invite"})
	require.NoError(t, err)
	keys, err := auth.NewKeys([]string{secretKey})
	require.NoError(t, err)
	hasher, err := auth.NewHasher(auth.HasherParams{Cost: bcrypt.MinCost})
	require.NoError(t, err)
	files, err := blob.Open("file://" + t.TempDir())
	require.NoError(t, err)
	catalog, err := playbooks.NewCatalog(activities.Specs())
	require.NoError(t, err)
	b := &bench{t: t, store: s, url: url, keys: keys, hasher: hasher, trail: trail, clock: c, log: &bytes.Buffer{}}
	p := api.Params{
		Store: s, Config: cfg, Log: slog.New(slog.NewJSONHandler(&lockedWriter{w: b.log}, nil)), Clock: b.clock, Keys: keys, Hasher: hasher, Version: "1.2.3",
		Catalog: catalog, Files: files, Hub: notify.NewHub(notify.HubParams{Store: s, Log: slog.New(slog.DiscardHandler)}), Codec: codec.New(sealing),
		Sealer: seal.New(sealing), Trail: audit.NewVerifier(audit.VerifierParams{Store: s, Keys: trail, Clock: b.clock}),
	}
	p.Bus = notify.NewBus(notify.BusParams{Connect: s.Conn, Log: slog.New(slog.DiscardHandler), Interval: time.Millisecond})
	for _, f := range change {
		f(&p)
	}
	withFleet(t, &p)
	b.params, b.simulated = p, &simulation{}
	b = b.another()
	b.join(p.Bus, p.Hub)
	return b
}

// another gives one more instance of the API on the same store.
func (b *bench) another(change ...func(*api.Params)) *bench {
	b.t.Helper()
	c := *b
	for _, f := range change {
		f(&c.params)
	}
	var err error
	c.api, err = api.New(c.params)
	require.NoError(b.t, err)
	c.handler = c.api.Handler()
	return &c
}

// join sets to work what brings news from commits of this and other instances, until the test ends.
func (b *bench) join(bus *notify.Bus, hub *notify.Hub) {
	b.t.Helper()
	if bus == nil {
		return
	}
	if hub != nil {
		bus.Subscribe(hub.Handle)
	}
	heard := make(chan struct{})
	var once sync.Once
	bus.Subscribe(func(c notify.Change) {
		if c.Resync {
			once.Do(func() { close(heard) })
		}
	})
	b.store.OnCommit(bus.Publish)
	ctx, stop := context.WithCancel(context.Background())
	var parts sync.WaitGroup
	parts.Go(func() { _ = bus.Run(ctx) })
	if hub != nil {
		parts.Go(func() { _ = hub.Run(ctx) })
	}
	b.t.Cleanup(func() { stop(); parts.Wait() })
	<-heard
}

// lockedWriter lets many requests log into one buffer.
type lockedWriter struct {
	mu sync.Mutex
	w  io.Writer
}

// Write passes one line on.
func (l *lockedWriter) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.w.Write(p)
}

// somebody makes a tenant with one user of the role, signs him in and gives a client that acts as him.
func (b *bench) somebody(tenant, username string, role auth.Role) *client {
	b.t.Helper()
	row := &models.Tenant{Name: tenant}
	require.NoError(b.t, b.store.System().CreateTenant(context.Background(), row))
	return b.colleague(row.ID, username, role)
}

// colleague makes another user of a tenant and signs him in.
func (b *bench) colleague(tenant int64, username string, role auth.Role) *client {
	b.t.Helper()
	hash, err := b.hasher.Hash(context.Background(), password)
	require.NoError(b.t, err)
	u := &models.User{TenantID: tenant, Username: username, Role: string(role), IsActive: true, PasswordHash: hash}
	require.NoError(b.t, b.store.System().CreateUser(context.Background(), u))
	c := b.login(username, password)
	c.user = u
	return c
}

// login signs in and gives a client with the token.
func (b *bench) login(username, pass string) *client {
	b.t.Helper()
	a := b.anonymous().post("/api/auth/login", map[string]any{"username": username, "password": pass})
	require.Equal(b.t, http.StatusOK, a.status, a.text)
	var tokens struct {
		Access  string `json:"access_token"`
		Refresh string `json:"refresh_token"`
	}
	a.into(&tokens)
	return &client{b: b, token: tokens.Access, refresh: tokens.Refresh}
}

func (b *bench) anonymous() *client { return &client{b: b} }

// client calls the API in the process, without a socket.
type client struct {
	b       *bench
	token   string
	refresh string
	user    *models.User
}

// answer is what came back.
type answer struct {
	t      testing.TB
	status int
	header http.Header
	text   string
}

func (a *answer) into(v any) {
	a.t.Helper()
	require.NoError(a.t, json.Unmarshal([]byte(a.text), v), a.text)
}

// problem reads an error's answer and checks its shape.
func (a *answer) problem() api.Problem {
	a.t.Helper()
	var p api.Problem
	require.Equal(a.t, "application/problem+json", a.header.Get("Content-Type"), a.text)
	a.into(&p)
	require.Equal(a.t, a.status, p.Status)
	require.NotEmpty(a.t, p.Title)
	require.NotEmpty(a.t, p.Detail)
	require.NotEmpty(a.t, p.Code)
	require.Equal(a.t, a.header.Get("X-Request-ID"), p.RequestID)
	return p
}

// do sends a request: body may be nil, a reader, a string as it is, or anything for JSON.
func (c *client) do(method, path string, body any, header ...string) *answer {
	c.b.t.Helper()
	var r io.Reader
	switch t := body.(type) {
	case nil:
	case io.Reader:
		r = t
	case string:
		r = strings.NewReader(t)
	default:
		js, err := json.Marshal(body)
		require.NoError(c.b.t, err)
		r = bytes.NewReader(js)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	req := httptest.NewRequestWithContext(ctx, method, path, r)
	if r != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if c.token != "" {
		req.Header.Set("Authorization", "Bearer "+c.token)
	}
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	c.b.handler.ServeHTTP(w, req)
	return &answer{t: c.b.t, status: w.Code, header: w.Header(), text: w.Body.String()}
}

func (c *client) get(path string, header ...string) *answer {
	c.b.t.Helper()
	return c.do(http.MethodGet, path, nil, header...)
}

func (c *client) post(path string, body any, header ...string) *answer {
	c.b.t.Helper()
	return c.do(http.MethodPost, path, body, header...)
}

func (c *client) patch(path string, body any) *answer {
	c.b.t.Helper()
	return c.do(http.MethodPatch, path, body)
}

func (c *client) delete(path string) *answer {
	c.b.t.Helper()
	return c.do(http.MethodDelete, path, nil)
}

func itoa(id int64) string { return strconv.FormatInt(id, 10) }

// panicky is a site whose files can't be looked at.
type panicky struct{}

// Open gives the page and panics at everything else.
func (panicky) Open(name string) (fs.File, error) {
	if name == "index.html" {
		return fstest.MapFS{"index.html": {}}.Open(name)
	}
	panic("inner secret")
}

func jsonOf(t testing.TB, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	require.NoError(t, err)
	return string(b)
}
