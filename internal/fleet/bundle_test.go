package fleet_test

import (
	"context"
	"encoding/base64"
	"log/slog"
	"net"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/velocicompanion/velocicompanion/internal/auth"
	"github.com/velocicompanion/velocicompanion/internal/blob"
	"github.com/velocicompanion/velocicompanion/internal/clock"
	"github.com/velocicompanion/velocicompanion/internal/fleet"
	"github.com/velocicompanion/velocicompanion/internal/ingest"
	"github.com/velocicompanion/velocicompanion/internal/seal"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/internal/testkit"
	"github.com/velocicompanion/velocicompanion/internal/velociraptor/velotest"
	"github.com/velocicompanion/velocicompanion/models"
)

func TestMain(m *testing.M) { os.Exit(testkit.Main(m)) }

// bundle is a service on a database of its own, with a tenant that is connected to a simulated server.
type bundle struct {
	*testing.T

	store       *store.Store
	url         string // the database's, as owner
	tenant      *store.Tenant
	who         auth.Principal // an administrator of the tenant
	server      *velotest.Server
	sealer      *seal.Sealer
	files       blob.Store
	connections *fleet.Connections
	fleet       *fleet.Service
}

// setup starts it all; with changes what is simulated, five endpoints that answer at once otherwise.
func setup(t *testing.T, with ...func(*velotest.Params)) *bundle {
	t.Helper()
	b := unconnected(t, with...)
	b.connect(b.tenant, b.server, "")
	return b
}

// unconnected is setup before the tenant is connected.
func unconnected(t *testing.T, with ...func(*velotest.Params)) *bundle {
	t.Helper()
	s, url := testkit.StoreURL(t)
	files, err := blob.Open("file://" + t.TempDir())
	require.NoError(t, err)
	tenant, user := testkit.Actor(t, s, "admin")
	b := &bundle{
		T: t, store: s, url: url, tenant: s.Tenant(tenant), files: files,
		who:    auth.Principal{UserID: user, TenantID: tenant, Username: "ada", Role: auth.RoleAdmin},
		server: simulated(t, with...), sealer: newSealer(t),
	}
	log := slog.New(slog.DiscardHandler)
	b.connections = fleet.NewConnections(fleet.ConnectionsParams{
		Store: s, Sealer: b.sealer, Dial: (&net.Dialer{}).DialContext, Clock: clock.System{}, Log: log,
	})
	t.Cleanup(b.connections.Close)
	b.fleet = fleet.New(fleet.Params{
		Store: s, Connections: b.connections, Ingest: ingest.New(ingest.Params{Clock: clock.System{}}), Files: files, Clock: clock.System{}, Log: log,
		Sealer: b.sealer, PublicURL: "http://127.0.0.1:1",
	})
	return b
}

// simulated starts a simulated server for the time of the test.
func simulated(t *testing.T, with ...func(*velotest.Params)) *velotest.Server {
	t.Helper()
	p := velotest.Params{Endpoints: 5, Clock: clock.System{}, Pace: 10 * time.Millisecond, RowsEach: 5, Seed: 1}
	for _, f := range with {
		f(&p)
	}
	s, err := velotest.Start(p)
	require.NoError(t, err)
	t.Cleanup(s.Close)
	return s
}

func newSealer(t *testing.T) *seal.Sealer {
	t.Helper()
	keys, err := seal.ParseKeys(base64.StdEncoding.EncodeToString(clock.Bytes(32)))
	require.NoError(t, err)
	return seal.New(keys)
}

// connect saves a connection of a tenant to a server's org, empty for the root org.
func (b *bundle) connect(t *store.Tenant, server *velotest.Server, org string) *models.VelociraptorConfig {
	b.Helper()
	file, err := server.APIClient("companion")
	require.NoError(b, err)
	sealed, err := b.sealer.Seal(t.ID(), "velociraptor", file)
	require.NoError(b, err)
	until := time.Now().AddDate(1, 0, 0)
	row := &models.VelociraptorConfig{
		Transport: models.TransportGRPC, Address: server.Address(), Username: "companion", OrgID: org, Secret: sealed, ExpiresAt: &until,
		ServerVersion: velotest.Version, Status: models.VelociraptorConnected,
	}
	require.NoError(b, t.SaveVelociraptorConfig(b.Context(), row))
	return row
}

// talk is the tenant's server as the service sees it.
func (b *bundle) talk() fleet.Server {
	b.Helper()
	server, err := b.connections.Server(b.Context(), b.tenant)
	require.NoError(b, err)
	return server
}

// inTx runs fn in a transaction of the tenant's.
func (b *bundle) inTx(fn func(ctx context.Context, t *store.Tenant) error) {
	b.Helper()
	require.NoError(b, b.tenant.InTx(b.Context(), fn))
}
