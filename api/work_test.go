package api_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/velocicompanion/velocicompanion/internal/auth"
	"github.com/velocicompanion/velocicompanion/internal/store"
)

// obj is any JSON object.
type obj = map[string]any

func (a *answer) object() obj {
	a.t.Helper()
	var o obj
	a.into(&o)
	return o
}

func (a *answer) objects() []obj {
	a.t.Helper()
	var o []obj
	a.into(&o)
	require.NotNil(a.t, o, "a list is never null")
	return o
}

// ok asks for a status and gives the answer on.
func (a *answer) ok(status int) *answer {
	a.t.Helper()
	require.Equal(a.t, status, a.status, a.text)
	return a
}

// field asks for a 422 that names one place.
func (a *answer) field(location string) {
	a.t.Helper()
	p := a.ok(http.StatusUnprocessableEntity).problem()
	require.NotEmpty(a.t, p.Errors, a.text)
	require.Equal(a.t, location, p.Errors[0].Location, a.text)
}

func column(rows []obj, name string) []any {
	out := make([]any, len(rows))
	for i := range rows {
		out[i] = rows[i][name]
	}
	return out
}

func TestHostsOverHTTP(t *testing.T) {
	t.Parallel()
	b := setup(t)
	c := b.somebody("a", "ann", auth.RoleUser)
	made := c.post("/api/hosts", `{"hostname":"ws-1","ip_address":"10.0.0.1","os":"windows","labels":["vip"],"host_metadata":{"n":9007199254740993},"threat_score":0.8}`).ok(http.StatusCreated)
	h := made.object()
	path := fmt.Sprintf("/api/hosts/%v", h["id"])
	require.Equal(t, path, made.header.Get("Location"))
	require.Contains(t, made.text, "9007199254740993")
	for _, field := range []string{"id", "hostname", "ip_address", "os", "client_id", "labels", "host_metadata", "threat_score", "online", "isolation", "created_at", "last_seen"} {
		require.Contains(t, h, field)
	}
	got := c.get(path).ok(http.StatusOK)
	require.JSONEq(t, made.text, got.text)
	require.NotContains(t, got.text, "$schema")
	tag := got.header.Get("ETag")
	require.NotEmpty(t, tag)

	patched := c.do(http.MethodPatch, path, `{"labels":[],"client_id":"C.1"}`, "If-Match", tag).ok(http.StatusOK)
	require.Equal(t, []any{}, patched.object()["labels"])
	require.Equal(t, "C.1", patched.object()["client_id"])
	require.Equal(t, "ws-1", patched.object()["hostname"])
	require.Equal(t, "edited_meanwhile", c.do(http.MethodPut, path, `{"os":"linux"}`, "If-Match", tag).ok(http.StatusPreconditionFailed).problem().Code)
	c.do(http.MethodPut, path, `{"os":"linux","client_id":null}`, "If-Match", patched.header.Get("ETag")).ok(http.StatusOK)
	require.Nil(t, c.get(path).object()["client_id"])
	c.do(http.MethodPatch, path, `{"os":"bsd"}`, "If-Match", "*").ok(http.StatusOK)
	c.do(http.MethodPatch, path, `{"os":"bsd"}`, "If-Match", "what").ok(http.StatusPreconditionFailed)
	c.post("/api/hosts", `{"hostname":"WS-1"}`).ok(http.StatusConflict)

	c.post("/api/hosts", `{"hostname":"a b"}`).field("body.hostname")
	c.post("/api/hosts", `{"hostname":"x","ip_address":"nope"}`).field("body.ip_address")
	c.post("/api/hosts", `{"hostname":"x","host_metadata":[]}`).field("body.host_metadata")
	c.post("/api/hosts", `{"hostname":"x","host_metadata":{"n":1e99999}}`).ok(http.StatusBadRequest)
	c.post("/api/hosts", `{"hostname":"x","host_metadata":{"n":`+strings.Repeat("9", 301)+`}}`).ok(http.StatusCreated)
	c.post("/api/hosts", `{"hostname":"y","host_metadata":{"n":0.`+strings.Repeat("9", 400)+`}}`).field("body.host_metadata")
	c.post("/api/hosts", `{"hostname":"x","id":7}`).field("body.id")
	c.post("/api/hosts", `{"hostname":7}`).field("body.hostname")
	c.post("/api/hosts", `{"hostname":"x","host_metadata":{"a":"\u0000"}}`).ok(http.StatusBadRequest)
	c.post("/api/hosts", `{"hostname":"x","hostname":"y"}`).ok(http.StatusBadRequest)
	c.get("/api/hosts/x").ok(http.StatusUnprocessableEntity)
	c.delete(path).ok(http.StatusNoContent)
	c.get(path).ok(http.StatusNotFound)
	c.patch(path, `{"os":"x"}`).ok(http.StatusNotFound)
	c.delete(path).ok(http.StatusNotFound)
}

