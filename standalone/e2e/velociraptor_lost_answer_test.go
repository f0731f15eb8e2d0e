package e2e

import (
	"bytes"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// lostAnswers: the server does what it is asked and dies before it says so. Neither the collection nor the hunt is started
// a second time.
func (w *velociraptorWalk) lostAnswers(t *testing.T) {
	t.Helper()
	c := w.operator.NewTenant(t, "lost")
	w.forgetful.Connect(t, c)
	client := onlineClient(t, c)
	w.forgetful.Trouble(t, `{"lose_answer":{"collect_client":true,"CreateHunt":true,"hunt":true}}`)
	var row collected
	c.Must(http.StatusAccepted, http.MethodPost, "/api/velociraptor/collect", map[string]any{"client_id": client, "artifact_name": "Generic.System.Pstree"}, &row)
	var hunt huntState
	c.Must(http.StatusAccepted, http.MethodPost, "/api/velociraptor/hunts", map[string]any{
		"description": "processes", "artifacts": []string{"Generic.System.Pstree"},
	}, &hunt)
	require.Eventually(t, func() bool {
		done := w.forgetful.did(t)
		return done["collect"] > 0 && done["hunt"] > 0
	}, fleetPatience, poll, "the server has started both")
	w.forgetful.Kill(t)
	w.forgetful.Start(t)

	require.Eventually(t, func() bool {
		c.Get(under("/api/velociraptor/collections/", row.ID), &row)
		c.Get(under("/api/velociraptor/hunts/", hunt.ID), &hunt)
		return row.Status == "completed" && hunt.Status == "completed"
	}, fleetPatience, 10*poll, "both end: %+v %+v", &row, &hunt)
	require.Equal(t, int64(walkRows), row.Rows)
	require.Equal(t, (hunt.Scheduled-hunt.Errors)*walkRows, hunt.Rows)
	done := w.forgetful.did(t)
	require.Equal(t, 1, done["collect"], "collections that were started")
	require.Equal(t, 1, done["hunt"], "hunts that were started")
}

// did counts what was done on the server, by its journal.
func (f *Fleet) did(t *testing.T) map[string]int {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(filepath.Dir(f.File), "state", "journal.ndjson"))
	require.NoError(t, err)
	done := map[string]int{}
	for line := range bytes.Lines(text) {
		var change struct {
			Op string `json:"op"`
		}
		if json.Unmarshal(line, &change) == nil { // the last line may be half written
			done[change.Op]++
		}
	}
	return done
}

// onlineClient is one of the server's clients that answer.
func onlineClient(t *testing.T, c *Client) string {
	t.Helper()
	var clients []struct {
		ClientID string `json:"client_id"`
		Online   bool   `json:"online"`
	}
	c.Get("/api/velociraptor/clients?limit=100", &clients)
	for _, e := range clients {
		if e.Online {
			return e.ClientID
		}
	}
	require.Fail(t, "no client is online")
	return ""
}
