package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"

	"github.com/velocicompanion/velocicompanion/internal/config"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/migrations"
)

// Migrate brings the database up to date as its owner; many instances may do so at once.
func Migrate(ctx context.Context, cfg *config.Config, log *slog.Logger) error {
	return migrator(cfg, func(m *store.Migrator) error {
		done, err := m.Up(ctx)
		for _, name := range done {
			log.InfoContext(ctx, "migrated", "migration", name)
		}
		return err
	})
}

// MigrateUp applies what is missing and prints it.
func MigrateUp(ctx context.Context, cfg *config.Config, out io.Writer) error {
	return migrator(cfg, func(m *store.Migrator) error {
		done, err := m.Up(ctx)
		return report(out, "applied", done, err)
	})
}

// MigrateDown takes the newest group back and prints it.
func MigrateDown(ctx context.Context, cfg *config.Config, out io.Writer) error {
	return migrator(cfg, func(m *store.Migrator) error {
		done, err := m.Down(ctx)
		return report(out, "taken back", done, err)
	})
}

// MigrateStatus prints every migration and whether it is applied.
func MigrateStatus(ctx context.Context, cfg *config.Config, out io.Writer) error {
	return migrator(cfg, func(m *store.Migrator) error {
		states, err := m.Status(ctx)
		for _, s := range states {
			word := "missing"
			if s.Applied {
				word = "applied"
			}
			fmt.Fprintf(out, "%-8s %s\n", word, s.Name)
		}
		return err
	})
}

func report(out io.Writer, what string, names []string, err error) error {
	if err != nil {
		return err
	}
	for _, n := range names {
		fmt.Fprintln(out, what, n)
	}
	if len(names) == 0 {
		fmt.Fprintln(out, "nothing to do")
	}
	return nil
}

func migrator(cfg *config.Config, fn func(*store.Migrator) error) error {
	if cfg.DatabaseOwnerURL == "" {
		return errors.New("DATABASE_OWNER_URL (or DATABASE_URL) is not set")
	}
	m, err := store.NewMigrator(cfg.DatabaseOwnerURL, migrations.Files)
	if err != nil {
		return err
	}
	defer func() { _ = m.Close() }()
	return fn(m)
}
