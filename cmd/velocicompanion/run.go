package main

import (
	"context"
	"fmt"
	"io"
)

// command is one subcommand. It gives the process's exit code: 0 done, 1 failed, 2 called wrongly.
type command struct {
	name, args, summary string
	hidden              bool
	run                 func(ctx context.Context, args []string, out, err io.Writer) int
}

func commands() []command {
	return []command{
		{name: "api", summary: "serve the API and the screen", run: runAPI},
		{name: "worker", summary: "carry out workflows for the tenants in WORKER_TENANTS", run: runWorker},
		{name: "migrate", args: "up|down|status", summary: "change the database's schema", run: runMigrate},
		{name: "version", summary: "print the version", run: runVersion},
		{name: "gen", args: "openapi|config|actions|permissions", summary: "print a generated reference", hidden: true, run: runGen},
	}
}

func run(ctx context.Context, args []string, out, errw io.Writer) int {
	if len(args) == 0 {
		usage(errw)
		return 2
	}
	if args[0] == "help" || args[0] == "-h" || args[0] == "--help" {
		usage(out)
		return 0
	}
	for _, c := range commands() {
		if c.name == args[0] {
			return c.run(ctx, args[1:], out, errw)
		}
	}
	fmt.Fprintf(errw, "velocicompanion: there is no command %q\n", args[0])
	usage(errw)
	return 2
}

func usage(w io.Writer) {
	fmt.Fprintln(w, "usage: velocicompanion <command>")
	for _, c := range commands() {
		if !c.hidden {
			fmt.Fprintf(w, "  %-24s %s\n", c.name+" "+c.args, c.summary)
		}
	}
	fmt.Fprintln(w, "Settings are environment variables: docs/configuration.md lists them.")
}
