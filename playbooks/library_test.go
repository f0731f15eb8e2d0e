package playbooks_test

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/velocicompanion/velocicompanion/playbooks"
)

// shipped compiles a shipped playbook.
func shipped(t *testing.T, name string) *playbooks.Plan {
	t.Helper()
	library, err := playbooks.Library()
	require.NoError(t, err)
	for _, entry := range library {
		if entry.Name == name {
			plan, diagnostics, err := playbooks.Compile(entry.Document, playbooks.CompileOptions{Catalog: testCatalog(t)})
			require.NoError(t, err)
			require.Empty(t, diagnostics, "shipped playbooks have no warnings")
			return plan
		}
	}
	require.Failf(t, "not shipped", "%s", name)
	return nil
}

func TestLibraryCompiles(t *testing.T) {
	t.Parallel()
	library, err := playbooks.Library()
	require.NoError(t, err)
	require.Len(t, library, 3)
	for _, entry := range library {
		shipped(t, entry.Name)
		require.NotEmpty(t, entry.Document.Description)
	}
}

// begin matches an event and gives the environment of the run it starts.
func begin(t *testing.T, plan *playbooks.Plan, event playbooks.Event) (*playbooks.Evaluator, playbooks.Env, bool) {
	t.Helper()
	evaluator := playbooks.NewEvaluator(plan.Budget)
	env := playbooks.Env{
		Now: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC), Event: event.Fields(), Tenant: map[string]any{"id": 1, "name": "acme"},
		Steps: plan.PendingSteps(), Run: map[string]any{"id": 5},
	}
	matched, err := plan.Trigger.Matches(evaluator, event.Type, env)
	require.NoError(t, err)
	if !matched {
		return evaluator, env, false
	}
	env.Inputs, err = playbooks.CheckInputs(plan.Inputs, nil, env.Event)
	require.NoError(t, err)
	vars, err := evaluator.Render(plan.Vars, env)
	require.NoError(t, err)
	env.Vars, _ = vars.(map[string]any)
	return evaluator, env, true
}

// render gives a step's parameters as its action gets them.
func render(t *testing.T, evaluator *playbooks.Evaluator, step playbooks.Step, env playbooks.Env) map[string]any {
	t.Helper()
	rendered, err := evaluator.Render(step.Params, env)
	require.NoError(t, err)
	params, ok := rendered.(map[string]any)
	require.True(t, ok)
	require.NoError(t, testCatalog(t).CheckParams(step.Action, params))
	return params
}

func hostEvent(sample ...any) playbooks.Event {
	return playbooks.Event{
		ID: "e1", Type: playbooks.EventHostIngested, Time: time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC),
		Payload: map[string]any{
			"host_id": 7.0, "source": "velociraptor", "rows": float64(len(sample)), "sample": sample,
			"host": map[string]any{"id": 7.0, "hostname": "wks-7", "os": "windows"},
		},
	}
}

func TestTriageRun(t *testing.T) {
	t.Parallel()
	plan := shipped(t, "triage_ingested_host")
	const bad = "powershell.exe -NoP -EncodedCommand SQBFAFgAIABOAGUAdwAtAE8AYgBqAGUAYwB0AA=="
	_, _, matched := begin(t, plan, hostEvent(map[string]any{"Name": "svchost.exe", "CommandLine": "svchost -k x"}, map[string]any{"Name": "System"}))
	require.False(t, matched)
	_, _, matched = begin(t, plan, hostEvent(map[string]any{"Event": map[string]any{"EventData": map[string]any{"CommandLine": `C:\Temp\x.exe`}}}))
	require.True(t, matched, "event-log rows are looked at too")
	long := make([]any, playbooks.MaxSampleRows)
	for i := range long {
		long[i] = map[string]any{"CommandLine": strings.Repeat("A", playbooks.MaxSampleRowBytes)}
	}
	long[len(long)-1] = map[string]any{"CommandLine": bad}
	_, _, matched = begin(t, plan, hostEvent(long...))
	require.True(t, matched, "long rows don't use up the budget")
	evaluator, env, matched := begin(t, plan, hostEvent(map[string]any{"Name": "System", "CommandLine": nil}, map[string]any{"CommandLine": bad}))
	require.True(t, matched)
	require.Equal(t, bad, env.Inputs["command_line"])

	params := render(t, evaluator, plan.Steps[0], env)
	require.Equal(t, "Suspicious process on wks-7", params["title"])
	require.EqualValues(t, 7, params["host_id"])
	env.Steps["case"] = plan.Steps[0].Finished(map[string]any{"id": 41.0})
	wanted, err := evaluator.Bool(plan.Steps[1].If, env)
	require.NoError(t, err)
	require.True(t, wanted)
	require.Equal(t, bad, render(t, evaluator, plan.Steps[1], env)["value"])
	require.Equal(t, "Case 41: suspicious process on wks-7", render(t, evaluator, plan.Steps[2], env)["message"])
	env.Failure = map[string]any{"step": "case", "message": "boom"}
	require.Equal(t, "Triage of wks-7 failed at case: boom", render(t, evaluator, plan.OnFailure[0], env)["message"])
}

