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
	// Two tenants in turns; what each filter looks for is one line in 2,000. The last hundred wait for their seals.
	_, err = owner.Exec(t.Context(), `INSERT INTO audit_logs (tenant_id, user_id, action, resource_type, resource_id, created_at, xact_id)
SELECT CASE i % 2 WHEN 0 THEN $1::bigint ELSE $2 END, i % 4000, CASE i % 4000 WHEN 0 THEN 'host.rare' ELSE 'host.update' END, 'host', (i % 4000)::text,
  now() - (60000 - i) * interval '1 second', (i / 100)::text::xid8 FROM generate_series(1, 60000) AS i`, tenant, other)
	require.NoError(t, err)
	_, err = owner.Exec(t.Context(), `INSERT INTO audit_seals (tenant_id, seq, audit_id, line_mac, mac, key_id, sealed_at, created_at, user_id, username, action, resource_type, resource_id,
  outcome, ip_address, request_id)
SELECT tenant_id, id, id, '', '', '', now(), created_at, user_id, username, action, resource_type, resource_id, outcome, ip_address, request_id FROM audit_logs WHERE id <= 59900`)
	require.NoError(t, err)
	_, err = owner.Exec(t.Context(), `INSERT INTO audit_heads (tenant_id, seq, xact_id, audit_id) VALUES ($1, 59900, '598', 59900), ($2, 59900, '598', 59900)`, tenant, other)
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
		"newest first": {"audit_seals_time_idx", store.AuditQuery{PageQuery: newest}},
		"a span":       {"audit_seals_time_idx", store.AuditQuery{PageQuery: newest, From: now.Add(-5 * time.Hour), To: now.Add(-299 * time.Minute)}},
		"action":       {"audit_seals_action_idx", store.AuditQuery{PageQuery: newest, Action: "host.rare"}},
		"user":         {"audit_seals_user_idx", store.AuditQuery{PageQuery: newest, UserID: 2000}},
		"resource":     {"audit_seals_resource_idx", store.AuditQuery{PageQuery: newest, ResourceType: "host", ResourceID: "2000"}},
	} {
		before := useOf(t, owner)
		fresh, err := store.Open(t.Context(), store.Params{URL: url, MaxConns: 1})
		require.NoError(t, err)
		rows, _, err := fresh.Tenant(tenant).ListAudit(t.Context(), q.query)
		require.NoError(t, err)
		require.NotEmpty(t, rows, name)
		require.True(t, name != "newest first" || rows[0].Seq == nil, "the newest wait for their seals")
		require.NoError(t, fresh.Close()) // a connection tells its numbers when it ends at the latest
		require.Eventually(t, func() bool { return useOf(t, owner)[q.index] > before[q.index] }, 10*time.Second, 20*time.Millisecond, "%s uses %s", name, q.index)
		after := useOf(t, owner)
		require.Equal(t, before["seq_scan"], after["seq_scan"], "%s reads a whole table", name)
		require.Less(t, after["fetched"]-before["fetched"], int64(12_000), "%s reads more than a total needs", name)
	}
	before := useOf(t, owner)
	fresh, err := store.Open(t.Context(), store.Params{URL: url, MaxConns: 1})
	require.NoError(t, err)
	for range 3 {
		ids, err := fresh.System().UnsealedTenants(t.Context())
		require.NoError(t, err)
		require.Equal(t, []int64{tenant, other}, ids)
		_, err = fresh.Tenant(tenant).UnsealedAudit(t.Context(), &models.AuditHead{XactID: 600, AuditID: 60_000}, store.Horizon{Oldest: 1 << 40, Next: 1 << 40}, 1000)
		require.NoError(t, err)
	}
	require.NoError(t, fresh.Close())
	require.Eventually(t, func() bool { return useOf(t, owner)["audit_logs_xact_idx"] > before["audit_logs_xact_idx"] }, 10*time.Second, 20*time.Millisecond)
	require.Equal(t, before["seq_scan"], useOf(t, owner)["seq_scan"], "looking for lines to seal reads the whole table")
}

// useOf says how lines and seals were read so far: whole, by each index, and rows by any index.
func useOf(t *testing.T, owner *pgx.Conn) map[string]int64 {
	t.Helper()
	use := map[string]int64{}
	rows, err := owner.Query(t.Context(), `SELECT indexrelname::text, idx_scan FROM pg_stat_user_indexes WHERE relname IN ('audit_logs', 'audit_seals')
UNION ALL SELECT 'seq_scan', sum(seq_scan) FROM pg_stat_user_tables WHERE relname IN ('audit_logs', 'audit_seals')
UNION ALL SELECT 'fetched', sum(idx_tup_fetch) FROM pg_stat_user_tables WHERE relname IN ('audit_logs', 'audit_seals')`)
	require.NoError(t, err)
	var name string
	var n int64
	_, err = pgx.ForEachRow(rows, []any{&name, &n}, func() error { use[name] = n; return nil })
	require.NoError(t, err)
	return use
}
