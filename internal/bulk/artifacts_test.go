package bulk_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/internal/testkit"
	"github.com/velocicompanion/velocicompanion/models"
)

func TestFieldsOfIndicatorsChangeAndComeBack(t *testing.T) {
	t.Parallel()
	b := setup(t)
	id := testkit.Artifact(t, b.store, b.tenant.ID()).ID
	row := func() *models.Artifact {
		a, err := b.tenant.Artifact(t.Context(), id)
		require.NoError(t, err)
		return a
	}
	until := time.Now().Add(time.Hour).UTC()
	for _, c := range []struct {
		action string
		params map[string]any
		state  func(*models.Artifact) any
		want   any
	}{
		{"set_tlp", map[string]any{"tlp": "red"}, func(a *models.Artifact) any { return a.TLP }, "red"},
		{"set_expiry", map[string]any{"expires_at": until}, func(a *models.Artifact) any { return a.ExpiresAt != nil }, true},
		{"mark_false_positive", map[string]any{"reason": " ours "}, func(a *models.Artifact) any { return []any{a.FalsePositive, a.FPReason} }, []any{true, "ours"}},
		{"add_tags", map[string]any{"tags": []string{"b", "a"}}, func(a *models.Artifact) any { return len(a.Tags) }, 2},
	} {
		was := c.state(row())
		job := b.do(these("artifacts", id), c.action, c.params)
		require.Equal(t, []any{"completed", 1, 1, 0, 0}, counts(job), "%s %v", c.action, b.items(job.ID))
		require.Equal(t, c.want, c.state(row()), c.action)
		require.Equal(t, 1, b.do(these("artifacts", id), c.action, c.params).Skipped, "%s: it is so already", c.action)
		require.Equal(t, []any{"completed", 1, 1, 0, 0}, counts(b.undo(job.ID)), c.action)
		require.Equal(t, was, c.state(row()), c.action)
		b.do(these("artifacts", id), c.action, c.params)
	}
	require.Equal(t, 1, b.do(these("artifacts", id), "unmark_false_positive", map[string]any{}).Done)
	require.Equal(t, 1, b.do(these("artifacts", id), "set_expiry", map[string]any{"expires_at": nil}).Done)
	require.Equal(t, 1, b.do(these("artifacts", id), "remove_tags", map[string]any{"tags": []string{"a"}}).Done)
	require.Equal(t, []any{false, true, 1}, []any{row().FalsePositive, row().ExpiresAt == nil, len(row().Tags)})
	_, err := b.try(these("artifacts", id), "set_tlp", map[string]any{"tlp": "purple"})
	require.True(t, fault.Is(err, fault.Invalid))
}

func TestIndicatorsJoinACaseTogether(t *testing.T) {
	t.Parallel()
	b := setup(t)
	var ids []int64
	for range 3 {
		ids = append(ids, testkit.Artifact(t, b.store, b.tenant.ID()).ID)
	}
	c := testkit.Case(t, b.store, b.tenant.ID())
	_, err := b.tenant.TieArtifacts(t.Context(), c.ID, ids[:1])
	require.NoError(t, err)
	sel := store.Selection{Resource: "artifacts", Artifacts: store.ArtifactQuery{Q: "*"}}
	job := b.do(sel, "add_to_case", map[string]any{"case_id": c.ID})
	require.Equal(t, []any{"completed", 3, 2, 0, 1}, counts(job))
	require.Equal(t, 2, b.undo(job.ID).Done)
	rows, _, err := b.tenant.ListArtifacts(t.Context(), store.ArtifactQuery{CaseID: &c.ID})
	require.NoError(t, err)
	require.Len(t, rows, 1)
}
