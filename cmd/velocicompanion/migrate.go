package main

import (
	"context"
	"fmt"
	"io"

	"github.com/velocicompanion/velocicompanion/internal/app"
	"github.com/velocicompanion/velocicompanion/internal/config"
)

func runMigrate(ctx context.Context, args []string, out, errw io.Writer) int {
	if len(args) != 1 {
		fmt.Fprintln(errw, "usage: velocicompanion migrate up|down|status")
		return 2
	}
	cfg, err := config.Load()
	if err != nil {
		return fail(errw, err)
	}
	switch args[0] {
	case "up":
		err = app.MigrateUp(ctx, cfg, out)
	case "down":
		err = app.MigrateDown(ctx, cfg, out)
	case "status":
		err = app.MigrateStatus(ctx, cfg, out)
	default:
		fmt.Fprintf(errw, "velocicompanion migrate: %q is none of up, down, status\n", args[0])
		return 2
	}
	if err != nil {
		return fail(errw, err)
	}
	return 0
}

func fail(w io.Writer, err error) int {
	fmt.Fprintln(w, "velocicompanion:", err)
	return 1
}