func TestHostListOverHTTP(t *testing.T) {
	t.Parallel()
	b := setup(t)
	c := b.somebody("a", "ann", auth.RoleUser)
	require.Equal(t, "[]", strings.TrimSpace(c.get("/api/hosts").ok(http.StatusOK).text))
	for i := range 9 {
		c.post("/api/hosts", obj{"hostname": fmt.Sprintf("ws-%d", i), "threat_score": float64(i) / 10, "os": []string{"Windows", "Linux"}[i%2], "online": i == 3}).ok(http.StatusCreated)
	}
	first := c.get("/api/hosts?sort=-threat_score&limit=4&os=windows").ok(http.StatusOK)
	require.Equal(t, []any{"ws-8", "ws-6", "ws-4", "ws-2"}, column(first.objects(), "hostname"))
	require.Equal(t, "5", first.header.Get("X-Total-Count"))
	link := first.header.Get("Link")
	require.Contains(t, link, `rel="next"`)
	next := c.get(link[1:strings.Index(link, ">")]).ok(http.StatusOK)
	require.Equal(t, []any{"ws-0"}, column(next.objects(), "hostname"))
	require.Empty(t, next.header.Get("Link"))
	require.Equal(t, "5", next.header.Get("X-Total-Count"))
	require.Len(t, c.get("/api/hosts?hostname=WS-*&score_min=0.7").objects(), 2)
	require.Len(t, c.get("/api/hosts?online=true").objects(), 1)
	require.Len(t, c.get("/api/hosts?q=s-1").objects(), 1)
	c.get("/api/hosts?limit=501").field("query.limit")
	c.get("/api/hosts?limit=0").field("query.limit")
	c.get("/api/hosts?skip=10001").field("query.skip")
	c.get("/api/hosts?sort=password").field("query.sort")
	c.get("/api/hosts?cursor=zzz").field("query.cursor")
	c.get("/api/hosts?score_min=2").field("query.score_min")
	c.get("/api/hosts?online=maybe").field("query.online")
	c.get("/api/hosts?colour=red").ok(http.StatusUnprocessableEntity)
	c.get("/api/hosts?hostname=%00").ok(http.StatusBadRequest)
	c.get("/api/hosts?hostname=%ff").ok(http.StatusBadRequest)
	for _, hostile := range []string{"'", `\`, "%25", "_", `'; DROP TABLE hosts; --`, "*'*"} {
		q := "/api/hosts?hostname=" + strings.ReplaceAll(strings.ReplaceAll(hostile, " ", "%20"), ";", "%3B")
		require.Empty(t, c.get(q).ok(http.StatusOK).objects(), hostile)
	}
}

