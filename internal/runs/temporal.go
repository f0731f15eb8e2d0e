package runs

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/log"

	"github.com/velocicompanion/velocicompanion/internal/codec"
)

// TemporalParams are what a connection needs.
type TemporalParams struct {
	Address   string // host:port of the frontend
	Namespace string
	Retention time.Duration // of closed workflows, for a namespace that Prepare makes
	Codec     *codec.Codec
	Log       *slog.Logger
}

// Temporal is one connection to Temporal with a client per tenant over it, each with the tenant's own payload sealing. It
// connects when it is first used, and again whenever it has to.
type Temporal struct {
	p    TemporalParams
	base client.Client // seals as our own work

	mu      sync.Mutex
	tenants map[int64]client.Client
}

// NewTemporal makes the connection without using it yet: Temporal may be down.
func NewTemporal(p TemporalParams) (*Temporal, error) {
	t := &Temporal{p: p, tenants: map[int64]client.Client{}}
	base, err := client.NewLazyClient(t.options(codec.SystemTenant))
	if err != nil {
		return nil, err
	}
	t.base = base
	return t, nil
}

func (t *Temporal) options(tenantID int64) client.Options {
	return client.Options{
		HostPort:         t.p.Address,
		Namespace:        t.p.Namespace,
		Logger:           log.NewStructuredLogger(t.p.Log),
		DataConverter:    t.p.Codec.DataConverter(tenantID),
		FailureConverter: t.p.Codec.FailureConverter(tenantID),
	}
}

// System is the client of our own work.
func (t *Temporal) System() client.Client { return t.base }

// Namespace is the namespace that everything runs in.
func (t *Temporal) Namespace() string { return t.p.Namespace }

// Client is a tenant's client; it is made once. Faults: Unavailable while Temporal can't be reached.
func (t *Temporal) Client(ctx context.Context, tenantID int64) (client.Client, error) {
	t.mu.Lock()
	c := t.tenants[tenantID]
	t.mu.Unlock()
	if c != nil {
		return c, nil
	}
	made, err := client.NewClientFromExistingWithContext(ctx, t.base, t.options(tenantID))
	if err != nil {
		return nil, translate(err)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if c := t.tenants[tenantID]; c != nil { // somebody was faster
		made.Close()
		return c, nil
	}
	t.tenants[tenantID] = made
	return made, nil
}

// Ping says whether Temporal answers. Faults: Unavailable.
func (t *Temporal) Ping(ctx context.Context) error {
	_, err := t.base.CheckHealth(ctx, &client.CheckHealthRequest{})
	return translate(err)
}

// Close ends all clients and the connection.
func (t *Temporal) Close() {
	t.mu.Lock()
	defer t.mu.Unlock()
	for id, c := range t.tenants {
		c.Close()
		delete(t.tenants, id)
	}
	t.base.Close()
}