func TestTriageByHand(t *testing.T) {
	t.Parallel()
	plan := shipped(t, "triage_ingested_host")
	inputs, err := playbooks.CheckInputs(plan.Inputs, map[string]any{"host_id": 9}, nil)
	require.NoError(t, err)
	evaluator := playbooks.NewEvaluator(plan.Budget)
	env := playbooks.Env{Inputs: inputs, Steps: plan.PendingSteps()}
	vars, err := evaluator.Render(plan.Vars, env)
	require.NoError(t, err)
	env.Vars, _ = vars.(map[string]any)
	require.Equal(t, "Suspicious process on host 9", render(t, evaluator, plan.Steps[0], env)["title"])
	wanted, err := evaluator.Bool(plan.Steps[1].If, env)
	require.NoError(t, err)
	require.False(t, wanted)
}

func TestUrgentCaseRun(t *testing.T) {
	t.Parallel()
	plan := shipped(t, "urgent_case_hygiene")
	event := playbooks.Event{ID: "e", Type: playbooks.EventCaseCreated, Payload: map[string]any{
		"case_id": 3.0, "changed": []any{}, "case": map[string]any{
			"id": 3.0, "title": "Ransom note", "severity": "critical", "status": "open", "tags": []any{"edr"}, "assignee_id": nil,
		},
	}}
	evaluator, env, matched := begin(t, plan, event)
	require.True(t, matched)
	require.Equal(t, []any{"edr", "urgent"}, render(t, evaluator, plan.Steps[0], env)["tags"])
	wanted, err := evaluator.Bool(plan.Steps[1].If, env)
	require.NoError(t, err)
	require.True(t, wanted)
	params := render(t, evaluator, plan.Steps[1], env)
	require.Equal(t, "Case 3 (critical) has nobody yet: Ransom note", params["message"])
	require.Equal(t, "critical", params["severity"])
}

func TestRelayRun(t *testing.T) {
	t.Parallel()
	plan := shipped(t, "relay_indicators")
	event := func(kind, value string) playbooks.Event {
		return playbooks.Event{ID: "e", Type: playbooks.EventArtifactAdded, Payload: map[string]any{
			"artifact_id": 8.0, "artifact": map[string]any{"id": 8.0, "artifact_type": kind, "value": value},
		}}
	}
	_, _, matched := begin(t, plan, event("ip", "10.1.2.3"))
	require.False(t, matched)
	evaluator, env, matched := begin(t, plan, event("domain", "evil.example"))
	require.True(t, matched)
	body, ok := render(t, evaluator, plan.Steps[0], env)["body"].(map[string]any)
	require.True(t, ok)
	require.Equal(t, map[string]any{
		"id": 8.0, "type": "domain", "value": "evil.example", "shown": "evil[.]example",
		"sent_at": "2026-03-01T12:00:00Z", "from": "acme",
	}, body)
}

// TestTriageOnRealRows looks at the rows of a real process list, where it is there.
func TestTriageOnRealRows(t *testing.T) {
	t.Parallel()
	folder := os.Getenv("VC_SHARED_DATA")
	if folder == "" {
		folder = filepath.Join("..", "..", "shared", "data")
	}
	file, err := os.Open(filepath.Join(folder, "velociraptor", "pslist.jsonl"))
	if err != nil {
		t.Skip("the shared data are not here: set VC_SHARED_DATA")
	}
	defer func() { require.NoError(t, file.Close()) }()
	var sample []any
	for lines := bufio.NewScanner(file); lines.Scan() && len(sample) < playbooks.MaxSampleRows; {
		var row map[string]any
		require.NoError(t, json.Unmarshal(lines.Bytes(), &row))
		sample = append(sample, row)
	}
	require.NotEmpty(t, sample)
	evaluator, env, _ := begin(t, shipped(t, "triage_ingested_host"), hostEvent(sample...))
	names, err := evaluator.Value(`map(event.sample, .Name) | filter(# != nil) | uniq()`, env)
	require.NoError(t, err)
	require.NotEmpty(t, names)
}
