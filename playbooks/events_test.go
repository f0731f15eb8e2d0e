package playbooks_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/playbooks"
)

func TestEventTypes(t *testing.T) {
	t.Parallel()
	seen := make(map[string]bool)
	for _, eventType := range playbooks.EventTypes() {
		require.False(t, seen[eventType.Name])
		seen[eventType.Name] = true
		require.NotEmpty(t, eventType.Summary)
		require.True(t, json.Valid(eventType.Schema))
		require.Error(t, eventType.Check(map[string]any{"surprise": 1}), eventType.Name)
	}
	require.Len(t, seen, 15)
	for _, eventType := range playbooks.EventTypes() {
		if eventType.Name == playbooks.EventHostIngested {
			require.NoError(t, eventType.Check(hostEvent(map[string]any{"Pid": 1}).Payload))
			require.NoError(t, eventType.Check(map[string]any{
				"host_id": int64(7), "rows": 2, "source": "x", "sample": []map[string]any{},
				"host": map[string]any{"id": int64(7), "labels": []string{"a"}, "ip_address": nil},
			}))
			require.Error(t, eventType.Check(map[string]any{"host_id": "7"}))
		}
	}
}

func TestEventFields(t *testing.T) {
	t.Parallel()
	event := playbooks.Event{
		ID: "e", Type: "webhook.received", Time: time.Date(2026, 1, 2, 3, 4, 5, 6000, time.UTC), Causation: []string{"a"},
		Payload: map[string]any{"name": "n", "id": "forged", "type": "forged"},
	}
	require.Equal(t, map[string]any{
		"id": "e", "type": "webhook.received", "time": "2026-01-02T03:04:05.000006Z", "causation": []any{"a"}, "name": "n",
	}, event.Fields())
	require.Equal(t, "forged", event.Payload["id"], "the payload itself is left alone")
}

func TestPatterns(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		pattern, eventType string
		want               bool
	}{
		{"host.created", "host.created", true},
		{"host.*", "host.created", true},
		{"*.created", "case.created", true},
		{"*", "webhook.received", true},
		{"h*.c*", "host.created", true},
		{"host", "host.created", false},
		{"host.?reated", "host.created", false},
		{"host.[a-z]*", "host.created", false},
		{"HOST.*", "host.created", false},
		{"", "host.created", false},
	} {
		require.Equal(t, test.want, playbooks.MatchPattern(test.pattern, test.eventType), test.pattern)
	}
	require.Equal(t, []string{"host.created", "case.created"}, playbooks.MatchedTypes([]string{"*.created", "host.created"}))
}

func TestMatches(t *testing.T) {
	t.Parallel()
	evaluator := playbooks.NewEvaluator(playbooks.DefaultBudget())
	env := playbooks.Env{Event: hostEvent(map[string]any{"Pid": 4.0}).Fields()}
	trigger := playbooks.Trigger{Type: playbooks.TriggerEvent, Events: []string{"case.*", "host.ingested"}}
	for when, want := range map[string]bool{"": true, "event.rows > 0": true, "rows > 1": false, "any(event.sample, .Pid == 4)": true} {
		trigger.When = when
		matched, err := trigger.Matches(evaluator, "host.ingested", env)
		require.NoError(t, err)
		require.Equal(t, want, matched, when)
	}
	trigger.When = "event.nope.deep == 1"
	_, err := trigger.Matches(evaluator, "host.ingested", env)
	require.True(t, fault.Is(err, fault.Invalid))
	matched, err := trigger.Matches(evaluator, "host.created", env)
	require.NoError(t, err, "a condition is only asked for events that fit")
	require.False(t, matched)
	matched, err = playbooks.Trigger{Type: playbooks.TriggerManual, Events: []string{"*"}}.Matches(evaluator, "host.created", env)
	require.NoError(t, err)
	require.False(t, matched)
}

func TestDocumentSchema(t *testing.T) {
	t.Parallel()
	raw := playbooks.DocumentSchema(testCatalog(t))
	var document any
	require.NoError(t, json.Unmarshal(raw, &document))
	compiler := jsonschema.NewCompiler()
	require.NoError(t, compiler.AddResource("mem:///playbook.json", document))
	schema, err := compiler.Compile("mem:///playbook.json")
	require.NoError(t, err)

	library, err := playbooks.Library()
	require.NoError(t, err)
	sources := [][]byte{[]byte(fullYAML), []byte(fullJSON)}
	for _, entry := range library {
		sources = append(sources, entry.Source)
	}
	for _, source := range sources {
		var value any
		require.NoError(t, yaml.Unmarshal(source, &value))
		require.NoError(t, schema.Validate(value))
	}
	for _, source := range []string{
		"name: x", "name: x\nactions: []", "name: x\nactions: [{type: nope}]", "name: x\nmore: 1\nactions: [{type: stop}]",
		"name: x\nactions: [{type: create_case}]", "name: x\nactions: [{type: create_case, params: {title: x, severity: huge}}]",
		"name: x\nactions: [{type: stop, for_each: x}]", "name: x\nactions: [{type: set, params: {}}]",
	} {
		var value any
		require.NoError(t, yaml.Unmarshal([]byte(source), &value))
		require.Error(t, schema.Validate(value), source)
	}
	require.True(t, json.Valid(playbooks.DocumentSchema(nil)))
}
