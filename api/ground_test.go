package api_test

import (
	"compress/gzip"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/velocicompanion/velocicompanion/api"
	"github.com/velocicompanion/velocicompanion/internal/auth"
	"github.com/velocicompanion/velocicompanion/models"
)

func site() fstest.MapFS {
	return fstest.MapFS{
		"index.html":            {Data: []byte(`<script nonce="__CSP_NONCE__"></script>`)},
		"favicon.svg":           {Data: []byte(`<svg/>`)},
		"assets/app-1a2b.js":    {Data: []byte("plain")},
		"assets/app-1a2b.js.br": {Data: []byte("brotli")},
		"assets/app-1a2b.js.gz": {Data: []byte("gzipped")},
	}
}

const browser = "text/html,application/xhtml+xml,*/*;q=0.8"

func TestTheRootKnowsProgramsFromBrowsers(t *testing.T) {
	t.Parallel()
	b := setup(t, func(p *api.Params) { p.Web = site() })
	anon := b.anonymous()
	require.JSONEq(t, `{"name":"VelociCompanion","version":"1.2.3"}`, anon.get("/", "Accept", "application/json").text)
	one, two := anon.get("/", "Accept", browser), anon.get("/cases/5", "Accept", browser)
	nonce := regexp.MustCompile(`nonce="([^"]+)"`)
	for _, a := range []*answer{one, two} {
		require.Equal(t, http.StatusOK, a.status)
		require.Equal(t, "no-cache", a.header.Get("Cache-Control"))
		found := nonce.FindStringSubmatch(a.text)
		require.Len(t, found, 2)
		require.Contains(t, a.header.Get("Content-Security-Policy"), "'nonce-"+found[1]+"'")
	}
	require.NotEqual(t, one.text, two.text, "a nonce is never used twice")
	for _, path := range []string{"/api/nothing", "/assets/nothing.js", "/temporal/x", "/docs/x", "/ws"} {
		a := anon.get(path, "Accept", browser)
		require.Equal(t, http.StatusNotFound, a.status, path)
		a.problem()
	}
	require.Equal(t, http.StatusNotFound, anon.get("/cases/5", "Accept", "application/json").status)
	require.Equal(t, http.StatusNotFound, anon.post("/cases/5", nil, "Accept", browser).status)
}

func TestAssetsAreServedCompressedAndForEver(t *testing.T) {
	t.Parallel()
	b := setup(t, func(p *api.Params) { p.Web = site() })
	for accept, want := range map[string][2]string{
		"gzip, br": {"br", "brotli"}, "gzip": {"gzip", "gzipped"}, "br;q=0, gzip": {"gzip", "gzipped"}, "": {"", "plain"}, "br;q=0.0": {"", "plain"},
	} {
		a := b.anonymous().get("/assets/app-1a2b.js", "Accept-Encoding", accept)
		require.Equal(t, want, [2]string{a.header.Get("Content-Encoding"), a.text}, accept)
		require.Contains(t, a.header.Get("Cache-Control"), "immutable")
		require.Contains(t, a.header.Get("Content-Type"), "javascript")
	}
	require.Equal(t, "image/svg+xml", b.anonymous().get("/favicon.svg").header.Get("Content-Type"))
	require.Equal(t, http.StatusNotFound, b.anonymous().get("/assets/app-1a2b.js.br").status)
}

func TestDocumentationComesFromTheBinary(t *testing.T) {
	t.Parallel()
	anon := setup(t).anonymous()
	for _, page := range []string{"/docs", "/redoc"} {
		a := anon.get(page, "Accept", browser)
		require.Equal(t, http.StatusOK, a.status)
		require.NotRegexp(t, `(src|href)="(https?:)?//`, a.text)
		for _, found := range regexp.MustCompile(`(?:src|href)="([^"]+)"`).FindAllStringSubmatch(a.text, -1) {
			asset := anon.get(found[1])
			require.Equal(t, http.StatusOK, asset.status, found[1])
			r, err := gzip.NewReader(strings.NewReader(asset.text))
			require.NoError(t, err)
			n, err := io.Copy(io.Discard, r)
			require.NoError(t, err)
			require.Greater(t, n, int64(1000))
		}
	}
	js := anon.get("/openapi.json")
	require.Equal(t, http.StatusOK, js.status)
	require.Contains(t, js.text, `"openapi":"3.1.0"`)
	require.NotContains(t, js.text, "$schema")
	require.NotContains(t, js.text, "ErrorModel")
	require.Contains(t, anon.get("/openapi.yaml").text, "openapi: 3.1.0")
}

