package store

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"io/fs"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"
	"github.com/uptrace/bun/migrate"
)

// Roles are the names of one database's roles. They end in a digest-safe form of the database's name, so that parallel
// test databases of one server don't collide.
type Roles struct{ App, System, Lookup, Keeper string }

// RolesOf gives the roles of the database with this name.
func RolesOf(database string) Roles {
	var b strings.Builder
	for _, r := range strings.ToLower(database) {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '_' {
			b.WriteRune(r)
		}
	}
	name := b.String()
	if len(name) > 40 || name != database {
		h := fnv.New32a()
		_, _ = h.Write([]byte(database))
		name = name[:min(len(name), 40)] + "_" + strconv.FormatUint(uint64(h.Sum32()), 16)
	}
	return Roles{App: "vc_app_" + name, System: "vc_system_" + name, Lookup: "vc_lookup_" + name, Keeper: "vc_keeper_" + name}
}

// Migrator changes the schema as the database's owner.
type Migrator struct {
	db    *bun.DB
	files fs.FS
	roles Roles
}

// MigrationState is one line of Status.
type MigrationState struct {
	Name    string
	Applied bool
}

// migrationLock is the advisory lock that keeps many starting instances from migrating at once ("velo" in ASCII).
const migrationLock = 0x76656c6f

// NewMigrator connects as the owner. files holds the SQL pairs.
func NewMigrator(ownerURL string, files fs.FS) (*Migrator, error) {
	cfg, err := pgx.ParseConfig(ownerURL)
	if err != nil {
		return nil, fmt.Errorf("DATABASE_OWNER_URL: %w", err)
	}
	cfg.DefaultQueryExecMode = pgx.QueryExecModeSimpleProtocol // a file holds many statements
	db := bun.NewDB(stdlib.OpenDB(*cfg), pgdialect.New())
	return &Migrator{db: db, files: files, roles: RolesOf(cfg.Database)}, nil
}

// Close ends the connection.
func (m *Migrator) Close() error { return m.db.Close() }

// Up applies what is missing and says which, oldest first. Many instances may call it at once: one works, the others
// wait and then find nothing to do.
func (m *Migrator) Up(ctx context.Context) ([]string, error) {
	var done []string
	err := m.locked(ctx, func(g *migrate.Migrator) error {
		group, err := g.Migrate(ctx)
		if err != nil {
			return fmt.Errorf("migrate up: %w", err)
		}
		for _, one := range group.Migrations {
			done = append(done, one.Name+"_"+one.Comment)
		}
		return nil
	})
	return done, err
}

// Down takes back the newest group of migrations and says which.
func (m *Migrator) Down(ctx context.Context) ([]string, error) {
	var done []string
	err := m.locked(ctx, func(g *migrate.Migrator) error {
		group, err := g.Rollback(ctx)
		if err != nil {
			return fmt.Errorf("migrate down: %w", err)
		}
		for _, one := range group.Migrations {
			done = append(done, one.Name+"_"+one.Comment)
		}
		return nil
	})
	return done, err
}

// Status lists every migration, oldest first.
func (m *Migrator) Status(ctx context.Context) ([]MigrationState, error) {
	var out []MigrationState
	err := m.locked(ctx, func(g *migrate.Migrator) error {
		all, err := g.MigrationsWithStatus(ctx)
		if err != nil {
			return fmt.Errorf("migration status: %w", err)
		}
		for _, one := range all {
			out = append([]MigrationState{{Name: one.Name + "_" + one.Comment, Applied: one.IsApplied()}}, out...)
		}
		return nil
	})
	return out, err
}

func (m *Migrator) locked(ctx context.Context, fn func(*migrate.Migrator) error) (err error) {
	conn, err := m.db.Conn(ctx)
	if err != nil {
		return fmt.Errorf("connect as the owner: %w", err)
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	if _, err := conn.ExecContext(ctx, "SELECT pg_advisory_lock(?)", migrationLock); err != nil {
		return fmt.Errorf("wait for other migrations: %w", err)
	}
	defer func() {
		_, unlock := conn.ExecContext(context.WithoutCancel(ctx), "SELECT pg_advisory_unlock(?)", migrationLock)
		err = errors.Join(err, unlock)
	}()
	if err := m.prepare(ctx); err != nil {
		return err
	}
	found := migrate.NewMigrations()
	if err := found.Discover(m.files); err != nil {
		return fmt.Errorf("read migrations: %w", err)
	}
	g := migrate.NewMigrator(m.db, found, migrate.WithTemplateData(m.roles), migrate.WithMarkAppliedOnSuccess(true))
	if err := g.Init(ctx); err != nil {
		return fmt.Errorf("migration table: %w", err)
	}
	return fn(g)
}

// prepare makes the extension and the roles, which belong to the server rather than to a migration. The role lock is one
// for the whole server, because pg_roles is shared by its databases.
func (m *Migrator) prepare(ctx context.Context) error {
	var b strings.Builder
	b.WriteString("SELECT pg_advisory_xact_lock(1);\nCREATE EXTENSION IF NOT EXISTS pg_trgm;\n")
	for _, role := range []string{m.roles.App, m.roles.System, m.roles.Lookup, m.roles.Keeper} {
		fmt.Fprintf(&b, `DO $$ BEGIN
  IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = '%[1]s') THEN
    CREATE ROLE %[1]s NOLOGIN NOBYPASSRLS;
  END IF;
  IF NOT pg_has_role(current_user, '%[1]s', 'MEMBER') THEN
    GRANT %[1]s TO CURRENT_USER;
  END IF;
END $$;
`, role)
	}
	return m.db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		if _, err := tx.ExecContext(ctx, b.String()); err != nil {
			return fmt.Errorf("make roles %s, %s, %s and %s and the extension pg_trgm (the owner needs CREATEROLE): %w",
				m.roles.App, m.roles.System, m.roles.Lookup, m.roles.Keeper, err)
		}
		return nil
	})
}
