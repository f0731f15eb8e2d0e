package api_test

import (
	"fmt"
	"net/http"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/velocicompanion/velocicompanion/internal/auth"
)

type hostAnswer struct {
	ID           int64          `json:"id"`
	Hostname     string         `json:"hostname"`
	ClientID     *string        `json:"client_id"`
	Criticality  string         `json:"criticality"`
	CustomFields map[string]any `json:"custom_fields"`
	Notes        string         `json:"notes"`
}

func newHost(t *testing.T, c *client, body map[string]any) (h hostAnswer) {
	t.Helper()
	a := c.post("/api/hosts", body)
	require.Equal(t, http.StatusCreated, a.status, a.text)
	a.into(&h)
	return h
}

func TestHostsHaveATenantsOwnFields(t *testing.T) {
	t.Parallel()
	b := setup(t)
	admin := b.somebody("Alpha", "alice", auth.RoleAdmin)
	user := b.colleague(admin.user.TenantID, "ursula", auth.RoleUser)
	field := map[string]any{"key": "site", "label": "Site", "type": "select", "options": []string{"Bern", "Basel"}}
	require.Equal(t, http.StatusForbidden, user.post("/api/hosts/fields", field).status)
	require.Equal(t, http.StatusCreated, admin.post("/api/hosts/fields", field).status)
	require.Equal(t, "field_exists", admin.post("/api/hosts/fields", field).problem().Code)

	h := newHost(t, user, map[string]any{"hostname": "ws-1", "criticality": "high", "custom_fields": map[string]any{"site": "Bern"}, "notes": "*x*"})
	require.Equal(t, "high", h.Criticality)
	require.Equal(t, map[string]any{"site": "Bern"}, h.CustomFields)
	wrong := user.patch(fmt.Sprintf("/api/hosts/%d", h.ID), map[string]any{"custom_fields": map[string]any{"site": "Rome"}})
	require.Equal(t, http.StatusUnprocessableEntity, wrong.status)
	require.Equal(t, "body.custom_fields", wrong.problem().Errors[0].Location)
	for query, want := range map[string]int{"field=site:bern": 1, "field=site:Basel": 0, "criticality=high&sort=-criticality": 1, "isolation=isolated": 0, "owner=nobody&sort=owner": 0} {
		a := user.get("/api/hosts?" + query)
		require.Equal(t, http.StatusOK, a.status, a.text)
		require.Equal(t, strconv.Itoa(want), a.header.Get("X-Total-Count"), query)
	}
	for _, bad := range []string{"field=site", "criticality=dire", "isolation=x", "case_id=x"} {
		require.Equal(t, http.StatusUnprocessableEntity, user.get("/api/hosts?"+bad).status, bad)
	}
	cleared := user.patch(fmt.Sprintf("/api/hosts/%d", h.ID), map[string]any{"custom_fields": map[string]any{"site": nil}})
	cleared.into(&h)
	require.Equal(t, http.StatusOK, cleared.status, cleared.text)
	require.NotContains(t, cleared.text, "Bern")
}

