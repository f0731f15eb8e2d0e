package playbooks_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/playbooks"
)

func TestCheckInputs(t *testing.T) {
	t.Parallel()
	zero, one, three := 0.0, 1.0, 3.0
	inputs := []playbooks.Input{
		{Name: "host_id", Type: playbooks.InputHost, Required: true, Default: "${event.host_id}"},
		{Name: "threshold", Type: playbooks.InputNumber, Default: 0.9, Min: &zero, Max: &one},
		{Name: "count", Type: playbooks.InputInteger},
		{Name: "loud", Type: playbooks.InputBoolean},
		{Name: "mode", Type: playbooks.InputString, Enum: []any{"a", "b"}},
		{Name: "note", Type: playbooks.InputString, Max: &three},
		{Name: "tags", Type: playbooks.InputList, Min: &one},
		{Name: "extra", Type: playbooks.InputObject},
	}
	got, err := playbooks.CheckInputs(inputs, map[string]any{
		"count": json.Number("9007199254740993"), "loud": true, "mode": "b", "note": "äöü", "tags": []string{"x"},
		"extra": map[string]any{"a": 1},
	}, map[string]any{"host_id": 7.0})
	require.NoError(t, err)
	require.Equal(t, map[string]any{
		"host_id": 7.0, "threshold": 0.9, "count": 9007199254740993, "loud": true, "mode": "b", "note": "äöü",
		"tags": []any{"x"}, "extra": map[string]any{"a": 1},
	}, got)

	got, err = playbooks.CheckInputs(inputs, map[string]any{"host_id": 3}, nil)
	require.NoError(t, err)
	require.Equal(t, 3, got["host_id"])
	require.Contains(t, got, "note")
	require.Nil(t, got["note"])

	_, err = playbooks.CheckInputs(inputs, map[string]any{
		"threshold": 2, "count": 1.5, "loud": "yes", "mode": "c", "note": "long", "tags": []any{}, "extra": 5, "nots": 1,
	}, nil)
	require.True(t, fault.Is(err, fault.Invalid))
	said := make(map[string]string)
	for _, field := range faultOf(t, err).Fields {
		said[field.Location] = field.Message
	}
	require.Equal(t, map[string]string{
		"inputs.host_id": "is required", "inputs.threshold": "must be at most 1",
		"inputs.count": "must be an integer, not 1.5: a number", "inputs.loud": `must be a boolean, not "yes": a text`,
		"inputs.mode": `must be one of "a", "b"`, "inputs.note": "must be at most 3 characters long",
		"inputs.tags": "must be at least 1 items long", "inputs.extra": "must be an object, not 5: a number",
		"inputs.nots": "the playbook has no such input; did you mean note?",
	}, said)

	for _, id := range []any{0, -1, 1.5, "7", true, []any{}} {
		_, err := playbooks.CheckInputs(inputs, map[string]any{"host_id": id}, nil)
		require.Error(t, err, id)
	}
	_, err = playbooks.CheckInputs(inputs, nil, map[string]any{"host_id": "seven"})
	require.ErrorContains(t, err, "inputs.host_id must be the id of a host")

	free, err := playbooks.CheckInputs(nil, map[string]any{"any": 1}, nil)
	require.NoError(t, err)
	require.Equal(t, map[string]any{"any": 1}, free)
}
