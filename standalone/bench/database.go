package main

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"

	"github.com/velocicompanion/velocicompanion/internal/app"
	"github.com/velocicompanion/velocicompanion/internal/config"
	"github.com/velocicompanion/velocicompanion/standalone/postgres"
)

// withDatabase hands measure the URL, as owner, of a migrated database on a private server that lives as long.
func withDatabase(ctx context.Context, o options, measure func(url string) error) (err error) {
	account, err := postgres.Unprivileged()
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "vc-bench-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	if err := os.Chmod(dir, 0o755); err != nil { //nolint:gosec // the unprivileged server must reach its folder in here
		return err
	}
	log := slog.New(slog.NewTextHandler(o.log, &slog.HandlerOptions{Level: slog.LevelWarn}))
	pg, err := postgres.Start(ctx, postgres.Params{Dir: filepath.Join(dir, "postgres"), As: account, Log: log})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, pg.Stop(context.WithoutCancel(ctx))) }()
	cfg, err := config.FromMap(map[string]string{"DATABASE_URL": pg.URL()})
	if err != nil {
		return err
	}
	if err := app.Migrate(ctx, cfg, log); err != nil {
		return err
	}
	return measure(pg.URL())
}
