package fleet_test

import (
	"context"
	"log/slog"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/velocicompanion/velocicompanion/internal/clock"
	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/internal/fleet"
	"github.com/velocicompanion/velocicompanion/internal/ingest"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/internal/velociraptor"
	"github.com/velocicompanion/velocicompanion/models"
)

// reduced is a server as a gateway lets it be seen: flows have ids of its own, and what a hunt found is not to be had.
type reduced struct{ anyServer }

// Collect lets the server choose the id.
func (r reduced) Collect(ctx context.Context, q velociraptor.Collection) (string, error) {
	q.FlowID = ""
	return r.anyServer.Collect(ctx, q)
}

// HuntFlows is not for the gateway.
func (reduced) HuntFlows(context.Context, string, int64, int64, func(velociraptor.HuntFlow) error) error {
	return fault.New(fault.Invalid, "no way of reading rows").WithCode(velociraptor.CodeReduced)
}

// throughGateway is a service whose server is a reduced one.
func (b *bundle) throughGateway() *fleet.Service {
	return fleet.New(fleet.Params{
		Store: b.store, Connections: b.connections, Servers: only{reduced{b.talk()}}, Ingest: ingest.New(ingest.Params{Clock: clock.System{}}), Files: b.files,
		Clock: clock.System{}, Log: slog.New(slog.DiscardHandler), Sealer: b.sealer,
	})
}

func TestACollectionIsFollowedByTheIdThatTheServerChose(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.fleet = b.throughGateway()
	row := b.collect(fleet.CollectRequest{ClientID: b.endpoint(online).ClientID, Artifact: info})
	done := b.advance(row.ID)
	require.Equal(t, models.JobCompleted, done.Status, done.Error)
	require.NotEqual(t, row.FlowID, done.FlowID)
	require.Positive(t, done.Rows)
}

func TestAHuntThatCantBeFollowedSaysWhereItIs(t *testing.T) {
	t.Parallel()
	b := setup(t)
	s := b.throughGateway()
	done := b.carry(s, b.start(s, fleet.HuntAsk{Description: "x", Artifacts: []string{info}}).ID)
	require.Equal(t, models.JobFailed, done.Status)
	require.Equal(t, "reduced", done.ErrorKind)
	require.Contains(t, done.Error, done.HuntID)
	require.NotEmpty(t, done.HuntID)
}

func TestNobodyIsIsolatedWhereNobodyCouldTell(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.sync()
	row, err := b.tenant.VelociraptorConfig(t.Context())
	require.NoError(t, err)
	row.Transport = models.TransportREST
	require.NoError(t, b.tenant.SaveVelociraptorConfig(t.Context(), row))
	host := b.hosts(store.HostQuery{Online: new(true)})[0]
	_, err = b.tenant.StartIsolation(t.Context(), store.IsolationWish{HostID: host.ID, Action: models.ActionIsolate, Reason: "x"})
	requireFault(t, err, fault.Conflict, velociraptor.CodeReduced)
}
