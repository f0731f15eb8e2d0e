package api_test

import (
	"bytes"
	"context"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/velocicompanion/velocicompanion/api"
	"github.com/velocicompanion/velocicompanion/internal/auth"
	"github.com/velocicompanion/velocicompanion/internal/clock"
	"github.com/velocicompanion/velocicompanion/internal/fleet"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/internal/velociraptor"
	"github.com/velocicompanion/velocicompanion/internal/velociraptor/velotest"
	"github.com/velocicompanion/velocicompanion/models"
)

// companion is an API that a simulated Velociraptor server reaches, with tenants that are connected to it.
type companion struct {
	*bench

	server *velotest.Server
	site   *httptest.Server
	pool   *fleet.Connections
}

func withServer(t *testing.T) *companion {
	t.Helper()
	c := &companion{}
	b := setup(t, func(p *api.Params) {
		c.pool = fleet.NewConnections(fleet.ConnectionsParams{
			Store: p.Store, Sealer: p.Sealer, Dial: (&net.Dialer{}).DialContext, Clock: clock.System{}, Log: slog.New(slog.DiscardHandler),
		})
		p.Fleet = fleet.New(fleet.Params{
			Store: p.Store, Connections: c.pool, Clock: clock.System{}, Log: slog.New(slog.DiscardHandler), Sealer: p.Sealer, PublicURL: "http://127.0.0.1:1",
		})
	})
	t.Cleanup(c.pool.Close)
	c.bench = b
	server, err := velotest.Start(velotest.Params{Endpoints: 3, Clock: clock.System{}, Pace: 10 * time.Millisecond, Orgs: []string{"OTHER"}})
	require.NoError(t, err)
	t.Cleanup(server.Close)
	c.server, c.site = server, httptest.NewServer(b.handler)
	t.Cleanup(c.site.Close)
	return c
}

// connected is an administrator of a new tenant that is connected to an org of the server.
func (c *companion) connected(tenant, name, org string) *client {
	c.t.Helper()
	admin := c.somebody(tenant, name, auth.RoleAdmin)
	file, err := c.server.APIClient("companion")
	require.NoError(c.t, err)
	sealed, err := c.params.Sealer.Seal(admin.user.TenantID, "velociraptor", file)
	require.NoError(c.t, err)
	until := time.Now().AddDate(1, 0, 0)
	require.NoError(c.t, c.store.Tenant(admin.user.TenantID).SaveVelociraptorConfig(c.t.Context(), &models.VelociraptorConfig{
		Transport: models.TransportGRPC, Address: c.server.Address(), Username: "companion", OrgID: org, Secret: sealed, ExpiresAt: &until,
		ServerVersion: velotest.Version, Status: models.VelociraptorConnected,
	}))
	return admin
}

type callbackState struct {
	Installed bool
	Status    string
	URL       string
	Artifact  string
	Count     int
	Repeats   int
	LastAt    *time.Time `json:"last_at"`
	Checks    []api.CallbackCheck
	Manual    *api.CallbackManual
}

// byHand sets callbacks up without touching the server, and gives the address's path and the key.
func (c *companion) byHand(admin *client) (path, key string) {
	c.t.Helper()
	var s callbackState
	a := admin.post("/api/velociraptor/callbacks/install", map[string]any{"manual": true})
	require.Equal(c.t, http.StatusOK, a.status, a.text)
	a.into(&s)
	require.NotNil(c.t, s.Manual)
	require.Len(c.t, s.Manual.Key, 64)
	return strings.TrimPrefix(s.URL, "http://127.0.0.1:1"), s.Manual.Key
}

// call makes a signed call; at is the time that is signed.
func (c *companion) call(path, key, body string, at time.Time) *answer {
	c.t.Helper()
	stamp := strconv.FormatInt(at.Unix(), 10)
	return c.anonymous().do(http.MethodPost, path, body, velociraptor.HeaderTimestamp, stamp,
		velociraptor.HeaderSignature, velociraptor.SignatureOf(key, stamp, []byte(body)))
}