func TestCasesOverHTTP(t *testing.T) {
	t.Parallel()
	b := setup(t)
	c := b.somebody("a", "ann", auth.RoleUser)
	c.get("/api/cases").ok(http.StatusOK)
	made := c.post("/api/cases", `{"title":"Phish","severity":"high","tags":["b","a"]}`).ok(http.StatusCreated)
	path := made.header.Get("Location")
	o := made.object()
	require.Equal(t, []any{"a", "b"}, o["tags"])
	require.Equal(t, "open", o["status"])
	require.Equal(t, "medium", c.post("/api/cases", `{"title":"x"}`).ok(http.StatusCreated).object()["severity"])
	patched := c.patch(path, obj{"assignee_id": c.user.ID, "status": "investigating"}).ok(http.StatusOK).object()
	require.EqualValues(t, c.user.ID, patched["assignee_id"])
	require.Nil(t, c.patch(path, `{"assignee_id":null}`).ok(http.StatusOK).object()["assignee_id"])
	c.do(http.MethodPatch, path, `{"title":"y"}`, "If-Match", made.header.Get("ETag")).ok(http.StatusPreconditionFailed)
	c.patch(path, `{"status":"done"}`).field("body.status")
	c.patch(path, `{"assignee_id":"me"}`).field("body.assignee_id")
	c.patch(path, `{"assignee_id":424242}`).field("body.assignee_id")
	c.post("/api/cases", `{}`).ok(http.StatusUnprocessableEntity)
	c.post("/api/cases", `{"title":"  "}`).field("body.title")
	require.Len(t, c.get("/api/cases?status=investigating&severity=high&tag=a&q=PHI&assignee_id=0").objects(), 1)
	require.Empty(t, c.get(fmt.Sprintf("/api/cases?assignee_id=%d", c.user.ID)).objects())
	require.Equal(t, []any{"high", "medium"}, column(c.get("/api/cases?sort=-severity").objects(), "severity"))
	c.delete(path).ok(http.StatusNoContent)
	c.get(path).ok(http.StatusNotFound)
}

func TestCaseHostsAndIndicatorsOverHTTP(t *testing.T) {
	t.Parallel()
	b := setup(t)
	c := b.somebody("a", "ann", auth.RoleUser)
	host := c.post("/api/hosts", `{"hostname":"ws-1"}`).ok(http.StatusCreated).object()["id"]
	path := c.post("/api/cases", `{"title":"Phish"}`).ok(http.StatusCreated).header.Get("Location")
	require.Equal(t, "ws-1", c.post(path+"/hosts", obj{"host_id": host}).ok(http.StatusCreated).object()["hostname"])
	c.post(path+"/hosts", obj{"host_id": host}).ok(http.StatusOK)
	c.post(path+"/hosts", obj{"host_id": 424242}).field("body.host_id")
	c.post("/api/cases/424242/hosts", obj{"host_id": host}).ok(http.StatusNotFound)
	require.Len(t, c.get(path+"/hosts").ok(http.StatusOK).objects(), 1)
	require.Len(t, c.get(fmt.Sprintf("/api/cases?host_id=%v", host)).objects(), 1)
	c.delete(fmt.Sprintf("%s/hosts/%v", path, host)).ok(http.StatusNoContent)
	c.delete(fmt.Sprintf("%s/hosts/%v", path, host)).ok(http.StatusNotFound)

	ioc := `{"artifact_type":"domain","value":" evil.example ","artifact_metadata":{"seen":9007199254740993}}`
	made := c.post(path+"/artifacts", ioc).ok(http.StatusCreated)
	require.Equal(t, "evil.example", made.object()["value"])
	again := c.post(path+"/artifacts", ioc).ok(http.StatusOK)
	require.JSONEq(t, made.text, again.text)
	loose := c.post("/api/artifacts", ioc).ok(http.StatusOK)
	require.Equal(t, made.object()["id"], loose.object()["id"], "one a tenant, whatever its cases")
	require.Len(t, c.get(path+"/artifacts").objects(), 1)
	require.Len(t, c.get("/api/artifacts?artifact_type=domain&q=EVIL").objects(), 1)
	require.Empty(t, c.get("/api/artifacts?case_id=0").objects())
	at := loose.header.Get("Location")
	require.Equal(t, "d", c.patch(at, `{"description":"d"}`).ok(http.StatusOK).object()["description"])
	c.do(http.MethodPut, at, `{"description":"e"}`, "If-Match", loose.header.Get("ETag")).ok(http.StatusPreconditionFailed)
	other := c.post("/api/artifacts", `{"artifact_type":"domain","value":"other.example"}`).ok(http.StatusCreated).header.Get("Location")
	c.patch(other, `{"value":"EVIL.example"}`).ok(http.StatusConflict)
	c.patch(other, `{"case_id":424242}`).field("body.case_id")
	c.post("/api/artifacts", `{"artifact_type":"nope","value":"x"}`).field("body.artifact_type")
	c.post("/api/artifacts", `{"artifact_type":"ip","value":" "}`).field("body.value")
	c.post("/api/artifacts", `{"artifact_type":"ip","value":"203.0.113.9","case_id":424242}`).field("body.case_id")
	c.get("/api/cases/424242/artifacts").ok(http.StatusNotFound)
	c.post("/api/cases/424242/artifacts", ioc).ok(http.StatusNotFound)
	c.delete(at).ok(http.StatusNoContent)
	c.get(at).ok(http.StatusNotFound)
}