func TestReadySaysWhichDependencyIsDown(t *testing.T) {
	t.Parallel()
	b := setup(t, func(p *api.Params) {
		p.Ready = map[string]func(context.Context) error{"temporal": func(context.Context) error { return errors.New("secret address refused") }}
	})
	require.JSONEq(t, `{"status":"healthy"}`, b.anonymous().get("/health").text)
	a := b.anonymous().get("/ready")
	require.Equal(t, http.StatusServiceUnavailable, a.status)
	require.JSONEq(t, `{"status":"not_ready","checks":{"database":"ok","temporal":"unavailable"}}`, a.text)
	require.Equal(t, http.StatusOK, setup(t).anonymous().get("/ready").status)
}

func TestRequestIDsAreKeptWhenSaneAndMadeOtherwise(t *testing.T) {
	t.Parallel()
	anon := setup(t).anonymous()
	require.Equal(t, "trace-1.2_3", anon.get("/health", "X-Request-ID", "trace-1.2_3").header.Get("X-Request-ID"))
	for _, bad := range []string{"", "a b", "a\"b", strings.Repeat("x", 65), "ä"} {
		got := anon.get("/health", "X-Request-ID", bad).header.Get("X-Request-ID")
		require.NotEqual(t, bad, got)
		require.NotEmpty(t, got)
	}
}

func TestUnknownPathsAndMethodsAreProblems(t *testing.T) {
	t.Parallel()
	c := setup(t).somebody("A", "ada", auth.RoleAdmin)
	require.Equal(t, "not_found", c.get("/api/nothing").problem().Code)
	a := c.delete("/api/auth/login")
	require.Equal(t, http.StatusMethodNotAllowed, a.status)
	require.Equal(t, "method_not_allowed", a.problem().Code)
	require.Equal(t, "POST", a.header.Get("Allow"))
	require.Equal(t, http.StatusOK, c.do(http.MethodHead, "/health", nil).status)
	require.Equal(t, http.StatusBadRequest, c.get("/api/users?role=%00").status)
	require.Equal(t, http.StatusBadRequest, c.get("/api/users?role=%ff").status)
	require.Equal(t, http.StatusBadRequest, c.get("/api/users?role=%zz").status)
	p := c.get("/api/users?rolle=admin").problem()
	require.Equal(t, http.StatusUnprocessableEntity, p.Status)
	require.Equal(t, "query.rolle", p.Errors[0].Location)
}

func TestEveryAnswerCarriesTheSecurityHeaders(t *testing.T) {
	t.Parallel()
	plain := setup(t).anonymous()
	safe := setup(t, func(p *api.Params) { p.Config.PublicURL = "https://hunt.example.org" }).anonymous()
	for _, path := range []string{"/health", "/api/auth/me", "/nothing", "/openapi.json"} {
		h := plain.get(path).header
		require.Contains(t, h.Get("Content-Security-Policy"), "frame-ancestors 'none'")
		require.Equal(t, "nosniff", h.Get("X-Content-Type-Options"))
		require.Equal(t, "DENY", h.Get("X-Frame-Options"))
		require.Equal(t, "no-referrer", h.Get("Referrer-Policy"))
		require.Empty(t, h.Get("Strict-Transport-Security"))
		require.NotEmpty(t, safe.get(path).header.Get("Strict-Transport-Security"))
	}
	require.Equal(t, "no-store", plain.get("/api/auth/me").header.Get("Cache-Control"))
}

