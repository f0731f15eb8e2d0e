package main

import (
	"context"
	"errors"
	"log/slog"

	"github.com/velocicompanion/velocicompanion/internal/config"
	"github.com/velocicompanion/velocicompanion/standalone/platform"
)

// application is internal/app in the shape that platform runs.
func application() platform.Application {
	return platform.Application{
		Migrate: func(context.Context, *config.Config, *slog.Logger) error { return nil },
		Serve: func(context.Context, *config.Config, *slog.Logger, func(string)) error {
			return errors.New("the application is not part of this build; --only=postgres,temporal works")
		},
	}
}
