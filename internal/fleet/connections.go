package fleet

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"log/slog"
	"sync"
	"time"

	"github.com/velocicompanion/velocicompanion/internal/clock"
	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/internal/seal"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/internal/velociraptor"
	"github.com/velocicompanion/velocicompanion/models"
)

const (
	defaultMost  = 256              // connections that a process keeps open
	replacedKept = 20 * time.Second // that whoever holds a replaced connection may still begin statements
	drainAtMost  = 10 * time.Minute // that a statement of a replaced connection may take
)

// ConnectionsParams are what Connections needs.
type ConnectionsParams struct {
	Store  *store.Store
	Sealer *seal.Sealer
	Dial   velociraptor.Dial // internal/egress's
	Clock  clock.Clock
	Log    *slog.Logger
	Most   int            // open at once; the one that was idle for longest makes room; 256 when zero
	Roots  *x509.CertPool // whom a gateway's certificate is to be of; nil: the system's
	InUse  int            // statements at once over one; the client's own when zero
}

// Connections keeps a connection to the server of each tenant that works with one. It is safe for many goroutines; each
// process has its own, and sees by the version in the row when another process rotated the keys.
type Connections struct {
	p     ConnectionsParams
	alive context.Context //nolint:containedctx // Close ends what is drained and noted in the background
	end   context.CancelFunc
	work  sync.WaitGroup

	mu    sync.Mutex
	open  map[int64]*connection // by tenant
	noted map[int64]noted       // by tenant

	writing sync.Mutex // what was noted
}

// connection is one of the pool's.
type connection struct {
	config, version int64
	server          link
	used            time.Time
}

// link is a Server whose connection can be given up.
type link interface {
	Server
	Drain(ctx context.Context) error
	// Endpoint is where the server is and how TLS is spoken with it.
	Endpoint() (address string, conf *tls.Config)
}

var _ Servers = (*Connections)(nil)

// NewConnections makes an empty pool. End it with Close.
func NewConnections(p ConnectionsParams) *Connections {
	if p.Most == 0 {
		p.Most = defaultMost
	}
	c := &Connections{p: p, open: map[int64]*connection{}, noted: map[int64]noted{}}
	c.alive, c.end = context.WithCancel(context.Background())
	return c
}

// Close gives all connections up at once.
func (c *Connections) Close() {
	c.end()
	c.mu.Lock()
	for tenant, old := range c.open {
		c.retire(old)
		delete(c.open, tenant)
	}
	c.mu.Unlock()
	c.work.Wait()
}

// Server gives the tenant's server; it stays usable for a while after the keys were rotated, and is to be asked for anew for
// each piece of work. Faults: Conflict (velociraptor_not_configured), Unavailable (certificate_expired, key_missing).
func (c *Connections) Server(ctx context.Context, t *store.Tenant) (Server, error) {
	row, err := t.VelociraptorConfig(ctx)
	if err != nil {
		return nil, err
	}
	if row.ExpiresAt != nil && !c.p.Clock.Now().Before(*row.ExpiresAt) {
		c.note(row, expired(row)) //nolint:contextcheck // it is written down beside the call
		return nil, expired(row)
	}
	if open := c.pooled(row); open != nil {
		return open, nil
	}
	server, err := c.connect(ctx, t, row)
	if err != nil {
		return nil, err
	}
	return c.keep(row, server), nil //nolint:contextcheck // the one before drains after the call
}

func expired(row *models.VelociraptorConfig) error {
	return fault.New(fault.Unavailable,
		"the certificate for the Velociraptor server expired on %s: an administrator makes a new one with `velociraptor config api_client` and saves it on the page Velociraptor",
		row.ExpiresAt.UTC().Format(time.DateOnly)).WithCode("certificate_expired")
}

// pooled is the open connection of this row's version or a later one.
func (c *Connections) pooled(row *models.VelociraptorConfig) Server {
	c.mu.Lock()
	defer c.mu.Unlock()
	open := c.open[row.TenantID]
	if open == nil || open.older(row) {
		return nil
	}
	open.used = c.p.Clock.Now()
	return open.server
}

// older says whether the connection is of an earlier state than the row: of other keys, or of a connection that was deleted.
func (o *connection) older(row *models.VelociraptorConfig) bool {
	return o.config < row.ID || o.config == row.ID && o.version < int64(row.Version)
}

// connect opens the row's keys and makes a connection, which dials when first needed.
func (c *Connections) connect(ctx context.Context, t *store.Tenant, row *models.VelociraptorConfig) (link, error) {
	secret, err := c.unseal(ctx, t, row)
	if err != nil {
		return nil, err
	}
	return c.make(Candidate{Transport: row.Transport, Address: row.Address, OrgID: row.OrgID, Secret: secret},
		func(_ context.Context, err error) { c.note(row, err) }) //nolint:contextcheck // it is written down beside the call
}

// keep puts a connection into the pool in the place of an older one. Where two were made at once, the first stays.
func (c *Connections) keep(row *models.VelociraptorConfig, server link) Server {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := c.p.Clock.Now()
	made := &connection{config: row.ID, version: int64(row.Version), server: server, used: now}
	if old := c.open[row.TenantID]; old != nil {
		if !old.older(row) {
			c.retire(made)
			return old.server
		}
		c.retire(old)
	}
	c.open[row.TenantID] = made
	c.makeRoom(row.TenantID)
	return server
}

// makeRoom closes the connection that was idle for longest when there are too many.
func (c *Connections) makeRoom(but int64) {
	if len(c.open) <= c.p.Most {
		return
	}
	oldest := int64(0)
	for tenant, o := range c.open {
		if tenant != but && (oldest == 0 || o.used.Before(c.open[oldest].used)) {
			oldest = tenant
		}
	}
	c.retire(c.open[oldest])
	delete(c.open, oldest)
}

// Forget gives the tenant's connection up: it was deleted.
func (c *Connections) Forget(tenantID int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if old := c.open[tenantID]; old != nil {
		c.retire(old)
		delete(c.open, tenantID)
	}
	delete(c.noted, tenantID)
}

// retire closes a connection once those who hold it are through.
func (c *Connections) retire(old *connection) {
	c.work.Go(func() {
		_ = clock.Sleep(c.alive, replacedKept) // it ends early with the process
		ctx, cancel := context.WithTimeout(c.alive, drainAtMost)
		defer cancel()
		if err := old.server.Drain(ctx); err != nil {
			c.p.Log.WarnContext(ctx, "a connection to a Velociraptor server did not close well", slog.String("error", err.Error()))
		}
	})
}
