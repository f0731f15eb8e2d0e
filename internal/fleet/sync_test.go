package fleet_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/velocicompanion/velocicompanion/internal/fleet"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/internal/velociraptor/velotest"
	"github.com/velocicompanion/velocicompanion/models"
)

// sync has the tenant's hosts brought in step until there is nothing to do, and gives where it stands.
func (b *bundle) sync() *models.HostSync {
	b.Helper()
	row, err := b.tenant.HostSync(b.Context())
	require.NoError(b, err)
	for range 100 {
		step, err := b.fleet.AdvanceSync(b.Context(), b.tenant, row.ConfigID, true)
		require.NoError(b, err)
		if step.Wait > 0 {
			row, err = b.tenant.HostSync(b.Context())
			require.NoError(b, err)
			return row
		}
	}
	b.Fatal("the synchronisation doesn't come to rest")
	return nil
}

// fully has a full pass made.
func (b *bundle) fully() *models.HostSync {
	b.Helper()
	_, err := b.tenant.WantSync(b.Context())
	require.NoError(b, err)
	return b.sync()
}

func (b *bundle) hosts(q store.HostQuery) []models.Host {
	b.Helper()
	q.Limit = 500
	rows, _, err := b.tenant.ListHosts(b.Context(), q)
	require.NoError(b, err)
	return rows
}

func TestSyncMakesAHostOfEachClientOnce(t *testing.T) {
	t.Parallel()
	b := setup(t, func(p *velotest.Params) { p.Endpoints = 45 })
	row := b.sync()
	require.Equal(t, models.JobWaiting, row.Status)
	require.Empty(t, row.Error)
	require.Equal(t, []int64{45, 45, 0, 0, 0}, []int64{row.Clients, row.Fresh, row.Changed, row.Gone, row.Refused})
	require.NotNil(t, row.LastFullAt)
	hosts := b.hosts(store.HostQuery{})
	require.Len(t, hosts, 45)
	online := 0
	for _, h := range hosts {
		require.NotNil(t, h.ClientID)
		require.Contains(t, string(h.HostMetadata), `"mac_addresses"`)
		require.NotEmpty(t, h.IPAddress)
		require.Contains(t, []string{"windows", "linux", "darwin"}, h.OS)
		require.NotNil(t, h.FirstSeen)
		require.True(t, h.FirstSeen.Before(time.Now().Add(-time.Hour)), "the server's, not ours")
		if h.Online {
			online++
		} else {
			require.WithinDuration(t, time.Now().AddDate(0, 0, -3), *h.LastSeen, time.Hour)
		}
	}
	require.Equal(t, 43, online, "one in twenty is offline")
	require.Len(t, b.hosts(store.HostQuery{Label: "server"}), 7)

	again := b.fully()
	require.Equal(t, []int64{45, 0, 0, 0}, []int64{again.Clients, again.Fresh, again.Changed, again.Gone})
	for i, h := range b.hosts(store.HostQuery{}) {
		require.Equal(t, hosts[i].UpdatedAt, h.UpdatedAt, "what is as it was is not written")
	}
}

func TestSyncMeetsHostsThatWereThere(t *testing.T) {
	t.Parallel()
	b := setup(t)
	server := b.talk()
	clients, err := server.Clients(t.Context(), "", 1)
	require.NoError(t, err)
	c := clients[0]
	made := &models.Host{Hostname: c.FQDN, Labels: []string{"mine"}, OS: c.System + " 11 Pro"}
	require.NoError(t, b.tenant.CreateHost(t.Context(), made))
	b.sync()
	require.Len(t, b.hosts(store.HostQuery{}), 5)
	host, err := b.tenant.Host(t.Context(), made.ID)
	require.NoError(t, err)
	require.Equal(t, c.ClientID, *host.ClientID)
	require.True(t, host.Online)
	require.Contains(t, host.Labels, "mine")
	require.Equal(t, c.System+" 11 Pro", host.OS, "the family alone says less")
}

func TestLabelsOfTheServerGoWithItAndOnesOwnStay(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.sync()
	host := b.hosts(store.HostQuery{})[0]
	server := b.talk()
	require.NoError(t, server.SetLabel(t.Context(), *host.ClientID, "theirs", true))
	mine := append(slices.Clone(host.Labels), "mine")
	_, err := b.tenant.UpdateHost(t.Context(), host.ID, store.HostChange{Labels: &mine})
	require.NoError(t, err)
	require.EqualValues(t, 1, b.fully().Changed)
	now, err := b.tenant.Host(t.Context(), host.ID)
	require.NoError(t, err)
	require.Subset(t, now.Labels, []string{"mine", "theirs"})

	require.NoError(t, server.SetLabel(t.Context(), *host.ClientID, "theirs", false))
	require.NoError(t, server.SetLabel(t.Context(), *host.ClientID, "mine", true))
	b.fully()
	require.NoError(t, server.SetLabel(t.Context(), *host.ClientID, "mine", false))
	b.fully()
	now, err = b.tenant.Host(t.Context(), host.ID)
	require.NoError(t, err)
	require.NotContains(t, now.Labels, "theirs")
	require.Contains(t, now.Labels, "mine", "a person gave it first")
}

