package store_test

import (
	"context"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/internal/testkit"
	"github.com/velocicompanion/velocicompanion/models"
)

// TestTheTrailIsFoundByIndexes asks the database itself, afterwards, how it found the lines: row-level security must not
// keep it from its indexes.
func TestTheTrailIsFoundByIndexes(t *testing.T) {
	t.Parallel()
	s, url := testkit.StoreURL(t)
	tenant, other := testkit.Tenant(t, s).ID, testkit.Tenant(t, s).ID
	owner, err := pgx.Connect(t.Context(), url)
	require.NoError(t, err)
	t.Cleanup(func() { _ = owner.Close(context.Background()) })
	// Two tenants in turns; what each filter looks for is one line in 2,000.
	_, err = owner.Exec(t.Context(), `INSERT INTO audit_logs (tenant_id, user_id, action, resource_type, resource_id, created_at, xact_id)
SELECT CASE i % 2 WHEN 0 THEN $1::bigint ELSE $2 END, i % 4000, CASE i % 4000 WHEN 0 THEN 'host.rare' ELSE 'host.update' END, 'host', (i % 4000)::text,
  now() - (60000 - i) * interval '1 second', (i / 100)::text::xid8 FROM generate_series(1, 60000) AS i`, tenant, other)
	require.NoError(t, err)
	_, err = owner.Exec(t.Context(), "INSERT INTO audit_seals (tenant_id, seq, audit_id, line_mac, mac, key_id, sealed_at) SELECT tenant_id, id, id, '', '', '', now() FROM audit_logs")
	require.NoError(t, err)
	_, err = owner.Exec(t.Context(), `INSERT INTO audit_heads (tenant_id, seq, xact_id, audit_id) VALUES ($1, 60000, '600', 60000), ($2, 60000, '600', 60000)`, tenant, other)
	require.NoError(t, err)
	_, err = owner.Exec(t.Context(), "VACUUM ANALYZE audit_logs, audit_seals, audit_heads")
	require.NoError(t, err)
	_, err = owner.Exec(t.Context(), "SELECT pg_stat_force_next_flush()") // what the preparation read is counted now, not later
	require.NoError(t, err)

	now := time.Now()
	newest := store.PageQuery{Sort: "created_at", Desc: true}
	for name, q := range map[string]struct {
		index string
		query store.AuditQuery
	}{
		"newest first": {"audit_logs_time_idx", store.AuditQuery{PageQuery: newest}},
		"a span":       {"audit_logs_time_idx", store.AuditQuery{PageQuery: newest, From: now.Add(-5 * time.Hour), To: now.Add(-299 * time.Minute)}},
		"action":       {"audit_logs_action_idx", store.AuditQuery{PageQuery: newest, Action: "host.rare"}},
		"user":         {"audit_logs_user_idx", store.AuditQuery{PageQuery: newest, UserID: 2000}},
		"resource":     {"audit_logs_resource_idx", store.AuditQuery{PageQuery: newest, ResourceType: "host", ResourceID: "2000"}},
	} {
		before := useOf(t, owner)
		fresh, err := store.Open(t.Context(), store.Params{URL: url, MaxConns: 1})
		require.NoError(t, err)
		rows, _, err := fresh.Tenant(tenant).ListAudit(t.Context(), q.query)
		require.NoError(t, err)
		require.NotEmpty(t, rows, name)
		require.NoError(t, fresh.Close()) // a connection tells its numbers when it ends at the latest
		require.Eventually(t, func() bool { return useOf(t, owner)[q.index] > before[q.index] }, 10*time.Second, 20*time.Millisecond, "%s uses %s", name, q.index)
		after := useOf(t, owner)
		require.Equal(t, before["seq_scan"], after["seq_scan"], "%s reads the whole table", name)
		require.Less(t, after["fetched"]-before["fetched"], int64(12_000), "%s reads more than a total needs", name)
	}
	before := useOf(t, owner)
	fresh, err := store.Open(t.Context(), store.Params{URL: url, MaxConns: 1})
	require.NoError(t, err)
	for range 3 {
		ids, err := fresh.System().UnsealedTenants(t.Context())
		require.NoError(t, err)
		require.Empty(t, ids)
		_, err = fresh.Tenant(tenant).UnsealedAudit(t.Context(), &models.AuditHead{XactID: 600, AuditID: 60_000}, store.Horizon{Oldest: 1 << 40, Next: 1 << 40}, 1000)
		require.NoError(t, err)
	}
	require.NoError(t, fresh.Close())
	require.Eventually(t, func() bool { return useOf(t, owner)["audit_logs_xact_idx"] > before["audit_logs_xact_idx"] }, 10*time.Second, 20*time.Millisecond)
	require.Equal(t, before["seq_scan"], useOf(t, owner)["seq_scan"], "looking for lines to seal reads the whole table")
}

// useOf says how the table of lines was read so far: whole, by each index, and rows by any index.
func useOf(t *testing.T, owner *pgx.Conn) map[string]int64 {
	t.Helper()
	use := map[string]int64{}
	rows, err := owner.Query(t.Context(), `SELECT indexrelname::text, idx_scan FROM pg_stat_user_indexes WHERE relname = 'audit_logs'
UNION ALL SELECT 'seq_scan', seq_scan FROM pg_stat_user_tables WHERE relname = 'audit_logs'
UNION ALL SELECT 'fetched', idx_tup_fetch FROM pg_stat_user_tables WHERE relname = 'audit_logs'`)
	require.NoError(t, err)
	var name string
	var n int64
	_, err = pgx.ForEachRow(rows, []any{&name, &n}, func() error { use[name] = n; return nil })
	require.NoError(t, err)
	return use
}
