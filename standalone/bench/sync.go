package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/velocicompanion/velocicompanion/internal/velociraptor/velotest"
)

// What a synchronisation of many clients may take.
const (
	syncFirst = 3 * time.Minute // every client becomes a host
	syncAgain = time.Minute     // none has changed
)

// hostsInStep measures how long hosts take to be in step with a large fleet, from the connection on, and when somebody asks
// for another pass in which nothing changed.
func hostsInStep(ctx context.Context, o options) (rows []row, err error) {
	c, err := connectFleet(ctx, o, velotest.Params{Endpoints: o.clients}, wish{})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, c.stop()) }()
	var last *time.Time
	for _, m := range []struct {
		what   string
		begin  func(ctx context.Context) error
		within time.Duration
		fresh  int
	}{
		{"first pass", c.connect, syncFirst, o.clients},
		{"nothing changed", c.wantSync, syncAgain, 0},
	} {
		begun := time.Now() //nolint:forbidigo // a program that measures real time
		if err := m.begin(ctx); err != nil {
			return rows, err
		}
		s, err := c.fullPass(ctx, last)
		if err != nil {
			return rows, err
		}
		took := time.Since(begun)
		last = s.LastFullAt
		rows = append(rows, row{
			what: fmt.Sprintf("hosts in step with %d clients, %s (%d new)", s.Clients, m.what, s.New), ours: took.Round(10 * time.Millisecond).String(),
			reference: "–", target: "≤ " + m.within.String(), met: took <= m.within && s.Clients == o.clients && s.New == m.fresh,
		})
	}
	return rows, nil
}

func (c *connected) wantSync(ctx context.Context) error {
	return c.call(ctx, http.MethodPost, "/api/velociraptor/sync", nil, nil)
}
