package api_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/velocicompanion/velocicompanion/internal/auth"
	"github.com/velocicompanion/velocicompanion/internal/bulk"
	"github.com/velocicompanion/velocicompanion/internal/testkit"
	"github.com/velocicompanion/velocicompanion/models"
)

type bulkJob struct {
	ID       int64          `json:"id"`
	Status   string         `json:"status"`
	Params   map[string]any `json:"params"`
	Filter   map[string]any `json:"filter"`
	Progress float64        `json:"progress"`
	Total    int            `json:"total"`
	Done     int            `json:"done"`
	Skipped  int            `json:"skipped"`
	Undoable bool           `json:"undoable"`
	UndoOf   *int64         `json:"undo_of"`
	UndoneBy *int64         `json:"undone_by"`
	Username string         `json:"username"`
	File     *struct {
		Name   string `json:"name"`
		Size   int64  `json:"size"`
		SHA256 string `json:"sha256"`
	} `json:"file"`
}

// worked carries a job out, as a worker would.
func (b *bench) worked(tenant, id int64) {
	b.t.Helper()
	s := bulk.New(bulk.Params{Store: b.store, Files: b.params.Files, Clock: b.clock, Log: b.params.Log})
	for done := false; !done; {
		var err error
		_, done, err = s.Work(b.t.Context(), tenant, id, nil)
		require.NoError(b.t, err)
	}
}

func (c *client) bulk(body map[string]any) bulkJob {
	c.b.t.Helper()
	a := c.post("/api/bulk", body)
	require.Equal(c.b.t, http.StatusAccepted, a.status, a.text)
	var job bulkJob
	a.into(&job)
	require.Equal(c.b.t, "queued", job.Status)
	c.b.worked(c.user.TenantID, job.ID)
	c.get("/api/bulk/" + itoa(job.ID)).into(&job)
	return job
}

func TestAJobOnManyRows(t *testing.T) {
	t.Parallel()
	b := setup(t)
	ada := b.somebody("Acme", "ada", auth.RoleUser)
	for _, os := range []string{"Windows 11", "windows", "linux"} {
		testkit.Host(t, b.store, ada.user.TenantID, func(h *models.Host) { h.OS = os })
	}
	what := map[string]any{"resource": "hosts", "filter": map[string]any{"os": "windows", "online": false}, "action": "add_labels", "params": map[string]any{"labels": []string{"x"}}}
	var preview struct {
		Total  int  `json:"total"`
		TooFew bool `json:"too_many"`
		Sample []struct{ Name string }
	}
	a := ada.post("/api/bulk/preview", what)
	require.Equal(t, http.StatusOK, a.status, a.text)
	a.into(&preview)
	require.Equal(t, 2, preview.Total)
	require.Len(t, preview.Sample, 2)

	job := ada.bulk(what)
	require.Equal(t, []any{"completed", 2, 2, 1.0, true, "ada"}, []any{job.Status, job.Total, job.Done, job.Progress, job.Undoable, job.Username})
	require.Equal(t, "windows", job.Filter["os"])
	var hosts []any
	ada.get("/api/hosts?label=x").into(&hosts)
	require.Len(t, hosts, 2)
	var items []map[string]any
	ada.get("/api/bulk/" + itoa(job.ID) + "/items?status=done&limit=1").into(&items)
	require.Len(t, items, 1)

	var back bulkJob
	a = ada.post("/api/bulk/"+itoa(job.ID)+"/undo", nil)
	require.Equal(t, http.StatusAccepted, a.status, a.text)
	a.into(&back)
	b.worked(ada.user.TenantID, back.ID)
	require.Equal(t, job.ID, *back.UndoOf)
	ada.get("/api/hosts?label=x").into(&hosts)
	require.Empty(t, hosts)
	ada.get("/api/bulk/" + itoa(job.ID)).into(&job)
	require.Equal(t, back.ID, *job.UndoneBy)
	var jobs []bulkJob
	ada.get("/api/bulk?resource=hosts&status=completed,failed&user_id=" + itoa(ada.user.ID)).into(&jobs)
	require.Equal(t, []int64{back.ID, job.ID}, []int64{jobs[0].ID, jobs[1].ID})
	require.Equal(t, http.StatusConflict, ada.post("/api/bulk/"+itoa(job.ID)+"/cancel", nil).status)
}

