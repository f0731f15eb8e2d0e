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

// before are the migrations of the time before one of them.
func before(t *testing.T, version string) fstest.MapFS {
	t.Helper()
	out := fstest.MapFS{}
	names, err := fs.Glob(migrations.Files, "*.sql")
	require.NoError(t, err)
	for _, name := range names {
		if name < version {
			data, err := fs.ReadFile(migrations.Files, name)
			require.NoError(t, err)
			out[name] = &fstest.MapFile{Data: data}
		}
	}
	return out
}

func TestIndicatorsOfManyCasesAreMergedAndComeApartAgain(t *testing.T) {
	t.Parallel()
	url := testkit.DatabaseURL(t)
	const version = "20261122102000"
	old, err := store.NewMigrator(url, before(t, version))
	require.NoError(t, err)
	t.Cleanup(func() { _ = old.Close() })
	_, err = old.Up(t.Context())
	require.NoError(t, err)
	exec(t, url, `INSERT INTO tenants (name) VALUES ('a'), ('b');
INSERT INTO cases (tenant_id, title) VALUES (1, 'one'), (1, 'two');
INSERT INTO artifacts (tenant_id, case_id, artifact_type, value, description, artifact_metadata) VALUES
  (1, 1, 'domain', 'evil.example', 'first', '{"a": 1}'), (1, 2, 'domain', 'evil.example', 'second', '{"a": 2, "b": 3}'),
  (1, NULL, 'domain', 'evil.example', '', '{}'), (1, 2, 'domain', 'EVIL.example', '', '{}'), (1, 1, 'url', 'evil.example', '', '{}'),
  (2, NULL, 'domain', 'evil.example', 'of another', '{}')`)
	with := before(t, version+"z")
	m, err := store.NewMigrator(url, with)
	require.NoError(t, err)
	t.Cleanup(func() { _ = m.Close() })
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
