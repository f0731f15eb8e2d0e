package bulk_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/internal/testkit"
	"github.com/velocicompanion/velocicompanion/models"
)

func (b *bundle) kase(id int64) *models.Case {
	b.Helper()
	c, err := b.tenant.Case(b.Context(), id)
	require.NoError(b, err)
	return c
}

func TestFieldsOfCasesChangeAndComeBack(t *testing.T) {
	t.Parallel()
	b := setup(t)
	one, two := testkit.Case(t, b.store, b.tenant.ID()), testkit.Case(t, b.store, b.tenant.ID(), func(c *models.Case) {
		c.Status, c.Severity, c.Tags, c.AssigneeID = "closed", "critical", []string{"x"}, &b.who.UserID
	})
	for _, c := range []struct {
		action string
		params map[string]any
		state  func(*models.Case) any
		want   any
	}{
		{"set_status", map[string]any{"status": "closed"}, func(c *models.Case) any { return c.Status }, "closed"},
		{"set_severity", map[string]any{"severity": "critical"}, func(c *models.Case) any { return c.Severity }, "critical"},
		{"assign", map[string]any{"assignee_id": b.who.UserID}, func(c *models.Case) any { return c.AssigneeID != nil }, true},
		{"add_tags", map[string]any{"tags": []string{"x"}}, func(c *models.Case) any { return len(c.Tags) }, 1},
	} {
		was := c.state(b.kase(one.ID))
		job := b.do(these("cases", one.ID, two.ID), c.action, c.params)
		require.Equal(t, []any{"completed", 2, 1, 0, 1}, counts(job), c.action)
		require.Equal(t, c.want, c.state(b.kase(one.ID)), c.action)
		require.Equal(t, []any{"completed", 1, 1, 0, 0}, counts(b.undo(job.ID)), c.action)
		require.Equal(t, was, c.state(b.kase(one.ID)), c.action)
	}
	nobody := b.do(these("cases", two.ID), "assign", map[string]any{"assignee_id": nil})
	require.Equal(t, 1, nobody.Done)
	require.Nil(t, b.kase(two.ID).AssigneeID)
	b.undo(nobody.ID)
	require.Equal(t, b.who.UserID, *b.kase(two.ID).AssigneeID)
	require.Equal(t, 1, b.do(these("cases", two.ID), "remove_tags", map[string]any{"tags": []string{"x", "y"}}).Done)
	require.Empty(t, b.kase(two.ID).Tags)
}

func TestWhatChangedSinceIsNotUndone(t *testing.T) {
	t.Parallel()
	b := setup(t)
	c := testkit.Case(t, b.store, b.tenant.ID())
	job := b.do(these("cases", c.ID), "set_severity", map[string]any{"severity": "critical"})
	low := "low"
	_, err := b.tenant.UpdateCase(t.Context(), c.ID, store.CaseChange{Severity: &low})
	require.NoError(t, err)
	back := b.undo(job.ID)
	require.Equal(t, []any{"completed", 1, 0, 1, 0}, counts(back))
	require.Equal(t, "low", b.kase(c.ID).Severity)
}

func TestNobodyGetsCasesWhoIsNotThere(t *testing.T) {
	t.Parallel()
	b := setup(t)
	_, stranger := testkit.Actor(t, b.store, "user")
	_, err := b.try(these("cases", testkit.Case(t, b.store, b.tenant.ID()).ID), "assign", map[string]any{"assignee_id": stranger})
	require.True(t, fault.Is(err, fault.Invalid), "%v", err)
}

func TestCasesAndIndicatorsAreRemoved(t *testing.T) {
	t.Parallel()
	b := setup(t)
	require.Equal(t, 1, b.do(these("cases", testkit.Case(t, b.store, b.tenant.ID()).ID), "delete", map[string]any{}).Done)
	require.Equal(t, 1, b.do(these("artifacts", testkit.Artifact(t, b.store, b.tenant.ID()).ID), "delete", map[string]any{}).Done)
}
