package fleet_test

import (
	"context"
	"log/slog"
	"net"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/velocicompanion/velocicompanion/internal/auth"
	"github.com/velocicompanion/velocicompanion/internal/clock"
	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/internal/fleet"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/internal/testkit"
	"github.com/velocicompanion/velocicompanion/internal/velociraptor/velotest"
	"github.com/velocicompanion/velocicompanion/models"
)

func requireFault(t testing.TB, err error, kind fault.Kind, code string) {
	t.Helper()
	var f *fault.Error
	require.ErrorAs(t, err, &f)
	require.Equal(t, kind, f.Kind, "%v", err)
	require.Equal(t, code, f.StableCode(), "%v", err)
}

func TestEachTenantHasItsOwnServer(t *testing.T) {
	t.Parallel()
	b := setup(t, func(p *velotest.Params) { p.Orgs = []string{"OTHER"} })
	otherID, _ := testkit.Actor(t, b.store, "admin")
	other := b.store.Tenant(otherID)
	_, err := b.connections.Server(t.Context(), other)
	requireFault(t, err, fault.Conflict, store.CodeNotConfigured)

	b.connect(other, b.server, "OTHER")
	theirs, err := b.connections.Server(t.Context(), other)
	require.NoError(t, err)
	list, err := theirs.Clients(t.Context(), "", 10)
	require.NoError(t, err)
	require.Len(t, list, 5)
	for _, e := range list {
		require.Regexp(t, "-OTHER$", e.ClientID)
	}
	ours, err := b.talk().Clients(t.Context(), "", 10)
	require.NoError(t, err)
	require.NotEqual(t, list[0].ClientID, ours[0].ClientID)
	first, second := b.talk(), b.talk()
	require.Same(t, first, second, "one connection serves all")
}

func TestRotationLetsWhatRunsGoOn(t *testing.T) {
	t.Parallel()
	b := setup(t)
	old := b.talk()
	require.NoError(t, old.Check(t.Context()))
	next := simulated(t, func(p *velotest.Params) { p.Endpoints = 2 })
	before, err := b.tenant.VelociraptorConfig(t.Context())
	require.NoError(t, err)
	after := b.connect(b.tenant, next, "")
	require.Equal(t, before.ID, after.ID)
	require.Equal(t, before.Version+1, after.Version)

	fresh := b.talk()
	require.NotSame(t, old, fresh)
	list, err := fresh.Clients(t.Context(), "", 10)
	require.NoError(t, err)
	require.Len(t, list, 2)
	list, err = old.Clients(t.Context(), "", 10) // who holds the old one is through with it in his own time
	require.NoError(t, err)
	require.Len(t, list, 5)
	b.connections.Close()
	_, err = old.Clients(t.Context(), "", 10)
	require.Equal(t, fault.Unavailable, fault.KindOf(err))
}

func TestTheStatusFollowsWhatCallsSee(t *testing.T) {
	t.Parallel()
	b := setup(t)
	status := func(want, reason string) {
		t.Helper()
		require.Eventually(t, func() bool {
			row, err := b.tenant.VelociraptorConfig(t.Context())
			require.NoError(t, err)
			return row.Status == want && (reason == "" && row.LastError == "" || reason != "" && row.LastError != "")
		}, 10*time.Second, 10*time.Millisecond)
	}
	require.NoError(t, b.talk().Check(t.Context()))
	status(models.VelociraptorConnected, "")
	b.server.Trouble(velotest.Trouble{Down: true})
	require.Error(t, b.talk().Check(t.Context()))
	status(models.VelociraptorUnreachable, "why")
	b.server.Trouble(velotest.Trouble{NoQueries: true})
	_, err := b.talk().Whoami(t.Context())
	require.Error(t, err)
	status(models.VelociraptorRefused, "why")
	b.server.Trouble(velotest.Trouble{})
	require.NoError(t, b.talk().Check(t.Context()))
	status(models.VelociraptorConnected, "")
}

func TestAnExpiredCertificateIsSaidInWords(t *testing.T) {
	t.Parallel()
	b := unconnected(t)
	file, err := b.server.ExpiredAPIClient("companion")
	require.NoError(t, err)
	sealed, err := b.sealer.Seal(b.tenant.ID(), "velociraptor", file)
	require.NoError(t, err)
	until := time.Now().AddDate(0, 0, -1)
	row := &models.VelociraptorConfig{Transport: models.TransportGRPC, Address: b.server.Address(), Secret: sealed, ExpiresAt: &until, Status: models.VelociraptorConnected}
	require.NoError(t, b.tenant.SaveVelociraptorConfig(t.Context(), row))
	_, err = b.connections.Server(t.Context(), b.tenant)
	requireFault(t, err, fault.Unavailable, "certificate_expired")
	require.ErrorContains(t, err, "velociraptor config api_client")
	require.Eventually(t, func() bool {
		row, err := b.tenant.VelociraptorConfig(t.Context())
		require.NoError(t, err)
		return row.Status == models.VelociraptorExpired
	}, 10*time.Second, 10*time.Millisecond)
}

