package fleet_test

import (
	"context"
	"encoding/json"
	"log/slog"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/velocicompanion/velocicompanion/internal/auth"
	"github.com/velocicompanion/velocicompanion/internal/clock"
	"github.com/velocicompanion/velocicompanion/internal/fleet"
	"github.com/velocicompanion/velocicompanion/internal/ingest"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/internal/velociraptor/velotest"
	"github.com/velocicompanion/velocicompanion/models"
)

// hunter is a service whose hunts are over soon after the last endpoint.
func (b *bundle) hunter() *fleet.Service {
	return fleet.New(fleet.Params{
		Store: b.store, Servers: b.connections, Ingest: ingest.New(ingest.Params{Clock: clock.System{}}), Clock: clock.System{},
		Log: slog.New(slog.DiscardHandler), HuntIdle: 100 * time.Millisecond,
	})
}

// start starts a hunt.
func (b *bundle) start(s *fleet.Service, ask fleet.HuntAsk) *models.Hunt {
	b.Helper()
	require.NoError(b, s.CheckHunt(b.Context(), b.tenant, ask, auth.RoleAdmin))
	var row *models.Hunt
	b.inTx(func(ctx context.Context, tx *store.Tenant) (err error) {
		row, err = s.StartHunt(ctx, tx, ask)
		return err
	})
	return row
}

// carry does slices of a hunt until it ends, waiting no longer than a moment for what is to come.
func (b *bundle) carry(s *fleet.Service, id int64) *models.Hunt {
	b.Helper()
	require.Eventually(b, func() bool {
		step, err := s.AdvanceHunt(b.Context(), b.tenant, id, true)
		require.NoError(b, err)
		return models.JobFinal(step.Status)
	}, 30*time.Second, time.Millisecond, "the hunt doesn't end")
	return b.hunt(id)
}

func (b *bundle) hunt(id int64) *models.Hunt {
	b.Helper()
	row, err := b.tenant.Hunt(b.Context(), id)
	require.NoError(b, err)
	return row
}

// observed counts the rows that came from a hunt.
func (b *bundle) observed(id int64) (n int) {
	b.Helper()
	sources, err := b.tenant.HuntSources(b.Context(), id)
	require.NoError(b, err)
	for _, s := range sources {
		out, err := b.tenant.FindObservations(b.Context(), store.ObservationQuery{SourceID: s.SourceID, PageQuery: store.PageQuery{Limit: 1}})
		require.NoError(b, err)
		n += out.Total
	}
	return n
}

func fleetOf(n int) func(*velotest.Params) {
	return func(p *velotest.Params) { p.Endpoints = n }
}

func TestAHuntBringsEveryEndpointsRowsOnce(t *testing.T) {
	t.Parallel()
	b := setup(t, fleetOf(40))
	s := b.hunter()
	row := b.start(s, fleet.HuntAsk{Description: "who runs what", Artifacts: []string{"Generic.System.Pstree"}, By: fleet.HuntBy{UserID: b.who.UserID, Username: "ada"}})
	row = b.carry(s, row.ID)

	require.Equal(t, models.JobCompleted, row.Status, row.Error)
	require.Equal(t, models.HuntEndedDone, row.Ended)
	require.Equal(t, 38, row.Scheduled, "two of forty are offline")
	require.Equal(t, 38, row.Finished)
	require.Equal(t, 1, row.Errors, "one fails")
	require.EqualValues(t, 37*5, row.Rows)
	require.Equal(t, 37*5, b.observed(row.ID))
	require.NotEmpty(t, row.HuntID)
}

func TestAHuntOfSeveralSourcesReadsEachOfThem(t *testing.T) {
	t.Parallel()
	b := setup(t, fleetOf(10))
	s := b.hunter()
	row := b.carry(s, b.start(s, fleet.HuntAsk{Description: "info", Artifacts: []string{"Generic.Client.Info", "Generic.System.Pstree"}}).ID)
	sources, err := b.tenant.HuntSources(t.Context(), row.ID)
	require.NoError(t, err)
	var names []string
	for _, s := range sources {
		names = append(names, s.Artifact)
	}
	require.Equal(t, []string{"Generic.Client.Info/BasicInformation", "Generic.Client.Info/Users", "Generic.System.Pstree"}, names)
	require.EqualValues(t, 10*7, row.Rows)
}

