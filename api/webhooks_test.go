package api_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/velocicompanion/velocicompanion/internal/auth"
	"github.com/velocicompanion/velocicompanion/internal/testkit"
)

// hook is a webhook as its maker gets it.
type hook struct {
	ID              int64  `json:"id"`
	Name            string `json:"name"`
	Hint            string `json:"hint"`
	Signed          bool   `json:"signed"`
	SignatureHeader string `json:"signature_header"`
	URL             string `json:"url"`
	Secret          string `json:"secret"`
	Received        int64  `json:"received"`
	Refused         int64  `json:"refused"`
}

// path is where calls go.
func (h hook) path() string {
	_, path, _ := strings.Cut(h.URL, "/api/")
	return "/api/" + path
}

// alpha is a database with tenant A alone and its administrator.
func alpha(t *testing.T) *isolated {
	t.Helper()
	b := setup(t)
	return &isolated{bench: b, owner: ownerConn(t, b), a: b.somebody("Alpha", "alice", auth.RoleAdmin)}
}

func newHook(c *client, body map[string]any) (h hook) {
	a := c.post("/api/webhooks", body)
	require.Equal(c.b.t, http.StatusCreated, a.status, a.text)
	a.into(&h)
	return h
}

func digestOf(secret, text string) []byte {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(text))
	return mac.Sum(nil)
}

func github(secret, body string) string {
	return "sha256=" + hex.EncodeToString(digestOf(secret, body))
}

func standard(secret, id, at, body string) string {
	key, _ := base64.StdEncoding.DecodeString(strings.TrimPrefix(secret, "whsec_"))
	return "v1," + base64.StdEncoding.EncodeToString(digestOf(string(key), id+"."+at+"."+body))
}

func events(t *testing.T, i *isolated, tenant int64) (payloads []string) {
	t.Helper()
	rows, err := i.owner.Query(t.Context(), "SELECT payload::text FROM outbox WHERE tenant_id = $1 AND kind = 'event' AND payload ->> 'type' = 'webhook.received' ORDER BY id", tenant)
	require.NoError(t, err)
	defer rows.Close()
	for rows.Next() {
		var p string
		require.NoError(t, rows.Scan(&p))
		payloads = append(payloads, p)
	}
	require.NoError(t, rows.Err())
	return payloads
}

func TestACallOfAWebhookBecomesAnEvent(t *testing.T) {
	t.Parallel()
	i := alpha(t)
	testkit.Playbook(t, i.store, i.a.user.TenantID, i.a.user.ID, map[string]any{}, "webhook.received")
	h := newHook(i.a, map[string]any{"name": "EDR"})
	require.True(t, strings.HasPrefix(h.path(), "/api/ingestion/webhooks/vcw_"), h.URL)
	require.False(t, h.Signed)
	require.Empty(t, h.Secret)
	token := h.path()[strings.LastIndex(h.path(), "/")+1:]
	require.True(t, strings.HasPrefix(token, h.Hint))

	body := `{"n": 9007199254740993, "t": "a\u0000b",  "d": 1.10}`
	a := i.anonymous().post(h.path(), body, "X-GitHub-Event", "push", "Authorization", "Bearer hunter2", "X-GitHub-Delivery", "one")
	require.Equal(t, http.StatusAccepted, a.status, a.text)
	var taken struct {
		ID        int64 `json:"id"`
		Duplicate bool  `json:"duplicate"`
	}
	a.into(&taken)
	require.False(t, taken.Duplicate)

	var kept struct {
		Text   string `json:"body"`
		Mended int    `json:"mended"`
	}
	i.a.get("/api/webhooks/" + itoa(h.ID) + "/deliveries/" + itoa(taken.ID)).into(&kept)
	require.Equal(t, body, kept.Text, "kept as it came")
	require.Equal(t, 1, kept.Mended)
	got := events(t, i, i.a.user.TenantID)
	require.Len(t, got, 1)
	require.Contains(t, got[0], `"n": 9007199254740993`)
	require.Contains(t, got[0], "a\uFFFDb")
	require.Contains(t, got[0], `"d": 1.10`)
	require.Contains(t, got[0], `"x-github-event": "push"`)
	require.NotContains(t, got[0], "hunter2")

	again := i.anonymous().post(h.path(), `{"other":1}`, "X-GitHub-Delivery", "one")
	require.Equal(t, http.StatusAccepted, again.status)
	var second struct {
		ID        int64 `json:"id"`
		Duplicate bool  `json:"duplicate"`
	}
	again.into(&second)
	require.True(t, second.Duplicate)
	require.Equal(t, taken.ID, second.ID)
	require.Len(t, events(t, i, i.a.user.TenantID), 1)

	for _, scalar := range []string{`[1,2]`, `"text"`, `5`, `null`, ` true `} {
		require.Equal(t, http.StatusAccepted, i.anonymous().post(h.path(), scalar, "Content-Type", "text/plain").status, scalar)
	}
	i.a.get("/api/webhooks/" + itoa(h.ID)).into(&h)
	require.Equal(t, int64(6), h.Received)
	require.NotContains(t, i.log.String(), token, "no log holds the token")
	require.Contains(t, i.log.String(), "/api/ingestion/webhooks/:token")
	var hits int
	require.NoError(t, i.owner.QueryRow(t.Context(), "SELECT count(*) FROM webhooks w WHERE w::text LIKE '%' || $1 || '%'", token).Scan(&hits))
	require.Zero(t, hits, "the token is kept as a hash only")
	require.NoError(t, i.owner.QueryRow(t.Context(), "SELECT count(*) FROM audit_logs l WHERE l::text LIKE '%' || $1 || '%'", token).Scan(&hits))
	require.Zero(t, hits)
}