func TestWhatViewersMay(t *testing.T) {
	t.Parallel()
	b := setup(t)
	c := b.somebody("a", "ann", auth.RoleUser)
	viewer := b.colleague(c.user.TenantID, "vic", auth.RoleViewer)
	host := c.post("/api/hosts", `{"hostname":"ws-1"}`).header.Get("Location")
	viewer.get(host).ok(http.StatusOK)
	viewer.get("/api/dashboard").ok(http.StatusOK)
	viewer.post("/api/hosts", `{"hostname":"ws-2"}`).ok(http.StatusForbidden)
	viewer.patch(host, `{"os":"x"}`).ok(http.StatusForbidden)
	viewer.delete(host).ok(http.StatusForbidden)
	viewer.post("/api/cases", `{"title":"x"}`).ok(http.StatusForbidden)
	viewer.post("/api/artifacts", `{"artifact_type":"ip","value":"203.0.113.9"}`).ok(http.StatusForbidden)
	viewer.post("/api/ingestion/ingest", `{"hostname":"x"}`).ok(http.StatusForbidden)
	b.anonymous().get("/api/hosts").ok(http.StatusUnauthorized)
}

func TestWorkOfAnotherTenantIsNotThere(t *testing.T) {
	t.Parallel()
	b := setup(t)
	ann, bob := b.somebody("a", "ann", auth.RoleUser), b.somebody("b", "bob", auth.RoleAdmin)
	host := ann.post("/api/hosts", `{"hostname":"ws-1"}`)
	kase := ann.post("/api/cases", `{"title":"x"}`)
	ioc := ann.post("/api/artifacts", `{"artifact_type":"ip","value":"203.0.113.9"}`)
	for _, made := range []*answer{host, kase, ioc} {
		at := made.ok(http.StatusCreated).header.Get("Location")
		bob.get(at).ok(http.StatusNotFound)
		bob.patch(at, `{}`).ok(http.StatusNotFound)
		bob.do(http.MethodPut, at, `{"description":"x"}`).problem()
		bob.delete(at).ok(http.StatusNotFound)
		ann.get(at).ok(http.StatusOK)
	}
	bob.get(host.header.Get("Location") + "/observations").ok(http.StatusNotFound)
	bob.get(kase.header.Get("Location") + "/hosts").ok(http.StatusNotFound)
	bob.get(kase.header.Get("Location") + "/artifacts").ok(http.StatusNotFound)
	bob.post("/api/artifacts", obj{"artifact_type": "ip", "value": "203.0.113.9", "case_id": kase.object()["id"]}).field("body.case_id")
	mine := bob.post("/api/cases", `{"title":"y"}`).header.Get("Location")
	bob.post(mine+"/hosts", obj{"host_id": host.object()["id"]}).field("body.host_id")
	for _, list := range []string{"/api/hosts", "/api/hosts?q=w", "/api/artifacts"} {
		require.Empty(t, bob.get(list).ok(http.StatusOK).objects(), list)
	}
}

