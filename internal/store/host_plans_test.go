package store_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/internal/testkit"
	"github.com/velocicompanion/velocicompanion/models"
)

// reads is how a table was read so far: as a whole, and rows by any index.
type reads struct{ whole, rows int64 }

func readsOf(t *testing.T, owner *pgx.Conn, table string) (r reads) {
	t.Helper()
	require.NoError(t, owner.QueryRow(t.Context(), "SELECT seq_scan, coalesce(idx_tup_fetch, 0) FROM pg_stat_user_tables WHERE relname = $1", table).Scan(&r.whole, &r.rows))
	return r
}

// planned runs ask on a store of its own and says how it read the tables. A connection tells its numbers when it ends; what
// ask makes sure of is that there are some.
func planned(t *testing.T, owner *pgx.Conn, url string, tables []string, ask func(s *store.Store)) map[string]reads {
	t.Helper()
	before := map[string]reads{}
	for _, table := range tables {
		before[table] = readsOf(t, owner, table)
	}
	fresh, err := store.Open(t.Context(), store.Params{URL: url, MaxConns: 1})
	require.NoError(t, err)
	ask(fresh)
	require.NoError(t, fresh.Close())
	out := map[string]reads{}
	require.Eventually(t, func() bool {
		some := false
		for _, table := range tables {
			now := readsOf(t, owner, table)
			out[table] = reads{now.whole - before[table].whole, now.rows - before[table].rows}
			some = some || out[table] != reads{}
		}
		return some
	}, 10*time.Second, 20*time.Millisecond)
	return out
}

func ownerOf(t *testing.T, url string, sql ...string) *pgx.Conn {
	t.Helper()
	owner, err := pgx.Connect(t.Context(), url)
	require.NoError(t, err)
	t.Cleanup(func() { _ = owner.Close(context.Background()) })
	for _, q := range append(sql, "SELECT pg_stat_force_next_flush()") {
		_, err = owner.Exec(t.Context(), q)
		require.NoError(t, err, q)
	}
	return owner
}

// TestHostsAreListedByIndexes asks the database itself, afterwards, how it found the hosts.
func TestHostsAreListedByIndexes(t *testing.T) {
	t.Parallel()
	s, url := testkit.StoreURL(t)
	tenant, other := testkit.Tenant(t, s).ID, testkit.Tenant(t, s).ID
	caseID := testkit.Case(t, s, tenant).ID
	owner := ownerOf(t, url, fmt.Sprintf(`INSERT INTO host_fields (tenant_id, key, label, type) VALUES (%d, 'site', 'Site', 'text')`, tenant),
		fmt.Sprintf(`INSERT INTO hosts (tenant_id, hostname, criticality, owner, isolation, client_id)
SELECT CASE i %% 2 WHEN 0 THEN %d ELSE %d END, 'ws-' || i, CASE i %% 1000 WHEN 0 THEN 'critical' WHEN 500 THEN 'low' ELSE 'medium' END,
  'team-' || (i %% 1000), CASE i %% 1000 WHEN 0 THEN 'isolated' ELSE 'none' END, 'C.' || i FROM generate_series(1, 60000) AS i`, tenant, other),
		fmt.Sprintf("INSERT INTO host_field_values (tenant_id, host_id, key, value) SELECT tenant_id, id, 'site', to_jsonb('site ' || (id %% 1000)) FROM hosts WHERE tenant_id = %d", tenant),
		fmt.Sprintf("INSERT INTO case_hosts (tenant_id, case_id, host_id) SELECT tenant_id, %d, id FROM hosts WHERE tenant_id = %d AND hostname LIKE 'ws-%%000'", caseID, tenant),
		"VACUUM ANALYZE hosts, host_field_values, case_hosts")
	newest := store.PageQuery{Sort: "last_seen", Desc: true, Limit: 20}
	for name, q := range map[string]store.HostQuery{
		"criticality":                  {Criticality: "critical", PageQuery: newest},
		"owner":                        {Owner: "TEAM-500", PageQuery: newest},
		"isolation":                    {Isolation: "isolated", PageQuery: newest},
		"case":                         {CaseID: caseID, PageQuery: newest},
		"field":                        {Field: "site", FieldValue: "Site 500", PageQuery: newest},
		"by criticality":               {PageQuery: store.PageQuery{Sort: "criticality", Desc: true, Limit: 20}},
		"by owner":                     {PageQuery: store.PageQuery{Sort: "owner", Limit: 20}},
		"by owner, deep":               {PageQuery: store.PageQuery{Sort: "owner", Limit: 20, Skip: 9000}},
		"pattern and criticality":      {Hostname: "ws-*", Criticality: "critical", PageQuery: newest},
		"pattern and owner":            {Hostname: "ws-*", Owner: "team-500"},
		"pattern and isolation":        {Q: "ws", Isolation: "isolated"},
		"pattern and case":             {Q: "ws", CaseID: caseID},
		"pattern and field":            {Q: "ws", Field: "site", FieldValue: "site 500"},
		"pattern, by criticality":      {Q: "ws", PageQuery: store.PageQuery{Sort: "criticality", Desc: true}},
		"pattern, by owner":            {Q: "ws", PageQuery: store.PageQuery{Sort: "owner"}},
		"criticality, by its own rank": {Criticality: "critical", PageQuery: store.PageQuery{Sort: "criticality"}},
	} {
		var rows []models.Host
		got := planned(t, owner, url, []string{"hosts", "host_field_values"}, func(s *store.Store) {
			var err error
			rows, _, err = s.Tenant(tenant).ListHosts(t.Context(), q)
			require.NoError(t, err)
		})
		require.NotEmpty(t, rows, name)
		require.Zero(t, got["hosts"].whole+got["host_field_values"].whole, "%s reads a whole table", name)
		require.Less(t, got["hosts"].rows, int64(25_000), "%s reads more than a page and a total need", name)
	}
}

