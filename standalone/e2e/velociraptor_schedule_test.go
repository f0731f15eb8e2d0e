package e2e

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/velocicompanion/velocicompanion/workflows/contract"
)

// scheduleRun is one time of a schedule as the API shows it.
type scheduleRun struct {
	ID     int64  `json:"id"`
	ByHand bool   `json:"by_hand"`
	Status string `json:"status"`
	HuntID int64  `json:"hunt_id"`
	Error  string `json:"error"`
}

const schedulesPath = "/api/velociraptor/hunts/schedules/"

// scheduled makes a paused schedule for each minute; its hunts stay open.
func scheduled(c *Client, name string) (id int64) {
	c.t.Helper()
	var row struct {
		ID int64 `json:"id"`
	}
	c.Must(http.StatusCreated, http.MethodPost, "/api/velociraptor/hunts/schedules", map[string]any{
		"name": name, "cron": "* * * * *", "overlap": "skip", "paused": true,
		"hunt": map[string]any{"description": name, "artifacts": []string{"Generic.Client.Info"}, "until": "expires", "expires": "30m", "client_limit": 1},
	}, &row)
	return row.ID
}

// schedule: of three schedules for each minute one fires; one stays paused and doesn't; and one whose run before is at work
// leaves its time out.
func (w *velociraptorWalk) schedule(t *testing.T) {
	t.Helper()
	c := w.tenant(t, "schedule")
	w.hosts(t, c)
	fires, paused, busy := scheduled(c, "fires"), scheduled(c, "paused"), scheduled(c, "busy")
	handle := w.stack.Temporal(t).ScheduleClient()
	stands := func(id int64, paused bool) {
		t.Helper()
		require.Eventually(t, func() bool {
			d, err := handle.GetHandle(t.Context(), contract.ScheduleID(c.TenantID, id)).Describe(t.Context())
			return err == nil && d.Schedule.State.Paused == paused
		}, fleetPatience, 10*poll, "Temporal has the schedule, paused: %v", paused)
	}
	runs := func(id int64) (list []scheduleRun) {
		t.Helper()
		c.Get(under(schedulesPath, id)+"/runs", &list)
		return list
	}
	stands(fires, true)
	var byHand scheduleRun
	c.Must(http.StatusAccepted, http.MethodPost, under(schedulesPath, busy)+"/trigger", nil, &byHand)
	require.NotZero(t, byHand.HuntID)
	c.Refused(http.StatusConflict, "schedule_overlap", http.MethodPost, under(schedulesPath, busy)+"/trigger", nil)
	for _, id := range []int64{fires, busy} {
		c.Must(http.StatusOK, http.MethodPost, under(schedulesPath, id)+"/resume", nil, nil)
		stands(id, false)
	}

	require.Eventually(t, func() bool { return len(runs(fires)) > 0 && len(runs(busy)) > 1 }, fleetPatience, 10*poll, "the minute comes")
	run := runs(fires)[len(runs(fires))-1]
	require.False(t, run.ByHand)
	require.NotZero(t, run.HuntID, "%+v", run)
	require.Eventually(t, func() bool {
		var hunt huntState
		c.Get(under("/api/velociraptor/hunts/", run.HuntID), &hunt)
		return hunt.Finished == 1
	}, fleetPatience, 10*poll, "its hunt is carried out")
	for _, run := range runs(busy) {
		require.Equal(t, map[bool]string{true: "running", false: "skipped"}[run.ByHand], run.Status, "%+v", run)
	}
	require.Empty(t, runs(paused), "who is paused does not fire")

	c.Must(http.StatusOK, http.MethodPost, under(schedulesPath, fires)+"/pause", map[string]any{"note": "enough"}, nil)
	stands(fires, true)
}