func TestCallbacksAreInstalledCheckedAndRemoved(t *testing.T) {
	t.Parallel()
	c := withServer(t)
	admin := c.connected("Alpha", "alice", "")
	var s callbackState
	admin.get("/api/velociraptor/callbacks").into(&s)
	require.Equal(t, "none", s.Status)
	a := admin.post("/api/velociraptor/callbacks/install", map[string]any{"base_url": c.site.URL})
	require.Equal(t, http.StatusOK, a.status, a.text)
	a.into(&s)
	require.True(t, s.Installed, a.text)
	require.Nil(t, s.Manual)
	require.True(t, strings.HasPrefix(s.URL, c.site.URL+"/api/velociraptor/callbacks/vcv_"), s.URL)
	names := []string{}
	for _, check := range s.Checks {
		require.True(t, check.OK, "%s: %s", check.Name, check.Message)
		names = append(names, check.Name)
	}
	require.Equal(t, []string{"key", "artifact", "monitoring", "call"}, names)
	require.NotContains(t, c.server.Statements(), "server_set_metadata") // the key went past the log

	first := s.URL
	admin.post("/api/velociraptor/callbacks/install", map[string]any{"base_url": c.site.URL}).into(&s) // another key, the same artifact
	require.True(t, s.Installed)
	require.NotEqual(t, first, s.URL)

	var removed struct {
		Removed bool
		Steps   []string
	}
	a = admin.delete("/api/velociraptor/callbacks/install")
	require.Equal(t, http.StatusOK, a.status, a.text)
	a.into(&removed)
	require.True(t, removed.Removed, a.text)
	require.Empty(t, removed.Steps)
	require.Equal(t, http.StatusNotFound, admin.delete("/api/velociraptor/callbacks/install").status)
	require.Equal(t, http.StatusNotFound, c.call(strings.TrimPrefix(s.URL, c.site.URL), "x", "{}", c.clock.Now()).status)
}

func TestCallbacksThatTheServerRefusesAreLeftToAPerson(t *testing.T) {
	t.Parallel()
	c := withServer(t)
	admin := c.connected("Alpha", "alice", "OTHER")
	c.server.Trouble(velotest.Trouble{Deny: map[string]string{"artifact_set": "ERROR:artifact_set: Permission denied: SERVER_ARTIFACT_WRITER"}})
	var s callbackState
	a := admin.post("/api/velociraptor/callbacks/install", map[string]any{"base_url": c.site.URL})
	require.Equal(t, http.StatusOK, a.status, a.text)
	a.into(&s)
	require.False(t, s.Installed)
	require.Equal(t, "manual", s.Status)
	require.NotNil(t, s.Manual)
	require.Len(t, s.Manual.Key, 64)
	require.Contains(t, s.Manual.ArtifactYAML, s.Artifact)
	require.Equal(t, s.URL, s.Manual.Parameters["CallbackURL"])
	require.NotEmpty(t, s.Manual.Steps)
	require.True(t, s.Checks[0].OK)
	require.Contains(t, s.Checks[1].Message, "server_artifact_writer")
	require.True(t, s.Checks[2].Skipped)

	steps := admin.get("/api/velociraptor/callbacks/manual")
	require.Equal(t, http.StatusOK, steps.status, steps.text)
	require.NotContains(t, steps.text, s.Manual.Key) // told once

	// A server that is away: the same, with the reason.
	c.server.Trouble(velotest.Trouble{Down: true})
	a = admin.post("/api/velociraptor/callbacks/install", nil)
	require.Equal(t, http.StatusOK, a.status, a.text)
	a.into(&s)
	require.Equal(t, "manual", s.Status)
	a = admin.delete("/api/velociraptor/callbacks/install")
	require.Equal(t, http.StatusOK, a.status, a.text)
	require.Contains(t, a.text, `"removed":false`)
}

func TestCallbacksThriceAndInReverseOrderHaveOneEffect(t *testing.T) {
	t.Parallel()
	c := withServer(t)
	admin := c.connected("Alpha", "alice", "")
	path, key := c.byHand(admin)
	tenant := c.store.Tenant(admin.user.TenantID)
	waiting := c.waitingCollection(tenant, "C.1234567890abcdef", "F.AAAA")
	now := c.clock.Now()
	const end = `{"kind":"flow.completed","org_id":"root","client_id":"C.1234567890abcdef","flow_id":"F.AAAA","state":2,"ts":1700000000}`
	const earlier = `{"kind":"flow.completed","org_id":"root","client_id":"C.1234567890abcdef","flow_id":"F.AAAA","state":"RUNNING","ts":1699999999}`
	for i, want := range []string{"accepted", "repeated", "repeated"} {
		a := c.call(path, key, end, now.Add(time.Duration(i)*time.Second)) // each try is signed anew
		require.Equal(t, http.StatusOK, a.status, a.text)
		require.Contains(t, a.text, want)
	}
	require.Equal(t, http.StatusOK, c.call(path, key, earlier, now).status) // what came before the end comes behind it
	require.Equal(t, 1, c.wakes(waiting))
	// The same word with the state's name, and the same request once more, as it was sent.
	named := strings.Replace(end, `"state":2`, `"state":"FINISHED"`, 1)
	require.Contains(t, c.call(path, key, named, now).text, "repeated")
	require.Contains(t, c.call(path, key, end, now).text, "repeated")
	require.Equal(t, 1, c.wakes(waiting))
	var s callbackState
	admin.get("/api/velociraptor/callbacks").into(&s)
	require.Equal(t, 2, s.Count)
	require.Equal(t, 4, s.Repeats)
	require.NotNil(t, s.LastAt)
}