// waiting are the events in the outbox, oldest first.
func waiting(t *testing.T, b *bench) []store.Event {
	t.Helper()
	conn, err := pgx.Connect(context.Background(), b.url)
	require.NoError(t, err)
	defer func() { _ = conn.Close(context.Background()) }()
	rows, err := conn.Query(context.Background(), "SELECT payload FROM outbox WHERE kind = 'event' ORDER BY id")
	require.NoError(t, err)
	payloads, err := pgx.CollectRows(rows, pgx.RowTo[json.RawMessage])
	require.NoError(t, err)
	var out []store.Event
	for _, payload := range payloads {
		var row struct {
			store.Event
			Events []store.Event `json:"events"` // many in one row
		}
		require.NoError(t, json.Unmarshal(payload, &row))
		if row.Events == nil {
			row.Events = []store.Event{row.Event}
		}
		out = append(out, row.Events...)
	}
	return out
}

func listen(t *testing.T, b *bench, tenantID int64) {
	t.Helper()
	conn, err := pgx.Connect(context.Background(), b.url)
	require.NoError(t, err)
	defer func() { _ = conn.Close(context.Background()) }()
	_, err = conn.Exec(context.Background(), fmt.Sprintf(`WITH p AS (INSERT INTO playbooks (tenant_id, name, trigger_type) VALUES (%d, 'ear', 'event') RETURNING id)
INSERT INTO playbook_triggers (tenant_id, playbook_id, pattern) SELECT %[1]d, id, '*' FROM p`, tenantID))
	require.NoError(t, err)
}

func TestTheSameIngestionIsOneFact(t *testing.T) {
	t.Parallel()
	b := setup(t)
	c := b.somebody("a", "ann", auth.RoleUser)
	listen(t, b, c.user.TenantID)
	body := `{"hostname":"WS-9","client_id":"C.9","ip_address":"10.0.0.9","os":"windows","labels":["new"],"host_metadata":{"build":9007199254740993},
"source":"pslist","rows":[{"Pid":1,"n":9007199254740993,"Name":"a\u0000b","CreateTime":"2026-11-21T19:11:49Z"},{"Pid":2}]}`
	first := c.post("/api/ingestion/ingest", body).ok(http.StatusOK).object()
	require.Equal(t, "WS-9", first["hostname"])
	require.Equal(t, []any{"new"}, first["labels"])
	require.Equal(t, obj{"rows": 2.0, "new_rows": 2.0, "replaced": 1.0, "indicators": 0.0}, first["ingested"])
	again := c.post("/api/ingestion/ingest", strings.ReplaceAll(body, `"Pid":1,"n"`, `"n":9007199254740993,"Pid":1,"m"`)).ok(http.StatusOK).object()
	require.InDelta(t, 2, again["ingested"].(obj)["new_rows"], 0, "another row makes it another report")
	repeat := c.post("/api/ingestion/ingest", body).ok(http.StatusOK).object()
	require.Equal(t, first["id"], repeat["id"])
	require.InDelta(t, 0, repeat["ingested"].(obj)["new_rows"], 0)

	seen := waiting(t, b)
	require.Len(t, seen, 4)
	require.Equal(t, "host.created", seen[0].Type)
	require.Equal(t, seen[1].ID, seen[3].ID)
	require.NotEqual(t, seen[1].ID, seen[2].ID)
	host := c.get(fmt.Sprintf("/api/hosts/%v", first["id"])).object()
	delete(host, "updated_at")
	delete(host, "last_seen")
	event := seen[3].Payload["host"].(obj)
	require.NotNil(t, event["last_seen"])
	delete(event, "last_seen")
	require.Equal(t, host, event, "an event's host has the fields of the API")

	obs := c.get(fmt.Sprintf("/api/hosts/%v/observations?source=pslist", first["id"])).ok(http.StatusOK)
	require.Equal(t, "4", obs.header.Get("X-Total-Count"))
	require.Contains(t, obs.text, "9007199254740993")
	require.Contains(t, obs.text, "a�b")
	require.Contains(t, obs.text, `"event_time":"2026-11-21T19:11:49Z"`)
}

