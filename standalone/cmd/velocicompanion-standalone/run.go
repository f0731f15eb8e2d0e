package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	stdlog "log" //nolint:depguard // to silence it
	"log/slog"
	"maps"
	"strings"

	"github.com/velocicompanion/velocicompanion/internal/config"
	"github.com/velocicompanion/velocicompanion/internal/telemetry"
	"github.com/velocicompanion/velocicompanion/standalone/platform"
	"github.com/velocicompanion/velocicompanion/standalone/temporal"
)

type options struct {
	only         string
	temporalPort int
}

// run gives the process's exit code: 0 stopped when asked to, 1 failed, 2 called wrongly.
func run(ctx context.Context, args []string, out, errw io.Writer) int {
	if len(args) > 0 && args[0] == "fleet-sim" {
		return runFleet(ctx, args[1:], out, errw)
	}
	opts, err := parse(args, errw)
	if errors.Is(err, flag.ErrHelp) {
		return 0
	}
	if err != nil {
		return 2 // the flag set has said why
	}
	vars, err := config.Environment()
	if err != nil {
		return fail(errw, err)
	}
	if vars["LOG_FORMAT"] == "" {
		vars["LOG_FORMAT"] = "text" // for people; services set json
	}
	log, err := newLogger(vars, errw)
	if err != nil {
		return fail(errw, err)
	}
	quietLibraries(log)
	err = platform.Run(ctx, platform.Params{
		Vars: vars, Only: split(opts.only), TemporalPort: opts.temporalPort, App: application(out), Out: out, Log: log,
	})
	if err != nil {
		return fail(errw, err)
	}
	return 0
}

func parse(args []string, errw io.Writer) (options, error) {
	var opts options
	set := flag.NewFlagSet("velocicompanion-standalone", flag.ContinueOnError)
	set.SetOutput(errw)
	set.StringVar(&opts.only, "only", "", "start just these servers and print their addresses: postgres, temporal, or both, comma-separated")
	set.IntVar(&opts.temporalPort, "temporal-port", temporal.DefaultPort, "port of Temporal's frontend on 127.0.0.1; 0 takes any free one")
	set.Usage = func() {
		fmt.Fprint(errw, "usage: velocicompanion-standalone [flags]\n       velocicompanion-standalone fleet-sim [flags]  (a simulated Velociraptor server alone)\n\nThe platform on one machine. Settings come from the environment "+
			"(docs/configuration.md):\nDATA_DIR, HTTP_ADDR, FIRST_ADMIN_USERNAME, FIRST_ADMIN_PASSWORD, PG_BINDIR;\n"+
			"DATABASE_URL and TEMPORAL_ADDRESS replace the servers.\n\n")
		set.PrintDefaults()
	}
	if err := set.Parse(args); err != nil {
		return opts, err
	}
	if set.NArg() > 0 {
		fmt.Fprintf(errw, "velocicompanion-standalone: unexpected argument %q\n", set.Arg(0))
		return opts, errors.New("unexpected argument")
	}
	return opts, nil
}

func split(list string) []string {
	return strings.FieldsFunc(list, func(r rune) bool { return r == ',' || r == ' ' })
}

func newLogger(vars map[string]string, w io.Writer) (*slog.Logger, error) {
	cfg, err := config.FromMap(maps.Clone(vars))
	if err != nil {
		return nil, err
	}
	return telemetry.NewLogger(telemetry.LogParams{Writer: w, Level: cfg.LogLevel, Format: cfg.LogFormat})
}

// quietLibraries sends what libraries print through Go's old log package to ours, for those who debug: the Web UI warns
// there that its own content security policy is off, which the proxy's policy replaces.
func quietLibraries(to *slog.Logger) {
	stdlog.SetFlags(0)
	stdlog.SetOutput(slog.NewLogLogger(to.Handler(), slog.LevelDebug).Writer())
}

func fail(w io.Writer, err error) int {
	fmt.Fprintln(w, "velocicompanion-standalone:", err)
	return 1
}
