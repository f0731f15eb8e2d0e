package fleet_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/velocicompanion/velocicompanion/internal/auth"
	"github.com/velocicompanion/velocicompanion/internal/clock"
	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/internal/fleet"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/internal/velociraptor/velotest"
	"github.com/velocicompanion/velocicompanion/models"
)

// order gives an order and carries it out to its end.
func (b *bundle) order(host int64, action string) *models.Isolation {
	b.Helper()
	row, err := b.tenant.StartIsolation(b.Context(), store.IsolationWish{
		HostID: host, Action: action, Reason: "because", RequestedBy: &b.who.UserID, Username: b.who.Username,
	})
	require.NoError(b, err)
	return b.carryOut(row.ID)
}

func (b *bundle) carryOut(id int64) *models.Isolation {
	b.Helper()
	for until := time.Now().Add(30 * time.Second); time.Now().Before(until); {
		step, err := b.fleet.AdvanceIsolation(b.Context(), b.tenant, id, true)
		require.NoError(b, err)
		if models.JobFinal(step.Status) {
			row, err := b.tenant.Isolation(b.Context(), id)
			require.NoError(b, err)
			return row
		}
		require.NoError(b, clock.Sleep(b.Context(), min(step.Wait, 20*time.Millisecond)))
	}
	b.Fatal("the order doesn't end")
	return nil
}

func (b *bundle) isolationOf(host int64) string {
	b.Helper()
	row, err := b.tenant.Host(b.Context(), host)
	require.NoError(b, err)
	return row.Isolation
}

// on gives a host that is online, of a system.
func (b *bundle) on(system string) models.Host {
	b.Helper()
	hosts := b.hosts(store.HostQuery{OS: system, Online: new(true)})
	require.NotEmpty(b, hosts)
	return hosts[0]
}

func (b *bundle) labelledAtServer(clientID string) bool {
	b.Helper()
	e, err := b.talk().ClientInfo(b.Context(), clientID)
	require.NoError(b, err)
	return slices.Contains(e.Labels, fleet.QuarantineLabel)
}

func TestAHostIsIsolatedAndReleasedAndBothAreVerified(t *testing.T) {
	t.Parallel()
	b := setup(t, func(p *velotest.Params) { p.Endpoints = 12 })
	b.sync()
	for _, system := range []string{"windows", "darwin", "linux"} {
		host := b.on(system)
		row := b.order(host.ID, models.ActionIsolate)
		require.Equal(t, models.JobCompleted, row.Status, "%s: %s", system, row.Error)
		require.NotNil(t, row.Verified)
		require.True(t, *row.Verified, row.Note)
		require.Equal(t, models.IsolationIsolated, b.isolationOf(host.ID))
		require.True(t, b.labelledAtServer(*host.ClientID))

		_, err := b.tenant.StartIsolation(t.Context(), store.IsolationWish{HostID: host.ID, Action: models.ActionIsolate})
		require.True(t, fault.Is(err, fault.Conflict), "it is isolated")

		row = b.order(host.ID, models.ActionRelease)
		require.Equal(t, models.JobCompleted, row.Status, row.Error)
		require.True(t, *row.Verified, row.Note)
		require.Equal(t, models.IsolationNone, b.isolationOf(host.ID))
		require.False(t, b.labelledAtServer(*host.ClientID))
	}
	notices := 0
	for _, n := range b.notices() {
		if n.Type == "isolation.completed" {
			notices++
		}
	}
	require.Equal(t, 6, notices)
}

func (b *bundle) notices() []models.Notification {
	b.Helper()
	rows, _, err := b.tenant.ListNotifications(b.Context(), store.InboxQuery{UserID: b.who.UserID, PageQuery: store.PageQuery{Limit: 100}})
	require.NoError(b, err)
	return rows
}

func TestAnEndpointThatSaysItFailedIsNotIsolated(t *testing.T) {
	t.Parallel()
	b := setup(t, func(p *velotest.Params) { p.Endpoints = 400 })
	b.sync()
	var failed *models.Isolation
	for _, host := range b.hosts(store.HostQuery{OS: "linux", Online: new(true)}) {
		if row := b.order(host.ID, models.ActionIsolate); row.Status != models.JobCompleted {
			failed = row
			break
		}
	}
	require.NotNil(t, failed, "an attacked Linux endpoint fails its own test, or one gives up")
	require.Equal(t, models.JobFailed, failed.Status)
	require.Equal(t, "endpoint", failed.ErrorKind)
	require.NotEmpty(t, failed.Error)
	require.Equal(t, models.IsolationFailed, b.isolationOf(failed.HostID))
}

