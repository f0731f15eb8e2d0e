package e2e

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// huntState is a hunt as the API shows it.
type huntState struct {
	ID        int64  `json:"id"`
	Status    string `json:"status"`
	Ended     string `json:"ended"`
	Error     string `json:"error"`
	Scheduled int64  `json:"scheduled"`
	Finished  int64  `json:"finished"`
	Errors    int64  `json:"errors"`
	Rows      int64  `json:"rows"`
	RowsNew   int64  `json:"rows_new"`
}

// hunt: the worker is killed when the first rows are here, as soon as it is back, and when more of them have come. No row is
// lost, and none is here twice.
func (w *velociraptorWalk) hunt(t *testing.T) {
	t.Helper()
	c := w.tenant(t, "hunt")
	w.hosts(t, c)
	var hunt huntState
	c.Must(http.StatusAccepted, http.MethodPost, "/api/velociraptor/hunts", map[string]any{
		"description": "processes", "artifacts": []string{"Generic.System.Pstree"},
	}, &hunt)
	path := under("/api/velociraptor/hunts/", hunt.ID)
	reaches := func(what string, ok func() bool) {
		t.Helper()
		require.Eventually(t, func() bool { c.Get(path, &hunt); return ok() }, fleetPatience, poll, "%s: %+v", what, hunt)
	}
	const serving = "serving a tenant's queue"
	for before := int64(0); ; before = hunt.Rows {
		reaches("its rows come", func() bool { return hunt.Rows > before })
		require.NotEqual(t, "completed", hunt.Status, "it was over before the worker was killed")
		w.worker.Kill(t)
		served := strings.Count(w.worker.Output(), serving)
		w.worker.Launch(t)
		if before > 0 {
			break
		}
		require.NoError(t, w.worker.until("its queues", func() bool { return strings.Count(w.worker.Output(), serving) > served }))
		w.worker.Kill(t)
		w.worker.Launch(t)
	}
	reaches("it ends", func() bool { return hunt.Status == "completed" || hunt.Status == "failed" })
	require.Equal(t, "completed done", hunt.Status+" "+hunt.Ended, hunt.Error)
	require.Equal(t, int64(walkOnline), hunt.Scheduled)
	require.Equal(t, hunt.Scheduled, hunt.Finished)
	require.Equal(t, (walkOnline-hunt.Errors)*walkRows, hunt.Rows)
	require.Equal(t, hunt.Rows, hunt.RowsNew)
	require.Equal(t, hunt.Rows, lines(t, c, path+"/results/export"))
}

// huntOutlivesItsServer: a hunt goes on where it was when its server is killed in the middle, and brings each row once.
func (w *velociraptorWalk) huntOutlivesItsServer(t *testing.T) {
	t.Helper()
	const online = 40 - 40/20
	c := w.operator.NewTenant(t, "outlives")
	w.mortal.Connect(t, c)
	var hunt huntState
	c.Must(http.StatusAccepted, http.MethodPost, "/api/velociraptor/hunts", map[string]any{
		"description": "processes", "artifacts": []string{"Generic.System.Pstree"},
	}, &hunt)
	path := under("/api/velociraptor/hunts/", hunt.ID)
	require.Eventually(t, func() bool { c.Get(path, &hunt); return hunt.Scheduled > 0 }, fleetPatience, poll)
	w.mortal.Kill(t)
	time.Sleep(3 * time.Second) // away, while the hunt is looked after
	w.mortal.Start(t)
	require.Eventually(t, func() bool { c.Get(path, &hunt); return hunt.Status == "completed" }, fleetPatience, 10*poll)
	require.Equal(t, int64(online), hunt.Scheduled)
	require.Equal(t, (online-hunt.Errors)*walkRows, hunt.Rows)
	require.Equal(t, hunt.Rows, lines(t, c, path+"/results/export"))
}