// A page of a timeline costs the same whether a host has ten sources or a hundred thousand.
func TestATimelineWalksDownIndexes(t *testing.T) {
	t.Parallel()
	s, url := testkit.StoreURL(t)
	tenant := testkit.Tenant(t, s).ID
	h, quiet := testkit.Host(t, s, tenant), testkit.Host(t, s, tenant)
	owner := ownerOf(t, url,
		fmt.Sprintf("INSERT INTO sources (tenant_id, kind, name, key, collected_at) SELECT %d, 'ingestion', 's', i::text, now() - i * interval '1 second' FROM generate_series(1, 50000) AS i", tenant),
		fmt.Sprintf("INSERT INTO source_hosts (tenant_id, source_id, host_id, rows, collected_at) SELECT tenant_id, id, CASE id %% 10 WHEN 0 THEN %d ELSE %d END, 3, collected_at FROM sources", quiet.ID, h.ID),
		fmt.Sprintf(`INSERT INTO audit_logs (tenant_id, action, resource_type, resource_id, created_at)
SELECT %d, CASE i %% 5000 WHEN 0 THEN 'host.update' ELSE 'host.ingest' END, CASE i %% 5000 WHEN 0 THEN 'host' ELSE 'host_rows' END, '%d', now() - i * interval '1 second' FROM generate_series(1, 50000) AS i`, tenant, h.ID),
		`INSERT INTO audit_seals (tenant_id, seq, audit_id, line_mac, mac, key_id, sealed_at, created_at, user_id, username, action, resource_type, resource_id,
  outcome, ip_address, request_id)
SELECT tenant_id, id, id, '', '', '', now(), created_at, user_id, username, action, resource_type, resource_id, outcome, ip_address, request_id FROM audit_logs`,
		"INSERT INTO audit_heads (tenant_id, seq, xact_id) SELECT tenant_id, max(audit_id), pg_current_xact_id() FROM audit_seals GROUP BY 1",
		"VACUUM ANALYZE sources, source_hosts, audit_logs, audit_seals, audit_heads")
	tables := []string{"sources", "source_hosts", "audit_logs", "audit_seals"}
	page := func(q store.TimelineQuery) (entries []models.TimelineEntry, next string) {
		got := planned(t, owner, url, tables, func(s *store.Store) {
			var err error
			entries, next, err = s.Tenant(tenant).HostTimeline(t.Context(), h.ID, q)
			require.NoError(t, err)
		})
		for table, r := range got {
			require.Zero(t, r.whole, "%s is read whole", table)
			require.Less(t, r.rows, int64(400), table)
		}
		return entries, next
	}
	entries, next := page(store.TimelineQuery{})
	require.Len(t, entries, 50)
	require.Equal(t, int64(3), entries[0].Count)
	_, next = page(store.TimelineQuery{Cursor: next})
	require.NotEmpty(t, next)
	changes, _ := page(store.TimelineQuery{Kinds: []string{models.TimelineChange}})
	require.Len(t, changes, 10)
	_, _ = page(store.TimelineQuery{To: time.Now().Add(-10 * time.Hour)})
}
