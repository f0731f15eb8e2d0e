package fleet_test

import (
	"context"
	"encoding/json"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/velocicompanion/velocicompanion/internal/auth"
	"github.com/velocicompanion/velocicompanion/internal/clock"
	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/internal/fleet"
	"github.com/velocicompanion/velocicompanion/internal/ingest"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/internal/velociraptor"
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

func TestAHuntAsksForEachEndpointsRowsOnce(t *testing.T) {
	t.Parallel()
	const rows = 200 // more than an even share of a transaction
	b := setup(t, fleetOf(40), func(p *velotest.Params) { p.RowsEach = rows })
	s := b.hunter()
	row := b.carry(s, b.start(s, fleet.HuntAsk{Description: "who runs what", Artifacts: []string{"Generic.System.Pstree"}}).ID)
	require.EqualValues(t, 37*rows, row.Rows)
	asked := 0
	for _, name := range b.server.Statements() {
		if name == "source" {
			asked++
		}
	}
	require.Equal(t, 37, asked)
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

// A label that somebody gave here is none of the server's: its own hunt would find nobody, and say nothing.
func TestALabelOfOursIsAsGoodAsTheServers(t *testing.T) {
	t.Parallel()
	b := setup(t, fleetOf(20))
	b.sync()
	s := b.hunter()
	hosts := b.hosts(store.HostQuery{Online: new(true)})
	label := func(host *models.Host, labels ...string) {
		b.inTx(func(ctx context.Context, tx *store.Tenant) error {
			_, err := tx.UpdateHost(ctx, host.ID, store.HostChange{Labels: &labels})
			return err
		})
	}
	label(&hosts[0], "ours")
	ask := fleet.HuntAsk{Description: "ours", Artifacts: []string{"Generic.Client.Info"}, IncludeLabels: []string{"ours"}}
	estimate, err := s.EstimateHunt(t.Context(), b.tenant, ask, auth.RoleAdmin)
	require.NoError(t, err)
	require.Equal(t, models.HuntByCollections, estimate.Mode)
	done := b.carry(s, b.start(s, ask).ID)
	require.Equal(t, 1, done.Scheduled)
	require.Positive(t, done.Rows)

	ask.IncludeLabels = []string{"server"}
	estimate, err = s.EstimateHunt(t.Context(), b.tenant, ask, auth.RoleAdmin)
	require.NoError(t, err)
	require.Equal(t, models.HuntByServer, estimate.Mode, "the server's own label")
	require.Positive(t, estimate.Hosts)
	for i := range hosts { // and where somebody took one off here, the server would still find that host
		if slices.Contains(hosts[i].Labels, "server") {
			label(&hosts[i])
			break
		}
	}
	estimate, err = s.EstimateHunt(t.Context(), b.tenant, ask, auth.RoleAdmin)
	require.NoError(t, err)
	require.Equal(t, models.HuntByCollections, estimate.Mode)
}

func TestAHuntCountsNoHostThatTheServerForgot(t *testing.T) {
	t.Parallel()
	b := setup(t, fleetOf(10))
	b.sync()
	require.NoError(t, b.server.Delete("", b.endpoint(online).ClientID))
	b.fully()
	b.fully()
	estimate, err := b.hunter().EstimateHunt(t.Context(), b.tenant, fleet.HuntAsk{Description: "x", Artifacts: []string{"Generic.Client.Info"}}, auth.RoleAdmin)
	require.NoError(t, err)
	require.Equal(t, 9, estimate.Hosts)
	require.Equal(t, 9, estimate.Of)
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
	require.Equal(t, row.Rows+int64(5*(2-again.Errors)), again.Rows)
	require.EqualValues(t, again.Rows, b.observed(row.ID))
	hosts, _, err := b.tenant.ListHuntHosts(t.Context(), row.ID, store.HuntHostQuery{PageQuery: store.PageQuery{Limit: 100}})
	require.NoError(t, err)
	tries := 0
	for _, h := range hosts {
		tries += h.Tries
	}
	require.Equal(t, len(hosts)+1, tries, "one of them was collected from twice")

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

func TestAServerThatIsAwayIsWaitedForAndNothingIsLostOrTwice(t *testing.T) {
	t.Parallel()
	b := setup(t, fleetOf(40), func(p *velotest.Params) { p.RowsEach = 100 })
	s := b.hunter()
	id := b.start(s, fleet.HuntAsk{Description: "outage", Artifacts: []string{"Generic.System.Pstree"}}).ID
	slice := func() fleet.Step {
		step, err := s.AdvanceHunt(t.Context(), b.tenant, id, false)
		require.NoError(t, err)
		return step
	}
	b.server.Trouble(velotest.Trouble{Down: true})
	step := slice()
	require.Positive(t, step.Wait)
	require.Equal(t, "server_down", b.hunt(id).ErrorKind)
	require.Equal(t, models.HuntWaiting, b.hunt(id).Status)
	b.server.Trouble(velotest.Trouble{})

	require.Eventually(t, func() bool { slice(); return b.hunt(id).Rows > 0 }, 20*time.Second, time.Millisecond)
	b.server.Trouble(velotest.Trouble{CutAfter: 2}) // in the middle of what is read
	for range 3 {
		slice()
	}
	b.server.Trouble(velotest.Trouble{Garbage: true})
	slice()
	b.server.Trouble(velotest.Trouble{})
	row := b.carry(s, id)
	require.Equal(t, models.JobCompleted, row.Status, row.Error)
	require.EqualValues(t, 37*100, row.Rows)
	require.Equal(t, 37*100, b.observed(id))
}

func TestSeveralWorkersAtOneHuntKeepEachRowOnce(t *testing.T) {
	t.Parallel()
	b := setup(t, fleetOf(40), func(p *velotest.Params) { p.RowsEach = 200 })
	s := b.hunter()
	id := b.start(s, fleet.HuntAsk{Description: "many hands", Artifacts: []string{"Generic.System.Pstree"}}).ID
	var hands sync.WaitGroup
	for range 3 {
		hands.Go(func() {
			for range 2000 {
				step, err := s.AdvanceHunt(t.Context(), b.tenant, id, false)
				if err != nil && !fault.Retryable(err) {
					t.Errorf("a slice failed: %v", err)
					return
				}
				if models.JobFinal(step.Status) {
					return
				}
			}
		})
	}
	hands.Wait()
	row := b.carry(s, id)
	require.EqualValues(t, 37*200, row.Rows)
	require.Equal(t, 37*200, b.observed(id))
	hunts, err := b.talk().Hunts(t.Context(), 10)
	require.NoError(t, err)
	require.Len(t, hunts, 1, "the server was asked once")
}

func TestAHuntWhoseStartWasNotSeenIsFoundAgain(t *testing.T) {
	t.Parallel()
	b := setup(t)
	s := b.hunter()
	id := b.start(s, fleet.HuntAsk{Description: "lost", Artifacts: []string{"Generic.System.Pstree"}}).ID
	_, err := s.AdvanceHunt(t.Context(), b.tenant, id, false)
	require.NoError(t, err)
	b.inTx(func(ctx context.Context, tx *store.Tenant) error { // as if the worker had died before it wrote the id down
		row, err := tx.LockHunt(ctx, id)
		if err != nil {
			return err
		}
		long := time.Now().Add(-time.Hour)
		row.HuntID, row.AskedAt = "", &long
		return tx.SaveHunt(ctx, row, "hunt_id", "asked_at")
	})
	require.Equal(t, models.JobCompleted, b.carry(s, id).Status)
	hunts, err := b.talk().Hunts(t.Context(), 10)
	require.NoError(t, err)
	require.Len(t, hunts, 1)
}

func TestAStoppedHuntKeepsItsRowsAndIsStoppedOnTheServer(t *testing.T) {
	t.Parallel()
	b := setup(t)
	s := b.hunter()
	id := b.start(s, fleet.HuntAsk{Description: "stop", Artifacts: []string{"Generic.System.Pstree"}, Until: models.HuntUntilExpires}).ID
	require.Eventually(t, func() bool {
		_, err := s.AdvanceHunt(t.Context(), b.tenant, id, false)
		require.NoError(t, err)
		return b.hunt(id).Rows > 0
	}, 20*time.Second, time.Millisecond)
	_, err := b.tenant.StopHunt(t.Context(), id)
	require.NoError(t, err)
	row := b.carry(s, id)
	require.Equal(t, models.JobCompleted, row.Status)
	require.Equal(t, models.HuntEndedStopped, row.Ended)
	there, err := b.talk().Hunt(t.Context(), row.HuntID)
	require.NoError(t, err)
	require.Equal(t, velociraptor.HuntStopped, there.State)
	_, err = b.tenant.StopHunt(t.Context(), id)
	require.ErrorContains(t, err, "already ended")
}