func TestOtherOriginsAreLetInOnlyByName(t *testing.T) {
	t.Parallel()
	b := setup(t, func(p *api.Params) { p.Config.CORSOrigins = []string{"https://soc.example.org"} })
	pre := func(origin string) *answer {
		return b.anonymous().do(http.MethodOptions, "/api/users", nil, "Origin", origin, "Access-Control-Request-Method", "GET")
	}
	ok := pre("https://soc.example.org")
	require.Equal(t, http.StatusNoContent, ok.status)
	require.Equal(t, "https://soc.example.org", ok.header.Get("Access-Control-Allow-Origin"))
	require.Empty(t, ok.header.Get("Access-Control-Allow-Credentials"))
	require.Empty(t, pre("https://evil.example.org").header.Get("Access-Control-Allow-Origin"))
	require.Contains(t, b.anonymous().get("/health", "Origin", "https://soc.example.org").header.Get("Access-Control-Expose-Headers"), "X-Total-Count")
}

func TestForwardedAddressesAreBelievedFromTrustedProxiesOnly(t *testing.T) {
	t.Parallel()
	sessionIP := func(b *bench) string {
		b.somebody("A", "ada", auth.RoleUser)
		a := b.anonymous().post("/api/auth/login", map[string]any{"username": "ada", "password": password}, "X-Forwarded-For", "203.0.113.9")
		require.Equal(t, http.StatusOK, a.status)
		var got tokens
		a.into(&got)
		return (&client{b: b, token: got.Access}).get("/api/auth/sessions").text
	}
	require.NotContains(t, sessionIP(setup(t)), "203.0.113.9")
	require.Contains(t, sessionIP(setup(t, func(p *api.Params) { p.Config.TrustedProxies = []string{"192.0.2.0/24"} })), "203.0.113.9")
}

func TestTokensThatAreNotOursOpenNothing(t *testing.T) {
	t.Parallel()
	b := setup(t)
	c := b.somebody("A", "ada", auth.RoleAdmin)
	other := b.somebody("B", "bob", auth.RoleAdmin)
	foreign, err := auth.NewKeys([]string{"another secret of 32 characters or even more"})
	require.NoError(t, err)
	issue := func(k *auth.Keys, p auth.Principal) string {
		token, err := k.Issue(p, b.clock.Now(), time.Hour)
		require.NoError(t, err)
		return token
	}
	me := auth.Principal{UserID: c.user.ID, TenantID: c.user.TenantID, Role: auth.RoleAdmin}
	parts := strings.Split(c.token, ".")
	bad := map[string]string{
		"none":              "",
		"another key":       issue(foreign, me),
		"alg none":          "eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0." + parts[1] + ".",
		"cut signature":     parts[0] + "." + parts[1] + "." + parts[2][:10],
		"swapped payload":   parts[0] + "." + strings.Split(other.token, ".")[1] + "." + parts[2],
		"no session":        issue(b.keys, me),
		"another's session": issue(b.keys, auth.Principal{UserID: c.user.ID, TenantID: other.user.TenantID, Role: auth.RoleAdmin}),
		"rubbish":           "x.y.z",
		"very long":         strings.Repeat("x", 9000),
		"unknown user":      issue(b.keys, auth.Principal{UserID: 999999, TenantID: 1, Role: auth.RoleSuperAdmin}),
	}
	for name, token := range bad {
		a := (&client{b: b, token: token}).get("/api/users")
		require.Equal(t, http.StatusUnauthorized, a.status, name)
		require.NotEmpty(t, a.problem().Code, name)
		require.Equal(t, "Bearer", a.header.Get("WWW-Authenticate"))
	}
	require.Equal(t, http.StatusOK, c.get("/api/users").status)
	b.clock.Advance(31 * time.Minute)
	require.Equal(t, "token_expired", c.get("/api/users").problem().Code)
}

