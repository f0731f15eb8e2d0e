package e2e

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

const alertsBecomeCases = `name: Alerts become cases
trigger:
  type: event
  event: webhook.received
  when: event.name == "EDR" && event.body.kind == "alert"
actions:
  - id: case
    type: create_case
    params: {title: "Alert on ${event.body.host}"}
  - type: add_comment
    params: {case_id: "${steps.case.id}", body: "Delivery ${event.delivery_id}: **${event.body.rule}**"}
  - type: add_task
    params: {case_id: "${steps.case.id}", title: "Look at ${event.body.host}"}
`

// Another program's call becomes a case with a comment and a task, however often it is delivered; an unsigned one nothing.
func TestACallFromOutsideBecomesACaseOnce(t *testing.T) {
	s := Start(t, nil)
	a := NewTenant(t, s.URL, "a")
	playbook := a.Playbook(alertsBecomeCases)
	var hook struct {
		URL    string `json:"url"`
		Secret string `json:"secret"`
	}
	a.Must(http.StatusCreated, http.MethodPost, "/api/webhooks", map[string]any{"name": "EDR", "signed": true}, &hook)
	body := []byte(`{"kind":"alert","host":"wks-7","rule":"Credential dump"}`)
	call := func(signature string) int {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, hook.URL, bytes.NewReader(body))
		require.NoError(t, err)
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("X-GitHub-Delivery", "delivery-1")
		req.Header.Set("X-Hub-Signature-256", signature)
		res, err := http.DefaultClient.Do(req)
		require.NoError(t, err)
		require.NoError(t, res.Body.Close())
		return res.StatusCode
	}
	mac := hmac.New(sha256.New, []byte(hook.Secret))
	_, _ = mac.Write(body)
	signature := "sha256=" + hex.EncodeToString(mac.Sum(nil))
	require.Equal(t, http.StatusUnauthorized, call("sha256="+hex.EncodeToString(make([]byte, 32))))
	for range 3 {
		require.Equal(t, http.StatusAccepted, call(signature))
	}
	run := a.OnlyRun(playbook, 15*time.Second)
	require.Equal(t, "completed", run.Status, run.Error)
	var cases []struct {
		ID    int64  `json:"id"`
		Title string `json:"title"`
	}
	a.Get("/api/cases", &cases)
	require.Len(t, cases, 1)
	require.Equal(t, "Alert on wks-7", cases[0].Title)
	var comments []struct{ Body string }
	a.Get(fmt.Sprintf("/api/cases/%d/comments", cases[0].ID), &comments)
	require.Len(t, comments, 1)
	require.Contains(t, comments[0].Body, "**Credential dump**")
	var tasks []struct{ Title, Status string }
	a.Get(fmt.Sprintf("/api/cases/%d/tasks", cases[0].ID), &tasks)
	require.Len(t, tasks, 1)
	require.Equal(t, "open", tasks[0].Status)
}
