package e2e

import (
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// Fleet is a simulated Velociraptor server as a process of its own, with a state folder: it may be killed and started again.
type Fleet struct {
	*Process
	Address string // on loopback; the installation needs it in EGRESS_ALLOW
	File    string // api_client file
	Control string // URL of the control port
}

// StartFleet starts one; args are further flags of fleet-sim.
func StartFleet(t *testing.T, args ...string) *Fleet {
	t.Helper()
	if testing.Short() {
		t.Skip("starts the platform")
	}
	dir := t.TempDir()
	f := &Fleet{Address: FreeAddress(t), File: filepath.Join(dir, "api_client.yaml"), Control: "http://" + FreeAddress(t)}
	f.Process = newProcess(t, "fleet-sim", standaloneBinary(t), append([]string{
		"fleet-sim", "-addr=" + f.Address, "-out=" + f.File, "-state=" + filepath.Join(dir, "state"), "-control=" + strings.TrimPrefix(f.Control, "http://"),
	}, args...), nil)
	f.Start(t)
	return f
}

// Start starts it, the first time or again, and returns when it serves.
func (f *Fleet) Start(t *testing.T) {
	t.Helper()
	before := strings.Count(f.Output(), "CONTROL=")
	f.Launch(t)
	require.NoError(t, f.until("the simulated server", func() bool { return strings.Count(f.Output(), "CONTROL=") > before }))
}

// Connect saves the fleet's file as the tenant's connection to the root org.
func (f *Fleet) Connect(t *testing.T, c *Client) {
	t.Helper()
	f.ConnectOrg(t, c, "root")
}

// ConnectOrg saves the fleet's file as the tenant's connection to an org.
func (f *Fleet) ConnectOrg(t *testing.T, c *Client, org string) {
	t.Helper()
	file, err := os.ReadFile(f.File)
	require.NoError(t, err)
	status, body := c.Do(http.MethodPost, "/api/velociraptor/config", map[string]string{"api_client": string(file), "org_id": org})
	require.Equal(t, 2, status/100, "%s", body)
}

// Trouble has the server make trouble from now on: a velotest.Trouble as JSON.
func (f *Fleet) Trouble(t *testing.T, trouble string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, f.Control+"/trouble", strings.NewReader(trouble))
	require.NoError(t, err)
	res, err := http.DefaultClient.Do(req)
	require.NoError(t, err)
	require.NoError(t, res.Body.Close())
	require.Equal(t, http.StatusNoContent, res.StatusCode)
}

const fleetPatience = 2 * time.Minute

// Whoever starts the product for the first time finds a tenant with a fleet; a restart finds the same.
func TestDemoTenant(t *testing.T) {
	t.Parallel()
	s := Start(t, map[string]string{"DEMO": "1"})
	c := Login(t, s.URL, AdminName, AdminPassword)
	require.Eventually(t, func() bool { return len(demos(c)) == 1 }, fleetPatience, 10*poll)
	require.NoError(t, s.until("the demo", func() bool { return strings.Contains(s.Output(), "simulated endpoints") }))
	id := demos(c)[0]
	c.Must(http.StatusOK, http.MethodPost, "/api/auth/step-up", map[string]string{"password": AdminPassword}, nil)
	var visit tokens
	c.Must(http.StatusOK, http.MethodPost, "/api/tenants/"+strconv.FormatInt(id, 10)+"/switch", map[string]any{"reason": "to look at the demo"}, &visit)
	guest := *c
	guest.token = visit.AccessToken
	require.Eventually(t, func() bool {
		var hosts []struct{}
		guest.Get("/api/hosts?limit=500", &hosts)
		return len(hosts) == 200
	}, fleetPatience, 10*poll)
	var callbacks struct {
		Installed bool `json:"installed"`
	}
	guest.Get("/api/velociraptor/callbacks", &callbacks)
	require.True(t, callbacks.Installed)

	s.Interrupt(t)
	s.Start(t)
	c = Login(t, s.URL, AdminName, AdminPassword)
	require.Equal(t, []int64{id}, demos(c))
}

// demos are the ids of the tenants that are called a demo.
func demos(c *Client) (ids []int64) {
	var tenants []struct {
		ID   int64  `json:"id"`
		Name string `json:"name"`
	}
	c.Get("/api/tenants", &tenants)
	for _, t := range tenants {
		if strings.HasPrefix(t.Name, "Demo") {
			ids = append(ids, t.ID)
		}
	}
	return ids
}
