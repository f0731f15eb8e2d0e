package api_test

import (
	"bytes"
	"compress/gzip"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/velocicompanion/velocicompanion/internal/auth"
)

func TestATextIsParsedWithAPreview(t *testing.T) {
	t.Parallel()
	b := setup(t)
	c := b.somebody("a", "ann", auth.RoleUser)
	known := c.post("/api/artifacts", obj{"artifact_type": "domain", "value": "known-bad.com"}).ok(http.StatusCreated).object()
	c.post("/api/artifacts", obj{"artifact_type": "domain", "value": "our-own.com"}).ok(http.StatusCreated)
	ours := c.get("/api/artifacts?value=our-own.com").objects()[0]
	c.patch(fmt.Sprintf("/api/artifacts/%v", ours["id"]), `{"false_positive":true,"fp_reason":"our mail gateway"}`).ok(http.StatusOK)
	viewer := b.colleague(c.user.TenantID, "vic", auth.RoleViewer)
	text := "C2 at hxxps://evil-c2[.]com/gate.php and 203.0.113.7, 8.8.8.8; again evil-c2[.]com\nknown-bad[.]com our-own.com\n" +
		"MD5 d41d8cd98f00b204e9800998ecf8427e 44d88612fea8a8f36de82e1278abb02f\nb\u00fccher-shop.com 2a00:1450:4001:0830::200e"
	var out struct {
		Found []struct {
			ArtifactType, Value, Original, Guard string
			Type                                 string `json:"artifact_type"`
			Reason                               string `json:"guard_reason"`
			Accepted                             bool
			KnownID                              *float64 `json:"known_id"`
			FP                                   bool     `json:"known_false_positive"`
			Line, Times                          int
		}
		Truncated bool
	}
	viewer.post("/api/artifacts/parse", obj{"text": text}).ok(http.StatusOK).into(&out)
	require.False(t, out.Truncated)
	found := map[string]int{}
	for i, f := range out.Found {
		found[f.Value] = i
	}
	require.Len(t, found, len(out.Found), "each once")
	at := func(value string) int {
		i, ok := found[value]
		require.True(t, ok, "%s in %v", value, found)
		return i
	}
	url := out.Found[at("https://evil-c2.com/gate.php")]
	require.True(t, url.Accepted)
	require.Equal(t, "hxxps://evil-c2[.]com/gate.php", url.Original)
	require.Equal(t, "url", url.Type)
	require.True(t, out.Found[at("44d88612fea8a8f36de82e1278abb02f")].Accepted)
	require.True(t, out.Found[at("xn--bcher-shop-9db.com")].Accepted)
	require.Equal(t, "ip", out.Found[at("2a00:1450:4001:830::200e")].Type)
	for _, value := range []string{"8.8.8.8", "203.0.113.7", "d41d8cd98f00b204e9800998ecf8427e"} {
		f := out.Found[at(value)]
		require.False(t, f.Accepted, value)
		require.NotEmpty(t, f.Guard)
		require.NotEmpty(t, f.Reason)
	}
	k := out.Found[at("known-bad.com")]
	require.True(t, k.Accepted)
	require.InDelta(t, known["id"], *k.KnownID, 0)
	require.Equal(t, 2, k.Line)
	fp := out.Found[at("our-own.com")]
	require.True(t, fp.FP && !fp.Accepted && strings.Contains(fp.Reason, "mail gateway"))
	require.Len(t, c.get("/api/artifacts").objects(), 2, "nothing is kept")
	c.post("/api/artifacts/parse", `{"text":""}`).field("body.text")
	c.post("/api/artifacts/parse", `{"text":"a\u0000b"}`).ok(http.StatusBadRequest)
	c.post("/api/artifacts/parse", obj{"text": strings.Repeat("a", 1<<20+1)}).ok(http.StatusRequestEntityTooLarge)
	require.Empty(t, viewer.post("/api/artifacts/parse", obj{"text": "nothing here"}).ok(http.StatusOK).object()["found"])
}

