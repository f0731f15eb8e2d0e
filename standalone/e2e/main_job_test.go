package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/workflows/contract"
)

const (
	secretHost  = "wks-kestrel-0815.acme.example"
	secretToken = "velvet-otter-7f3a"
)

// fromRowToCase watches for a Sysmon row, opens a case with the host and an indicator, and tells everybody.
const fromRowToCase = `name: Registry query seen
trigger:
  type: event
  event: host.ingested
  when: event.source == "Windows.EventLogs.Evtx" && event.rows > 0 && event.sample[0].Event.EventData.Image != ""
actions:
  - id: case
    type: create_case
    params:
      title: "Registry query on ${event.host.hostname}"
      description: "` + secretToken + `"
      severity: high
      host_id: "${event.host_id}"
  - id: image
    type: add_artifact
    params: {case_id: "${steps.case.id}", artifact_type: file, value: "${event.sample[0].Event.EventData.Image}"}
  - id: tell
    type: send_notification
    params: {title: A case was opened, message: "See case ${steps.case.id} for ${event.host.hostname}", severity: high}
`

// sharedData is the folder with recorded rows; tests that need it are skipped where it is absent.
func sharedData(t *testing.T) string {
	t.Helper()
	for _, dir := range []string{os.Getenv("VC_SHARED_DATA"), filepath.Join("..", "..", "..", "shared", "data")} {
		if dir == "" {
			continue
		}
		if _, err := os.Stat(filepath.Join(dir, "velociraptor", "pslist.jsonl")); err == nil {
			return dir
		}
	}
	t.Skip("the recorded rows (VC_SHARED_DATA) are not here")
	return ""
}

func processRows(t *testing.T, dir string) []json.RawMessage {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(dir, "velociraptor", "pslist.jsonl"))
	require.NoError(t, err)
	var rows []json.RawMessage
	for line := range bytes.Lines(b) {
		if line = bytes.TrimSpace(line); len(line) > 0 {
			rows = append(rows, json.RawMessage(bytes.Clone(line)))
		}
	}
	require.NotEmpty(t, rows)
	return rows
}

// sysmonEvent is the first recorded event that names a process image.
func sysmonEvent(t *testing.T, dir string) (event json.RawMessage, image string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "sigma", "*", "event.json"))
	require.NoError(t, err)
	for _, f := range files {
		b, err := os.ReadFile(f)
		require.NoError(t, err)
		var e struct {
			Event struct{ EventData struct{ Image string } }
		}
		if json.Unmarshal(b, &e) == nil && e.Event.EventData.Image != "" {
			return b, e.Event.EventData.Image
		}
	}
	require.Fail(t, "no recorded event has an image")
	return nil, ""
}

func TestARowBecomesACaseAndNobodyElseSeesIt(t *testing.T) {
	data := sharedData(t)
	s := Start(t, nil)
	a, b := NewTenant(t, s.URL, "a"), NewTenant(t, s.URL, "b")
	socketA, socketB := a.Listen(), b.Listen()
	playbook := a.Playbook(fromRowToCase)
	event, image := sysmonEvent(t, data)

	var host struct {
		ID int64 `json:"id"`
	}
	ingest := func(source string, rows ...json.RawMessage) {
		a.Must(http.StatusOK, http.MethodPost, "/api/ingestion/ingest", map[string]any{
			"hostname": secretHost, "client_id": "C.5e2d7f0a1b3c4d5e", "os": "windows", "source": source, "rows": rows,
		}, &host)
	}
	ingest("Windows.System.Pslist", processRows(t, data)...)
	ingest("Windows.EventLogs.Evtx", event)

	told := socketA.Wait("the playbook's notification", func(m map[string]any) bool { return m["type"] == "notification" })
	require.Contains(t, fmt.Sprint(told), secretHost)
	run := a.OnlyRun(playbook, 30*time.Second)
	require.Equal(t, "completed", run.Status, run.Error)
	checkCase(t, a, host.ID, image)
	checkTrace(t, s, a, playbook, run)
	checkSealed(t, s, a)
	checkStranger(t, s, b, socketB, host.ID)
}

