package store_test

import (
	"io/fs"
	"testing"
	"testing/fstest"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/internal/testkit"
	"github.com/velocicompanion/velocicompanion/migrations"
)

// migratorTo knows the migrations of the time before a version.
func migratorTo(t *testing.T, url, version string) *store.Migrator {
	t.Helper()
	files := fstest.MapFS{}
	names, err := fs.Glob(migrations.Files, "*.sql")
	require.NoError(t, err)
	for _, name := range names {
		if name < version {
			data, err := fs.ReadFile(migrations.Files, name)
			require.NoError(t, err)
			files[name] = &fstest.MapFile{Data: data}
		}
	}
	m, err := store.NewMigrator(url, files)
	require.NoError(t, err)
	t.Cleanup(func() { _ = m.Close() })
	return m
}

func TestIndicatorsOfManyCasesAreMergedAndComeApartAgain(t *testing.T) {
	t.Parallel()
	url := testkit.DatabaseURL(t)
	const version = "20261122102000"
	_, err := migratorTo(t, url, version).Up(t.Context())
	require.NoError(t, err)
	exec(t, url, `INSERT INTO tenants (name) VALUES ('a'), ('b');
INSERT INTO cases (tenant_id, title) VALUES (1, 'one'), (1, 'two');
INSERT INTO artifacts (tenant_id, case_id, artifact_type, value, description, artifact_metadata) VALUES
  (1, 1, 'domain', 'evil.example', 'first', '{"a": 1}'), (1, 2, 'domain', 'evil.example', 'second', '{"a": 2, "b": 3}'),
  (1, NULL, 'domain', 'evil.example', '', '{}'), (1, 2, 'domain', 'EVIL.example', '', '{}'), (1, 1, 'url', 'evil.example', '', '{}'),
  (2, NULL, 'domain', 'evil.example', 'of another', '{}')`)
	m := migratorTo(t, url, version+"z")
	_, err = m.Up(t.Context())
	require.NoError(t, err)
	conn, err := pgx.Connect(t.Context(), url)
	require.NoError(t, err)
	t.Cleanup(func() { _ = conn.Close(t.Context()) })
	state := func(sql string) (out []string) {
		rows, err := conn.Query(t.Context(), sql)
		require.NoError(t, err)
		out, err = pgx.CollectRows(rows, pgx.RowTo[string])
		require.NoError(t, err)
		return out
	}
	require.Equal(t, []string{"1 first\n\nsecond {\"a\": 1, \"b\": 3}", "4  {}", "5  {}", "6 of another {}"},
		state("SELECT concat(id, ' ', description, ' ', artifact_metadata) FROM artifacts WHERE NOT keyed AND key = value ORDER BY id"))
	require.Equal(t, []string{"1-1", "1-5", "2-1", "2-4"}, state("SELECT concat(case_id, '-', artifact_id) FROM case_artifacts ORDER BY case_id, artifact_id"))
	require.Len(t, state("SELECT artifact_id::text FROM artifact_counts"), 4)
	_, err = m.Down(t.Context())
	require.NoError(t, err)
	require.Equal(t, []string{"1 EVIL.example-2", "1 evil.example-1", "1 evil.example-1", "1 evil.example-2", "2 evil.example-"},
		state(`SELECT concat(tenant_id, ' ', value, '-', case_id) FROM artifacts ORDER BY tenant_id, value COLLATE "C", case_id`))
	_, err = m.Up(t.Context())
	require.NoError(t, err)
}

// Seals from before learn what their lines are found by; one whose line is gone has nothing to learn.
func TestSealsFromBeforeFindTheirLines(t *testing.T) {
	t.Parallel()
	url := testkit.DatabaseURL(t)
	const version = "20261122140000"
	_, err := migratorTo(t, url, version).Up(t.Context())
	require.NoError(t, err)
	exec(t, url, `INSERT INTO tenants (name) VALUES ('a');
INSERT INTO audit_logs (tenant_id, user_id, username, action, resource_type, resource_id, outcome, ip_address, request_id, created_at)
  VALUES (1, 7, 'ada', 'host.update', 'host', '3', 'success', '10.0.0.1', 'r', '2026-01-02T03:04:05Z');
INSERT INTO audit_seals (tenant_id, seq, audit_id, line_mac, mac, key_id, sealed_at) VALUES (1, 1, 1, '', '', '', now()), (1, 2, 2, '', '', '', now())`)
	m := migratorTo(t, url, version+"z")
	conn, err := pgx.Connect(t.Context(), url)
	require.NoError(t, err)
	t.Cleanup(func() { _ = conn.Close(t.Context()) })
	for range 2 {
		_, err = m.Up(t.Context())
		require.NoError(t, err)
		var agree, knows bool
		require.NoError(t, conn.QueryRow(t.Context(), `SELECT (s.created_at, s.user_id, s.username, s.action, s.resource_type, s.resource_id, s.outcome,
    s.ip_address, s.request_id) = (l.created_at, l.user_id, l.username, l.action, l.resource_type, l.resource_id, l.outcome, l.ip_address, l.request_id),
  (SELECT g.action IS NOT NULL FROM audit_seals g WHERE g.seq = 2) FROM audit_seals s JOIN audit_logs l ON l.id = s.audit_id`).Scan(&agree, &knows))
		require.True(t, agree)
		require.False(t, knows)
		_, err = conn.Exec(t.Context(), "UPDATE audit_seals SET action = 'x'")
		require.ErrorContains(t, err, "append-only", "the guard is back")
		_, err = m.Down(t.Context())
		require.NoError(t, err)
	}
}
