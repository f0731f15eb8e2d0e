package platform

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"slices"
	"strings"
	"sync"

	"github.com/velocicompanion/velocicompanion/internal/config"
	"github.com/velocicompanion/velocicompanion/standalone/postgres"
)

// Application is the product above the servers.
type Application struct {
	// Migrate brings the database up to date.
	Migrate func(ctx context.Context, cfg *config.Config, log *slog.Logger) error
	// Serve runs api and worker until ctx ends and both have stopped; ready is called once, with the address the API
	// listens on, when both work. demo is nil where there is none.
	Serve func(ctx context.Context, cfg *config.Config, log *slog.Logger, demo *Simulation, ready func(addr string)) error
}

// The servers that Only may name.
const (
	OnlyPostgres = "postgres"
	OnlyTemporal = "temporal"
)

// Params configures a run.
type Params struct {
	Vars         map[string]string // the environment; filled with what the run provides
	Only         []string          // just these servers, without the application; empty: everything
	TemporalPort int               // 0: any free one
	App          Application
	Out          io.Writer // for the person at the terminal
	Log          *slog.Logger
}

// Run brings everything up and serves until ctx ends; then it stops api, worker, Web UI, Temporal and PostgreSQL, in
// this order. A nil error means that all of it stopped cleanly.
func Run(ctx context.Context, p Params) (err error) {
	p.Out = &lines{to: p.Out}
	vars := variables(p.Vars)
	cfg, err := vars.config()
	if err != nil {
		return err
	}
	want, err := p.choose(vars)
	if err != nil {
		return err
	}
	if len(p.Only) == 0 {
		if err := checkFree(ctx, cfg.HTTPAddr); err != nil {
			return err
		}
	}
	as, err := account(want)
	if err != nil {
		return err
	}
	f, err := openFolder(cfg.DataDir, as)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.close()) }()
	vars["DATA_DIR"] = f.path
	vars.offer("BLOB_URL", f.join("blobs"))
	if err := vars.keys(f); err != nil {
		return err
	}
	p.progress().line("Data in " + f.path)
	s, err := startServers(ctx, p, f, as, vars, want)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.stop(ctx)) }()
	if err := vars.tell(f); err != nil {
		return err
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	go s.watch(ctx, cancel)
	return p.occupy(ctx, f, vars, want)
}

// occupy runs the application, or waits where only servers were asked for.
func (p Params) occupy(ctx context.Context, f *folder, vars variables, want wanted) error {
	if len(p.Only) > 0 {
		if err := announceServers(p.Out, f, vars, want); err != nil {
			return err
		}
		<-ctx.Done()
		return unasked(ctx)
	}
	err := p.serve(ctx, f, vars, want)
	p.progress().line("API and worker stopped")
	return errors.Join(err, unasked(ctx))
}

func (p Params) serve(ctx context.Context, f *folder, vars variables, want wanted) (err error) {
	admin, err := vars.inviteFirstAdmin(f, want.postgres)
	if err != nil {
		return err
	}
	demo, stop := p.simulate(f, vars, want)
	defer stop()
	cfg, err := vars.config()
	if err != nil {
		return err
	}
	if err := p.migrate(ctx, cfg); err != nil {
		return err
	}
	done := p.progress().step("API and worker")
	err = p.App.Serve(ctx, cfg, p.Log, demo, func(addr string) {
		var none error
		done(&none)
		if err := errors.Join(announce(p.Out, f, cfg, addr), admin.show(p.Out)); err != nil {
			p.Log.ErrorContext(ctx, "the start could not be told", "error", err)
		}
		p.progress().line("\n  Ctrl-C stops it.")
	})
	if ctx.Err() != nil && errors.Is(err, context.Canceled) {
		return nil // being asked to stop is no failure
	}
	return err
}

func (p Params) migrate(ctx context.Context, cfg *config.Config) (err error) {
	defer p.progress().step("Migrations")(&err)
	return p.App.Migrate(ctx, cfg, p.Log)
}

// choose says which servers are ours to start: the operator's DATABASE_URL, TEMPORAL_ADDRESS and TEMPORAL_UI_URL
// replace them.
func (p Params) choose(vars variables) (wanted, error) {
	for _, name := range p.Only {
		if name != OnlyPostgres && name != OnlyTemporal {
			return wanted{}, fmt.Errorf("--only: %q is none of %s, %s", name, OnlyPostgres, OnlyTemporal)
		}
	}
	asked := func(name string) bool { return len(p.Only) == 0 || slices.Contains(p.Only, name) }
	want := wanted{
		postgres: asked(OnlyPostgres) && !vars.given("DATABASE_URL"),
		temporal: asked(OnlyTemporal) && !vars.given("TEMPORAL_ADDRESS"),
		ui:       asked(OnlyTemporal) && !vars.given("TEMPORAL_UI_URL"),
	}
	if len(p.Only) > 0 && !want.postgres && !want.temporal {
		return want, fmt.Errorf("--only=%s: nothing to start, for DATABASE_URL and TEMPORAL_ADDRESS name servers that run already", strings.Join(p.Only, ","))
	}
	return want, nil
}

// account is who runs PostgreSQL; nobody else when it isn't ours to run.
func account(want wanted) (*postgres.Account, error) {
	if !want.postgres {
		return nil, nil // no other account is needed
	}
	return postgres.Unprivileged()
}

// checkFree refuses early what would fail late, and names the port.
func checkFree(ctx context.Context, addr string) error {
	lis, err := (&net.ListenConfig{}).Listen(ctx, "tcp", addr)
	if err != nil {
		return fmt.Errorf("HTTP_ADDR %s can't be used: %w; stop what listens there or set HTTP_ADDR to another address", addr, err)
	}
	return lis.Close()
}

// unasked is why ctx ended when nobody asked for it.
func unasked(ctx context.Context) error {
	if cause := context.Cause(ctx); !errors.Is(cause, context.Canceled) {
		return cause
	}
	return nil
}

func (p Params) progress() progress { return progress{out: p.Out, log: p.Log} }

// lines lets several parts write whole lines to one terminal.
type lines struct {
	mu sync.Mutex
	to io.Writer
}

// Write passes b on, alone.
func (l *lines) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.to.Write(b)
}
