package main

import (
	"context"
	"fmt"
	"io"

	"github.com/velocicompanion/velocicompanion/internal/app"
	"github.com/velocicompanion/velocicompanion/internal/config"
	"github.com/velocicompanion/velocicompanion/internal/telemetry"
)

func runAPI(ctx context.Context, args []string, _, errw io.Writer) int {
	return serve(ctx, args, errw, app.Params{API: true})
}

func runWorker(ctx context.Context, args []string, _, errw io.Writer) int {
	return serve(ctx, args, errw, app.Params{Worker: true})
}

func serve(ctx context.Context, args []string, errw io.Writer, p app.Params) int {
	if len(args) > 0 {
		fmt.Fprintf(errw, "velocicompanion: unexpected argument %q; settings are environment variables\n", args[0])
		return 2
	}
	cfg, err := config.Load()
	if err != nil {
		return fail(errw, err)
	}
	if err := cfg.CheckServe(); err != nil {
		return fail(errw, err)
	}
	log, err := telemetry.NewLogger(telemetry.LogParams{Writer: errw, Level: cfg.LogLevel, Format: cfg.LogFormat})
	if err != nil {
		return fail(errw, err)
	}
	p.Config, p.Log, p.Notices = cfg, log, errw
	if err := app.Serve(ctx, p); err != nil {
		return fail(errw, err)
	}
	return 0
}
