package e2e

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
)

const tellingOfCollections = `name: Tell of each collection
trigger: {type: event, event: collection.completed}
actions:
  - {id: tell, type: send_notification, params: {title: Collected, message: "${event.rows} rows"}}
`

// callbacks: the server says each thing three times and the last one first. Each collection ends once, with its rows once, and
// its end is told once.
func (w *velociraptorWalk) callbacks(t *testing.T) {
	t.Helper()
	c := w.tenant(t, "callbacks")
	hosts := w.hosts(t, c)
	playbook := c.Playbook(tellingOfCollections)
	var installed struct {
		Installed bool             `json:"installed"`
		Count     int64            `json:"count"`
		Repeats   int64            `json:"repeats"`
		Checks    []map[string]any `json:"checks"`
	}
	c.Must(http.StatusOK, http.MethodPost, "/api/velociraptor/callbacks/install", map[string]any{"base_url": w.url}, &installed)
	require.True(t, installed.Installed, "%v", installed.Checks)
	w.fleet.Trouble(t, `{"callback_times":3,"callbacks_reversed":true}`)

	const many = 4
	rows := make([]collected, many)
	for i := range rows {
		host := hosts[[]string{"WS-00000", "srv-00001", "mac-00002", "WS-00004"}[i]]
		rows[i] = collectFrom(c, host.ID, "Generic.System.Pstree")
	}
	for _, row := range rows {
		require.Eventually(t, func() bool {
			c.Get(under("/api/velociraptor/collections/", row.ID), &row)
			return row.Status == "completed" || row.Status == "failed"
		}, fleetPatience, 10*poll, "the collection ends")
		require.Equal(t, collected{ID: row.ID, Status: "completed", Rows: walkRows, RowsNew: walkRows, RowsFound: walkRows}, row)
		require.Equal(t, int64(walkRows), lines(t, c, under("/api/velociraptor/collections/", row.ID)+"/results/export?format=ndjson"))
	}
	require.Eventually(t, func() bool {
		c.Get("/api/velociraptor/callbacks", &installed)
		return installed.Count == many && installed.Repeats == 2*many
	}, fleetPatience, 10*poll, "each is told three times: %+v", fmt.Sprint(installed))
	require.Eventually(t, func() bool { return len(c.Executions(playbook)) >= many }, fleetPatience, 10*poll, "each end is told")
	for _, run := range c.Executions(playbook) {
		done := c.Finished(run.ID, fleetPatience)
		require.Equal(t, "completed", done.Status, done.Error)
	}
	require.Len(t, c.Executions(playbook), many, "and none twice")
}