func checkCase(t *testing.T, a *Client, host int64, image string) {
	t.Helper()
	var cases []struct {
		ID              int64
		Title, Severity string
	}
	a.Get("/api/cases", &cases)
	require.Len(t, cases, 1)
	require.Equal(t, "Registry query on "+secretHost, cases[0].Title)
	require.Equal(t, "high", cases[0].Severity)
	var hosts []struct{ ID int64 }
	a.Get(fmt.Sprintf("/api/cases/%d/hosts", cases[0].ID), &hosts)
	require.Len(t, hosts, 1)
	require.Equal(t, host, hosts[0].ID)
	var artifacts []struct{ Value string }
	a.Get(fmt.Sprintf("/api/cases/%d/artifacts", cases[0].ID), &artifacts)
	require.Len(t, artifacts, 1)
	require.Equal(t, image, artifacts[0].Value)
}

func checkTrace(t *testing.T, s *Stack, a *Client, playbook int64, run Execution) {
	t.Helper()
	c := s.Temporal(t)
	require.Eventually(t, func() bool { return len(workflows(t, c, a.TenantID)) == 1 }, 20*time.Second, poll, "Temporal lists the workflow")
	w := workflows(t, c, a.TenantID)[0]
	require.Equal(t, run.WorkflowID, w.GetExecution().GetWorkflowId())
	require.Equal(t, contract.TaskQueue(a.TenantID), w.GetTaskQueue())
	require.Equal(t, strconv.FormatInt(a.TenantID, 10), attribute(t, w, contract.AttributeTenant))
	require.Equal(t, strconv.FormatInt(playbook, 10), attribute(t, w, contract.AttributePlaybook))
	require.Equal(t, strconv.FormatInt(run.ID, 10), attribute(t, w, contract.AttributeExecution))
	require.Equal(t, "event", attribute(t, w, contract.AttributeTriggerType))
}

// checkSealed greps Temporal's whole store: the queue's name is there, so the search works; contents are not.
func checkSealed(t *testing.T, s *Stack, a *Client) {
	t.Helper()
	var store []byte
	require.NoError(t, filepath.WalkDir(filepath.Join(s.DataDir, "temporal"), func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		store = append(store, b...)
		return err
	}))
	require.True(t, bytes.Contains(store, []byte(contract.TaskQueue(a.TenantID))), "the store holds the run")
	for _, secret := range []string{secretHost, "kestrel", secretToken, "EventData", "Registry query"} {
		require.False(t, bytes.Contains(store, []byte(secret)), "%q stands in clear in Temporal's store", secret)
	}
}

// checkStranger looks for tenant A's things as tenant B: by API, by socket, and by SQL without a WHERE.
func checkStranger(t *testing.T, s *Stack, b *Client, socket *Socket, host int64) {
	t.Helper()
	for _, path := range []string{"/api/hosts", "/api/cases", "/api/artifacts", "/api/playbooks", "/api/playbooks/executions", "/api/notifications"} {
		var list []any
		b.Get(path, &list)
		require.Empty(t, list, path)
	}
	for _, path := range []string{"/api/hosts/%d", "/api/hosts/%d/observations"} {
		status, body := b.Do(http.MethodGet, fmt.Sprintf(path, host), nil)
		require.Equal(t, http.StatusNotFound, status, string(body))
	}
	for _, m := range socket.Messages() {
		require.Equal(t, "ready", m["type"], "tenant B heard %v", m)
	}
	u, err := url.Parse(s.Conn["DATABASE_URL"])
	require.NoError(t, err)
	roles := store.RolesOf(strings.TrimPrefix(u.Path, "/"))
	for _, tenant := range []string{strconv.FormatInt(b.TenantID, 10), ""} {
		for _, table := range []string{"hosts", "cases", "artifacts", "observations", "playbook_executions", "playbook_execution_steps", "notifications"} {
			require.Zero(t, count(t, s.Conn["DATABASE_URL"], roles.App, tenant, table), "%s as tenant %q", table, tenant)
		}
	}
}

// count runs SELECT count(*) without a WHERE as a role in a tenant.
func count(t *testing.T, url, role, tenant, table string) (n int) {
	t.Helper()
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, url)
	require.NoError(t, err)
	defer func() { _ = conn.Close(ctx) }()
	_, err = conn.Exec(ctx, "SELECT set_config('role', $1, false), set_config('app.tenant_id', $2, false)", role, tenant)
	require.NoError(t, err)
	require.NoError(t, conn.QueryRow(ctx, "SELECT count(*) FROM "+pgx.Identifier{table}.Sanitize()).Scan(&n))
	return n
}
