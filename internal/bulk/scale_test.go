package bulk_test

import (
	"context"
	"os"
	"strconv"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/velocicompanion/velocicompanion/internal/store"
)

// TestTenThousandHostsAreLabelled says how long it takes; VC_BULK_HOSTS asks for another number of hosts.
func TestTenThousandHostsAreLabelled(t *testing.T) {
	t.Parallel()
	n := 10_000
	if asked, err := strconv.Atoi(os.Getenv("VC_BULK_HOSTS")); err == nil {
		n = asked
	}
	b := setup(t)
	owner, err := pgx.Connect(t.Context(), b.url)
	require.NoError(t, err)
	defer func() { _ = owner.Close(context.WithoutCancel(t.Context())) }()
	_, err = owner.Exec(t.Context(), "INSERT INTO hosts (tenant_id, hostname, os) SELECT $1, 'ws-' || i, 'Windows 11' FROM generate_series(1, $2::int) AS i", b.tenant.ID(), n)
	require.NoError(t, err)
	begun := time.Now()
	_, err = b.tenant.BulkJob(t.Context(), b.start(store.Selection{Resource: "hosts", Hosts: store.HostQuery{Hostname: "ws-*"}}, "export", map[string]any{"format": "csv"}).ID)
	require.NoError(t, err)
	t.Logf("%d hosts selected by pattern in %s", n, time.Since(begun))
	begun = time.Now()
	job := b.start(store.Selection{Resource: "hosts", Hosts: store.HostQuery{OS: "windows"}}, "add_labels", map[string]any{"labels": []string{"all", "of", "them"}})
	selected := time.Since(begun)
	b.finish(job.ID)
	labelled := time.Since(begun) - selected
	require.Equal(t, n, b.job(job.ID).Done)
	t.Logf("%d hosts selected in %s, labelled in %s", n, selected, labelled)
	require.Less(t, labelled, 2*time.Minute)
}