func TestEventsHaveTheFieldsOfTheAPI(t *testing.T) {
	t.Parallel()
	b := setup(t)
	c := b.somebody("a", "ann", auth.RoleUser)
	listen(t, b, c.user.TenantID)
	kase := c.post("/api/cases", obj{"title": "x", "tags": []string{"t"}, "assignee_id": c.user.ID}).ok(http.StatusCreated).object()
	ioc := c.post("/api/artifacts", obj{"artifact_type": "ip", "value": "203.0.113.9", "case_id": kase["id"]}).ok(http.StatusCreated).object()
	seen := waiting(t, b)
	require.Len(t, seen, 2)
	require.Equal(t, kase, seen[0].Payload["case"])
	for field, value := range seen[1].Payload["artifact"].(map[string]any) {
		require.Equal(t, ioc[field], value, field)
	}
	require.Equal(t, kase["id"], seen[1].Payload["case_id"])
}

func TestIngestionRefuses(t *testing.T) {
	t.Parallel()
	b := setup(t)
	c := b.somebody("a", "ann", auth.RoleUser)
	at := "/api/ingestion/ingest"
	c.post(at, `{}`).ok(http.StatusUnprocessableEntity)
	c.post(at, `{"hostname":"a b"}`).field("body.hostname")
	c.post(at, `{"hostname":"a","rows":{}}`).field("body.rows")
	c.post(at, `{"hostname":"a","rows":[{},1]}`).field("body.rows[1]")
	c.post(at, `{"hostname":"a","rows":[{"n":1e-999}]}`).field("body.rows[0]")
	require.Equal(t, "body.rows[0].n", c.post(at, `{"hostname":"a","rows":[{"n":1e999}]}`).ok(http.StatusBadRequest).problem().Errors[0].Location)
	c.post(at, `{"hostname":"a\u0000"}`).ok(http.StatusBadRequest)
	c.post(at, `{"hostname":"a","source":"x\u0000"}`).ok(http.StatusBadRequest)
	c.post(at, `{"hostname":"a","rows":[{"a":1,"a":2}]}`).ok(http.StatusBadRequest)
	c.post(at, `{"hostname":"a","rows":[{"a":"\ud800"}]}`).ok(http.StatusBadRequest)
	c.post(at, `{"hostname":"a","rows":[`+strings.Repeat(`{"a":`, 70)+`1`+strings.Repeat(`}`, 70)+`]}`).ok(http.StatusBadRequest)
	c.post(at, "{\"hostname\":\"a\",\"rows\":[{\"a\":\"\xff\"}]}").ok(http.StatusBadRequest)
	c.post(at, `{"hostname":"a","rows":[`+strings.TrimSuffix(strings.Repeat(`{},`, 10_001), ",")+`]}`).field("body.rows")
	c.post(at, `{"hostname":"a","rows":[{"a":"`+strings.Repeat("x", 16<<20)+`"}]}`).ok(http.StatusRequestEntityTooLarge)
	require.Empty(t, c.get("/api/hosts").objects(), "a refusal leaves nothing behind")
}

// shared finds the recorded data, or skips.
func shared(t *testing.T, name string) string {
	t.Helper()
	root := os.Getenv("VC_SHARED_DATA")
	if root == "" {
		root = filepath.Join("..", "..", "shared", "data")
	}
	path := filepath.Join(root, name)
	if _, err := os.Stat(path); err != nil {
		t.Skip("the recorded data is not here; VC_SHARED_DATA names its folder")
	}
	return path
}