func TestTheSameDeliveryAtOnceIsTakenOnce(t *testing.T) {
	t.Parallel()
	i := alpha(t)
	testkit.Playbook(t, i.store, i.a.user.TenantID, i.a.user.ID, map[string]any{}, "webhook.*")
	h := newHook(i.a, map[string]any{"name": "x"})
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() { i.anonymous().post(h.path(), `{"a":1}`, "Idempotency-Key", "k") })
	}
	wg.Wait()
	require.Len(t, events(t, i, i.a.user.TenantID), 1)
}

func TestALargeBodyIsKeptWholeAndShownInPart(t *testing.T) {
	t.Parallel()
	i := alpha(t)
	testkit.Playbook(t, i.store, i.a.user.TenantID, i.a.user.ID, map[string]any{}, "webhook.received")
	h := newHook(i.a, map[string]any{"name": "x"})
	large := `{"kind":"alert","blob":"` + strings.Repeat("<", 900_000) + `"}`
	a := i.anonymous().post(h.path(), large)
	require.Equal(t, http.StatusAccepted, a.status, a.text)
	got := events(t, i, i.a.user.TenantID)
	require.Len(t, got, 1)
	require.Less(t, len(got[0]), 10_000)
	require.Contains(t, got[0], `"kind": "alert"`)
	require.Contains(t, got[0], `"truncated": true`)
	var size int
	require.NoError(t, i.owner.QueryRow(t.Context(), "SELECT length(body) FROM webhook_deliveries WHERE webhook_id = $1", h.ID).Scan(&size))
	require.Equal(t, len(large), size)
	require.Equal(t, http.StatusRequestEntityTooLarge, i.anonymous().post(h.path(), &endless{left: 2 << 20}).status)
}

