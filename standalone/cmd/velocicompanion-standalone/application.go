package main

import (
	"context"
	"io"
	"log/slog"

	"github.com/velocicompanion/velocicompanion/internal/app"
	"github.com/velocicompanion/velocicompanion/internal/config"
	"github.com/velocicompanion/velocicompanion/standalone/platform"
)

// application is internal/app in the shape that platform runs: api and worker in this process.
func application(notices io.Writer) platform.Application {
	return platform.Application{
		Migrate: app.Migrate,
		Serve: func(ctx context.Context, cfg *config.Config, log *slog.Logger, demo *platform.Simulation, ready func(addr string)) error {
			p := app.Params{Config: cfg, Log: log, API: true, Worker: true, Notices: notices, Ready: ready}
			if demo != nil {
				p.Demo = &app.Demo{File: demo.File, Tenant: demo.Tenant, Made: demo.Remember, Ready: demo.Ready}
			}
			return app.Serve(ctx, p)
		},
	}
}