func TestAnOrderWaitsForAnEndpointThatIsOffline(t *testing.T) {
	t.Parallel()
	b := setup(t, func(p *velotest.Params) { p.Endpoints = 60 })
	b.sync()
	offline := b.hosts(store.HostQuery{Online: new(false)})
	require.NotEmpty(t, offline)
	row, err := b.tenant.StartIsolation(t.Context(), store.IsolationWish{HostID: offline[0].ID, Action: models.ActionIsolate, Reason: "r"})
	require.NoError(t, err)
	var step fleet.Step
	for range 3 {
		step, err = b.fleet.AdvanceIsolation(t.Context(), b.tenant, row.ID, false)
		require.NoError(t, err)
	}
	require.Equal(t, models.JobWaiting, step.Status)
	require.Positive(t, step.Wait)
	row, err = b.tenant.Isolation(t.Context(), row.ID)
	require.NoError(t, err)
	require.Contains(t, row.Note, "offline")
	require.Equal(t, models.IsolationPending, b.isolationOf(offline[0].ID))

	_, err = b.tenant.StartIsolation(t.Context(), store.IsolationWish{HostID: offline[0].ID, Action: models.ActionRelease, Reason: "r"})
	require.Equal(t, store.CodeIsolationRunning, codeOf(err))
	_, err = b.tenant.CancelIsolation(t.Context(), row.ID)
	require.NoError(t, err)
	row = b.carryOut(row.ID)
	require.Equal(t, models.JobCancelled, row.Status)
	require.Equal(t, models.IsolationNone, b.isolationOf(offline[0].ID))
}

func TestTheRulesOfATenantRefuseIsolation(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.sync()
	host := b.hosts(store.HostQuery{})[0]
	labels := []string{"Domain-Controller"}
	_, err := b.tenant.UpdateHost(t.Context(), host.ID, store.HostChange{Labels: &labels})
	require.NoError(t, err)
	for name, rules := range map[string]models.IsolationRules{
		"id": {HostIDs: []int64{host.ID}}, "label": {Labels: []string{"domain-controller"}}, "name": {Hostnames: []string{host.Hostname}},
		"pattern": {Hostnames: []string{host.Hostname[:2] + "*"}},
	} {
		require.NoError(t, b.tenant.SaveIsolationRules(t.Context(), &rules))
		_, err := b.tenant.StartIsolation(t.Context(), store.IsolationWish{HostID: host.ID, Action: models.ActionIsolate, Reason: "r"})
		require.Equal(t, store.CodeIsolationRefused, codeOf(err), name)
	}
	require.NoError(t, b.tenant.SaveIsolationRules(t.Context(), &models.IsolationRules{}))
	row, err := b.tenant.StartIsolation(t.Context(), store.IsolationWish{HostID: host.ID, Action: models.ActionIsolate, Reason: "r"})
	require.NoError(t, err)
	require.NoError(t, b.tenant.SaveIsolationRules(t.Context(), &models.IsolationRules{HostIDs: []int64{host.ID}}))
	row = b.carryOut(row.ID)
	require.Equal(t, models.JobFailed, row.Status, "the rules of the moment in which the server is told count")
	require.Equal(t, "refused", row.ErrorKind)
	require.Equal(t, models.IsolationNone, b.isolationOf(host.ID))
}

func TestAServerThatIsAwayHoldsAnOrderUp(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.sync()
	host := b.on("windows")
	b.server.Trouble(velotest.Trouble{Down: true})
	row, err := b.tenant.StartIsolation(t.Context(), store.IsolationWish{HostID: host.ID, Action: models.ActionIsolate, Reason: "r"})
	require.NoError(t, err)
	step, err := b.fleet.AdvanceIsolation(t.Context(), b.tenant, row.ID, false)
	require.NoError(t, err)
	require.Equal(t, models.JobWaiting, step.Status)
	require.Positive(t, step.Wait)
	b.server.Trouble(velotest.Trouble{})
	row = b.carryOut(row.ID)
	require.Equal(t, models.JobCompleted, row.Status, row.Error)
	begun := 0
	for _, name := range b.server.Statements() {
		if name == "collect_client" {
			begun++
		}
	}
	require.Equal(t, 2, begun, "the order and one sign of life")
}

