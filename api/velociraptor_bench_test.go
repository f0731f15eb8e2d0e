package api_test

import (
	"context"
	"log/slog"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/velocicompanion/velocicompanion/api"
	"github.com/velocicompanion/velocicompanion/internal/clock"
	"github.com/velocicompanion/velocicompanion/internal/fleet"
	"github.com/velocicompanion/velocicompanion/internal/ingest"
	"github.com/velocicompanion/velocicompanion/internal/velociraptor/velotest"
	"github.com/velocicompanion/velocicompanion/models"
)

// simulation is a simulated Velociraptor server that starts when a test first wants it.
type simulation struct {
	once   sync.Once
	server *velotest.Server
	err    error
}

// withFleet gives an API the service that talks to Velociraptor servers.
func withFleet(t testing.TB, p *api.Params) {
	t.Helper()
	if p.Fleet != nil {
		return
	}
	connections := fleet.NewConnections(fleet.ConnectionsParams{
		Store: p.Store, Sealer: p.Sealer, Dial: (&net.Dialer{}).DialContext, Clock: p.Clock, Log: slog.New(slog.DiscardHandler),
	})
	t.Cleanup(connections.Close)
	p.Fleet = fleet.New(fleet.Params{
		Store: p.Store, Connections: connections, Ingest: ingest.New(ingest.Params{Clock: p.Clock}), Files: p.Files, Clock: p.Clock, Log: slog.New(slog.DiscardHandler),
		Sealer: p.Sealer, PublicURL: p.Config.PublicURL,
	})
}

// velociraptor is the bench's simulated server: five endpoints in the root org and in the orgs A and B.
func (b *bench) velociraptor() *velotest.Server {
	b.t.Helper()
	b.simulated.once.Do(func() {
		b.simulated.server, b.simulated.err = velotest.Start(velotest.Params{
			Endpoints: 5, Orgs: []string{"A", "B"}, Clock: clock.System{}, Pace: 10 * time.Millisecond, RowsEach: 5, Seed: 1,
		})
		if b.simulated.err == nil {
			b.t.Cleanup(b.simulated.server.Close)
		}
	})
	require.NoError(b.t, b.simulated.err)
	return b.simulated.server
}

// apiClient is an api_client file of the simulated server.
func (b *bench) apiClient() string {
	b.t.Helper()
	file, err := b.velociraptor().APIClient("companion")
	require.NoError(b.t, err)
	return string(file)
}

// connect saves a connection of a tenant to an org of the simulated server; one that is there is replaced, but for its name.
func (b *bench) connect(tenant int64, org, name string) {
	b.t.Helper()
	sealed, err := b.params.Sealer.Seal(tenant, "velociraptor", []byte(b.apiClient()))
	require.NoError(b.t, err)
	row := &models.VelociraptorConfig{
		Transport: models.TransportGRPC, Address: b.velociraptor().Address(), Username: name, OrgID: org, Secret: sealed,
		ExpiresAt: new(b.clock.Now().AddDate(1, 0, 0)), ServerVersion: velotest.Version, Status: models.VelociraptorConnected,
	}
	require.NoError(b.t, b.store.Tenant(tenant).SaveVelociraptorConfig(context.Background(), row))
}

// someClient is the id of a client of an org of the simulated server.
func (b *bench) someClient(tenant int64) string {
	b.t.Helper()
	list, err := b.params.Fleet.Clients(context.Background(), b.store.Tenant(tenant), fleet.ClientQuery{Limit: 1})
	require.NoError(b.t, err)
	require.NotEmpty(b.t, list)
	return list[0].ClientID
}