func TestKeysThatCantBeOpenedAreSaidInWords(t *testing.T) {
	t.Parallel()
	b := unconnected(t)
	row := &models.VelociraptorConfig{Transport: models.TransportGRPC, Address: b.server.Address(), Secret: []byte("damaged"), Status: models.VelociraptorConnected}
	require.NoError(t, b.tenant.SaveVelociraptorConfig(t.Context(), row))
	_, err := b.connections.Server(t.Context(), b.tenant)
	requireFault(t, err, fault.Unavailable, "seal_broken")
	b.connect(b.tenant, b.server, "")
	require.NoError(t, b.talk().Check(t.Context()))
}

func TestThePoolIsBounded(t *testing.T) {
	t.Parallel()
	b := unconnected(t)
	var dials atomic.Int64
	pool := b.pool(1, func(ctx context.Context, network, address string) (net.Conn, error) {
		dials.Add(1)
		return (&net.Dialer{}).DialContext(ctx, network, address)
	})
	otherID, _ := testkit.Actor(t, b.store, "admin")
	other := b.store.Tenant(otherID)
	b.connect(b.tenant, b.server, "")
	b.connect(other, b.server, "")
	for range 2 {
		for _, tenant := range []*store.Tenant{b.tenant, other} {
			server, err := pool.Server(t.Context(), tenant)
			require.NoError(t, err)
			require.NoError(t, server.Check(t.Context()))
		}
	}
	require.Equal(t, int64(4), dials.Load(), "each made room for the other")
}

func TestWhatMayNotBeDialledSaysSo(t *testing.T) {
	t.Parallel()
	b := setup(t)
	pool := b.pool(0, func(context.Context, string, string) (net.Conn, error) {
		return nil, fault.New(fault.Invalid, "10.0.0.1 is refused: it is a private address").WithCode("egress_refused")
	})
	server, err := pool.Server(t.Context(), b.tenant)
	require.NoError(t, err)
	err = server.Check(t.Context())
	requireFault(t, err, fault.Unavailable, "egress_refused")
	require.ErrorContains(t, err, "private address")
}

func TestArtifactsAreCheckedBeforeTheServerIsAsked(t *testing.T) {
	t.Parallel()
	b := setup(t)
	check := func(name string, params map[string]string, role auth.Role) error {
		return b.fleet.CheckArtifact(t.Context(), b.tenant, name, params, role)
	}
	require.NoError(t, check("Generic.Collectors.File", map[string]string{"Path": "/etc/passwd"}, auth.RoleUser))

	err := check("Windows.Sys.Pslist", nil, auth.RoleUser)
	requireFault(t, err, fault.Invalid, fleet.CodeArtifactUnknown)
	require.ErrorContains(t, err, "Windows.System.Pslist")
	err = check("Generic.Collectors.File", map[string]string{"Paht": "/x"}, auth.RoleUser)
	require.Equal(t, fault.Invalid, fault.KindOf(err))
	require.ErrorContains(t, err, "parameters.Paht")
	require.ErrorContains(t, err, "it has Path")
	err = check("Linux.Remediation.Quarantine", map[string]string{"RemovePolicy": "perhaps"}, auth.RoleAdmin)
	require.ErrorContains(t, err, "must be Y or N")

	for _, name := range []string{"Linux.Sys.BashShell", "Server.Utils.CreateCollector", "System.Flow.Completion"} {
		requireFault(t, check(name, nil, auth.RoleUser), fault.Forbidden, fleet.CodeArtifactNeedsAdmin)
		require.NoError(t, check(name, nil, auth.RoleAdmin))
	}
	_, err = b.tenant.UpdateVelociraptorConfig(t.Context(), store.VelociraptorChange{AllowArtifacts: &[]string{"Generic.Client.Info"}})
	require.NoError(t, err)
	requireFault(t, check("Linux.Sys.Pslist", nil, auth.RoleAdmin), fault.Forbidden, fleet.CodeArtifactNotAllowed)
	require.NoError(t, check("Generic.Client.Info", nil, auth.RoleUser))

	asked := 0
	for _, name := range b.server.Statements() {
		if name == "artifact_definitions" {
			asked++
		}
	}
	require.Equal(t, 1, asked)
	b.server.Trouble(velotest.Trouble{Down: true})
	b.fleet.ForgetArtifacts(b.tenant.ID())
	err = check("Generic.Client.Info", nil, auth.RoleUser)
	require.Equal(t, fault.Unavailable, fault.KindOf(err))
}

// pool is another pool of the same database, with its own way to dial.
func (b *bundle) pool(most int, dial func(ctx context.Context, network, address string) (net.Conn, error)) *fleet.Connections {
	b.Helper()
	pool := fleet.NewConnections(fleet.ConnectionsParams{Store: b.store, Sealer: b.sealer, Dial: dial, Clock: clock.System{}, Log: slog.New(slog.DiscardHandler), Most: most})
	b.Cleanup(pool.Close)
	return pool
}
