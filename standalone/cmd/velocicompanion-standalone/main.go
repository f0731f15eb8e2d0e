// Command velocicompanion-standalone runs the whole platform on one machine: PostgreSQL, Temporal, its Web UI, api and
// worker in one process tree. It is a thin shell over standalone/platform.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	ctx, release := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	context.AfterFunc(ctx, release) // a second Ctrl-C ends the process at once; the data survives that
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	release()
	os.Exit(code)
}
