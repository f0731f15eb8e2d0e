package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"github.com/velocicompanion/velocicompanion/bench/audit"
	"github.com/velocicompanion/velocicompanion/internal/app"
	"github.com/velocicompanion/velocicompanion/internal/config"
	"github.com/velocicompanion/velocicompanion/standalone/postgres"
)

// auditTarget is how much of their speed writers must keep.
const auditTarget = 0.9

// auditTrail compares fifty writers with and without a line in the trail.
func auditTrail(ctx context.Context, o options) (rows []row, err error) {
	account, err := postgres.Unprivileged()
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "vc-bench-audit-")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	if err := os.Chmod(dir, 0o755); err != nil { //nolint:gosec // the unprivileged server must reach its folder in here
		return nil, err
	}
	log := slog.New(slog.NewTextHandler(o.log, &slog.HandlerOptions{Level: slog.LevelWarn}))
	pg, err := postgres.Start(ctx, postgres.Params{Dir: filepath.Join(dir, "postgres"), As: account, Log: log})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, pg.Stop(context.WithoutCancel(ctx))) }()
	cfg, err := config.FromMap(map[string]string{"DATABASE_URL": pg.URL()})
	if err != nil {
		return nil, err
	}
	if err := app.Migrate(ctx, cfg, log); err != nil {
		return nil, err
	}
	r, err := audit.Measure(ctx, audit.Params{URL: pg.URL(), Writers: 50, Rounds: 7, Span: time.Second})
	if err != nil {
		return nil, err
	}
	return []row{{
		what: "50 writers with an audit line each, rows/s", ours: fmt.Sprintf("%.0f", r.With), reference: fmt.Sprintf("%.0f", r.Without),
		ratio: r.Ratio(), target: fmt.Sprintf("≥ %.1f ×", auditTarget), met: r.Ratio() >= auditTarget,
	}}, nil
}