// waitingCollection is a collection whose job waits for a flow.
func (c *companion) waitingCollection(t *store.Tenant, clientID, flowID string) int64 {
	c.t.Helper()
	id := int64(0)
	conn := ownerConn(c.t, c.bench)
	err := conn.QueryRow(c.t.Context(), `INSERT INTO collections (tenant_id, client_id, artifact_name, parameters, wait_seconds, flow_id, status, phase, role, username, launched_at)
VALUES ($1, $2, 'Generic.Client.Info', '{}', 3600, $3, 'running', 'follow', 'user', 'x', now()) RETURNING id`, t.ID(), clientID, flowID).Scan(&id)
	require.NoError(c.t, err)
	_, err = conn.Exec(c.t.Context(), "INSERT INTO jobs (tenant_id, kind, id, dispatched_at) VALUES ($1, 'collection', $2, now())", t.ID(), id)
	require.NoError(c.t, err)
	return id
}

// wakes counts what wakes a collection's job.
func (c *companion) wakes(id int64) (n int) {
	c.t.Helper()
	err := ownerConn(c.t, c.bench).QueryRow(c.t.Context(), "SELECT count(*) FROM outbox WHERE kind = 'wake' AND payload ->> 'job' = 'collection' AND (payload ->> 'id')::bigint = $1", id).Scan(&n)
	require.NoError(c.t, err)
	return n
}

func TestCallbacksThatAreNotTaken(t *testing.T) {
	t.Parallel()
	c := withServer(t)
	alpha, beta := c.connected("Alpha", "alice", ""), c.connected("Beta", "bert", "OTHER")
	path, key := c.byHand(alpha)
	otherPath, otherKey := c.byHand(beta)
	now := c.clock.Now()
	const word = `{"kind":"flow.completed","org_id":"root","client_id":"C.1","flow_id":"F.1","state":"FINISHED"}`
	for name, test := range map[string]struct {
		path, key, body string
		at              time.Time
		status          int
		code            string
	}{
		"unknown address":         {"/api/velociraptor/callbacks/vcv_unknown", key, word, now, 404, "callback_unknown"},
		"no address of ours":      {"/api/velociraptor/callbacks/" + strings.Repeat("x", 300), key, word, now, 404, "callback_unknown"},
		"wrong key":               {path, strings.Repeat("0", 64), word, now, 401, "signature_wrong"},
		"another tenant's key":    {path, otherKey, word, now, 401, "signature_wrong"},
		"another tenant's place":  {otherPath, key, word, now, 401, "signature_wrong"},
		"old":                     {path, key, word, now.Add(-6 * time.Minute), 401, "signature_expired"},
		"from the future":         {path, key, word, now.Add(6 * time.Minute), 401, "signature_expired"},
		"too long":                {path, key, `{"kind":"` + strings.Repeat("x", 65<<10) + `"}`, now, 413, ""},
		"no JSON":                 {path, key, `kind=flow`, now, 400, ""},
		"empty":                   {path, key, ``, now, 400, ""},
		"unknown kind":            {path, key, `{"kind":"other"}`, now, 422, ""},
		"a number for a kind":     {path, key, `{"kind":5}`, now, 422, ""},
		"an odd state":            {path, key, `{"kind":"ping","nonce":"12345678","state":"a b"}`, now, 422, ""},
		"no client":               {path, key, `{"kind":"flow.completed","flow_id":"F.1"}`, now, 422, ""},
		"a flow that is none":     {path, key, `{"kind":"flow.completed","client_id":"C.1","flow_id":"x' OR 1=1"}`, now, 422, ""},
		"a hunt without its name": {path, key, `{"kind":"hunt.created","hunt_id":null}`, now, 422, ""},
		"NUL":                     {path, key, `{"kind":"flow.completed","client_id":"C.\u0000","flow_id":"F.1"}`, now, 422, ""},
	} {
		a := c.call(test.path, test.key, test.body, test.at)
		require.Equal(t, test.status, a.status, "%s: %s", name, a.text)
		if test.code != "" {
			require.Equal(t, test.code, a.problem().Code, name)
		}
	}
	a := c.anonymous().do(http.MethodPost, path, word) // unsigned
	require.Equal(t, http.StatusUnauthorized, a.status)
	require.Equal(t, "signature_wrong", a.problem().Code)
	for _, admin := range []*client{alpha, beta} {
		var s callbackState
		admin.get("/api/velociraptor/callbacks").into(&s)
		require.Zero(t, s.Count)
	}
	// A flow that nobody waits for, invalid UTF-8 and fields of a later version are no fault of the server's.
	for _, body := range []string{word, "{\"kind\":\"flow.completed\",\"client_id\":\"C.2\",\"flow_id\":\"F.2\",\"creator\":\"\xff\",\"new\":{}}"} {
		require.Contains(t, c.call(path, key, body, now).text, "accepted")
	}
	// Of another org of the same server: kept, and wakes nobody.
	waiting := c.waitingCollection(c.store.Tenant(alpha.user.TenantID), "C.3", "F.3")
	require.Contains(t, c.call(path, key, `{"kind":"flow.completed","org_id":"OTHER","client_id":"C.3","flow_id":"F.3","state":"FINISHED"}`, now).text, "accepted")
	require.Zero(t, c.wakes(waiting))
}

