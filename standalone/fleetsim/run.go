package fleetsim

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"time"

	"github.com/velocicompanion/velocicompanion/internal/clock"
	"github.com/velocicompanion/velocicompanion/internal/velociraptor/velotest"
)

// Run serves until ctx ends.
func Run(ctx context.Context, p Params) (err error) {
	s, err := velotest.Start(p.Fleet) //nolint:contextcheck // the server outlives the call
	if err != nil {
		return fmt.Errorf("the simulated server can't start: %w", err)
	}
	defer s.Close()
	if err := p.writeFile(s); err != nil {
		return err
	}
	c := &control{server: s, log: p.Out}
	if p.Control != "" {
		stop, err := c.listen(ctx, p.Control)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, stop()) }()
	}
	if err := p.announce(s, c); err != nil {
		return err
	}
	return p.live(ctx, s)
}

func (p Params) writeFile(s *velotest.Server) error {
	file, err := s.APIClient(p.User)
	if err != nil || p.File == "" {
		return err
	}
	part := p.File + ".part"
	if err := os.WriteFile(part, file, 0o600); err != nil { // it holds a key
		return fmt.Errorf("-out: %w", err)
	}
	return os.Rename(part, p.File)
}

// announce gives lines that a person and a test read.
func (p Params) announce(s *velotest.Server, c *control) error {
	_, err := fmt.Fprintf(p.Out, "Simulated Velociraptor server %s: %d endpoints in each of %d orgs\nADDRESS=%s\n",
		velotest.Version, p.Fleet.Endpoints, 1+len(p.Fleet.Orgs), s.Address())
	if err == nil && p.File != "" {
		_, err = fmt.Fprintf(p.Out, "API_CLIENT=%s\n", p.File)
	}
	if err == nil && c.address != "" {
		_, err = fmt.Fprintf(p.Out, "CONTROL=http://%s\n", c.address)
	}
	return err
}

// live enrols endpoints until ctx ends.
func (p Params) live(ctx context.Context, s *velotest.Server) error {
	if p.EnrolEvery == 0 {
		<-ctx.Done()
		return nil
	}
	for clock.Sleep(ctx, p.EnrolEvery) == nil {
		for _, org := range append([]string{""}, p.Fleet.Orgs...) {
			if err := s.Enrol(org, 1); err != nil {
				return err
			}
		}
	}
	return nil
}

const headerTimeout = 5 * time.Second

// listen serves the control port and gives what ends it.
func (c *control) listen(ctx context.Context, address string) (stop func() error, err error) {
	lis, err := (&net.ListenConfig{}).Listen(ctx, "tcp", address)
	if err != nil {
		return nil, fmt.Errorf("-control: %w", err)
	}
	c.address = lis.Addr().String()
	server := &http.Server{Handler: c.handler(), ReadHeaderTimeout: headerTimeout}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(lis) }()
	return func() error {
		err := server.Close()
		if served := <-ended; !errors.Is(served, http.ErrServerClosed) {
			err = errors.Join(err, served)
		}
		return err
	}, nil
}
