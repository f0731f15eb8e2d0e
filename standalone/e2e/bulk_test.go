package e2e

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"strconv"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/velocicompanion/velocicompanion/internal/store"
)

type bulkJob struct {
	ID     int64  `json:"id"`
	Status string `json:"status"`
	Total  int    `json:"total"`
	Done   int    `json:"done"`
	Error  string `json:"error"`
	File   struct {
		Size   int    `json:"size"`
		SHA256 string `json:"sha256"`
	} `json:"file"`
}

// BulkEnds waits for the end of a job.
func (c *Client) BulkEnds(id int64, patience time.Duration) (job bulkJob) {
	c.t.Helper()
	require.Eventually(c.t, func() bool {
		c.Get(fmt.Sprintf("/api/bulk/%d", id), &job)
		return job.Status == "completed" || job.Status == "failed" || job.Status == "cancelled"
	}, patience, poll, "the job ends")
	return job
}

// TestAKilledWorkerLabelsEachHostOnce runs the production binary: ten thousand hosts are labelled, the worker dies by
// kill -9 in the middle, another goes on behind what was decided.
func TestAKilledWorkerLabelsEachHostOnce(t *testing.T) {
	t.Parallel()
	const hosts = 10_000
	s := StartServers(t)
	s.Migrate(t)
	_, url := s.API(t, nil)
	worker := s.Worker(t, nil)
	c := NewTenant(t, url, "bulk")
	plantHosts(t, s, c.TenantID, hosts)

	var job bulkJob
	c.Must(http.StatusAccepted, http.MethodPost, "/api/bulk", map[string]any{
		"resource": "hosts", "filter": map[string]any{"hostname": "ws-*"}, "action": "add_labels", "params": map[string]any{"labels": []string{"seen"}},
	}, &job)
	require.Equal(t, hosts, job.Total)
	require.Eventually(t, func() bool {
		c.Get(fmt.Sprintf("/api/bulk/%d", job.ID), &job)
		return job.Done > 0
	}, time.Minute, 10*time.Millisecond, "some are decided")
	require.Less(t, job.Done, hosts, "the worker dies in the middle")
	worker.Kill(t)
	s.Worker(t, nil)

	job = c.BulkEnds(job.ID, 3*time.Minute)
	require.Equal(t, "completed", job.Status, job.Error)
	require.Equal(t, hosts, job.Done)
	require.Equal(t, hosts, count(t, s.Conn["DATABASE_URL"], appRole(t, s), strconv.FormatInt(c.TenantID, 10), "host_labels"))
	var lines []any
	c.Get("/api/audit?action=bulk.end", &lines)
	require.Len(t, lines, 1)

	c.Must(http.StatusAccepted, http.MethodPost, "/api/bulk", map[string]any{
		"resource": "hosts", "filter": map[string]any{"label": "seen"}, "action": "export", "params": map[string]any{"format": "ndjson"},
	}, &job)
	job = c.BulkEnds(job.ID, 2*time.Minute)
	status, file := c.Do(http.MethodGet, fmt.Sprintf("/api/bulk/%d/download", job.ID), nil)
	require.Equal(t, http.StatusOK, status)
	sum := sha256.Sum256(file)
	require.Equal(t, job.File.SHA256, hex.EncodeToString(sum[:]))
	require.Len(t, file, job.File.Size)
}

func plantHosts(t *testing.T, s *Stack, tenant int64, n int) {
	t.Helper()
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, s.Conn["DATABASE_URL"])
	require.NoError(t, err)
	defer func() { _ = conn.Close(ctx) }()
	_, err = conn.Exec(ctx, "SELECT set_config('role', $1, false), set_config('app.tenant_id', $2, false)", appRole(t, s), strconv.FormatInt(tenant, 10))
	require.NoError(t, err)
	_, err = conn.Exec(ctx, "INSERT INTO hosts (tenant_id, hostname) SELECT $1, 'ws-' || i FROM generate_series(1, $2::int) AS i", tenant, n)
	require.NoError(t, err)
}

// appRole is the role that the application's queries run as.
func appRole(t *testing.T, s *Stack) string {
	t.Helper()
	cfg, err := pgx.ParseConfig(s.Conn["DATABASE_URL"])
	require.NoError(t, err)
	return store.RolesOf(cfg.Database).App
}
