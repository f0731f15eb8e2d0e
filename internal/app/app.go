package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"sync"
	"time"

	"github.com/velocicompanion/velocicompanion/activities"
	"github.com/velocicompanion/velocicompanion/internal/audit"
	"github.com/velocicompanion/velocicompanion/internal/blob"
	"github.com/velocicompanion/velocicompanion/internal/bulk"
	"github.com/velocicompanion/velocicompanion/internal/clock"
	"github.com/velocicompanion/velocicompanion/internal/codec"
	"github.com/velocicompanion/velocicompanion/internal/config"
	"github.com/velocicompanion/velocicompanion/internal/egress"
	"github.com/velocicompanion/velocicompanion/internal/fleet"
	"github.com/velocicompanion/velocicompanion/internal/ingest"
	"github.com/velocicompanion/velocicompanion/internal/notify"
	"github.com/velocicompanion/velocicompanion/internal/outbox"
	"github.com/velocicompanion/velocicompanion/internal/runs"
	"github.com/velocicompanion/velocicompanion/internal/seal"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/internal/telemetry"
	"github.com/velocicompanion/velocicompanion/playbooks"
	"github.com/velocicompanion/velocicompanion/worker"
)

// Params say which parts run in this process.
type Params struct {
	Config  *config.Config
	Log     *slog.Logger
	API     bool
	Worker  bool
	Notices io.Writer         // what a person at the terminal must see, such as the set-up token; nil: nothing
	Ready   func(addr string) // called once when everything serves, with the API's address; may be nil
	Demo    *Demo             // nil: none
}

// parts is what every process has, built once from the configuration.
type parts struct {
	p         Params
	clock     clock.Clock
	metrics   *telemetry.Metrics
	tracing   *telemetry.Tracing
	store     *store.Store
	codec     *codec.Codec
	sealer    *seal.Sealer
	files     blob.Store
	trail     *audit.Keyring
	trailing  *audit.Sealer
	catalog   *playbooks.Catalog
	temporal  *runs.Temporal
	runs      *runs.Runs
	bus       *notify.Bus
	hub       *notify.Hub
	dispatch  *outbox.Dispatcher
	reconcile *runs.Reconciler
	schedules *runs.ScheduleKeeper
	ingest    *ingest.Service
	dialer    *egress.Dialer // for whatever a tenant can influence
	servers   *fleet.Connections
	fleet     *fleet.Service
	worker    *worker.Worker // nil where the process has none
	serving   chan struct{}  // closed when the API serves
	listens   string         // where, once it does
}

// Serve runs the parts until ctx ends, then stops them in order: the API first, so that nothing new comes in, the worker
// when its tasks are done, the pools last. A nil error means that all of it stopped cleanly.
func Serve(ctx context.Context, p Params) (err error) {
	if err := p.Config.CheckServe(); err != nil {
		return err
	}
	x, err := build(ctx, p)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, x.close(context.WithoutCancel(ctx))) }()
	var edge *edge
	if p.API {
		if edge, err = x.newEdge(ctx); err != nil {
			return err
		}
	}
	return x.run(ctx, edge)
}

