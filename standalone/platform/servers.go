package platform

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/velocicompanion/velocicompanion/internal/clock"
	"github.com/velocicompanion/velocicompanion/internal/config"
	"github.com/velocicompanion/velocicompanion/standalone/postgres"
	"github.com/velocicompanion/velocicompanion/standalone/temporal"
	"github.com/velocicompanion/velocicompanion/standalone/webui"
)

const stopPatience = 30 * time.Second // for PostgreSQL's fast shutdown

// servers are the parts under the application; each is nil when it isn't ours to run.
type servers struct {
	postgres *postgres.Server
	temporal *temporal.Server
	ui       *webui.Server
	progress progress
}

// wanted says which servers to start.
type wanted struct{ postgres, temporal, ui bool }

// startServers starts PostgreSQL and Temporal side by side, then the Web UI, and writes their addresses into vars.
// After an error nothing runs any more.
func startServers(ctx context.Context, p Params, f *folder, as *postgres.Account, vars variables, want wanted) (*servers, error) {
	cfg, err := vars.config()
	if err != nil {
		return nil, err
	}
	s := &servers{progress: p.progress()}
	group, inner := errgroup.WithContext(ctx)
	if want.postgres {
		group.Go(func() error {
			return s.startPostgres(inner, postgres.Params{Dir: f.join("postgres"), BinDir: cfg.PGBinDir, As: as, Log: p.Log})
		})
	}
	if want.temporal {
		group.Go(func() error {
			return s.startTemporal(inner, temporal.Params{
				Dir: f.join("temporal"), Port: p.TemporalPort, Namespace: cfg.TemporalNamespace, Retention: cfg.TemporalRetention, Log: p.Log,
			})
		})
	}
	if err := group.Wait(); err != nil {
		return nil, errors.Join(err, s.stop(ctx))
	}
	if s.postgres != nil {
		vars["DATABASE_URL"] = s.postgres.URL()
	}
	if s.temporal != nil {
		vars["TEMPORAL_ADDRESS"] = s.temporal.Address()
	}
	if !want.ui {
		return s, nil
	}
	if err := s.startUI(ctx, cfg, vars); err != nil {
		return nil, errors.Join(err, s.stop(ctx))
	}
	return s, nil
}

func (s *servers) startPostgres(ctx context.Context, p postgres.Params) (err error) {
	defer s.progress.step("PostgreSQL")(&err)
	s.postgres, err = postgres.Start(ctx, p)
	return err
}

func (s *servers) startTemporal(ctx context.Context, p temporal.Params) (err error) {
	defer s.progress.step("Temporal")(&err)
	s.temporal, err = temporal.Start(ctx, p)
	return err
}

func (s *servers) startUI(ctx context.Context, cfg *config.Config, vars variables) (err error) {
	defer s.progress.step("Temporal Web UI")(&err)
	now, err := vars.config()
	if err != nil {
		return err
	}
	s.ui, err = webui.Start(ctx, webui.Params{
		TemporalAddress: now.TemporalAddress, Namespace: cfg.TemporalNamespace, PublicURL: cfg.PublicURL,
	})
	if err == nil {
		vars["TEMPORAL_UI_URL"] = s.ui.URL()
	}
	return err
}

// stop ends the servers in the opposite order: first who looks, then who works, last who keeps.
func (s *servers) stop(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopPatience)
	defer cancel()
	var errs []error
	if s.ui != nil {
		s.ui.Stop()
		s.progress.line("Temporal Web UI stopped")
	}
	if s.temporal != nil {
		errs = append(errs, s.temporal.Stop())
		s.progress.line("Temporal stopped")
	}
	if s.postgres != nil {
		errs = append(errs, s.postgres.Stop(ctx))
		s.progress.line("PostgreSQL stopped")
	}
	return errors.Join(errs...)
}

// watch cancels when PostgreSQL ends without being asked; the other servers are this process and end with it.
func (s *servers) watch(ctx context.Context, cancel context.CancelCauseFunc) {
	if s.postgres == nil {
		return
	}
	select {
	case <-ctx.Done():
	case <-s.postgres.Done():
		cancel(errors.Join(errors.New("PostgreSQL ended by itself"), s.postgres.Err()))
	}
}

// progress tells the person at the terminal what happens.
type progress struct {
	out io.Writer
	log *slog.Logger
}

func (p progress) line(text string) {
	if _, err := fmt.Fprintln(p.out, "  "+text); err != nil {
		p.log.Debug("progress can't be shown", "error", err)
	}
}

// step measures a part's start and says how it went.
func (p progress) step(name string) func(*error) {
	begin := clock.System{}.Now()
	return func(err *error) {
		took := clock.System{}.Now().Sub(begin).Seconds()
		if *err != nil {
			p.line(fmt.Sprintf("%-16s failed after %.1f s", name, took))
			return
		}
		p.line(fmt.Sprintf("%-16s ready in %.1f s", name, took))
	}
}