func TestHostsAreMergedOverTheAPI(t *testing.T) {
	t.Parallel()
	b := setup(t)
	c, other := b.somebody("Alpha", "alice", auth.RoleUser), b.somebody("Beta", "bert", auth.RoleUser)
	one, two := newHost(t, c, map[string]any{"hostname": "ws-1", "client_id": "C.1"}), newHost(t, c, map[string]any{"hostname": "WS-1", "client_id": "C.2"})
	foreign := newHost(t, other, map[string]any{"hostname": "ws-1"})
	var duplicates []struct {
		Host    hostAnswer `json:"host"`
		Reasons []string   `json:"reasons"`
	}
	c.get(fmt.Sprintf("/api/hosts/%d/duplicates", one.ID)).into(&duplicates)
	require.Len(t, duplicates, 1)
	require.Equal(t, two.ID, duplicates[0].Host.ID)
	require.Equal(t, []string{"hostname"}, duplicates[0].Reasons)

	path := fmt.Sprintf("/api/hosts/%d/merge", one.ID)
	require.Equal(t, http.StatusNotFound, c.post(path, map[string]any{"from_ids": []int64{foreign.ID}}).status, "another tenant's host")
	require.Equal(t, http.StatusOK, other.get(fmt.Sprintf("/api/hosts/%d", foreign.ID)).status)
	require.Equal(t, http.StatusUnprocessableEntity, c.post(path, map[string]any{"from_ids": []int64{}}).status)
	require.Equal(t, "body.from_ids", c.post(path, map[string]any{"from_ids": []int64{one.ID}}).problem().Errors[0].Location)
	dry := c.post(path, map[string]any{"from_ids": []int64{two.ID}, "dry_run": true})
	require.Equal(t, http.StatusOK, dry.status, dry.text)
	require.Equal(t, http.StatusOK, c.get(fmt.Sprintf("/api/hosts/%d", two.ID)).status)
	merged := c.post(path, map[string]any{"from_ids": []int64{two.ID}})
	require.Equal(t, http.StatusOK, merged.status, merged.text)
	require.Contains(t, merged.text, `"moved":{"observations":0,"cases":0,"labels":0,"sightings":0,"executions":0}`)
	require.Equal(t, http.StatusNotFound, c.get(fmt.Sprintf("/api/hosts/%d", two.ID)).status)
	var aliases []struct {
		ID    int64  `json:"id"`
		Kind  string `json:"kind"`
		Value string `json:"value"`
	}
	c.get(fmt.Sprintf("/api/hosts/%d/aliases", one.ID)).into(&aliases)
	require.Len(t, aliases, 2)

	first := c.get(fmt.Sprintf("/api/hosts/%d/timeline?limit=1", one.ID))
	require.Contains(t, first.header.Get("Link"), "cursor=")
	require.Contains(t, first.text, "Hosts merged")
	all := c.get(fmt.Sprintf("/api/hosts/%d/timeline?kinds=change,case", one.ID))
	require.Contains(t, all.text, "Host made")
	for _, bad := range []string{"kinds=x", "limit=0", "cursor=x", "from=yesterday", "from=2026-02-01T00:00:00Z&to=2026-01-01T00:00:00Z"} {
		require.Equal(t, http.StatusUnprocessableEntity, c.get(fmt.Sprintf("/api/hosts/%d/timeline?%s", one.ID, bad)).status, bad)
	}
}

func TestSavedViewsOverTheAPI(t *testing.T) {
	t.Parallel()
	b := setup(t)
	user := b.somebody("Alpha", "ursula", auth.RoleUser)
	viewer := b.colleague(user.user.TenantID, "vera", auth.RoleViewer)
	admin := b.colleague(user.user.TenantID, "alice", auth.RoleAdmin)
	view := map[string]any{"resource": "hosts", "name": "Critical", "query": "criticality=critical&sort=-last_seen"}
	require.Equal(t, http.StatusCreated, viewer.post("/api/views", view).status)
	view["shared"] = true
	require.Equal(t, http.StatusForbidden, viewer.post("/api/views", view).status, "who only reads puts nothing before everybody")
	a := user.post("/api/views", view)
	require.Equal(t, http.StatusCreated, a.status, a.text)
	path := a.header.Get("Location")
	var seen []struct {
		Mine  bool   `json:"mine"`
		Owner string `json:"owner"`
	}
	viewer.get("/api/views?resource=hosts").into(&seen)
	require.Len(t, seen, 2)
	require.True(t, seen[0].Mine)
	require.False(t, seen[1].Mine)
	require.Equal(t, "ursula", seen[1].Owner)
	require.Equal(t, http.StatusForbidden, viewer.do(http.MethodPut, path, map[string]any{"name": "Mine"}).status)
	require.Equal(t, http.StatusForbidden, viewer.delete(path).status)
	require.Equal(t, http.StatusOK, admin.do(http.MethodPut, path, map[string]any{"name": "Ours", "shared": false}).status)
	require.Equal(t, http.StatusNotFound, viewer.get(path).status)
	require.Equal(t, http.StatusNoContent, user.delete(path).status)
}
