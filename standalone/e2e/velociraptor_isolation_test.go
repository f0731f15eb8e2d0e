package e2e

import (
	"net/http"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// ordered is an order about a host's isolation as the API shows it.
type ordered struct {
	ID        int64  `json:"id"`
	Status    string `json:"status"`
	Verified  *bool  `json:"verified"`
	Note      string `json:"note"`
	Error     string `json:"error"`
	ErrorKind string `json:"error_kind"`
}

// isolation: hosts of each system are cut off and let back, both verified. One whose artifact takes its policy back, although
// the collection ends well, is not isolated, and that is said.
func (w *velociraptorWalk) isolation(t *testing.T) {
	t.Helper()
	c := w.tenant(t, "isolation")
	hosts := w.hosts(t, c)
	names := []string{"WS-00000", "srv-00001"}
	const attacked = "srv-00053"
	orders := map[string]ordered{}
	order := func(action string, names ...string) {
		t.Helper()
		for _, name := range names {
			var o ordered
			c.Must(http.StatusAccepted, http.MethodPost, under("/api/hosts/", hosts[name].ID)+"/"+action, map[string]any{
				"reason": "beacons to 192.0.2.7", "confirm": name,
			}, &o)
			orders[name] = o
		}
	}
	ends := func(name string) (o ordered, isolation string) {
		t.Helper()
		require.Eventually(t, func() bool {
			c.Get(under("/api/velociraptor/isolations/", orders[name].ID), &o)
			return slices.Contains([]string{"completed", "failed", "cancelled"}, o.Status)
		}, fleetPatience, 10*poll, "the order for %s ends", name)
		var h fleetHost
		c.Get(under("/api/hosts/", hosts[name].ID), &h)
		return o, h.Isolation
	}
	carriedOut := func(name, isolation string, labelled bool) {
		t.Helper()
		o, is := ends(name)
		require.Equal(t, "completed", o.Status, "%s: %s", name, o.Error)
		require.NotNil(t, o.Verified)
		require.True(t, *o.Verified, "%s: %s", name, o.Note)
		require.Equal(t, isolation, is)
		var client struct {
			Labels []string `json:"labels"`
		}
		c.Get("/api/velociraptor/clients/"+hosts[name].ClientID, &client)
		require.Equal(t, labelled, slices.Contains(client.Labels, "Quarantine"), "%s: %v", name, client.Labels)
	}

	order("isolate", append(names, attacked)...)
	for _, name := range names {
		carriedOut(name, "isolated", true)
	}
	o, is := ends(attacked)
	require.Equal(t, "failed endpoint", o.Status+" "+o.ErrorKind, o.Note)
	require.Contains(t, o.Error, "connectivity")
	require.Equal(t, "failed", is)

	order("release", names...)
	for _, name := range names {
		carriedOut(name, "none", false)
	}
}
