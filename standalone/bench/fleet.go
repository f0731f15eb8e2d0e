package main

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/velocicompanion/velocicompanion/internal/clock"
	"github.com/velocicompanion/velocicompanion/internal/velociraptor/velotest"
)

// connected is the platform with its first tenant connected to a simulated Velociraptor server in this process.
type connected struct {
	*platform

	server *velotest.Server
}

// connectFleet starts a fleet and the platform, and connects them.
func connectFleet(ctx context.Context, o options, fleet velotest.Params, w wish) (*connected, error) {
	fleet.Clock, fleet.Seed = clock.System{}, 1
	server, err := velotest.Start(fleet) //nolint:contextcheck // the server outlives the call
	if err != nil {
		return nil, err
	}
	w.reach = server.Address()
	p, err := startPlatform(ctx, o, w)
	if err != nil {
		server.Close()
		return nil, err
	}
	stop := p.stop
	p.stop = func() error {
		defer server.Close()
		return stop()
	}
	return &connected{p, server}, nil
}

// connect saves the server's file as the tenant's connection.
func (c *connected) connect(ctx context.Context) error {
	file, err := c.server.APIClient("companion")
	if err != nil {
		return err
	}
	return c.call(ctx, http.MethodPost, "/api/velociraptor/config", map[string]string{"api_client": string(file)}, nil)
}

// hostSync is where the synchronisation of hosts stands.
type hostSync struct {
	Status     string     `json:"status"`
	Clients    int        `json:"clients"`
	New        int        `json:"new"`
	LastFullAt *time.Time `json:"last_full_at"`
	Error      string     `json:"error"`
}

// fullPass waits for the end of a full pass later than before; nil: the first.
func (c *connected) fullPass(ctx context.Context, before *time.Time) (s hostSync, err error) {
	for {
		if err := c.call(ctx, http.MethodGet, "/api/velociraptor/sync", nil, &s); err != nil {
			return s, err
		}
		if s.Error != "" {
			return s, fmt.Errorf("the hosts are not in step: %s", s.Error)
		}
		if s.LastFullAt != nil && (before == nil || s.LastFullAt.After(*before)) {
			return s, nil
		}
		if err := clock.Sleep(ctx, 50*time.Millisecond); err != nil {
			return s, err
		}
	}
}