func TestAnExportIsDownloaded(t *testing.T) {
	t.Parallel()
	b := setup(t)
	ada := b.somebody("Acme", "ada", auth.RoleUser)
	vera := b.colleague(ada.user.TenantID, "vera", auth.RoleViewer)
	host := testkit.Host(t, b.store, ada.user.TenantID)
	job := vera.bulk(map[string]any{"resource": "hosts", "ids": []int64{host.ID}, "action": "export", "params": map[string]any{"format": "csv"}})
	a := ada.get("/api/bulk/" + itoa(job.ID) + "/download")
	require.Equal(t, http.StatusOK, a.status, a.text)
	require.Len(t, a.text, int(job.File.Size))
	require.Contains(t, a.text, host.Hostname)
	require.Equal(t, "text/csv; charset=utf-8", a.header.Get("Content-Type"))
	require.Contains(t, a.header.Get("Content-Disposition"), job.File.Name)
	require.Equal(t, job.File.SHA256, a.header.Get("X-Content-SHA256"))
	part := ada.do(http.MethodGet, "/api/bulk/"+itoa(job.ID)+"/download", "", "Range", "bytes=0-1")
	require.Equal(t, http.StatusPartialContent, part.status)
	require.Equal(t, "id", part.text)
	require.Equal(t, http.StatusNotFound, b.somebody("Beta", "bob", auth.RoleAdmin).get("/api/bulk/"+itoa(job.ID)+"/download").status)
	for _, id := range []string{"x", "0", "-1", "99999999999999999999"} {
		require.Equal(t, http.StatusUnprocessableEntity, ada.get("/api/bulk/"+id+"/download").status, id)
	}
}

func TestBulkRequestsThatWontDo(t *testing.T) {
	t.Parallel()
	b := setup(t)
	ada := b.somebody("Acme", "ada", auth.RoleUser)
	host := itoa(testkit.Host(t, b.store, ada.user.TenantID).ID)
	label := `"action":"add_labels","params":{"labels":["x"]}`
	for body, where := range map[string]string{
		`{"resource":"hosts",` + label + `}`:                                                                        "body.ids",
		`{"resource":"hosts","ids":[1],"filter":{},` + label + `}`:                                                  "body.filter",
		`{"resource":"hosts","ids":[],` + label + `}`:                                                               "body.ids",
		`{"resource":"users","ids":[1],` + label + `}`:                                                              "body.resource",
		`{"resource":"hosts","filter":{"nonsense":1},` + label + `}`:                                                "body.filter.nonsense",
		`{"resource":"hosts","filter":{"limit":1},` + label + `}`:                                                   "body.filter.limit",
		`{"resource":"hosts","filter":{"score_min":"high"},` + label + `}`:                                          "body.filter.score_min",
		`{"resource":"hosts","filter":{"score_min":7},` + label + `}`:                                               "body.filter.score_min",
		`{"resource":"hosts","filter":{"online":"maybe"},` + label + `}`:                                            "body.filter.online",
		`{"resource":"hosts","filter":{"q":{"a":1}},` + label + `}`:                                                 "body.filter.q",
		`{"resource":"hosts","filter":{"q":["a"]},` + label + `}`:                                                   "body.filter.q",
		`{"resource":"cases","filter":{"status":"gone"},"action":"set_status","params":{"status":"open"}}`:          "body.filter.status",
		`{"resource":"hosts","ids":[` + host + `],"action":"set_status","params":{"status":"open"}}`:                "body.action",
		`{"resource":"hosts","ids":[` + host + `],"action":"add_labels"}`:                                           "body.params",
		`{"resource":"hosts","ids":[` + host + `],"action":"add_labels","params":{"labels":[]}}`:                    "body.params.labels",
		`{"resource":"hosts","ids":[` + host + `],"action":"add_labels","params":{"labels":["x"],"more":1}}`:        "body.params.more",
		`{"resource":"hosts","ids":[` + host + `],"action":"add_labels","params":{"labels":[" "]}}`:                 "body.params.labels",
		`{"resource":"hosts","ids":[` + host + `],"action":"add_to_case","params":{"case_id":77}}`:                  "body.params.case_id",
		`{"resource":"hosts","ids":[` + host + `],"action":"run_playbook","params":{"playbook_id":77}}`:             "body.params.playbook_id",
		`{"resource":"hosts","ids":[` + host + `],"action":"export","params":{"format":"xlsx"}}`:                    "body.params.format",
		`{"resource":"cases","filter":{"assignee_id":"x"},"action":"set_status","params":{"status":"open"}}`:        "body.filter.assignee_id",
		`{"resource":"hosts","filter":{"q":"` + strings.Repeat("x", 300) + `"},` + label + `}`:                      "body.filter.q",
		`{"resource":"hosts","ids":["` + host + `"],` + label + `}`:                                                 "body.ids[0]",
		`{"resource":"hosts","ids":[` + strings.TrimSuffix(strings.Repeat("1,", 100_001), ",") + `],` + label + `}`: "body.ids",
	} {
		a := ada.do(http.MethodPost, "/api/bulk", body)
		require.Equal(t, http.StatusUnprocessableEntity, a.status, "%.200s: %s", body, a.text)
		p := a.problem()
		require.NotEmpty(t, p.Errors, "%.200s", body)
		require.Equal(t, where, p.Errors[0].Location, "%.200s: %s", body, a.text)
	}
	require.Equal(t, http.StatusNotFound, ada.do(http.MethodPost, "/api/bulk", `{"resource":"hosts","ids":[99999],`+label+`}`).status)
	a := ada.do(http.MethodPost, "/api/bulk", `{"resource":"hosts","filter":{"label":"nobody has"},`+label+`}`)
	require.Equal(t, "nothing_selected", a.problem().Code)
	var jobs []bulkJob
	ada.get("/api/bulk").into(&jobs)
	require.Empty(t, jobs)
}

