package e2e

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strconv"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// velociraptorWalk is an installation of separate processes and a simulated server with as many endpoints in each of its orgs.
type velociraptorWalk struct {
	stack     *Stack
	fleet     *Fleet
	forgetful *Fleet // another server, with few endpoints
	mortal    *Fleet // one more, with 40
	url       string
	operator  *Client
	worker    *Process
}

const (
	walkEndpoints = 300
	walkOnline    = walkEndpoints - walkEndpoints/20
	walkRows      = 50 // of a process list
)

// Everything that is done with a Velociraptor server, each part with a tenant and an org of its own, while the only worker is
// killed again and again: none of them may notice.
func TestVelociraptor(t *testing.T) {
	t.Parallel()
	w := &velociraptorWalk{
		fleet:     StartFleet(t, "-endpoints=300", "-rows=50", "-pace=3s", "-orgs=playbook,hunt,schedule,callbacks,isolation"),
		forgetful: StartFleet(t, "-endpoints=5", "-rows=50", "-pace=1s"),
		mortal:    StartFleet(t, "-endpoints=40", "-rows=50", "-pace=3s"),
	}
	w.stack = StartServers(t)
	w.stack.Migrate(t)
	vars := map[string]string{"EGRESS_ALLOW": w.fleet.Address + "," + w.forgetful.Address + "," + w.mortal.Address}
	_, w.url = w.stack.API(t, vars)
	w.worker = w.stack.Worker(t, vars)
	w.operator = Login(t, w.url, AdminName, AdminPassword)
	var parts sync.WaitGroup // all at once, also on a machine that runs two parallel tests at a time
	for name, part := range map[string]func(*testing.T){
		"schedule": w.schedule, "hunt": w.hunt, "playbook": w.playbook, "callbacks": w.callbacks, "isolation": w.isolation,
		"lost answers": w.lostAnswers, "a server that is killed": w.huntOutlivesItsServer,
	} {
		parts.Go(func() { t.Run(name, part) })
	}
	parts.Wait()
}

// tenant makes a tenant that is connected to an org.
func (w *velociraptorWalk) tenant(t *testing.T, org string) *Client {
	t.Helper()
	c := w.operator.NewTenant(t, org)
	w.fleet.ConnectOrg(t, c, org)
	return c
}

// fleetHost is a host as hosts are listed.
type fleetHost struct {
	ID        int64  `json:"id"`
	Hostname  string `json:"hostname"`
	ClientID  string `json:"client_id"`
	Isolation string `json:"isolation"`
}

// hosts waits until the whole fleet is here and gives it by name.
func (w *velociraptorWalk) hosts(t *testing.T, c *Client) map[string]fleetHost {
	t.Helper()
	var list []fleetHost
	require.Eventually(t, func() bool {
		c.Get("/api/hosts?limit=500", &list)
		return len(list) == walkEndpoints
	}, fleetPatience, 10*poll, "the fleet's endpoints are hosts")
	found := map[string]fleetHost{}
	for _, h := range list {
		found[h.Hostname] = h
	}
	return found
}

// lines reads an export of JSON lines and checks that no line comes twice.
func lines(t *testing.T, c *Client, path string) (n int64) {
	t.Helper()
	status, body := c.Do(http.MethodGet, path, nil)
	require.Equal(t, http.StatusOK, status, "%s", body)
	seen := map[int64]bool{}
	for line := range bytes.Lines(body) {
		var row struct {
			ID int64 `json:"id"`
		}
		require.NoError(t, json.Unmarshal(line, &row))
		require.False(t, seen[row.ID], "the row %d comes twice", row.ID)
		seen[row.ID] = true
	}
	return int64(len(seen))
}

func under(path string, id int64) string { return path + strconv.FormatInt(id, 10) }
