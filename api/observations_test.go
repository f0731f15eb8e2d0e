package api_test

import (
	"bufio"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/velocicompanion/velocicompanion/internal/auth"
)

// ingested sends rows about some hosts in.
func ingested(c *client, source string, rows map[string]string) {
	for host, list := range rows {
		c.post("/api/ingestion/ingest", fmt.Sprintf(`{"hostname":%q,"source":%q,"rows":[%s]}`, host, source, list)).ok(http.StatusOK)
	}
}

func TestObservationsAreFoundAndStacked(t *testing.T) {
	t.Parallel()
	b := setup(t)
	c := b.somebody("Alpha", "alice", auth.RoleUser)
	ingested(c, "pslist", map[string]string{
		"a": `{"Name":"svchost.exe","Pid":1},{"Name":"evil.exe","Exe":"C:\\Temp\\evil.exe"}`, "b": `{"Name":"svchost.exe","Pid":2}`,
	})
	ingested(c, "services", map[string]string{"b": `{"Name":"Spooler"}`})

	found := c.get("/api/observations?source=pslist&field=Exe&value=" + url.QueryEscape(`*\evil.EXE`)).ok(http.StatusOK)
	require.Equal(t, "1", found.header.Get("X-Total-Count"))
	one := found.objects()[0]
	require.Equal(t, []any{"a", "pslist", "ingestion"}, []any{one["hostname"], one["source_name"], one["source_kind"]})
	require.Len(t, c.get(fmt.Sprintf("/api/observations?host_id=%v", one["host_id"])).objects(), 2)
	require.Len(t, c.get(fmt.Sprintf("/api/hosts/%v/observations?q=temp", one["host_id"])).objects(), 1)
	require.Len(t, c.get(fmt.Sprintf("/api/observations?source_id=%v", one["source_id"])).objects(), 2)

	stack := c.get("/api/observations/stack?field=Name&source=pslist").ok(http.StatusOK).objects()
	require.Equal(t, "evil.exe", stack[0]["value"], "the rarest first")
	require.EqualValues(t, 1, stack[0]["hosts"])
	require.EqualValues(t, 2, stack[1]["hosts"])
	require.Len(t, c.get("/api/observations/stack?field=Name&q=SP*ler").objects(), 1)
	require.Len(t, c.get("/api/observations/stack/hosts?field=Name&value=SVCHOST.exe").objects(), 2)
	fields := c.get("/api/observations/fields").ok(http.StatusOK).objects()
	require.Equal(t, []any{"Exe", "Name"}, []any{fields[0]["field"], fields[1]["field"]})
	require.EqualValues(t, 2, fields[1]["sources"])
	sources := c.get("/api/sources?name=pslist&kind=ingestion").ok(http.StatusOK).objects()
	require.Len(t, sources, 2, "each sighting is one")

	bob := b.somebody("Beta", "bob", auth.RoleAdmin)
	for _, path := range []string{
		"/api/observations", "/api/observations/fields", "/api/observations/stack?field=Name", "/api/observations/stack/hosts?field=Name&value=evil.exe",
		"/api/sources", fmt.Sprintf("/api/observations?host_id=%v", one["host_id"]), fmt.Sprintf("/api/observations?source_id=%v", one["source_id"]),
		"/api/observations/export?format=ndjson",
	} {
		require.NotContains(t, bob.get(path).ok(http.StatusOK).text, "evil", path)
		b.anonymous().get(path).ok(http.StatusUnauthorized)
	}
}

func TestObservationsTakenAway(t *testing.T) {
	t.Parallel()
	b := setup(t)
	c := b.somebody("Alpha", "alice", auth.RoleAdmin)
	rows := make([]string, 1200)
	for i := range rows {
		rows[i] = fmt.Sprintf(`{"n":%d,"cmd":"=1+%d","list":[1,2]}`, i, i)
	}
	ingested(c, "pslist", map[string]string{"a": strings.Join(rows, ",")})

	a := c.get("/api/observations/export?source=pslist&format=csv&columns=" + url.QueryEscape("n, cmd,list,none")).ok(http.StatusOK)
	require.Contains(t, a.header.Get("Content-Disposition"), "observations-")
	lines, err := csv.NewReader(strings.NewReader(a.text)).ReadAll()
	require.NoError(t, err)
	require.Len(t, lines, 1201)
	require.Equal(t, []string{"n", "cmd", "list", "none"}, lines[0][7:])
	require.Equal(t, []string{"1199", "'=1+1199", "1\n2", ""}, lines[1][7:], "what a spreadsheet would run is defused")

	a = c.get("/api/observations/export?format=ndjson&field=n&value=7*").ok(http.StatusOK)
	n := 0
	for s := bufio.NewScanner(strings.NewReader(a.text)); s.Scan(); n++ {
		require.True(t, json.Valid(s.Bytes()))
	}
	require.Equal(t, 1+10+100, n)
	require.NotEmpty(t, c.get("/api/audit?action=observation.export").objects())
}

func TestAskingForObservationsWronglyOverHTTP(t *testing.T) {
	t.Parallel()
	c := setup(t).somebody("Alpha", "alice", auth.RoleViewer)
	for path, field := range map[string]string{
		"/api/observations?value=x": "query.value",
		"/api/observations?from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z": "query.to",
		"/api/observations?from=yesterday":                                    "query.from",
		"/api/observations?host_id=-1":                                        "query.host_id",
		"/api/observations?sort=data":                                         "query.sort",
		"/api/observations?time=never":                                        "query.time",
		"/api/observations?cursor=e30":                                        "query.cursor",
		"/api/observations/stack":                                             "query.field",
		"/api/observations/stack?field=Name&sort=last":                        "query.sort",
		"/api/observations/stack?field=Name&cursor=!":                         "query.cursor",
		"/api/observations/stack/hosts?field=Name":                            "query.value",
		"/api/observations/export?format=xml":                                 "query.format",
		"/api/observations/export?columns=a,,b":                               "query.columns",
		"/api/sources?kind=dream":                                             "query.kind",
	} {
		require.Contains(t, c.get(path).ok(http.StatusUnprocessableEntity).text, field, path)
	}
	for _, path := range []string{
		"/api/observations?field=%00&value=%FF%FE", "/api/observations?q=%00%FF", "/api/observations/stack?field=%00", "/api/observations?source=%00",
		"/api/observations/stack/hosts?field=a&value=%FF", "/api/observations?field=" + url.QueryEscape(`"]..$[*]?(@>1)`) + "&value=x", "/api/observations/stack?field=a&q=%00",
		"/api/observations?from=0001-01-01T00:00:00Z&to=9999-12-31T23:59:59Z", "/api/sources?name=%00",
	} {
		require.Less(t, c.get(path).status, http.StatusInternalServerError, path)
	}
}
