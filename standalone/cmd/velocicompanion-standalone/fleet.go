package main

import (
	"context"
	"errors"
	"flag"
	"io"

	"github.com/velocicompanion/velocicompanion/standalone/fleetsim"
)

// runFleet is the subcommand fleet-sim: a simulated Velociraptor server and nothing else.
func runFleet(ctx context.Context, args []string, out, errw io.Writer) int {
	p, err := fleetsim.Parse(args, errw)
	if errors.Is(err, flag.ErrHelp) {
		return 0
	}
	if err != nil {
		return 2 // it was said why
	}
	p.Out = out
	if err := fleetsim.Run(ctx, p); err != nil {
		return fail(errw, err)
	}
	return 0
}