func TestRecordedRowsIngestWithoutASpecialCase(t *testing.T) {
	t.Parallel()
	events, err := filepath.Glob(filepath.Join(shared(t, "sigma"), "*", "event.json"))
	require.NoError(t, err)
	require.NotEmpty(t, events)
	pslist, err := os.ReadFile(shared(t, "velociraptor/pslist.jsonl"))
	require.NoError(t, err)
	b := setup(t)
	c := b.somebody("a", "ann", auth.RoleUser)
	files := map[string][]byte{"pslist": pslist}
	for _, e := range events {
		files[filepath.Base(filepath.Dir(e))], err = os.ReadFile(e)
		require.NoError(t, err)
	}
	for source, text := range files {
		var rows []json.RawMessage
		for dec := json.NewDecoder(bytes.NewReader(text)); dec.More(); {
			var row json.RawMessage
			require.NoError(t, dec.Decode(&row))
			rows = append(rows, row)
		}
		got := c.post("/api/ingestion/ingest", obj{"hostname": "ws-1", "source": source, "rows": rows}).ok(http.StatusOK).object()
		require.InDelta(t, len(rows), got["ingested"].(obj)["new_rows"], 0, source)
	}
	hosts := c.get("/api/hosts").objects()
	require.Len(t, hosts, 1)
	obs := c.get(fmt.Sprintf("/api/hosts/%v/observations?limit=500", hosts[0]["id"])).objects()
	for _, o := range obs {
		require.NotNil(t, o["event_time"], o["source"])
	}
}

func TestDashboardOverHTTP(t *testing.T) {
	t.Parallel()
	b := setup(t)
	c := b.somebody("a", "ann", auth.RoleUser)
	c.post("/api/hosts", `{"hostname":"ws-1","threat_score":0.95,"online":true}`).ok(http.StatusCreated)
	c.post("/api/hosts", `{"hostname":"ws-2"}`).ok(http.StatusCreated)
	c.post("/api/cases", obj{"title": "x", "severity": "critical", "assignee_id": c.user.ID}).ok(http.StatusCreated)
	d := c.get("/api/dashboard").ok(http.StatusOK).object()
	require.Equal(t, obj{"total": 2.0, "online": 1.0, "exact": true, "by_band": obj{"benign": 1.0, "low": 0.0, "medium": 0.0, "high": 0.0, "critical": 1.0}}, d["hosts"])
	require.Equal(t, obj{"open": 1.0, "investigating": 0.0, "closed": 0.0, "by_severity": obj{"low": 0.0, "medium": 0.0, "high": 0.0, "critical": 1.0}}, d["cases"])
	require.Equal(t, obj{"unread_notifications": 0.0, "cases_assigned": 1.0, "failed_executions_24h": 0.0}, d["needs_you"])
	require.Equal(t, obj{"running": 0.0, "failed_24h": 0.0, "completed_24h": 0.0}, d["executions"])
	require.Len(t, d["top_hosts"], 1)
	require.Equal(t, []any{}, d["recent_executions"])
	require.Equal(t, false, d["connected"])
}

func TestChangesOfWorkAreOnTheTrail(t *testing.T) {
	t.Parallel()
	b := setup(t)
	c := b.somebody("a", "ann", auth.RoleUser)
	at := c.post("/api/hosts", `{"hostname":"ws-1"}`).ok(http.StatusCreated).header.Get("Location")
	c.patch(at, `{"os":"x"}`).ok(http.StatusOK)
	c.delete(at).ok(http.StatusNoContent)
	conn, err := pgx.Connect(t.Context(), b.url)
	require.NoError(t, err)
	defer func() { _ = conn.Close(context.Background()) }()
	rows, err := conn.Query(t.Context(), "SELECT action FROM audit_logs WHERE resource_type = 'host' ORDER BY id")
	require.NoError(t, err)
	actions, err := pgx.CollectRows(rows, pgx.RowTo[string])
	require.NoError(t, err)
	require.Equal(t, []string{"host.create", "host.update", "host.delete"}, actions)
}
