package app

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/velocicompanion/velocicompanion/api"
	"github.com/velocicompanion/velocicompanion/internal/audit"
	"github.com/velocicompanion/velocicompanion/internal/auth"
	"github.com/velocicompanion/velocicompanion/internal/notify"
	"github.com/velocicompanion/velocicompanion/web"
)

const (
	readHeaderTimeout = 10 * time.Second
	idleTimeout       = 2 * time.Minute
	drainTimeout      = 10 * time.Second // how long requests at work may take when the process stops
)

// edge is the API with its listeners.
type edge struct {
	x       *parts
	handler http.Handler
	tidy    func(context.Context) error
}

// newEdge builds the API and makes the first user where the configuration names one.
func (x *parts) newEdge(ctx context.Context) (*edge, error) {
	cfg := x.p.Config
	keys, err := auth.NewKeys(cfg.SecretKeys())
	if err != nil {
		return nil, fmt.Errorf("SECRET_KEY: %w", err)
	}
	hasher, err := auth.NewHasher(auth.HasherParams{Cost: cfg.BcryptCost})
	if err != nil {
		return nil, fmt.Errorf("BCRYPT_COST: %w", err)
	}
	mailer, err := notify.NewMailer(notify.MailerParams{
		Host: cfg.SMTPHost, Port: cfg.SMTPPort, User: cfg.SMTPUser, Password: cfg.SMTPPassword, From: cfg.FromEmail,
		TLS: notify.MailTLS(cfg.SMTPTLS), Clock: x.clock,
	})
	if err != nil {
		return nil, err
	}
	letters, err := notify.NewLetters(cfg.PublicURL)
	if err != nil {
		return nil, err
	}
	files, _ := web.Files()
	a, err := api.New(api.Params{
		Store: x.store, Config: cfg, Log: x.p.Log, Clock: x.clock, Keys: keys, Hasher: hasher, Metrics: x.metrics, Version: Version(),
		Ready: map[string]func(context.Context) error{"temporal": x.temporal.Ping}, Web: files,
		Catalog: x.catalog, Hub: x.hub, Bus: x.bus, Codec: x.codec, Sealer: x.sealer, Files: x.files,
		Trail:  audit.NewVerifier(audit.VerifierParams{Store: x.store, Keys: x.trail, Clock: x.clock}),
		Mailer: mailer, Letters: letters, Workflows: x.runs, Ingest: x.ingest, Fleet: x.fleet,
	})
	if err != nil {
		return nil, err
	}
	if err := a.Bootstrap(ctx, x.p.Notices); err != nil {
		return nil, err
	}
	return &edge{x: x, handler: a.Handler(), tidy: a.Run}, nil
}

// serve listens until ctx ends, then lets requests at work finish.
func (e *edge) serve(ctx context.Context, ready func(addr string)) error {
	cfg := e.x.p.Config
	lis, err := (&net.ListenConfig{}).Listen(ctx, "tcp", cfg.HTTPAddr)
	if err != nil {
		return fmt.Errorf("HTTP_ADDR %s can't be used: %w", cfg.HTTPAddr, err)
	}
	servers := []*http.Server{server(e.handler)}
	listeners := []net.Listener{lis}
	if cfg.MetricsAddr != "" {
		ml, err := (&net.ListenConfig{}).Listen(ctx, "tcp", cfg.MetricsAddr)
		if err != nil {
			return errors.Join(fmt.Errorf("METRICS_ADDR %s can't be used: %w", cfg.MetricsAddr, err), lis.Close())
		}
		mux := http.NewServeMux()
		mux.Handle("GET /metrics", e.x.metrics.Handler())
		servers, listeners = append(servers, server(mux)), append(listeners, ml)
	}
	errs := make([]error, len(servers))
	var wg sync.WaitGroup
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	for i, s := range servers {
		wg.Go(func() {
			if err := s.Serve(listeners[i]); !errors.Is(err, http.ErrServerClosed) {
				errs[i] = err
				cancel()
			}
		})
	}
	if ready != nil {
		ready(lis.Addr().String())
	}
	<-ctx.Done()
	drained := drain(context.WithoutCancel(ctx), servers)
	wg.Wait()
	return errors.Join(errors.Join(errs...), drained)
}

func server(h http.Handler) *http.Server {
	return &http.Server{Handler: h, ReadHeaderTimeout: readHeaderTimeout, IdleTimeout: idleTimeout, MaxHeaderBytes: 64 << 10}
}

// drain gives requests at work their time and then closes what is left: a socket has no end of its own.
func drain(ctx context.Context, servers []*http.Server) error {
	ctx, cancel := context.WithTimeout(ctx, drainTimeout)
	defer cancel()
	var errs []error
	for _, s := range servers {
		err := s.Shutdown(ctx)
		if errors.Is(err, context.DeadlineExceeded) {
			err = s.Close()
		}
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}