// build makes every part without starting anything.
func build(ctx context.Context, p Params) (*parts, error) {
	x := &parts{p: p, clock: clock.System{}, serving: make(chan struct{})}
	x.metrics = telemetry.NewMetrics(telemetry.MetricsParams{Version: Version()})
	x.ingest = ingest.New(ingest.Params{Clock: x.clock})
	keys, err := seal.ParseKeys(p.Config.EncryptionKey)
	if err != nil {
		return nil, fmt.Errorf("ENCRYPTION_KEY: %w", err)
	}
	x.codec, x.sealer = codec.New(keys), seal.New(keys)
	if err := x.buildTrail(keys); err != nil {
		return nil, err
	}
	if x.files, err = blob.Open(p.Config.BlobURL); err != nil {
		return nil, fmt.Errorf("BLOB_URL: %w", err)
	}
	if x.dialer, err = egress.New(egress.Params{Allow: p.Config.EgressAllow}); err != nil {
		return nil, fmt.Errorf("EGRESS_ALLOW: %w", err)
	}
	if x.catalog, err = playbooks.NewCatalog(activities.Specs()); err != nil {
		return nil, fmt.Errorf("the catalog of actions: %w", err)
	}
	if x.tracing, err = telemetry.NewTracing(ctx, telemetry.TracingParams{
		Endpoint: p.Config.OTELEndpoint, Service: "velocicompanion", Version: Version(), Logger: p.Log,
	}); err != nil {
		return nil, fmt.Errorf("OTEL_EXPORTER_OTLP_ENDPOINT: %w", err)
	}
	x.store, err = store.Open(ctx, store.Params{
		URL: p.Config.DatabaseURL, SystemURL: p.Config.DatabaseSystemURL, MaxConns: p.Config.DatabaseMaxConns, Clock: x.clock,
		Observe: func(operation string, took time.Duration) { x.metrics.ObserveQuery(operation, took) }, Stamp: x.trail.Stamp,
	})
	if err != nil {
		return nil, err
	}
	x.servers = fleet.NewConnections(fleet.ConnectionsParams{Store: x.store, Sealer: x.sealer, Dial: x.dialer.DialContext, Clock: x.clock, Log: p.Log})
	x.fleet = fleet.New(fleet.Params{
		Store: x.store, Connections: x.servers, Ingest: x.ingest, Files: x.files, Clock: x.clock, Log: p.Log, Sealer: x.sealer, PublicURL: p.Config.PublicURL,
	})
	x.trailing = audit.NewSealer(audit.SealerParams{Store: x.store, Keys: x.trail, Log: p.Log, Clock: x.clock})
	if err := x.buildAutomation(); err != nil {
		return nil, errors.Join(err, x.close(ctx))
	}
	return x, nil
}

// buildAutomation makes what carries runs: the dispatcher and the reconciler everywhere, the worker where asked for.
func (x *parts) buildAutomation() (err error) {
	cfg, log := x.p.Config, x.p.Log
	x.temporal, err = runs.NewTemporal(runs.TemporalParams{
		Address: cfg.TemporalAddress, Namespace: cfg.TemporalNamespace, Retention: cfg.TemporalRetention, Codec: x.codec, Log: log,
	})
	if err != nil {
		return err
	}
	x.runs = runs.New(x.temporal, x.store)
	x.bus = notify.NewBus(notify.BusParams{Connect: x.store.Conn, Log: log})
	x.hub = notify.NewHub(notify.HubParams{Store: x.store, Log: log, Observe: func(n int) { x.metrics.WebSockets.Set(float64(n)) }})
	wake := make(chan struct{}, 1)
	x.dispatch = outbox.New(outbox.Params{
		Store: x.store, Runs: x.runs, Wake: wake, Log: log, Clock: x.clock,
		Observe: func(outcome string, rows int) { x.metrics.OutboxDelivered.WithLabelValues(outcome).Add(float64(rows)) },
	})
	x.reconcile = runs.NewReconciler(runs.ReconcilerParams{
		Store: x.store, Temporal: x.runs, Clock: x.clock, Log: log,
		Observe: func(outcome string) { x.metrics.Reconciled.WithLabelValues(outcome).Inc() },
	})
	x.schedules = runs.NewScheduleKeeper(x.runs, x.clock, log)
	if x.p.Worker {
		if err := x.buildWorker(); err != nil {
			return err
		}
	}
	x.subscribe(wake)
	return nil
}

