package testkit

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/migrations"
)

// template is the migrated database that others are copied from; roles are named per database, so only empty ones are.
var createMu sync.Mutex //nolint:gochecknoglobals // CREATE DATABASE of one template can't run twice at once

// DatabaseURL makes an empty database and gives its URL as owner (a superuser); it is dropped when the test ends.
func DatabaseURL(t testing.TB) string {
	t.Helper()
	pg.once.Do(pg.start)
	require.NoError(t, pg.err)
	name := "t_" + strings.ToLower(rand.Text()[:12])
	ctx := context.Background()
	exec := func(sql string) error {
		conn, err := pgx.Connect(ctx, pg.url)
		if err != nil {
			return err
		}
		defer func() { _ = conn.Close(ctx) }()
		_, err = conn.Exec(ctx, sql)
		return err
	}
	createMu.Lock()
	err := exec("CREATE DATABASE " + name + " STRATEGY file_copy")
	createMu.Unlock()
	require.NoError(t, err)
	t.Cleanup(func() {
		require.NoError(t, exec("DROP DATABASE "+name+" WITH (FORCE)"))
		roles := store.RolesOf(name)
		_ = exec(fmt.Sprintf("DROP ROLE IF EXISTS %s, %s, %s, %s", roles.App, roles.System, roles.Lookup, roles.Keeper))
	})
	u, err := url.Parse(pg.url)
	require.NoError(t, err)
	u.Path = "/" + name
	return u.String()
}

// Store makes a migrated database and opens a store on it, as the two roles that own nothing.
func Store(t testing.TB) *store.Store {
	t.Helper()
	s, _ := StoreURL(t)
	return s
}

// StoreURL is Store with the owner's URL beside it, for tests that look from outside. with may change what the store is
// opened with, its clock for example.
func StoreURL(t testing.TB, with ...func(*store.Params)) (*store.Store, string) {
	t.Helper()
	url := DatabaseURL(t)
	Migrate(t, url)
	p := store.Params{URL: url, MaxConns: 8}
	apply(&p, with)
	s, err := store.Open(context.Background(), p)
	require.NoError(t, err)
	t.Cleanup(func() { _ = s.Close() })
	return s, url
}

// Migrate brings a database up to date.
func Migrate(t testing.TB, url string) {
	t.Helper()
	m, err := store.NewMigrator(url, migrations.Files)
	require.NoError(t, err)
	defer func() { _ = m.Close() }()
	_, err = m.Up(context.Background())
	require.NoError(t, err)
}