func TestAnArtifactThatTheServerDoesNotKnowFailsTheOrder(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.sync()
	_, err := b.tenant.UpdateVelociraptorConfig(t.Context(), store.VelociraptorChange{Quarantine: &map[string]string{"windows": "Custom.Nothing"}})
	require.NoError(t, err)
	host := b.on("windows")
	row := b.order(host.ID, models.ActionIsolate)
	require.Equal(t, models.JobFailed, row.Status)
	require.Equal(t, "artifact", row.ErrorKind)
	require.Contains(t, row.Error, "Custom.Nothing")
	require.Equal(t, models.IsolationFailed, b.isolationOf(host.ID))
}

func TestAHostWithoutAClientCannotBeIsolated(t *testing.T) {
	t.Parallel()
	b := setup(t)
	host := &models.Host{Hostname: "printer"}
	require.NoError(t, b.tenant.CreateHost(t.Context(), host))
	_, err := b.tenant.StartIsolation(t.Context(), store.IsolationWish{HostID: host.ID, Action: models.ActionIsolate, Reason: "r"})
	require.Equal(t, store.CodeNotEnrolled, codeOf(err))
}

func TestALabelGoesToTheServerAsWell(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.sync()
	host := b.hosts(store.HostQuery{})[0]
	out, err := b.fleet.LabelHost(t.Context(), b.tenant, fleet.LabelWish{HostID: host.ID, Labels: []string{"hunted"}})
	require.NoError(t, err)
	require.True(t, out.OnServer)
	require.Contains(t, out.Labels, "hunted")
	found, err := b.talk().SearchClients(t.Context(), "label:hunted", 10)
	require.NoError(t, err)
	require.Len(t, found, 1)
	b.fully()
	out, err = b.fleet.LabelHost(t.Context(), b.tenant, fleet.LabelWish{HostID: host.ID, Labels: []string{"hunted"}, Remove: true})
	require.NoError(t, err)
	require.NotContains(t, out.Labels, "hunted")
	_, err = b.fleet.LabelHost(t.Context(), b.tenant, fleet.LabelWish{HostID: host.ID, Labels: []string{"quarantine"}})
	require.True(t, fault.Is(err, fault.Invalid), "isolation has rules")
}

func codeOf(err error) string {
	if f, ok := errors.AsType[*fault.Error](err); ok {
		return f.StableCode()
	}
	return ""
}

// Whoever may run programs on hosts could collect the artifact himself; the rules count then too.
func TestTheRulesCountForTheArtifactItself(t *testing.T) {
	t.Parallel()
	b := setup(t, fleetOf(10))
	b.sync()
	host := b.hosts(store.HostQuery{Online: new(true)})[0]
	require.NoError(t, b.tenant.SaveIsolationRules(t.Context(), &models.IsolationRules{HostIDs: []int64{host.ID}}))
	const quarantine = "Windows.Remediation.Quarantine"
	ask := func(params map[string]string) error {
		row, err := b.fleet.CheckCollection(t.Context(), b.tenant, fleet.CollectRequest{HostID: host.ID, Artifact: quarantine, Params: params}, b.who)
		require.NoError(t, err)
		return b.tenant.CreateCollection(t.Context(), row)
	}
	requireFault(t, ask(nil), fault.Conflict, store.CodeIsolationRefused)
	require.NoError(t, ask(map[string]string{"RemovePolicy": "Y"}))

	hunt := fleet.HuntAsk{Description: "x", Artifacts: []string{quarantine}}
	requireFault(t, b.hunter().CheckHunt(t.Context(), b.tenant, hunt, auth.RoleAdmin), fault.Invalid, store.CodeIsolationRefused)
	require.NoError(t, b.tenant.SaveIsolationRules(t.Context(), &models.IsolationRules{}))
	require.NoError(t, b.hunter().CheckHunt(t.Context(), b.tenant, hunt, auth.RoleAdmin))
}
