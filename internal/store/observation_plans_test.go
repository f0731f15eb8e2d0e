package store_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/internal/testkit"
)

// A page among many rows, most of them another tenant's, reads no table from end to end.
func TestPagesOfObservationsUseIndexes(t *testing.T) {
	t.Parallel()
	s, url := testkit.StoreURL(t)
	ten := s.Tenant(testkit.Tenant(t, s).ID)
	host := testkit.Host(t, s, ten.ID()).ID
	exec(t, url, fmt.Sprintf(`INSERT INTO sources (tenant_id, kind, name, key, collected_at) SELECT CASE WHEN i %% 10 = 3 THEN %[1]d ELSE %[3]d END, 'hunt', 'h' || i %% 10, i::text, now() - i * interval '1 second' FROM generate_series(1, 200) AS i;
INSERT INTO observations (tenant_id, host_id, source_id, collected_at, event_time, content_hash, data)
SELECT s.tenant_id, CASE WHEN i = 7 THEN %[2]d ELSE i %% 100 + 1000000 END, s.id, s.collected_at, s.collected_at, sha256(i::text::bytea), jsonb_build_object('n', i)
FROM sources s, generate_series(1, 200) AS i;
INSERT INTO stacks (tenant_id, field, source, value_count) VALUES (%[1]d, 'Name', 'h1', 20000);
INSERT INTO stack_values (tenant_id, stack_id, digest, hosts, rows, value, value_key, first_seen, last_seen)
SELECT %[1]d, k.id, gen_random_uuid(), i %% 50 + 1, i, 'v' || i, 'v' || i, now(), now() FROM stacks k, generate_series(1, 20000) AS i;
ANALYZE; SELECT pg_stat_force_next_flush()`, ten.ID(), host, testkit.Tenant(t, s).ID))
	scans := func() string {
		return fmt.Sprint(query(t, url, `SELECT relname::text, seq_scan::text FROM pg_stat_user_tables WHERE relname ~ '^(observations|stack_values)' AND n_live_tup > 1000 ORDER BY 1`))
	}
	before := scans()
	page := store.PageQuery{Desc: true}
	for name, q := range map[string]store.ObservationQuery{
		"newest": {PageQuery: page}, "host": {PageQuery: page, HostID: host}, "source": {PageQuery: page, Source: "h3"}, "one source": {SourceID: 5},
		"event": {PageQuery: page, EventTime: true}, "time": {From: time.Now().Add(-time.Minute), Field: "n", Value: "3"},
	} {
		_, err := ten.FindObservations(t.Context(), q)
		require.NoError(t, err, name)
	}
	for _, sort := range []string{"hosts", "rows", "value", "first_seen"} {
		_, err := ten.Stack(t.Context(), store.StackQuery{Field: "Name", PageQuery: store.PageQuery{Sort: sort}})
		require.NoError(t, err)
	}
	conn, err := s.Conn(t.Context())
	require.NoError(t, err)
	require.NoError(t, conn.Close(t.Context()))
	require.NoError(t, s.Close()) // its connections tell what they did when they end
	require.Equal(t, before, scans())
}
