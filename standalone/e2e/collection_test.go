package e2e

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/velocicompanion/velocicompanion/internal/clock"
	"github.com/velocicompanion/velocicompanion/internal/velociraptor/velotest"
)

// collected is a collection as the API shows it.
type collected struct {
	ID        int64  `json:"id"`
	HostID    int64  `json:"host_id"`
	Status    string `json:"status"`
	Error     string `json:"error"`
	Rows      int64  `json:"rows"`
	RowsFound int64  `json:"rows_found"`
	FlowID    string `json:"flow_id"`
}

// connectSimulated connects the client's tenant to a simulated server and gives one of its clients that answers.
func connectSimulated(t *testing.T, c *Client, with velotest.Params) (server *velotest.Server, clientID string) {
	t.Helper()
	with.Clock = clock.System{}
	server, err := velotest.Start(with)
	require.NoError(t, err)
	t.Cleanup(server.Close)
	file, err := server.APIClient("companion")
	require.NoError(t, err)
	c.Must(http.StatusOK, http.MethodPost, "/api/velociraptor/config", map[string]any{"api_client": string(file)}, nil)
	var clients []struct {
		ClientID string `json:"client_id"`
		Online   bool   `json:"online"`
	}
	c.Get("/api/velociraptor/clients?limit=100", &clients)
	for _, e := range clients {
		if e.Online {
			return server, e.ClientID
		}
	}
	require.Fail(t, "no client is online")
	return server, ""
}

const collecting = `name: Collect and tell
trigger: {type: manual}
inputs:
  client_id: {type: string, required: true}
actions:
  - {id: triage, type: collect_artifact, timeout: 5m, params: {client_id: "${inputs.client_id}", artifact_name: Generic.Client.Info}}
  - {id: tell, type: send_notification, params: {message: "${steps.triage.row_count} rows, ${steps.triage.status}"}}
`

// TestACollectionSurvivesAKilledWorkerAndAServerThatIsAway: the endpoint collects once, the rows come in once, and the
// playbook's step that waits goes on.
func TestACollectionSurvivesAKilledWorkerAndAServerThatIsAway(t *testing.T) {
	t.Parallel()
	s := StartServers(t)
	s.Migrate(t)
	vars := map[string]string{"EGRESS_ALLOW": "127.0.0.1", "ENCRYPTION_KEY": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="}
	_, url := s.API(t, vars)
	worker := s.Worker(t, vars)
	c := NewTenant(t, url, "collect")
	server, clientID := connectSimulated(t, c, velotest.Params{Endpoints: 5, Pace: 3 * time.Second, RowsEach: 3000, Seed: 1})
	run := c.Execute(c.Playbook(collecting), map[string]any{"client_id": clientID})
	var row collected
	c.Must(http.StatusAccepted, http.MethodPost, "/api/velociraptor/collect", map[string]any{"client_id": clientID, "artifact_name": "Generic.System.Pstree"}, &row)
	path := fmt.Sprintf("/api/velociraptor/collections/%d", row.ID)
	require.Eventually(t, func() bool { c.Get(path, &row); return row.Status == "running" }, time.Minute, poll, "it is under way")

	worker.Kill(t)
	server.Stop()
	s.Worker(t, vars)
	require.NoError(t, server.Resume())

	require.Eventually(t, func() bool { c.Get(path, &row); return row.Status != "queued" && row.Status != "running" }, 2*time.Minute, poll, "it ends")
	require.Equal(t, "completed", row.Status, row.Error)
	require.Equal(t, row.RowsFound, row.Rows)
	var results []map[string]any
	c.Get(path+"/results?limit=500", &results)
	require.NotEmpty(t, results)
	done := c.Finished(run.ID, 2*time.Minute)
	require.Equal(t, "completed", done.Status, done.Error)
	launched := 0
	for _, statement := range server.Statements() {
		if statement == "collect_client" {
			launched++
		}
	}
	require.Equal(t, 2, launched, "each was started once")
}