// subscribe brings what commits leave, here and in other processes, to the parts that act on it.
func (x *parts) subscribe(wake chan<- struct{}) {
	x.bus.Subscribe(x.hub.Handle)
	x.bus.Subscribe(x.countRuns)
	x.bus.Subscribe(func(c notify.Change) {
		switch {
		case c.Local:
			x.dispatch.Offer(c.Outbox)
		case len(c.Outbox) > 0 || c.Resync:
			select {
			case wake <- struct{}{}:
			default:
			}
		}
	})
	x.bus.Subscribe(func(c notify.Change) {
		if !c.Tenants {
			return
		}
		x.schedules.Poke()
		if x.worker != nil {
			x.worker.Poke()
		}
	})
	x.store.OnCommit(x.bus.Publish)
}

// prepare makes Temporal's namespace and search attributes; it keeps trying, because Temporal may come up after us.
func (x *parts) prepare(ctx context.Context) error {
	for {
		err := x.temporal.Prepare(ctx)
		if err == nil || ctx.Err() != nil {
			return nil //nolint:nilerr // the end was asked for
		}
		x.p.Log.WarnContext(ctx, "Temporal is not ready; trying again", "error", err)
		_ = clock.Sleep(ctx, prepareEvery)
	}
}

func (x *parts) buildWorker() (err error) {
	cfg := x.p.Config
	acts := activities.New(activities.Params{
		Store: x.store, Checker: x.catalog, Egress: x.dialer, Ingest: x.ingest, Fleet: x.fleet, Log: x.p.Log,
		Bulk: bulk.New(bulk.Params{Store: x.store, Files: x.files, Clock: x.clock, Log: x.p.Log}),
	})
	x.worker, err = worker.New(worker.Params{
		Store: x.store, Clients: x.temporal, Activities: acts, Tenants: cfg.WorkerTenants,
		Slots: cfg.WorkerSlots, TenantSlots: cfg.WorkerTenantSlots, Log: x.p.Log, Clock: x.clock, Metrics: x.metrics,
	})
	return err
}

// run starts the parts and waits. The background parts outlive the API and the worker, so that what those leave at their
// end is still handed on.
func (x *parts) run(ctx context.Context, edge *edge) error {
	background, stop := context.WithCancel(context.WithoutCancel(ctx))
	var back sync.WaitGroup
	running := []func(context.Context) error{x.bus.Run, x.hub.Run, x.dispatch.Run, x.reconcile.Run, x.schedules.Run, x.prepare, x.measure, x.trailing.Run}
	if edge != nil {
		running = append(running, edge.tidy)
		if x.p.Demo != nil {
			running = append(running, x.demonstrate)
		}
	}
	for _, part := range running {
		back.Go(func() {
			if err := part(background); err != nil && background.Err() == nil {
				x.p.Log.ErrorContext(background, "a part of the process ended", "error", err)
			}
		})
	}
	defer func() {
		stop()
		back.Wait()
	}()
	front, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var wg sync.WaitGroup
	var errs [2]error
	if x.worker != nil {
		wg.Go(func() {
			errs[0] = x.worker.Run(front)
			cancel(errs[0])
		})
	}
	if edge != nil {
		wg.Go(func() {
			errs[1] = edge.serve(front, x.ready)
			cancel(errs[1])
		})
	} else if x.p.Ready != nil {
		x.p.Ready("")
	}
	wg.Wait()
	return errors.Join(errs[:]...)
}

// ready is told once, when the API listens.
func (x *parts) ready(addr string) {
	x.listens = onThisMachine(addr)
	close(x.serving)
	if x.p.Ready != nil {
		x.p.Ready(addr)
	}
}

func (x *parts) close(ctx context.Context) error {
	var errs []error
	if x.temporal != nil {
		x.temporal.Close()
	}
	if x.servers != nil {
		x.servers.Close() //nolint:contextcheck // it ends its own context
	}
	if x.store != nil {
		errs = append(errs, x.store.Close())
	}
	if x.tracing != nil {
		ctx, cancel := context.WithTimeout(ctx, closeTimeout)
		defer cancel()
		errs = append(errs, x.tracing.Shutdown(ctx))
	}
	return errors.Join(errs...)
}

const (
	closeTimeout = 5 * time.Second // for the last words to the trace collector
	prepareEvery = 2 * time.Second
)
