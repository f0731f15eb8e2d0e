package bulk_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/internal/testkit"
	"github.com/velocicompanion/velocicompanion/models"
)

func TestLabelsComeAndGo(t *testing.T) {
	t.Parallel()
	b := setup(t)
	ids := b.hosts(3)
	labels := []string{"zoo", " ape ", "zoo"}
	_, err := b.tenant.UpdateHost(t.Context(), ids[0], store.HostChange{Labels: &[]string{"ape", "own", "zoo"}})
	require.NoError(t, err)
	gone := ids[2] + 1000
	job := b.do(these("hosts", append(ids, gone, ids[1])...), "add_labels", map[string]any{"labels": labels})
	require.Equal(t, []any{"completed", 4, 2, 0, 2}, counts(job))
	require.Equal(t, map[int64]string{
		ids[0]: "skipped: it is so already", ids[1]: "done", ids[2]: "done", gone: "skipped: " + store.BulkGone,
	}, b.items(job.ID))
	require.Equal(t, []string{"ape", "zoo"}, b.labels(ids[1]))
	require.InDelta(t, 1, job.Progress(), 0)

	_, err = b.tenant.UpdateHost(t.Context(), ids[1], store.HostChange{Labels: &[]string{"ape", "later", "zoo"}})
	require.NoError(t, err)
	back := b.undo(job.ID)
	require.Equal(t, []any{"completed", 2, 2, 0, 0}, counts(back))
	require.Equal(t, []string{"later"}, b.labels(ids[1]), "what came since stays")
	require.Equal(t, []string{"ape", "own", "zoo"}, b.labels(ids[0]), "what the job did not do is not undone")
	require.Equal(t, back.ID, *b.job(job.ID).UndoneBy)
}

func TestARefusedHostDoesNotStopTheOthers(t *testing.T) {
	t.Parallel()
	b := setup(t)
	ids := b.hosts(2)
	var full []string
	for i := range 100 {
		full = append(full, fmt.Sprintf("l%03d", i))
	}
	_, err := b.tenant.UpdateHost(t.Context(), ids[0], store.HostChange{Labels: &full})
	require.NoError(t, err)
	job := b.do(these("hosts", ids...), "add_labels", map[string]any{"labels": []string{"more"}})
	require.Equal(t, []any{"completed", 2, 1, 1, 0}, counts(job))
	require.Equal(t, map[int64]string{ids[0]: "failed: labels: a host has at most 100 labels", ids[1]: "done"}, b.items(job.ID))
}

func TestARowThatVanishesIsSkipped(t *testing.T) {
	t.Parallel()
	b := setup(t)
	ids := b.hosts(2)
	job := b.start(these("hosts", ids...), "remove_labels", map[string]any{"labels": []string{"x"}})
	require.NoError(t, b.tenant.DeleteHost(t.Context(), ids[0], time.Time{}))
	require.Equal(t, []any{"completed", 2, 0, 0, 2}, counts(b.finish(job.ID)))
	require.Equal(t, "skipped: "+store.BulkGone, b.items(job.ID)[ids[0]])
	rows, _, err := b.tenant.ListBulkItems(t.Context(), job.ID, store.BulkItemQuery{})
	require.NoError(t, err)
	require.NotEmpty(t, rows[0].Name, "its name is kept")
}

func TestTheSelectionIsFixedAtTheStart(t *testing.T) {
	t.Parallel()
	b := setup(t)
	one := testkit.Host(t, b.store, b.tenant.ID(), func(h *models.Host) { h.OS = "linux" })
	testkit.Host(t, b.store, b.tenant.ID(), func(h *models.Host) { h.OS = "windows" })
	sel := store.Selection{Resource: "hosts", Hosts: store.HostQuery{OS: "linux", PageQuery: store.PageQuery{Limit: 1, Sort: "os"}}}
	job := b.start(sel, "add_labels", map[string]any{"labels": []string{"x"}})
	later := testkit.Host(t, b.store, b.tenant.ID(), func(h *models.Host) { h.OS = "linux" })
	require.Equal(t, []any{"completed", 1, 1, 0, 0}, counts(b.finish(job.ID)))
	require.Equal(t, []string{"x"}, b.labels(one.ID))
	require.Empty(t, b.labels(later.ID))
}

