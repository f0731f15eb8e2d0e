package velociraptor

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"github.com/sony/gobreaker/v2"
	"google.golang.org/grpc"
	"google.golang.org/grpc/backoff"
	"google.golang.org/grpc/credentials"

	"github.com/velocicompanion/velocicompanion/internal/clock"
	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/internal/velociraptor/velopb"
)

const (
	maxMessage    = 64 << 20 // rows of up to 5 MB come several in a message; gRPC's own limit is 4 MB
	defaultInUse  = 8        // statements at once over one connection: the server is shared with its analysts
	brokenAfter   = 5        // failed statements in a row
	brokenFor     = 5 * time.Second
	redialSoon    = 500 * time.Millisecond // after the first dial that failed
	redialLong    = 5 * time.Second        // at most: gRPC's own two minutes would be waited out after each longer outage
	dialPatience  = 20 * time.Second       // for one dial, as gRPC has it
	shortDeadline = 30 * time.Second       // for questions
	longDeadline  = 10 * time.Minute       // for rows
)

// Dial opens the connection: internal/egress's, so that a tenant's file can't point anywhere.
type Dial func(ctx context.Context, network, address string) (net.Conn, error)

// Params are what a client needs.
type Params struct {
	File  *APIClient
	OrgID string // empty: the root org
	Dial  Dial
	Clock clock.Clock
	InUse int // statements at once; 8 when zero

	// Observe is told what became of each call: nil where the server answered, whatever it said to the statement. It must be
	// quick. May be nil.
	Observe func(ctx context.Context, err error)
}

// Client is one connection to one org of one server. It is safe for many goroutines, and dials when first needed.
type Client struct {
	p       Params
	conn    *grpc.ClientConn
	api     velopb.APIClient
	slots   chan struct{}
	breaker *gobreaker.CircuitBreaker[struct{}]
	refusal atomic.Pointer[fault.Error] // why the last dial was not even tried
	drained chan struct{}               // closed: no more calls
	drain   sync.Once
}

// New makes a client. Faults: Invalid (certificate_expired) at api_client.client_cert.
func New(p Params) (*Client, error) {
	if !p.Clock.Now().Before(p.File.Expires) {
		return nil, invalid("client_cert", "expired on %s: make a new one with `velociraptor config api_client`", p.File.Expires.Format(time.DateOnly)).
			WithCode("certificate_expired")
	}
	if p.InUse == 0 {
		p.InUse = defaultInUse
	}
	if p.Observe == nil {
		p.Observe = func(context.Context, error) {}
	}
	c := &Client{p: p, slots: make(chan struct{}, p.InUse), drained: make(chan struct{})}
	// No keepalive: a server of this kind answers pings under five minutes with GOAWAY too_many_pings.
	conn, err := grpc.NewClient("passthrough:///"+p.File.Address,
		grpc.WithTransportCredentials(credentials.NewTLS(p.File.TLS(p.Clock.Now))),
		grpc.WithContextDialer(c.dial),
		grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(maxMessage)),
		grpc.WithConnectParams(grpc.ConnectParams{
			Backoff: backoff.Config{BaseDelay: redialSoon, Multiplier: 1.6, Jitter: 0.2, MaxDelay: redialLong}, MinConnectTimeout: dialPatience,
		}),
		grpc.WithDisableServiceConfig(),
	)
	if err != nil {
		return nil, fault.Wrap(err, fault.Internal, "the connection can't be made")
	}
	c.conn, c.api = conn, velopb.NewAPIClient(conn)
	c.breaker = newBreaker(p.File.Address)
	return c, nil
}

func newBreaker(name string) *gobreaker.CircuitBreaker[struct{}] {
	return gobreaker.NewCircuitBreaker[struct{}](gobreaker.Settings{
		Name: name, Timeout: brokenFor,
		ReadyToTrip: func(n gobreaker.Counts) bool { return n.ConsecutiveFailures >= brokenAfter },
		// Only a server that doesn't answer breaks the circuit: what it refuses, and whom we cancel, says that it is there.
		IsSuccessful: func(err error) bool { return !fault.Is(err, fault.Unavailable) },
	})
}

// dial opens the connection, and keeps why it may not be opened: gRPC makes a text of it.
func (c *Client) dial(ctx context.Context, address string) (net.Conn, error) {
	conn, err := c.p.Dial(ctx, "tcp", address)
	var refused *fault.Error
	if errors.As(err, &refused) && refused.Kind == fault.Invalid {
		c.refusal.Store(refused)
	} else {
		c.refusal.Store(nil)
	}
	return conn, err
}

// Close ends the connection; statements that run end with it.
func (c *Client) Close() error { return c.conn.Close() }

// Drain lets no new statement begin, waits for those that run, at most until ctx ends, and closes the connection.
func (c *Client) Drain(ctx context.Context) error {
	c.drain.Do(func() { close(c.drained) })
	for range cap(c.slots) {
		select {
		case c.slots <- struct{}{}:
		case <-ctx.Done():
			return c.conn.Close()
		}
	}
	return c.conn.Close()
}

// Expires is when the server stops to know us.
func (c *Client) Expires() time.Time { return c.p.File.Expires }

// Check asks the server whether it serves. Faults: Unavailable.
func (c *Client) Check(ctx context.Context) error {
	return c.do(ctx, shortDeadline, func(ctx context.Context) error {
		answer, err := c.api.Check(ctx, &velopb.HealthCheckRequest{})
		if err == nil && answer.GetStatus() != velopb.HealthCheckResponse_SERVING {
			return fault.New(fault.Unavailable, "the Velociraptor server is up and says that it doesn't serve").WithCode(CodeDown)
		}
		return err
	})
}

// do runs one call under the client's bounds: a free slot, a deadline, the circuit.
func (c *Client) do(ctx context.Context, within time.Duration, call func(ctx context.Context) error) error {
	select {
	case <-c.drained:
		return replaced()
	default:
	}
	select {
	case c.slots <- struct{}{}:
		defer func() { <-c.slots }()
	case <-c.drained:
		return replaced()
	case <-ctx.Done():
		return ctx.Err()
	}
	_, err := c.breaker.Execute(func() (struct{}, error) {
		ctx, cancel := context.WithTimeout(ctx, within)
		defer cancel()
		return struct{}{}, c.notDialled(fromServer(ctx, call(ctx)))
	})
	c.observe(ctx, err)
	return fromBreaker(err)
}

// observe tells what became of a call. What stopped it on our side says nothing of the server.
func (c *Client) observe(ctx context.Context, err error) {
	if _, ours := errors.AsType[stop](err); ours {
		err = nil
	}
	if ctx.Err() == nil && !errors.Is(err, context.Canceled) && !errors.Is(err, gobreaker.ErrOpenState) && !errors.Is(err, gobreaker.ErrTooManyRequests) {
		c.p.Observe(ctx, err)
	}
}

// notDialled gives a call that did not come through the reason why its connection may not be opened, where that was it.
func (c *Client) notDialled(err error) error {
	refused := c.refusal.Load()
	if f, ok := errors.AsType[*fault.Error](err); !ok || f.StableCode() != CodeDown || refused == nil {
		return err
	}
	return fault.Wrap(err, fault.Unavailable, "%s", refused.Message).WithCode(refused.StableCode())
}

func replaced() error {
	return fault.New(fault.Unavailable, "this connection to the Velociraptor server was replaced by another").WithCode(CodeReplaced)
}

// Endpoint is where the server is, and our side of TLS with it.
func (c *Client) Endpoint() (address string, conf *tls.Config) {
	return c.p.File.Address, c.p.File.TLS(c.p.Clock.Now)
}
