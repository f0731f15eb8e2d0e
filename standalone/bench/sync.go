package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"time"

	"github.com/velocicompanion/velocicompanion/internal/clock"
	"github.com/velocicompanion/velocicompanion/internal/fleet"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/internal/velociraptor"
	"github.com/velocicompanion/velocicompanion/internal/velociraptor/velotest"
	"github.com/velocicompanion/velocicompanion/models"
)

// What a synchronisation of many clients may take.
const (
	syncClients = 100_000
	syncFirst   = 3 * time.Minute // every client becomes a host
	syncAgain   = time.Minute     // none has changed
)

// hostSync measures how long hosts take to be in step with a large fleet: the first time, and when nothing changed.
func hostSync(ctx context.Context, o options) (rows []row, err error) {
	err = withDatabase(ctx, o, func(url string) error {
		b, err := newSyncBench(ctx, url, slog.New(slog.NewTextHandler(o.log, &slog.HandlerOptions{Level: slog.LevelWarn})))
		if err != nil {
			return err
		}
		defer b.close()
		for _, m := range []struct {
			what   string
			within time.Duration
		}{{"first pass", syncFirst}, {"nothing changed", syncAgain}} {
			row, took, err := b.pass(ctx)
			if err != nil {
				return err
			}
			rows = append(rows, syncRow(m.what, row, took, m.within))
		}
		took, err := b.recent(ctx)
		if err != nil {
			return err
		}
		rows = append(rows, row{
			what: "hosts in step, a pass of recent clients", ours: took.Round(time.Millisecond).String(), reference: "–", target: "≤ " + syncAgain.String(), met: took <= syncAgain,
		})
		return nil
	})
	return rows, err
}

func syncRow(what string, s *models.HostSync, took, within time.Duration) row {
	return row{
		what: fmt.Sprintf("hosts in step with %d clients, %s (%d new)", s.Clients, what, s.Fresh), ours: took.Round(10 * time.Millisecond).String(), reference: "–",
		target: "≤ " + within.String(), met: took <= within && s.Clients == syncClients && s.Error == "",
	}
}

// syncBench is a tenant connected to a large fleet.
type syncBench struct {
	store  *store.Store
	server *velotest.Server
	client *velociraptor.Client
	tenant *store.Tenant
	fleet  *fleet.Service
	config int64
}

func newSyncBench(ctx context.Context, url string, log *slog.Logger) (b *syncBench, err error) {
	b = &syncBench{}
	if b.store, err = store.Open(ctx, store.Params{URL: url}); err != nil {
		return nil, err
	}
	tenant := &models.Tenant{Name: "bench"}
	if err := b.store.System().CreateTenant(ctx, tenant); err != nil {
		return nil, err
	}
	b.tenant = b.store.Tenant(tenant.ID)
	if b.server, err = velotest.Start(velotest.Params{Endpoints: syncClients, Clock: clock.System{}, Seed: 1}); err != nil { //nolint:contextcheck // the server outlives the call
		return nil, err
	}
	text, err := b.server.APIClient("companion")
	if err != nil {
		return nil, err
	}
	file, err := velociraptor.ParseAPIClient(text)
	if err != nil {
		return nil, err
	}
	b.client, err = velociraptor.New(velociraptor.Params{File: file, Dial: (&net.Dialer{}).DialContext, Clock: clock.System{}})
	if err != nil {
		return nil, err
	}
	b.fleet = fleet.New(fleet.Params{Store: b.store, Servers: b, Clock: clock.System{}, Log: log})
	config := &models.VelociraptorConfig{
		Transport: models.TransportGRPC, Address: b.server.Address(), Username: "companion", Secret: []byte("none"), Status: models.VelociraptorConnected,
	}
	if err := b.tenant.SaveVelociraptorConfig(ctx, config); err != nil {
		return nil, err
	}
	b.config = config.ID
	return b, nil
}

// Server gives the one server.
func (b *syncBench) Server(context.Context, *store.Tenant) (fleet.Server, error) {
	return b.client, nil
}

func (b *syncBench) close() {
	_ = errors.Join(b.client.Close(), b.store.Close())
	b.server.Close()
}

// pass makes one full pass.
func (b *syncBench) pass(ctx context.Context) (*models.HostSync, time.Duration, error) {
	if _, err := b.tenant.WantSync(ctx); err != nil {
		return nil, 0, err
	}
	begun := time.Now() //nolint:forbidigo // a program that measures real time
	if err := b.rest(ctx); err != nil {
		return nil, 0, err
	}
	took := time.Since(begun)
	row, err := b.tenant.HostSync(ctx)
	return row, took, err
}

// recent makes one pass of recent clients.
func (b *syncBench) recent(ctx context.Context) (time.Duration, error) {
	_, err := b.tenant.SaveSync(ctx, b.config, func(row *models.HostSync) bool {
		row.NextAt = nil
		return true
	})
	if err != nil {
		return 0, err
	}
	begun := time.Now() //nolint:forbidigo // a program that measures real time
	err = b.rest(ctx)
	return time.Since(begun), err
}

// rest works until there is nothing to do.
func (b *syncBench) rest(ctx context.Context) error {
	for {
		step, err := b.fleet.AdvanceSync(ctx, b.tenant, b.config, true)
		if err != nil || step.Wait > 0 {
			return err
		}
	}
}