func TestHostsAreSelectedByPattern(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for i := range 5 {
		testkit.Host(t, b.store, b.tenant.ID(), func(h *models.Host) { h.Hostname = fmt.Sprintf("web-%d", i) })
	}
	b.hosts(2)
	sel := store.Selection{Resource: "hosts", Hosts: store.HostQuery{Hostname: "web-*"}}
	total, sample, err := b.tenant.Preview(t.Context(), sel)
	require.NoError(t, err)
	require.Equal(t, 5, total)
	require.Equal(t, "web-0", sample[0].Name)
	require.Equal(t, []any{"completed", 5, 5, 0, 0}, counts(b.do(sel, "add_labels", map[string]any{"labels": []string{"x"}})))
	_, err = b.try(store.Selection{Resource: "hosts", Hosts: store.HostQuery{Q: "nobody"}}, "add_labels", map[string]any{"labels": []string{"x"}})
	requireCode(t, err, "nothing_selected")
}

func TestHostsJoinACaseTogether(t *testing.T) {
	t.Parallel()
	b := setup(t)
	ids := b.hosts(3)
	c := testkit.Case(t, b.store, b.tenant.ID())
	_, err := b.tenant.AddCaseHost(t.Context(), c.ID, ids[0])
	require.NoError(t, err)
	job := b.do(these("hosts", ids...), "add_to_case", map[string]any{"case_id": c.ID})
	require.Equal(t, []any{"completed", 3, 2, 0, 1}, counts(job))
	b.undo(job.ID)
	hosts, _, err := b.tenant.CaseHosts(t.Context(), c.ID, store.PageQuery{})
	require.NoError(t, err)
	require.Len(t, hosts, 1)
	require.Equal(t, ids[0], hosts[0].ID, "who was in it before stays")

	_, err = b.try(these("hosts", ids...), "add_to_case", map[string]any{"case_id": c.ID + 99})
	require.True(t, fault.Is(err, fault.Invalid))
	again := b.start(these("hosts", ids...), "add_to_case", map[string]any{"case_id": c.ID})
	require.NoError(t, b.tenant.DeleteCase(t.Context(), c.ID, time.Time{}))
	end := b.finish(again.ID)
	require.Equal(t, "failed", end.Status, "without its case the job can't go on")
	require.Contains(t, end.Error, "no such case")
}

func TestHostsAreRemoved(t *testing.T) {
	t.Parallel()
	b := setup(t)
	ids := b.hosts(60)
	job := b.do(these("hosts", ids[:59]...), "delete", map[string]any{})
	require.Equal(t, []any{"completed", 59, 59, 0, 0}, counts(job))
	_, p, err := b.tenant.ListHosts(t.Context(), store.HostQuery{})
	require.NoError(t, err)
	require.Equal(t, 1, p.Total)
}

func TestFieldsOfHostsChangeAndComeBack(t *testing.T) {
	t.Parallel()
	b := setup(t)
	ids := b.hosts(2)
	host := func(i int) *models.Host {
		h, err := b.tenant.Host(t.Context(), ids[i])
		require.NoError(t, err)
		return h
	}
	critical := b.do(these("hosts", ids...), "set_criticality", map[string]any{"criticality": "critical"})
	owner := b.do(these("hosts", ids...), "set_owner", map[string]any{"owner": "  Finance "})
	require.Equal(t, []any{2, 2}, []any{critical.Done, owner.Done})
	require.Equal(t, []any{"critical", "Finance"}, []any{host(0).Criticality, host(0).Owner})
	require.Equal(t, 2, b.do(these("hosts", ids...), "set_owner", map[string]any{"owner": "Finance"}).Skipped)
	other := "IT"
	_, err := b.tenant.UpdateHost(t.Context(), ids[1], store.HostChange{Owner: &other})
	require.NoError(t, err)
	require.Equal(t, []any{"completed", 2, 1, 1, 0}, counts(b.undo(owner.ID)))
	require.Equal(t, []any{"", "IT"}, []any{host(0).Owner, host(1).Owner}, "what was changed since stays")
	require.Equal(t, 2, b.undo(critical.ID).Done)
	require.Equal(t, "medium", host(1).Criticality)
	_, err = b.try(these("hosts", ids...), "set_owner", map[string]any{"owner": "a\x00b"})
	require.True(t, fault.Is(err, fault.Invalid))
}