func TestALimitThatTheServerWouldDropIsKept(t *testing.T) {
	t.Parallel()
	b := setup(t, fleetOf(40))
	s := b.hunter()
	all := b.carry(s, b.start(s, fleet.HuntAsk{Description: "all", Artifacts: []string{"Generic.Client.Info"}}).ID)
	require.Equal(t, 38, all.Scheduled)
	hosts, _, err := b.tenant.ListHosts(t.Context(), store.HostQuery{PageQuery: store.PageQuery{Limit: 100}})
	require.NoError(t, err)
	require.Len(t, hosts, 37)

	ids := []int64{hosts[0].ID, hosts[1].ID}
	some := b.carry(s, b.start(s, fleet.HuntAsk{
		Description: "two", Artifacts: []string{"Generic.Client.Info", "Generic.System.Pstree"}, HostIDs: ids,
	}).ID)
	require.Equal(t, models.HuntByCollections, some.Mode)
	require.Equal(t, 2, some.Finished)
	require.EqualValues(t, 2*7, some.Rows)
	require.Equal(t, 14, b.observed(some.ID))

	limited := b.carry(s, b.start(s, fleet.HuntAsk{Description: "three", Artifacts: []string{"Generic.System.Pstree"}, ClientLimit: 3}).ID)
	require.Equal(t, 3, limited.Scheduled)
	require.EqualValues(t, 15, limited.Rows)
}

func TestWhatFailedIsListedByCauseAndCollectedOnceMore(t *testing.T) {
	t.Parallel()
	b := setup(t, fleetOf(70))
	s := b.hunter()
	row := b.carry(s, b.start(s, fleet.HuntAsk{Description: "errors", Artifacts: []string{"Generic.System.Pstree"}}).ID)
	require.Equal(t, 2, row.Errors)
	causes, err := b.tenant.HuntCauses(t.Context(), row.ID)
	require.NoError(t, err)
	require.Len(t, causes, 2)
	require.Equal(t, "permission: open: Access is denied.", causes[0].Cause)
	require.Equal(t, "timeout: Query timed out after … seconds", causes[1].Cause)
	require.Equal(t, 1, causes[1].Hosts)

	_, n, err := b.tenant.RetryHuntErrors(t.Context(), row.ID, causes[1].Cause)
	require.NoError(t, err)
	require.Equal(t, 1, n)
	again := b.carry(s, row.ID)
	require.Equal(t, models.JobCompleted, again.Status)
	require.Equal(t, row.Rows, again.Rows)
	require.Equal(t, 2, again.Errors, "it fails again: these endpoints always do")
	hosts, _, err := b.tenant.ListHuntHosts(t.Context(), row.ID, store.HuntHostQuery{Cause: causes[1].Cause})
	require.NoError(t, err)
	require.Len(t, hosts, 1)
	require.Equal(t, 2, hosts[0].Tries)

	_, _, err = b.tenant.RetryHuntErrors(t.Context(), row.ID, "something else")
	require.ErrorContains(t, err, "no host of this hunt failed so")
}

func TestParametersMayBeFlatWhereThereIsOneArtifact(t *testing.T) {
	t.Parallel()
	b := setup(t)
	s := b.hunter()
	ask := fleet.HuntAsk{Description: "files", Artifacts: []string{"Generic.Collectors.File"}, Parameters: json.RawMessage(`{"Path": "/etc/hosts"}`)}
	require.NoError(t, s.CheckHunt(t.Context(), b.tenant, ask, auth.RoleAdmin))
	ask.Parameters = json.RawMessage(`{"Pth": "/etc/hosts"}`)
	require.ErrorContains(t, s.CheckHunt(t.Context(), b.tenant, ask, auth.RoleAdmin), "Path")
	ask.Artifacts = append(ask.Artifacts, "Generic.Client.Info")
	require.ErrorContains(t, s.CheckHunt(t.Context(), b.tenant, ask, auth.RoleAdmin), "name the artifact")
}
