package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"

	"github.com/velocicompanion/velocicompanion/bench/hosts"
	"github.com/velocicompanion/velocicompanion/internal/app"
	"github.com/velocicompanion/velocicompanion/internal/config"
	"github.com/velocicompanion/velocicompanion/standalone/postgres"
)

const hostRounds = 200 // requests per kind of page, ours and the reference's in turns

// hostList compares GET /api/hosts among a million hosts with the same SQL through pgx.
func hostList(ctx context.Context, o options) (rows []row, err error) {
	account, err := postgres.Unprivileged()
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "vc-bench-hosts-")
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
	results, err := hosts.Measure(ctx, hosts.Params{URL: pg.URL(), Size: hosts.Full(), Rounds: hostRounds})
	if err != nil {
		return nil, err
	}
	for _, r := range results {
		rows = append(rows, row{
			what: "GET /api/hosts, 1,000,000: " + r.Name + ", p50", ours: ms(r.Ours), reference: ms(r.Reference),
			ratio: r.Ratio(), target: fmt.Sprintf("≤ %.1f ×", hostTarget), met: r.Ratio() <= hostTarget,
		})
	}
	return rows, nil
}

const hostTarget = 1.5