func TestAnIdempotencyKeyAnswersARepeatWithTheFirstAnswer(t *testing.T) {
	t.Parallel()
	b := setup(t)
	c := b.somebody("A", "root", auth.RoleAdmin)
	colleague := b.colleague(c.user.TenantID, "two", auth.RoleAdmin)
	body := map[string]any{"username": "new", "role": "user", "password": password}
	first := c.post("/api/users", body, "Idempotency-Key", "k1")
	require.Equal(t, http.StatusCreated, first.status, first.text)
	again := c.post("/api/users", body, "Idempotency-Key", "k1")
	require.Equal(t, http.StatusCreated, again.status)
	require.Equal(t, first.text, again.text)
	require.Equal(t, "true", again.header.Get("Idempotency-Replayed"))
	require.Equal(t, first.header.Get("Location"), again.header.Get("Location"))
	require.Equal(t, "application/json", again.header.Get("Content-Type"))
	require.Equal(t, "idempotency_mismatch", c.post("/api/users", map[string]any{"username": "newer"}, "Idempotency-Key", "k1").problem().Code)
	require.Equal(t, "username_taken", colleague.post("/api/users", body, "Idempotency-Key", "k1").problem().Code, "another user's key is another key")
	refused := c.post("/api/users", map[string]any{"username": ""}, "Idempotency-Key", "k2")
	require.Equal(t, http.StatusUnprocessableEntity, refused.status)
	require.Equal(t, http.StatusCreated, c.post("/api/users", map[string]any{"username": "late"}, "Idempotency-Key", "k2").status, "a refusal changed nothing")
	require.Equal(t, http.StatusBadRequest, c.post("/api/users", body, "Idempotency-Key", strings.Repeat("k", 256)).status)
}

func TestOfManyRequestsUnderOneKeyOneWorks(t *testing.T) {
	t.Parallel()
	b := setup(t)
	c := b.somebody("A", "root", auth.RoleAdmin)
	got := make([]*answer, 6)
	var wg sync.WaitGroup
	for i := range got {
		wg.Go(func() {
			got[i] = c.post("/api/users", map[string]any{"username": "new"}, "Idempotency-Key", "k")
		})
	}
	wg.Wait()
	for _, a := range got {
		if a.status != http.StatusCreated {
			require.Equal(t, http.StatusConflict, a.status, a.text)
			require.Equal(t, "idempotency_busy", a.problem().Code)
			require.Equal(t, "1", a.header.Get("Retry-After"))
		}
	}
}

func TestAPanicTellsTheLogAndNotTheClient(t *testing.T) {
	t.Parallel()
	b := setup(t, func(p *api.Params) {
		p.Web = panicky{}
	})
	a := b.anonymous().get("/boom.js")
	require.Equal(t, http.StatusInternalServerError, a.status)
	require.NotContains(t, a.text, "inner secret")
	require.Equal(t, "internal", a.problem().Code)
	require.Contains(t, b.log.String(), "inner secret")
}

func TestTheLogHasTemplatesAndNoSecrets(t *testing.T) {
	t.Parallel()
	b := setup(t)
	c := b.somebody("A", "root", auth.RoleAdmin)
	c.get("/api/users/12345")
	log := b.log.String()
	require.Contains(t, log, `"route":"/api/users/:id"`)
	require.NotContains(t, log, "12345")
	require.NotContains(t, log, password)
	require.NotContains(t, log, c.token)
	require.NotContains(t, log, c.refresh)
	w := httptest.NewRecorder()
	b.api.MetricsHandler().ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/metrics", nil))
	require.Contains(t, w.Body.String(), `http_requests_total{method="GET",route="/api/users/:id",status="404"} 1`)
	require.Contains(t, w.Body.String(), "auth_success_total")
}

