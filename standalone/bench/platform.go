package main

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/velocicompanion/velocicompanion/internal/app"
	"github.com/velocicompanion/velocicompanion/internal/clock"
	"github.com/velocicompanion/velocicompanion/internal/config"
	"github.com/velocicompanion/velocicompanion/standalone/postgres"
	"github.com/velocicompanion/velocicompanion/standalone/temporal"
)

const namespace = "velocicompanion"

// platform is the whole product in this process, on real servers: what is measured, and what the references share.
type platform struct {
	databaseURL, temporalAddress, baseURL, token string

	settings map[string]string // that every process of the platform has
	dir      string
	stop     func() error
}

// wish is what a measurement wants of the platform beyond what all do.
type wish struct {
	noWorker bool   // the worker is a process of its own
	reach    string // an address of loopback that tenants may reach
}

// startPlatform brings PostgreSQL, Temporal, api and worker up in a folder of its own and logs the first user in.
func startPlatform(ctx context.Context, o options, w wish) (*platform, error) {
	account, err := postgres.Unprivileged()
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "vc-bench-")
	if err != nil {
		return nil, err
	}
	if err := os.Chmod(dir, 0o755); err != nil { //nolint:gosec // the unprivileged server must reach its folder in here
		return nil, err
	}
	log := slog.New(slog.NewTextHandler(o.log, &slog.HandlerOptions{Level: slog.LevelWarn}))
	pg, err := postgres.Start(ctx, postgres.Params{Dir: filepath.Join(dir, "postgres"), As: account, Log: log})
	if err != nil {
		return nil, err
	}
	tp, err := temporal.Start(ctx, temporal.Params{Dir: filepath.Join(dir, "temporal"), Namespace: namespace, Retention: 24 * time.Hour, Log: log})
	if err != nil {
		return nil, errors.Join(err, pg.Stop(ctx))
	}
	p := &platform{databaseURL: pg.URL(), temporalAddress: tp.Address(), dir: dir, settings: map[string]string{
		"DATABASE_URL": pg.URL(), "TEMPORAL_ADDRESS": tp.Address(), "TEMPORAL_NAMESPACE": namespace,
		"SECRET_KEY": clock.Token(48), "ENCRYPTION_KEY": base64.StdEncoding.EncodeToString(make([]byte, 32)), "EGRESS_ALLOW": w.reach,
	}}
	serveCtx, cancel := context.WithCancel(ctx)
	served := make(chan error, 1)
	p.stop = func() error {
		cancel()
		return errors.Join(<-served, tp.Stop(), pg.Stop(context.WithoutCancel(ctx)), os.RemoveAll(dir))
	}
	if err := p.serve(serveCtx, log, !w.noWorker, served); err != nil {
		return nil, errors.Join(err, p.stop())
	}
	return p, nil
}

func (p *platform) serve(ctx context.Context, log *slog.Logger, worker bool, served chan error) error {
	settings := maps.Clone(p.settings)
	maps.Copy(settings, map[string]string{
		"HTTP_ADDR": "127.0.0.1:0", "FIRST_ADMIN_USERNAME": "bench", "FIRST_ADMIN_PASSWORD": "quick-brown-foxes-1234", "BCRYPT_COST": "10",
		"ACCESS_TOKEN_EXPIRE_MINUTES": "720", // longer than any measurement
	})
	cfg, err := config.FromMap(settings)
	if err != nil {
		served <- nil
		return err
	}
	if err := app.Migrate(ctx, cfg, log); err != nil {
		served <- nil
		return err
	}
	ready := make(chan string, 1)
	go func() {
		served <- app.Serve(ctx, app.Params{Config: cfg, Log: log, API: true, Worker: worker, Notices: io.Discard, Ready: func(addr string) { ready <- addr }})
	}()
	select {
	case addr := <-ready:
		p.baseURL = "http://" + addr
	case err := <-served:
		served <- nil
		return fmt.Errorf("the platform did not start: %w", err)
	case <-time.After(30 * time.Second): //nolint:forbidigo // a program that measures real time
		return errors.New("the platform did not start within 30 s")
	}
	var tokens struct {
		AccessToken string `json:"access_token"`
	}
	err = p.call(ctx, http.MethodPost, "/api/auth/login", map[string]string{"username": "bench", "password": "quick-brown-foxes-1234"}, &tokens)
	p.token = tokens.AccessToken
	return err
}

// call is one JSON request; an answer of 400 or more is an error with its text.
func (p *platform) call(ctx context.Context, method, path string, in, out any) error {
	b, err := json.Marshal(in)
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, method, p.baseURL+path, bytes.NewReader(b))
	if err != nil {
		return err
	}
	if in != nil {
		req.Header.Set("Content-Type", "application/json")
	} else {
		req.Body, req.ContentLength = http.NoBody, 0
	}
	if p.token != "" {
		req.Header.Set("Authorization", "Bearer "+p.token)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		return err
	}
	if res.StatusCode >= http.StatusBadRequest {
		return fmt.Errorf("%s %s: %s: %s", method, path, res.Status, body)
	}
	if out == nil {
		return nil
	}
	return json.Unmarshal(body, out)
}
