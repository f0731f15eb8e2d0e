package fleet_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/velocicompanion/velocicompanion/internal/fleet"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/internal/velociraptor/velotest"
	"github.com/velocicompanion/velocicompanion/models"
)

// slowRows keeps rows from coming: the server says that it takes too long.
func (b *bundle) slowRows() {
	b.server.Trouble(velotest.Trouble{Deny: map[string]string{"source": "source: timeout reached"}})
}

// moveTo points the tenant's connection at another org.
func (b *bundle) moveTo(org string) {
	b.Helper()
	_, err := b.tenant.UpdateVelociraptorConfig(b.Context(), store.VelociraptorChange{OrgID: &org})
	require.NoError(b, err)
}

// A server gives no rows of a collection that it doesn't have, and no error: that must not pass for the end of the rows.
func TestACollectionWhoseConnectionMovedIsNotTakenForComplete(t *testing.T) {
	t.Parallel()
	b := setup(t, func(p *velotest.Params) { p.Orgs = []string{"OTHER"} })
	row := b.collect(fleet.CollectRequest{ClientID: b.endpoint(online).ClientID, Artifact: info})
	b.slowRows()
	require.Equal(t, models.CollectionRows, b.advance(row.ID).Phase)
	b.moveTo("OTHER")
	b.server.Trouble(velotest.Trouble{})
	lost := b.advance(row.ID)
	require.Equal(t, models.JobFailed, lost.Status)
	require.Equal(t, models.CollectionGone, lost.ErrorKind)
	require.Contains(t, lost.Error, "another server or org")

	b.moveTo("")
	_, err := b.tenant.RetryCollection(t.Context(), row.ID, "admin")
	require.NoError(t, err)
	done := b.advance(row.ID)
	require.Equal(t, models.JobCompleted, done.Status, done.Error)
	require.Positive(t, done.Rows)
	require.Equal(t, done.RowsFound, done.Rows)
}

func TestAHuntWhoseConnectionMovedSaysWhatIsMissing(t *testing.T) {
	t.Parallel()
	b := setup(t, fleetOf(6), func(p *velotest.Params) { p.Orgs = []string{"OTHER"} })
	b.sync()
	s := b.hunter()
	ids := []int64{}
	for _, h := range b.hosts(store.HostQuery{Online: new(true)})[:2] {
		ids = append(ids, h.ID)
	}
	row := b.start(s, fleet.HuntAsk{Description: "two", Artifacts: []string{"Generic.System.Pstree"}, HostIDs: ids})
	b.slowRows()
	fetching := func() (n int) {
		hosts, _, err := b.tenant.ListHuntHosts(t.Context(), row.ID, store.HuntHostQuery{Statuses: []string{models.HuntHostFetching}})
		require.NoError(t, err)
		return len(hosts)
	}
	for range 200 {
		_, err := s.AdvanceHunt(t.Context(), b.tenant, row.ID, true)
		require.NoError(t, err)
		if fetching() == len(ids) {
			break
		}
	}
	require.Equal(t, len(ids), fetching())
	b.moveTo("OTHER")
	b.server.Trouble(velotest.Trouble{})
	done := b.carry(s, row.ID)
	require.Equal(t, len(ids), done.Errors)
	require.Zero(t, done.Rows)
	causes, err := b.tenant.HuntCauses(t.Context(), row.ID)
	require.NoError(t, err)
	require.Len(t, causes, 1)
	require.Equal(t, "gone", causes[0].ErrorKind)
}

func TestHostsOfTheOrgBeforeAreGoneWithTheNextPass(t *testing.T) {
	t.Parallel()
	b := setup(t, func(p *velotest.Params) { p.Orgs = []string{"OTHER"} })
	b.sync()
	b.moveTo("OTHER")
	row := b.sync()
	require.EqualValues(t, 5, row.Fresh)
	require.EqualValues(t, 5, row.Gone)
	for _, h := range b.hosts(store.HostQuery{Online: new(true)}) {
		require.Regexp(t, "-OTHER$", *h.ClientID)
	}
	b.moveTo("")
	require.EqualValues(t, 5, b.sync().Gone)
}
