package store_test

import (
	"context"
	"os"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/internal/testkit"
	"github.com/velocicompanion/velocicompanion/migrations"
)

func TestMain(m *testing.M) { os.Exit(testkit.Main(m)) }

func migrator(t *testing.T, url string) *store.Migrator {
	t.Helper()
	m, err := store.NewMigrator(url, migrations.Files)
	require.NoError(t, err)
	t.Cleanup(func() { _ = m.Close() })
	return m
}

func TestMigrationsGoUpDownUp(t *testing.T) {
	t.Parallel()
	m := migrator(t, testkit.DatabaseURL(t))
	first, err := m.Up(t.Context())
	require.NoError(t, err)
	require.NotEmpty(t, first)
	again, err := m.Up(t.Context())
	require.NoError(t, err)
	require.Empty(t, again)
	for range first {
		if down, err := m.Down(t.Context()); err != nil || len(down) == 0 {
			require.NoError(t, err)
			break
		}
	}
	states, err := m.Status(t.Context())
	require.NoError(t, err)
	for _, s := range states {
		require.False(t, s.Applied, s.Name)
	}
	second, err := m.Up(t.Context())
	require.NoError(t, err)
	require.Equal(t, first, second)
}

func TestManyInstancesMigrateAtOnce(t *testing.T) {
	t.Parallel()
	url := testkit.DatabaseURL(t)
	var wg sync.WaitGroup
	errs := make([]error, 8)
	worked := make([]int, 8)
	for i := range 8 {
		m := migrator(t, url)
		wg.Go(func() {
			done, err := m.Up(context.Background())
			errs[i], worked[i] = err, len(done)
		})
	}
	wg.Wait()
	did := 0
	for i := range 8 {
		require.NoError(t, errs[i])
		if worked[i] > 0 {
			did++
		}
	}
	require.Equal(t, 1, did, "exactly one instance does the work")
}

func TestOpenRefusesARoleThatBypassesRowLevelSecurity(t *testing.T) {
	t.Parallel()
	url := testkit.DatabaseURL(t)
	testkit.Migrate(t, url)
	_, err := store.Open(t.Context(), store.Params{URL: url, SystemURL: url})
	require.ErrorContains(t, err, "bypasses row-level security")
}