func TestManyIndicatorsAtOnce(t *testing.T) {
	t.Parallel()
	b := setup(t)
	c := b.somebody("a", "ann", auth.RoleUser)
	kase := c.post("/api/cases", `{"title":"x"}`).ok(http.StatusCreated).object()["id"]
	items := []obj{
		{"artifact_type": "domain", "value": "one[.]evil-c2.com", "tlp": "red", "tags": []string{"apt"}, "expires_at": "2020-01-01T00:00:00Z"},
		{"artifact_type": "ip", "value": "999.1.1.1"},
		{"artifact_type": "nope", "value": "x"},
		{"artifact_type": "domain", "value": "one.evil-c2.com"},
		{"artifact_type": "domain", "value": ""},
		{"artifact_type": "domain", "value": "two.evil-c2.com", "tlp": "pink"},
	}
	out := c.post("/api/artifacts/batch", obj{"items": items, "case_id": kase}).ok(http.StatusOK).object()
	require.EqualValues(t, 1, out["created"])
	require.EqualValues(t, 1, out["existing"])
	require.EqualValues(t, 4, out["rejected"])
	rows := c.get(fmt.Sprintf("/api/cases/%v/artifacts", kase)).objects()
	require.Len(t, rows, 1)
	require.Equal(t, []any{"red", true, "manual"}, []any{rows[0]["tlp"], rows[0]["expired"], rows[0]["origin"]})
	at := fmt.Sprintf("/api/cases/%v/artifacts/%v", kase, rows[0]["id"])
	require.Len(t, c.get(fmt.Sprintf("/api/artifacts/%v/cases", rows[0]["id"])).ok(http.StatusOK).objects(), 1)
	require.Empty(t, c.get(fmt.Sprintf("/api/artifacts/%v/sightings", rows[0]["id"])).ok(http.StatusOK).objects())
	c.delete(at).ok(http.StatusNoContent)
	c.delete(at).ok(http.StatusNotFound)
	c.post("/api/artifacts/batch", obj{"items": items, "case_id": 424242}).field("body.case_id")
	c.post("/api/artifacts/batch", `{"items":[]}`).field("body.items")
	viewer := b.colleague(c.user.TenantID, "vic", auth.RoleViewer)
	viewer.post("/api/artifacts/batch", obj{"items": items}).ok(http.StatusForbidden)
	viewer.do(http.MethodPost, "/api/artifacts/import", "value\nx.example\n", "Content-Type", "text/csv").ok(http.StatusForbidden)
}

// imported is an import's answer.
type imported struct {
	Lines, Created, Updated, Unchanged, Rejected int
	DryRun                                       bool     `json:"dry_run"`
	Ignored                                      []string `json:"ignored_columns"`
	Errors                                       []struct {
		Line    int64
		Message string
	}
}

func (c *client) importCSV(query, body string) (out imported) {
	c.do(http.MethodPost, "/api/artifacts/import"+query, body, "Content-Type", "text/csv").ok(http.StatusOK).into(&out)
	return out
}