func TestSignedCalls(t *testing.T) {
	t.Parallel()
	i := alpha(t)
	const body = `{"a": 1}`
	try := func(h hook, want int, code string, header ...string) {
		t.Helper()
		a := i.anonymous().post(h.path(), body, header...)
		require.Equal(t, want, a.status, a.text)
		if code != "" {
			require.Equal(t, code, a.problem().Code)
		}
	}
	gh := newHook(i.a, map[string]any{"name": "github", "signed": true})
	require.Equal(t, "X-Hub-Signature-256", gh.SignatureHeader)
	require.NotEmpty(t, gh.Secret)
	try(gh, http.StatusAccepted, "", "X-Hub-Signature-256", github(gh.Secret, body))
	try(gh, http.StatusUnauthorized, "signature_missing")
	for _, wrong := range []string{github("another", body), github(gh.Secret, body+" "), "sha256=", "sha256=zz", "nonsense", github(gh.Secret, body)[:20]} {
		try(gh, http.StatusUnauthorized, "signature_wrong", "X-Hub-Signature-256", wrong)
	}
	var row string
	require.NoError(t, i.owner.QueryRow(t.Context(), "SELECT encode(secret, 'escape') FROM webhooks WHERE id = $1", gh.ID).Scan(&row))
	require.NotContains(t, row, gh.Secret, "the secret is sealed")

	own := newHook(i.a, map[string]any{"name": "gitea", "signature_header": "X-Gitea-Signature", "secret": "chosen by them"})
	require.Empty(t, own.Secret, "who knows it already is not told")
	try(own, http.StatusAccepted, "", "X-Gitea-Signature", strings.TrimPrefix(github("chosen by them", body), "sha256="))

	sw := newHook(i.a, map[string]any{"name": "standard", "signature_header": "webhook-signature"})
	require.True(t, strings.HasPrefix(sw.Secret, "whsec_"))
	signed := func(id string, at int64, signature string) []string {
		return []string{"webhook-id", id, "webhook-timestamp", strconv.FormatInt(at, 10), "webhook-signature", signature}
	}
	now := i.clock.Now().Unix()
	good := func(id string, at int64) string { return standard(sw.Secret, id, strconv.FormatInt(at, 10), body) }
	try(sw, http.StatusAccepted, "", signed("m1", now, good("m1", now))...)
	try(sw, http.StatusAccepted, "", signed("m2", now-299, "v1,AAAA v2,x "+good("m2", now-299))...)
	try(sw, http.StatusUnauthorized, "signature_expired", signed("m3", now-301, good("m3", now-301))...)
	try(sw, http.StatusUnauthorized, "signature_expired", signed("m4", now+301, good("m4", now+301))...)
	try(sw, http.StatusUnauthorized, "signature_wrong", signed("m5", now, good("m6", now))...)
	try(sw, http.StatusUnauthorized, "signature_wrong", signed("m7", now, good("m7", now-1))...)
	try(sw, http.StatusUnauthorized, "signature_missing", "webhook-signature", good("m8", now))
	replayed := append(signed("m1", now, good("m1", now)), "X-GitHub-Delivery", "another name for it", "Idempotency-Key", "and another")
	require.Contains(t, i.anonymous().post(sw.path(), body, replayed...).text, `"duplicate":true`)

	var list []struct {
		Outcome, Reason string
	}
	i.a.get("/api/webhooks/" + itoa(sw.ID) + "/deliveries?sort=-received_at").into(&list)
	require.Len(t, list, 7)
	require.Equal(t, "signature_missing", list[0].Reason)
}

func TestRotationVoidsWhatWasBefore(t *testing.T) {
	t.Parallel()
	i := alpha(t)
	h := newHook(i.a, map[string]any{"name": "x", "signed": true})
	var next hook
	i.a.post("/api/webhooks/"+itoa(h.ID)+"/rotate", nil).into(&next)
	require.NotEqual(t, h.URL, next.URL)
	require.NotEqual(t, h.Secret, next.Secret)
	call := func(path, secret string) int {
		return i.anonymous().post(path, `{}`, "X-Hub-Signature-256", github(secret, `{}`)).status
	}
	require.Equal(t, http.StatusNotFound, call(h.path(), h.Secret))
	require.Equal(t, http.StatusUnauthorized, call(next.path(), h.Secret))
	require.Equal(t, http.StatusAccepted, call(next.path(), next.Secret))
	var only hook
	i.a.post("/api/webhooks/"+itoa(h.ID)+"/rotate", map[string]any{"what": "secret"}).into(&only)
	require.Empty(t, only.URL)
	require.Equal(t, http.StatusAccepted, call(next.path(), only.Secret))

	require.Equal(t, http.StatusOK, i.a.patch("/api/webhooks/"+itoa(h.ID), map[string]any{"signed": false}).status)
	require.Equal(t, http.StatusAccepted, i.anonymous().post(next.path(), `{}`).status)
	a := i.a.post("/api/webhooks/"+itoa(h.ID)+"/rotate", map[string]any{"what": "secret"})
	require.Equal(t, "webhook_not_signed", a.problem().Code)
	var signedAgain hook
	i.a.patch("/api/webhooks/"+itoa(h.ID), map[string]any{"signed": true}).into(&signedAgain)
	require.Equal(t, http.StatusAccepted, call(next.path(), signedAgain.Secret))
}

