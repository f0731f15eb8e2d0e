package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/velocicompanion/velocicompanion/internal/store"
)

// batch is what tests look at in a bulk ingestion.
type batch struct {
	ID           int64   `json:"id"`
	Status       string  `json:"status"`
	Progress     float64 `json:"progress"`
	Lines        int     `json:"lines"`
	Accepted     int     `json:"accepted"`
	Rejected     int     `json:"rejected"`
	RowsNew      int     `json:"rows_new"`
	HostsCreated int     `json:"hosts_created"`
	Indicators   int     `json:"indicators"`
	Error        string  `json:"error"`
}

// Upload sends a batch.
func (c *Client) Upload(query string, body io.Reader) (out batch) {
	c.t.Helper()
	req, err := http.NewRequestWithContext(c.t.Context(), http.MethodPost, c.url+"/api/ingestion/batches"+query, body)
	require.NoError(c.t, err)
	req.Header.Set("Authorization", "Bearer "+c.token)
	res, err := http.DefaultClient.Do(req)
	require.NoError(c.t, err)
	defer func() { _ = res.Body.Close() }()
	answer, err := io.ReadAll(res.Body)
	require.NoError(c.t, err)
	require.Equal(c.t, http.StatusAccepted, res.StatusCode, string(answer))
	require.NoError(c.t, json.Unmarshal(answer, &out))
	return out
}

// batchUntil reads a batch until it is as a test wants it.
func (c *Client) batchUntil(id int64, within time.Duration, what string, is func(batch) bool) (b batch) {
	c.t.Helper()
	require.Eventually(c.t, func() bool {
		c.Get(fmt.Sprintf("/api/ingestion/batches/%d", id), &b)
		return is(b)
	}, within, poll, "%s: %+v", what, &b)
	return b
}

// TestAWorkerKilledTwiceDuringABatchLosesAndRepeatsNothing runs the production binary: its worker dies twice by kill -9 while
// it brings a batch in.
func TestAWorkerKilledTwiceDuringABatchLosesAndRepeatsNothing(t *testing.T) {
	t.Parallel()
	const lines, hosts = 120_000, 200
	s := StartServers(t)
	s.Migrate(t)
	_, address := s.API(t, nil)
	c := NewTenant(t, address, "batch")
	socket := c.Listen()
	var text bytes.Buffer
	for i := range lines {
		fmt.Fprintf(&text, `{"hostname":"h%d","client_id":"C.%d","rows":[{"n":%d,"RemoteAddr":"203.0.114.%d"}]}`+"\n", i%hosts, i%hosts, i, i%hosts)
	}
	text.WriteString("{ half a line")
	row := c.Upload("?filename=rows.ndjson", &text)
	require.Equal(t, "queued", row.Status, "it waits for a worker")
	begun := 0
	for range 2 {
		worker := s.Worker(t, nil)
		begun = c.batchUntil(row.ID, time.Minute, "the worker is at work", func(b batch) bool { return b.Accepted > begun }).Accepted
		worker.Kill(t)
	}
	require.Less(t, begun, lines, "it died on the way")
	s.Worker(t, nil)
	done := c.batchUntil(row.ID, 4*time.Minute, "the batch ends", func(b batch) bool { return b.Status == "completed" || b.Status == "failed" })
	require.Equal(t, batch{
		ID: row.ID, Status: "completed", Progress: 1, Lines: lines + 1, Accepted: lines, Rejected: 1, RowsNew: lines, HostsCreated: hosts, Indicators: hosts,
	}, done)
	there := func(table string) int { return s.rows(t, c, table) }
	require.Equal(t, lines, there("observations"))
	require.Equal(t, hosts, there("hosts"))
	require.Zero(t, there("ingestion_chunks"))
	require.Zero(t, there("jobs"))
	var bad []map[string]any
	c.Get(fmt.Sprintf("/api/ingestion/batches/%d/errors", row.ID), &bad)
	require.Len(t, bad, 1)
	require.EqualValues(t, lines+1, bad[0]["line"])
	socket.Wait("progress of the batch", func(m map[string]any) bool { return m["type"] == "batch" && m["status"] == "running" })
	socket.Wait("its end", func(m map[string]any) bool { return m["type"] == "batch" && m["status"] == "completed" })
	status, listed := c.Do(http.MethodGet, fmt.Sprintf("/api/ingestion/batches/%d/errors?format=ndjson", row.ID), nil)
	require.Equal(t, http.StatusOK, status)
	require.Contains(t, string(listed), `"text":"{ half a line"`)
	require.Len(t, strings.Split(strings.TrimSpace(string(listed)), "\n"), 1)
}

// rows counts what a tenant has in a table.
func (s *Stack) rows(t *testing.T, c *Client, table string) int {
	t.Helper()
	u, err := url.Parse(s.Conn["DATABASE_URL"])
	require.NoError(t, err)
	role := store.RolesOf(strings.TrimPrefix(u.Path, "/")).App
	return count(t, s.Conn["DATABASE_URL"], role, strconv.FormatInt(c.TenantID, 10), table)
}