func TestIndicatorsAreImportedFromCSVWithItsDamage(t *testing.T) {
	t.Parallel()
	b := setup(t)
	c := b.somebody("a", "ann", auth.RoleUser)
	body := "\xef\xbb\xbfIndicator,Type,Comment,TLP,Tags,valid_until,confidence\r\n" +
		"evil-c2[.]com,domain,\"said \"\"so\"\"\",TLP:RED,apt; c2 ,2099-01-01,90\r\n" +
		"203.0.113.9,,,,,,\r\n" + // the type is guessed
		"broken,\"quote,x\r\n" +
		"not-an-ip,ip,,,,,\r\n" +
		"too,few\r\n" +
		"\r\n" +
		"EVIL-C2.com,domain,later,,,,\r\n" +
		"bad-date.com,domain,,,,tomorrow,\r\n" +
		"b\u00fccher-shop.com,domain,,,,,\r\n" +
		"\"" + strings.Repeat("x", 1<<20) + "\",domain,,,,,\r\n" +
		"half\xffbyte.com,domain,,,,,\r\n" +
		"44d88612fea8a8f36de82e1278abb02f,hash,'=1+1,,,,"
	dry := c.importCSV("?dry_run=true", body)
	require.True(t, dry.DryRun)
	require.Empty(t, c.get("/api/artifacts").objects(), "a dry run keeps nothing")
	out := c.importCSV("", body)
	require.Equal(t, dry.Created, out.Created)
	require.Equal(t, dry.Rejected, out.Rejected)
	require.Equal(t, dry.Errors, out.Errors)
	require.Equal(t, 4, out.Created)
	require.Equal(t, 1, out.Updated+out.Unchanged)
	require.Equal(t, []string{"confidence"}, out.Ignored)
	lines := map[int64]string{}
	for _, e := range out.Errors {
		lines[e.Line] = e.Message
	}
	require.Len(t, lines, out.Rejected)
	for line, says := range map[int64]string{4: "quote", 5: "value", 6: "cells", 9: "expires_at", 11: "value", 12: "value"} {
		require.Contains(t, lines[line], says, "line %d of %v", line, lines)
	}
	row := c.get("/api/artifacts?value=evil-c2.com").objects()[0]
	require.Equal(t, []any{"red", "import", "later"}, []any{row["tlp"], row["origin"], row["description"]})
	require.Equal(t, []any{"apt", "c2"}, row["tags"])
	again := c.importCSV("", body)
	require.Zero(t, again.Created)

	for _, bad := range []string{"", "a,b\n1,2\n", "value,ioc\nx,y\n", "value,value\nx,y\n"} {
		require.GreaterOrEqual(t, c.do(http.MethodPost, "/api/artifacts/import", bad, "Content-Type", "text/csv").status, 400, "%q", bad)
	}
	c.do(http.MethodPost, "/api/artifacts/import?dry_run=perhaps", "value\nx\n", "Content-Type", "text/csv").field("query.dry_run")
	c.do(http.MethodPost, "/api/artifacts/import", "{}", "Content-Type", "application/json").ok(http.StatusUnsupportedMediaType)
	c.do(http.MethodPost, "/api/artifacts/import", strings.Repeat("x", 51<<20), "Content-Type", "text/csv").ok(http.StatusRequestEntityTooLarge)
	var zipped bytes.Buffer
	w := gzip.NewWriter(&zipped)
	_, err := w.Write([]byte("value\nzipped-c2.com\n"))
	require.NoError(t, err)
	require.NoError(t, w.Close())
	require.Equal(t, 1, c.importCSV("", zipped.String()).Created)
}

func TestIndicatorsAreExported(t *testing.T) {
	t.Parallel()
	b := setup(t)
	c := b.somebody("a", "ann", auth.RoleUser)
	var items []obj
	for i := range 1200 {
		items = append(items, obj{"artifact_type": "domain", "value": fmt.Sprintf("d%d.evil-c2.com", i), "description": "=cmd|' /C calc'!A0", "tags": []string{"a", "b"}})
	}
	c.post("/api/artifacts/batch", obj{"items": items}).ok(http.StatusOK)
	c.post("/api/artifacts", obj{"artifact_type": "ip", "value": "203.0.113.9"}).ok(http.StatusCreated)
	a := c.get("/api/artifacts/export?artifact_type=domain").ok(http.StatusOK)
	require.Contains(t, a.header.Get("Content-Disposition"), ".csv")
	rows, err := csv.NewReader(strings.NewReader(a.text)).ReadAll()
	require.NoError(t, err)
	require.Len(t, rows, 1201)
	require.Equal(t, "'=cmd|' /C calc'!A0", rows[1][2], "no spreadsheet runs it")
	lines := strings.Split(strings.TrimSpace(c.get("/api/artifacts/export?format=ndjson").ok(http.StatusOK).text), "\n")
	require.Len(t, lines, 1201)
	var one map[string]any
	require.NoError(t, json.Unmarshal([]byte(lines[0]), &one))
	require.Contains(t, one["value"], ".evil-c2.com")

	other := b.somebody("b", "bob", auth.RoleUser)
	out := other.importCSV("", a.text)
	require.Equal(t, 1200, out.Created, "an export can be imported: %v", out.Errors)
	row := other.get("/api/artifacts?value=d7.evil-c2.com").objects()[0]
	require.Equal(t, "=cmd|' /C calc'!A0", row["description"])
	require.Equal(t, []any{"a", "b"}, row["tags"])
	require.Len(t, other.get("/api/artifacts/export?q=nothing").ok(http.StatusOK).text, len(strings.Join(rows[0], ","))+2)
}