func TestCallsThatAreNotTaken(t *testing.T) {
	t.Parallel()
	i := alpha(t)
	h := newHook(i.a, map[string]any{"name": "x"})
	code := func(path string, body any, header ...string) string {
		t.Helper()
		a := i.anonymous().post(path, body, header...)
		return strconv.Itoa(a.status) + " " + a.problem().Code
	}
	require.Equal(t, "404 webhook_unknown", code("/api/ingestion/webhooks/vcw_nobody", `{}`))
	require.Equal(t, "404 webhook_unknown", code("/api/ingestion/webhooks/"+strings.Repeat("x", 500), `{}`))
	require.Equal(t, "400 malformed", code(h.path(), `{"a":`))
	require.Equal(t, "400 malformed", code(h.path(), ` `))
	require.Equal(t, "400 malformed", code(h.path(), strings.Repeat("[", 500)+strings.Repeat("]", 500)))
	require.Equal(t, "415 unsupported_type", code(h.path(), `a=b`, "Content-Type", "application/x-www-form-urlencoded"))
	require.Equal(t, "415 unsupported_type", code(h.path(), `{}`, "Content-Encoding", "gzip"))
	i.a.patch("/api/webhooks/"+itoa(h.ID), map[string]any{"enabled": false})
	require.Equal(t, "403 webhook_disabled", code(h.path(), `{}`))
	i.a.patch("/api/webhooks/"+itoa(h.ID), map[string]any{"enabled": true})
	_, err := i.owner.Exec(t.Context(), "UPDATE tenants SET status = 'suspended' WHERE id = $1", i.a.user.TenantID)
	require.NoError(t, err)
	require.Equal(t, "403 tenant_inactive", code(h.path(), `{}`))
	_, err = i.owner.Exec(t.Context(), "UPDATE tenants SET status = 'active' WHERE id = $1", i.a.user.TenantID)
	require.NoError(t, err)

	braked := false
	for range 130 {
		if a := i.anonymous().post("/api/ingestion/webhooks/vcw_guess", `{}`); a.status == http.StatusTooManyRequests {
			require.NotEmpty(t, a.header.Get("Retry-After"))
			braked = true
			break
		}
	}
	require.True(t, braked, "guesses are slowed down")
	require.Equal(t, http.StatusAccepted, i.anonymous().post(h.path(), `{}`).status, "who knows the address is not")
}

func TestWebhooksAreTheAdministratorsMatter(t *testing.T) {
	t.Parallel()
	i := alpha(t)
	require.Equal(t, http.StatusForbidden, i.colleague(i.a.user.TenantID, "ulla", auth.RoleUser).get("/api/webhooks").status)
	newHook(i.a, map[string]any{"name": "Once"})
	require.Equal(t, "name_taken", i.a.post("/api/webhooks", map[string]any{"name": "once"}).problem().Code)
	for field, body := range map[string]map[string]any{
		"body.signature_header": {"name": "y", "signature_header": "Authorization"},
		"body.secret":           {"name": "y", "signature_header": "webhook-signature", "secret": "whsec_!!!not base64"},
	} {
		a := i.a.post("/api/webhooks", body)
		require.Equal(t, http.StatusUnprocessableEntity, a.status, a.text)
		require.Contains(t, a.text, field)
		require.NotContains(t, a.text, "not base64\"", "no secret is echoed")
	}
	var shown []map[string]any
	i.a.get("/api/webhooks").into(&shown)
	for _, h := range shown {
		require.NotContains(t, h, "url")
		require.NotContains(t, h, "secret")
	}
}
