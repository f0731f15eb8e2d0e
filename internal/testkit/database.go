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

// templates holds the migrated database that others are copied from: migrating takes ten times as long as copying.
type templates struct {
	mu   sync.Mutex // CREATE DATABASE of one template can't run twice at once
	name string     // empty: not made yet
}

var migrated templates //nolint:gochecknoglobals // one per test binary, as its server

// DatabaseURL makes an empty database and gives its URL as owner (a superuser); it is dropped when the test ends.
func DatabaseURL(t testing.TB) string {
	t.Helper()
	pg.once.Do(pg.start)
	require.NoError(t, pg.err)
	migrated.mu.Lock()
	defer migrated.mu.Unlock()
	return create(t, "template1")
}

// create makes a copy of a database for the time of the test. The caller holds the lock.
func create(t testing.TB, template string) string {
	t.Helper()
	name := newName()
	require.NoError(t, atServer("CREATE DATABASE "+name+" TEMPLATE "+template+" STRATEGY file_copy"))
	t.Cleanup(func() {
		require.NoError(t, atServer("DROP DATABASE "+name+" WITH (FORCE)"))
		roles := store.RolesOf(name)
		_ = atServer(fmt.Sprintf("DROP ROLE IF EXISTS %s, %s, %s, %s", roles.App, roles.System, roles.Lookup, roles.Keeper))
	})
	return urlOf(t, name)
}

// migratedURL makes a migrated database, as DatabaseURL and Migrate would: a copy of one that was migrated before. What
// that one grants to its roles, and its policies, hold for the copy's roles because those are members of them.
func migratedURL(t testing.TB) string {
	t.Helper()
	pg.once.Do(pg.start)
	require.NoError(t, pg.err)
	migrated.mu.Lock()
	defer migrated.mu.Unlock()
	if migrated.name == "" {
		name := newName()
		require.NoError(t, atServer("CREATE DATABASE "+name+" STRATEGY file_copy"))
		Migrate(t, urlOf(t, name))
		migrated.name = name
	}
	u := create(t, migrated.name)
	from, to := store.RolesOf(migrated.name), store.RolesOf(nameOf(t, u))
	require.NoError(t, atServer(fmt.Sprintf("CREATE ROLE %s NOLOGIN IN ROLE %s; CREATE ROLE %s NOLOGIN IN ROLE %s", to.App, from.App, to.System, from.System)))
	return u
}

func newName() string { return "t_" + strings.ToLower(rand.Text()[:12]) }

func urlOf(t testing.TB, name string) string {
	t.Helper()
	u, err := url.Parse(pg.url)
	require.NoError(t, err)
	u.Path = "/" + name
	return u.String()
}

func nameOf(t testing.TB, database string) string {
	t.Helper()
	u, err := url.Parse(database)
	require.NoError(t, err)
	return strings.TrimPrefix(u.Path, "/")
}

// atServer runs statements at the server as superuser.
func atServer(sql string) error {
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, pg.url)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close(ctx) }()
	_, err = conn.Exec(ctx, sql)
	return err
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
	url := migratedURL(t)
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