// Whoever may read may take it away; whoever may only read can change nothing through a job.
func TestAViewerStartsOnlyWhatHeMay(t *testing.T) {
	t.Parallel()
	b := setup(t)
	ada := b.somebody("Acme", "ada", auth.RoleUser)
	vera := b.colleague(ada.user.TenantID, "vera", auth.RoleViewer)
	host := testkit.Host(t, b.store, ada.user.TenantID)
	what := map[string]any{"resource": "hosts", "ids": []int64{host.ID}, "action": "add_labels", "params": map[string]any{"labels": []string{"x"}}}
	a := vera.post("/api/bulk", what)
	require.Equal(t, http.StatusForbidden, a.status)
	require.Equal(t, bulk.CodeDenied, a.problem().Code)
	job := ada.bulk(what)
	for _, path := range []string{"/undo", "/cancel"} {
		require.Equal(t, http.StatusForbidden, vera.post("/api/bulk/"+itoa(job.ID)+path, nil).status, path)
	}
	require.Equal(t, http.StatusOK, vera.get("/api/bulk/"+itoa(job.ID)+"/items").status)
	key := newKey(ada.elevate(), map[string]any{"name": "x", "scopes": []string{"bulk:start", "bulk:read", "hosts:write"}})
	machine := &client{b: b, token: key.Key, user: ada.user}
	require.Equal(t, http.StatusForbidden, machine.post("/api/bulk", what).status, "without hosts:read")
	require.Equal(t, http.StatusForbidden, machine.post("/api/bulk/preview", what).status, "names of rows need hosts:read")
}

func TestTheTableOfActionsIsTold(t *testing.T) {
	t.Parallel()
	b := setup(t)
	var actions []struct {
		Resource, Action, Permission string
		Params                       map[string]any
	}
	b.somebody("Acme", "vera", auth.RoleViewer).get("/api/bulk/actions").into(&actions)
	require.Len(t, actions, len(bulk.Actions()))
	seen := map[string]bool{}
	for _, a := range actions {
		require.Equal(t, "object", a.Params["type"], a.Action)
		require.False(t, seen[a.Resource+a.Action], "%s %s is there twice", a.Resource, a.Action)
		seen[a.Resource+a.Action] = true
	}
}
