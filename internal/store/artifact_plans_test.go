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
)

// The lists of indicators must find their rows by indexes, as the application's role: a table that is read whole is what
// this counts, whatever the plan says.
func TestListsOfManyIndicatorsReadNoTableWhole(t *testing.T) {
	t.Parallel()
	s, url := testkit.StoreURL(t)
	tid, other := testkit.Tenant(t, s).ID, testkit.Tenant(t, s).ID
	c, h := testkit.Case(t, s, tid), testkit.Host(t, s, tid)
	for _, tenant := range []int64{tid, other} {
		exec(t, url, fmt.Sprintf(`INSERT INTO artifacts (tenant_id, artifact_type, value, key, origin, tlp, description, false_positive, expires_at)
SELECT %d, (ARRAY['domain', 'ip', 'hash', 'url'])[1 + n %% 4], 'value-' || md5(n::text), 'value-' || md5(n::text), CASE WHEN n %% 500 = 0 THEN 'import' ELSE 'extracted' END,
  CASE WHEN n %% 500 = 1 THEN 'red' ELSE 'amber' END, CASE WHEN n %% 500 = 2 THEN 'report ' || n ELSE '' END, n %% 500 = 3,
  CASE WHEN n %% 500 = 4 THEN now() - interval '1 day' END FROM generate_series(1, 12000) AS n`, tenant))
	}
	exec(t, url, fmt.Sprintf(`INSERT INTO artifact_counts (tenant_id, artifact_id, sightings, hosts, last_seen)
  SELECT tenant_id, id, id %% 1000, id %% 700, now() - id * interval '1 minute' FROM artifacts;
INSERT INTO artifact_tags (tenant_id, artifact_id, tag) SELECT tenant_id, id, 'tag-' || id %% 300 FROM artifacts;
INSERT INTO case_artifacts (tenant_id, case_id, artifact_id) SELECT tenant_id, %d, id FROM artifacts WHERE tenant_id = %d ORDER BY id LIMIT 40;
INSERT INTO cases (tenant_id, title) VALUES (%d, 'other');
INSERT INTO case_artifacts (tenant_id, case_id, artifact_id) SELECT tenant_id, (SELECT max(id) FROM cases), id FROM artifacts WHERE tenant_id = %d;
INSERT INTO sightings (tenant_id, artifact_id, host_id, source_id, count, first_seen, last_seen)
  SELECT tenant_id, id, h, 1, 1, now(), now() FROM artifacts, generate_series(1, 3) AS h`, c.ID, tid, tid, tid))
	exec(t, url, fmt.Sprintf("UPDATE sightings SET host_id = %d WHERE tenant_id = %d AND host_id = 1 AND artifact_id %% 1000 = 0", h.ID, tid))
	exec(t, url, "VACUUM ANALYZE artifacts, artifact_counts, artifact_tags, case_artifacts, sightings")
	some := testkit.Artifact(t, s, tid).ID
	require.NoError(t, s.Close())
	owner, err := pgx.Connect(t.Context(), url)
	require.NoError(t, err)
	t.Cleanup(func() { _ = owner.Close(context.Background()) })
	list := func(q store.ArtifactQuery) func(*store.Tenant) error {
		return func(ten *store.Tenant) error {
			rows, _, err := ten.ListArtifacts(t.Context(), q)
			require.NotEmpty(t, rows, "%+v", q)
			return err
		}
	}
	sorted := func(sort string) func(*store.Tenant) error {
		return list(store.ArtifactQuery{PageQuery: store.PageQuery{Sort: sort, Desc: true}})
	}
	const known = "value-c4ca4238a0b923820dcc509a6f75849b"
	for _, c := range []struct {
		index string
		do    func(*store.Tenant) error
	}{
		{"artifacts_tenant_id_id_key", sorted("id")},
		{"artifacts_type_idx", sorted("artifact_type")},
		{"artifacts_value_idx", sorted("value")},
		{"artifacts_created_idx", sorted("created_at")},
		{"artifact_counts_seen_idx", sorted("last_seen")},
		{"artifact_counts_hosts_idx", sorted("hosts")},
		{"artifact_counts_sightings_idx", sorted("sightings")},
		{"artifacts_value_trgm", list(store.ArtifactQuery{Q: "c4ca4238a0b9"})},
		{"artifacts_description_trgm", list(store.ArtifactQuery{Q: "report 1002"})},
		{"artifacts_value_trgm", list(store.ArtifactQuery{Value: "value-*c4ca4238a0*"})},
		{"artifacts_key", list(store.ArtifactQuery{Value: known})},
		{"artifact_tags_tag_idx", list(store.ArtifactQuery{Tag: "tag-7"})},
		{"case_artifacts_pkey", list(store.ArtifactQuery{CaseID: &c.ID})},
		{"artifacts_tlp_idx", list(store.ArtifactQuery{TLP: "red"})},
		{"artifacts_origin_idx", list(store.ArtifactQuery{Origin: "import"})},
		{"artifacts_false_idx", list(store.ArtifactQuery{FalsePositive: new(true)})},
		{"artifacts_expiry_idx", list(store.ArtifactQuery{Expired: new(true)})},
		{"artifact_counts_hosts_idx", list(store.ArtifactQuery{HostsMin: 699})},
		{"artifact_counts_seen_idx", list(store.ArtifactQuery{SeenAfter: time.Now().Add(-time.Hour)})},
		{"sightings_seen_idx", func(ten *store.Tenant) error {
			_, _, err := ten.ListSightings(t.Context(), some, store.SightingQuery{PageQuery: store.PageQuery{Desc: true}})
			return err
		}},
		{"sightings_pkey", func(ten *store.Tenant) error {
			_, _, err := ten.RecordSightings(t.Context(), []store.Sighted{sighted(known, 9, 9, 9, time.Now()), sighted("unheard.example", 9, 9, 9, time.Now())})
			return err
		}},
		{"sightings_host_idx", func(ten *store.Tenant) error { return ten.DeleteHost(t.Context(), h.ID, time.Time{}) }},
	} {
		before := artifactReads(t, owner)
		fresh, err := store.Open(t.Context(), store.Params{URL: url, MaxConns: 1})
		require.NoError(t, err)
		require.NoError(t, c.do(fresh.Tenant(tid)), c.index)
		require.NoError(t, fresh.Close()) // a connection tells its numbers when it ends at the latest
		require.Eventually(t, func() bool { return artifactReads(t, owner)[c.index] > before[c.index] }, 10*time.Second, 20*time.Millisecond, "uses %s", c.index)
		require.Equal(t, before["whole"], artifactReads(t, owner)["whole"], "%s: a table is read whole", c.index)
	}
}

// artifactReads says how the tables around indicators were read so far: by each index, and whole.
func artifactReads(t *testing.T, owner *pgx.Conn) map[string]int64 {
	t.Helper()
	const tables = "('artifacts', 'artifact_counts', 'artifact_tags', 'case_artifacts', 'sightings')"
	use := map[string]int64{}
	rows, err := owner.Query(t.Context(), `SELECT indexrelname::text, idx_scan FROM pg_stat_user_indexes WHERE relname IN `+tables+`
UNION ALL SELECT 'whole', sum(seq_scan)::bigint FROM pg_stat_user_tables WHERE relname IN `+tables)
	require.NoError(t, err)
	var name string
	var n int64
	_, err = pgx.ForEachRow(rows, []any{&name, &n}, func() error { use[name] = n; return nil })
	require.NoError(t, err)
	return use
}
