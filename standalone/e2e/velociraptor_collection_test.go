package e2e

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
)

// collected is a collection as the API shows it.
type collected struct {
	ID          int64  `json:"id"`
	Status      string `json:"status"`
	Error       string `json:"error"`
	Rows        int64  `json:"rows"`
	RowsNew     int64  `json:"rows_new"`
	RowsFound   int64  `json:"rows_found"`
	ExecutionID int64  `json:"execution_id"`
}

const collecting = `name: Collect and tell
trigger: {type: manual}
inputs:
  host_id: {type: integer, required: true}
actions:
  - {id: triage, type: collect_artifact, timeout: 5m, params: {host_id: "${inputs.host_id}", artifact_name: Generic.System.Pstree}}
  - {id: tell, type: send_notification, params: {title: Triage, message: "${steps.triage.row_count} rows, ${steps.triage.status}"}}
`

// playbook: a step that collects waits for its rows, and the next step has them.
func (w *velociraptorWalk) playbook(t *testing.T) {
	t.Helper()
	c := w.tenant(t, "playbook")
	host := w.hosts(t, c)["WS-00000"]
	run := c.Execute(c.Playbook(collecting), map[string]any{"host_id": host.ID})
	done := c.Finished(run.ID, fleetPatience)
	require.Equal(t, "completed", done.Status, done.Error)
	var list []collected
	c.Get("/api/velociraptor/collections", &list)
	require.Len(t, list, 1)
	require.Equal(t, collected{
		ID: list[0].ID, Status: "completed", Rows: walkRows, RowsNew: walkRows, RowsFound: walkRows, ExecutionID: run.ID,
	}, list[0])
	require.Equal(t, int64(walkRows), lines(t, c, under("/api/velociraptor/collections/", list[0].ID)+"/results/export?format=ndjson"))
	var notes []struct {
		Message string `json:"message"`
	}
	c.Get("/api/notifications", &notes)
	require.Contains(t, notes, struct {
		Message string `json:"message"`
	}{"50 rows, completed"})
}

// collectFrom asks for a collection from a host.
func collectFrom(c *Client, host int64, artifact string) (row collected) {
	c.t.Helper()
	c.Must(http.StatusAccepted, http.MethodPost, "/api/velociraptor/collect", map[string]any{"host_id": host, "artifact_name": artifact}, &row)
	return row
}
