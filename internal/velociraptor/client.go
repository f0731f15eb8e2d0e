package velociraptor

import (
	"context"
	"crypto/tls"
	"net"
	"time"

	"github.com/sony/gobreaker/v2"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"

	"github.com/velocicompanion/velocicompanion/internal/clock"
	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/internal/velociraptor/velopb"
)

const (
	maxMessage    = 64 << 20 // rows of up to 5 MB come several in a message; gRPC's own limit is 4 MB
	defaultInUse  = 8        // statements at once over one connection: the server is shared with its analysts
	brokenAfter   = 5        // failed statements in a row
	brokenFor     = 15 * time.Second
	shortDeadline = 30 * time.Second // for questions
	longDeadline  = 10 * time.Minute // for rows
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
}

// Client is one connection to one org of one server. It is safe for many goroutines, and dials when first needed.
type Client struct {
	p       Params
	conn    *grpc.ClientConn
	api     velopb.APIClient
	slots   chan struct{}
	breaker *gobreaker.CircuitBreaker[struct{}]
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
	// No keepalive: a server of this kind answers pings under five minutes with GOAWAY too_many_pings.
	conn, err := grpc.NewClient("passthrough:///"+p.File.Address,
		grpc.WithTransportCredentials(credentials.NewTLS(&tls.Config{
			ServerName: serverName, RootCAs: p.File.roots, Certificates: []tls.Certificate{p.File.pair}, MinVersion: tls.VersionTLS12, Time: p.Clock.Now,
		})),
		grpc.WithContextDialer(func(ctx context.Context, address string) (net.Conn, error) { return p.Dial(ctx, "tcp", address) }),
		grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(maxMessage)),
		grpc.WithDisableServiceConfig(),
	)
	if err != nil {
		return nil, fault.Wrap(err, fault.Internal, "the connection can't be made")
	}
	c := &Client{p: p, conn: conn, api: velopb.NewAPIClient(conn), slots: make(chan struct{}, p.InUse)}
	c.breaker = gobreaker.NewCircuitBreaker[struct{}](gobreaker.Settings{
		Name: p.File.Address, Timeout: brokenFor,
		ReadyToTrip: func(n gobreaker.Counts) bool { return n.ConsecutiveFailures >= brokenAfter },
		// Only a server that doesn't answer breaks the circuit: what it refuses, and whom we cancel, says that it is there.
		IsSuccessful: func(err error) bool { return !fault.Is(err, fault.Unavailable) },
	})
	return c, nil
}

// Close ends the connection; statements that run end with it.
func (c *Client) Close() error { return c.conn.Close() }

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
	case c.slots <- struct{}{}:
		defer func() { <-c.slots }()
	case <-ctx.Done():
		return ctx.Err()
	}
	_, err := c.breaker.Execute(func() (struct{}, error) {
		ctx, cancel := context.WithTimeout(ctx, within)
		defer cancel()
		return struct{}{}, fromServer(ctx, call(ctx))
	})
	return fromBreaker(err)
}