func TestAnOldKeyIsGoodUntilTheNewOneIsUsed(t *testing.T) {
	t.Parallel()
	c := withServer(t)
	admin := c.connected("Alpha", "alice", "")
	oldPath, oldKey := c.byHand(admin)
	path, key := c.byHand(admin)
	word := func(flow string) string {
		return `{"kind":"flow.completed","client_id":"C.1","flow_id":"` + flow + `","state":"FINISHED"}`
	}
	require.Equal(t, http.StatusOK, c.call(oldPath, oldKey, word("F.1"), c.clock.Now()).status) // nobody used the new one so far
	require.Equal(t, http.StatusOK, c.call(path, key, word("F.2"), c.clock.Now()).status)
	require.Equal(t, http.StatusOK, c.call(oldPath, oldKey, word("F.3"), c.clock.Now()).status) // on its way
	c.clock.Advance(11 * time.Minute)
	require.Equal(t, http.StatusNotFound, c.call(oldPath, oldKey, word("F.4"), c.clock.Now()).status)
	require.Equal(t, http.StatusOK, c.call(path, key, word("F.4"), c.clock.Now()).status)
}

func TestRefusedCallbacksAreBraked(t *testing.T) {
	t.Parallel()
	c := withServer(t)
	admin := c.connected("Alpha", "alice", "")
	path, key := c.byHand(admin)
	last := 0
	for range 130 {
		if last = c.call(path, "wrong", "{}", c.clock.Now()).status; last == http.StatusTooManyRequests {
			break
		}
	}
	require.Equal(t, http.StatusTooManyRequests, last)
	const word = `{"kind":"flow.completed","client_id":"C.1","flow_id":"F.1","state":"FINISHED"}`
	require.Equal(t, http.StatusOK, c.call(path, key, word, c.clock.Now()).status) // who knows the key is never held up
}

func TestCallbackSetupIsChecked(t *testing.T) {
	t.Parallel()
	c := withServer(t)
	admin := c.connected("Alpha", "alice", "")
	for field, body := range map[string]map[string]any{
		"body.base_url": {"base_url": "ftp://x"},
		"body.root_ca":  {"root_ca": "no certificate"},
	} {
		a := admin.post("/api/velociraptor/callbacks/install", body)
		require.Equal(t, http.StatusUnprocessableEntity, a.status, a.text)
		require.Equal(t, field, a.problem().Errors[0].Location)
	}
	nobody := c.somebody("Gamma", "gerd", auth.RoleAdmin)
	a := nobody.post("/api/velociraptor/callbacks/install", nil)
	require.Equal(t, http.StatusConflict, a.status, a.text)
	require.Equal(t, store.CodeNotConfigured, a.problem().Code)
	// No secret is in the trail or in the log.
	path, key := c.byHand(admin)
	var trail string
	require.NoError(t, ownerConn(t, c.bench).QueryRow(context.Background(), "SELECT coalesce(string_agg(coalesce(after::text, '') || coalesce(before::text, ''), ' '), '') FROM audit_logs").Scan(&trail))
	for _, secret := range []string{key, strings.TrimPrefix(path, "/api/velociraptor/callbacks/")} {
		require.NotContains(t, trail, secret)
		require.False(t, bytes.Contains(c.log.Bytes(), []byte(secret)))
	}
}
