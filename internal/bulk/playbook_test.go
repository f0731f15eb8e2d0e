package bulk_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/internal/testkit"
)

// playbook keeps one with these inputs, whose step needs a role.
func (b *bundle) playbook(role string, inputs ...map[string]any) int64 {
	b.Helper()
	plan := map[string]any{"inputs": inputs, "steps": []any{map[string]any{"key": "s", "id": "s", "action": "create_case", "role": role}}}
	return testkit.Playbook(b.T, b.store, b.tenant.ID(), b.who.UserID, plan)
}

func TestAPlaybookRunsForEachRow(t *testing.T) {
	t.Parallel()
	b := setup(t)
	ids := b.hosts(3)
	id := b.playbook("user", map[string]any{"name": "machine", "type": "host", "required": true}, map[string]any{"name": "note", "type": "string"})
	job := b.do(these("hosts", ids...), "run_playbook", map[string]any{"playbook_id": id, "inputs": map[string]any{"note": "n"}})
	require.Equal(t, []any{"completed", 3, 3, 0, 0}, counts(job))
	runs, _, err := b.tenant.ListExecutions(t.Context(), store.ExecutionQuery{PlaybookID: id})
	require.NoError(t, err)
	var got []int64
	for _, r := range runs {
		var in struct {
			Machine int64
			Note    string
		}
		require.NoError(t, json.Unmarshal(r.Inputs, &in))
		require.Equal(t, "n", in.Note)
		require.Equal(t, "queued", r.Status)
		require.Equal(t, b.who.UserID, *r.ActorID)
		got = append(got, in.Machine)
	}
	require.ElementsMatch(t, ids, got)
	require.False(t, job.ItemsRemoved)
	lines, _, err := b.tenant.ListAudit(t.Context(), store.AuditQuery{Action: "bulk.start"})
	require.NoError(t, err)
	require.NotContains(t, string(lines[0].After), `"n"`, "inputs may be secrets")
}

func TestPlaybooksThatCantRunForTheRows(t *testing.T) {
	t.Parallel()
	b := setup(t)
	host := these("hosts", b.hosts(1)...)
	for name, c := range map[string]struct {
		params map[string]any
		kind   fault.Kind
	}{
		"takes no host":       {map[string]any{"playbook_id": b.playbook("user", map[string]any{"name": "case", "type": "case"})}, fault.Invalid},
		"takes two":           {map[string]any{"playbook_id": b.playbook("user", map[string]any{"name": "a", "type": "host"}, map[string]any{"name": "b", "type": "host"})}, fault.Invalid},
		"needs another input": {map[string]any{"playbook_id": b.playbook("user", map[string]any{"name": "host_id", "type": "host"}, map[string]any{"name": "b", "type": "string", "required": true})}, fault.Invalid},
		"is not there":        {map[string]any{"playbook_id": 999}, fault.Invalid},
		"does more than he":   {map[string]any{"playbook_id": b.playbook("admin", map[string]any{"name": "host_id", "type": "host"})}, fault.Forbidden},
	} {
		_, err := b.try(host, "run_playbook", c.params)
		require.True(t, fault.Is(err, c.kind), "%s: %v", name, err)
	}
}