func TestTenantsAndUsersKeepTheirBounds(t *testing.T) {
	t.Parallel()
	b := setup(t)
	root := b.somebody("Root", "root", auth.RoleSuperAdmin)
	admin := b.somebody("A", "admin", auth.RoleAdmin)
	for i := range 5 {
		a := admin.post("/api/tenants", map[string]any{"name": "T" + itoa(int64(i)), "admin": map[string]any{"username": "boss" + itoa(int64(i)), "password": password}})
		require.Equal(t, http.StatusCreated, a.status, a.text)
	}
	require.Equal(t, "tenant_limit", admin.post("/api/tenants", map[string]any{"name": "T6"}).problem().Code)
	require.Equal(t, http.StatusCreated, root.post("/api/tenants", map[string]any{"name": "T6"}).status)
	require.Equal(t, "tenant_exists", root.post("/api/tenants", map[string]any{"name": "t6"}).problem().Code)
	require.Equal(t, "username_taken", root.post("/api/tenants", map[string]any{"name": "T7", "admin": map[string]any{"username": "BOSS1"}}).problem().Code)

	boss := b.login("boss0", password)
	require.Equal(t, "1", boss.get("/api/tenants").header.Get("X-Total-Count"))
	require.Equal(t, "8", root.get("/api/tenants").header.Get("X-Total-Count"))
	require.Equal(t, http.StatusNotFound, boss.get("/api/tenants/"+itoa(admin.user.TenantID)).status)
	require.Equal(t, http.StatusOK, root.get("/api/tenants/"+itoa(admin.user.TenantID)).status)

	require.Equal(t, "role_above_own", boss.post("/api/users", map[string]any{"username": "x", "role": "super_admin"}).problem().Code)
	peer := b.colleague(root.user.TenantID, "lesser", auth.RoleAdmin)
	require.Equal(t, "role_above_own", peer.patch("/api/users/"+itoa(root.user.ID), map[string]any{"is_active": false}).problem().Code)
	require.Equal(t, "role_above_own", peer.delete("/api/users/"+itoa(root.user.ID)).problem().Code)
	var made struct {
		ID int64 `json:"id"`
	}
	a := boss.post("/api/users", map[string]any{"username": "ana", "role": "viewer", "password": password, "email": "ana@example.org"})
	require.Equal(t, http.StatusCreated, a.status, a.text)
	a.into(&made)
	viewer := b.login("ana", password)
	require.Equal(t, http.StatusForbidden, viewer.get("/api/users").status)
	require.Equal(t, http.StatusOK, boss.do(http.MethodPut, "/api/users/"+itoa(made.ID), map[string]any{"role": "user"}).status)
	require.Equal(t, http.StatusNoContent, boss.delete("/api/users/"+itoa(made.ID)).status)
	require.Equal(t, http.StatusUnauthorized, viewer.get("/api/auth/me").status)
	require.Equal(t, http.StatusNotFound, boss.delete("/api/users/"+itoa(made.ID)).status)
	var own models.User
	boss.get("/api/auth/me").into(&own)
	require.Equal(t, "last_admin", boss.delete("/api/users/"+itoa(own.ID)).problem().Code)
}

func TestListsPageByLinkAndSkip(t *testing.T) {
	t.Parallel()
	b := setup(t)
	c := b.somebody("A", "u0", auth.RoleAdmin)
	for i := range 4 {
		require.Equal(t, http.StatusCreated, c.post("/api/users", map[string]any{"username": "u" + itoa(int64(i+1))}).status)
	}
	path, seen := "/api/users?limit=2&sort=-username", []string{}
	for path != "" {
		a := c.get(path)
		require.Equal(t, http.StatusOK, a.status, a.text)
		require.Equal(t, "5", a.header.Get("X-Total-Count"))
		var rows []models.User
		a.into(&rows)
		for i := range rows {
			seen = append(seen, rows[i].Username)
		}
		link := a.header.Get("Link")
		path, _, _ = strings.Cut(strings.TrimPrefix(link, "<"), ">")
		if link != "" {
			require.Contains(t, link, `rel="next"`)
		}
	}
	require.Equal(t, []string{"u4", "u3", "u2", "u1", "u0"}, seen)
	var rows []models.User
	c.get("/api/users?skip=3&sort=username&limit=1").into(&rows)
	require.Equal(t, "u3", rows[0].Username)
	for _, bad := range []string{"limit=0", "limit=501", "limit=x", "skip=-1", "skip=10001", "sort=password_hash", "cursor=zzz", "sort=" + strings.Repeat("x", 80)} {
		require.Equal(t, http.StatusUnprocessableEntity, c.get("/api/users?"+bad).status, bad)
	}
}