func TestAClientIsGoneWhenTwoPassesMissIt(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.sync()
	require.NoError(t, b.server.Delete("", b.endpoint(online).ClientID))
	require.Zero(t, b.fully().Gone, "a server may leave some out for a moment")
	require.EqualValues(t, 1, b.fully().Gone)
	other := simulated(t, func(p *velotest.Params) { p.Endpoints, p.Seed = 3, 2 })
	b.connect(b.tenant, other, "") // the same connection, now to a server that knows others
	row := b.sync()
	require.EqualValues(t, 3, row.Fresh)
	require.EqualValues(t, 4, row.Gone, "of another server's clients nobody waits for a second pass")
	hosts := b.hosts(store.HostQuery{})
	gone := 0
	for _, h := range hosts {
		if goneAt(&h) {
			require.False(t, h.Online)
			gone++
		}
	}
	require.Equal(t, 5, gone)

	b.connect(b.tenant, b.server, "")
	row = b.sync()
	require.EqualValues(t, 4, row.Changed)
	back := 0
	for _, h := range b.hosts(store.HostQuery{}) {
		if !goneAt(&h) {
			back++
		}
	}
	require.Equal(t, 4, back)
}

func goneAt(h *models.Host) bool { return strings.Contains(string(h.HostMetadata), `"client_gone_at"`) }

func TestASilentServerChangesNoHostAndIsTriedAgain(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.sync()
	b.server.Trouble(velotest.Trouble{Down: true})
	row := b.fully()
	require.Equal(t, models.JobWaiting, row.Status)
	require.NotEmpty(t, row.Error)
	require.Equal(t, 1, row.Failures)
	require.Len(t, b.hosts(store.HostQuery{Online: new(true)}), 5)

	b.server.Trouble(velotest.Trouble{Garbage: true})
	row = b.sync()
	require.NotEmpty(t, row.Error)
	b.server.Trouble(velotest.Trouble{})
	row = b.sync()
	require.Empty(t, row.Error)
	require.Zero(t, row.Failures)
	require.EqualValues(t, 5, row.Clients)
}

func TestADeletedHostComesBackAsLongAsItIsEnrolled(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.sync()
	host := b.hosts(store.HostQuery{})[0]
	require.NoError(t, b.tenant.DeleteHost(t.Context(), host.ID, time.Time{}))
	require.EqualValues(t, 1, b.fully().Fresh)
	require.Len(t, b.hosts(store.HostQuery{}), 5)
}

func TestWithoutAConnectionNobodyIsOnline(t *testing.T) {
	t.Parallel()
	b := setup(t)
	row := b.sync()
	_, err := b.tenant.DeleteVelociraptorConfig(t.Context())
	require.NoError(t, err)
	require.Empty(t, b.hosts(store.HostQuery{Online: new(true)}))
	require.Len(t, b.hosts(store.HostQuery{}), 5)
	_, err = b.fleet.AdvanceSync(t.Context(), b.tenant, row.ConfigID, false)
	require.Error(t, err)
	b.connect(b.tenant, b.server, "")
	b.sync()
	require.Len(t, b.hosts(store.HostQuery{Online: new(true)}), 5)
}

func TestASynchronisationThatIsLostGoesOnAsTheNextAttempt(t *testing.T) {
	t.Parallel()
	b := setup(t)
	row := b.sync()
	status, err := b.tenant.EndJob(t.Context(), store.JobEnd{Kind: models.JobSync, ID: row.ConfigID, Status: models.JobFailed, Error: "lost"})
	require.NoError(t, err)
	require.False(t, models.JobFinal(status))
	job, err := b.tenant.Job(t.Context(), models.JobSync, row.ConfigID)
	require.NoError(t, err)
	require.Equal(t, 2, job.Attempt)
	require.Empty(t, b.fully().Error)
}

func TestAHostIsIsolatedByWhoeverPutsTheLabelOn(t *testing.T) {
	t.Parallel()
	b := setup(t, func(p *velotest.Params) { p.Endpoints = 12 })
	b.sync()
	of := func(system string) *models.Host {
		for _, h := range b.hosts(store.HostQuery{}) {
			if h.OS == system {
				return &h
			}
		}
		t.Fatal("no host of this system")
		return nil
	}
	windows, linux := of("windows"), of("linux")
	label := func(h *models.Host, on bool) string {
		require.NoError(t, b.talk().SetLabel(t.Context(), *h.ClientID, fleet.QuarantineLabel, on))
		b.fully()
		now, err := b.tenant.Host(t.Context(), h.ID)
		require.NoError(t, err)
		return now.Isolation
	}
	require.Equal(t, models.IsolationUnverified, label(windows, true), "isolated as far as the server says")
	require.Equal(t, models.IsolationNone, label(windows, false))
	require.Equal(t, models.IsolationNone, label(linux, true), "there the label does nothing")

	_, err := b.tenant.StartIsolation(t.Context(), store.IsolationWish{HostID: windows.ID, Action: models.ActionIsolate, Reason: "worm"})
	require.NoError(t, err)
	require.Equal(t, models.IsolationPending, label(windows, true), "an order under way decides")
}
