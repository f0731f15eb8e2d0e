// Command bench measures the product beside references in the same run on the same machine, and prints one table: what,
// ours, reference, ratio, target. A target that is missed is printed as missed.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"regexp"
	"syscall"
	"time"
)

// measurement is one line of the table, or several.
type measurement struct {
	name string
	run  func(ctx context.Context, o options) ([]row, error)
}

func measurements() []measurement {
	return []measurement{
		{"startup", startup},
		{"executions", executions},
		{"hosts", hostList},
		{"callers", callerCost},
		{"audit", auditTrail},
		{"batch", batchLines},
		{"ingest", ingestion},
		{"sync", hostsInStep},
		{"callback", callbacks},
		{"hunt", hunting},
	}
}

// options are the command's flags.
type options struct {
	only        *regexp.Regexp
	count       int    // executions per measurement
	concurrency int    // at once
	lines       int    // of the batch
	standalone  string // the standalone binary, for start-up time
	production  string // the production binary, for a worker that is killed
	clients     int    // of the synchronisation
	endpoints   int    // of the hunt
	rowsEach    int    // of each of them
	away        time.Duration
	log         io.Writer
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

func run(ctx context.Context, args []string, out, errw io.Writer) int {
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.SetOutput(errw)
	only := flags.String("only", "", "regular expression over startup, executions, hosts, callers, audit, batch, ingest, sync, callback, hunt")
	o := options{log: errw}
	flags.IntVar(&o.count, "n", 1000, "executions per measurement")
	flags.IntVar(&o.concurrency, "c", 10, "executions at once")
	flags.IntVar(&o.lines, "lines", 200_000, "lines of the batch; 10000000 shows that memory stays flat")
	flags.StringVar(&o.standalone, "standalone", "../bin/velocicompanion-standalone", "the standalone binary")
	flags.StringVar(&o.production, "production", "../bin/velocicompanion", "the production binary")
	flags.IntVar(&o.clients, "clients", 100_000, "clients with which hosts are brought in step")
	flags.IntVar(&o.endpoints, "endpoints", 10_000, "endpoints of the hunt; about 92 of 100 bring rows")
	flags.IntVar(&o.rowsEach, "rows", 110, "rows that each endpoint of the hunt brings")
	flags.DurationVar(&o.away, "away", 2*time.Minute, "how long the Velociraptor server is away in the middle of the hunt")
	if err := flags.Parse(args); err != nil {
		return 2
	}
	re, err := regexp.Compile(*only)
	if err != nil {
		fmt.Fprintln(errw, "bench: -only:", err)
		return 2
	}
	o.only = re
	var rows []row
	var failed error
	for _, m := range measurements() {
		if !o.only.MatchString(m.name) {
			continue
		}
		fmt.Fprintln(errw, "measuring", m.name)
		got, err := m.run(ctx, o)
		if err != nil {
			failed = errors.Join(failed, fmt.Errorf("%s: %w", m.name, err))
		}
		rows = append(rows, got...)
	}
	printTable(out, rows)
	if failed != nil {
		fmt.Fprintln(errw, "bench:", failed)
		return 1
	}
	return 0
}
