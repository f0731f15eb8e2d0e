package bulk_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/velocicompanion/velocicompanion/internal/auth"
	"github.com/velocicompanion/velocicompanion/internal/bulk"
	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/internal/testkit"
	"github.com/velocicompanion/velocicompanion/models"
)

func requireCode(t *testing.T, err error, code string) {
	t.Helper()
	f, ok := errors.AsType[*fault.Error](err)
	require.True(t, ok, "%v", err)
	require.Equal(t, code, f.StableCode(), f.Error())
}

func TestEachActionNeedsItsOwnPermission(t *testing.T) {
	t.Parallel()
	b := setup(t)
	host := b.hosts(1)[0]
	kase, artifact := testkit.Case(t, b.store, b.tenant.ID()).ID, testkit.Artifact(t, b.store, b.tenant.ID()).ID
	rows := map[string]int64{"hosts": host, "cases": kase, "artifacts": artifact}
	for _, a := range bulk.Actions() {
		g, known := a.Permission.Grant()
		require.True(t, known, a.Name)
		for _, role := range auth.Roles() {
			b.who.Role = role
			_, err := b.try(these(a.Resource, rows[a.Resource]), a.Name, map[string]any{"nonsense": true})
			require.Equal(t, !role.AtLeast(g.Role), fault.Is(err, fault.Forbidden), "%s %s as %s: %v", a.Resource, a.Name, role, err)
		}
		b.who.Role, b.who.KeyID = auth.RoleAdmin, 7
		_, err := b.try(these(a.Resource, rows[a.Resource]), a.Name, map[string]any{})
		require.True(t, fault.Is(err, fault.Forbidden), "a key without the scope: %v", err)
		b.who.KeyID = 0
	}
}

func TestWhoLosesHisRightsLosesHisJobs(t *testing.T) {
	t.Parallel()
	viewer, off := "viewer", false
	for name, change := range map[string]store.UserChange{"this needs the role user": {Role: &viewer}, "deactivated": {IsActive: &off}} {
		b := setup(t)
		job := b.start(these("hosts", b.hosts(2)...), "add_labels", map[string]any{"labels": []string{"x"}})
		_, err := b.tenant.UpdateUser(t.Context(), b.who.UserID, change)
		require.NoError(t, err)
		end := b.finish(job.ID)
		require.Equal(t, []any{"failed", 2, 0, 0, 0}, counts(end))
		require.Contains(t, end.Error, name)
	}
	b := setup(t)
	key := &models.APIKey{UserID: b.who.UserID, Name: "k", KeyHash: make([]byte, 32), Scopes: []string{"hosts:write", "hosts:read"}}
	require.NoError(t, b.tenant.CreateAPIKey(t.Context(), key))
	b.who.KeyID, b.who.Scopes = key.ID, []auth.Permission{auth.HostsRead, auth.HostsWrite}
	ids := b.hosts(1)
	require.Equal(t, "completed", b.do(these("hosts", ids...), "add_labels", map[string]any{"labels": []string{"x"}}).Status)
	job := b.start(these("hosts", ids...), "add_labels", map[string]any{"labels": []string{"y"}})
	_, err := b.tenant.RevokeAPIKey(t.Context(), key.ID, 0)
	require.NoError(t, err)
	require.Contains(t, b.finish(job.ID).Error, "revoked")
}

func TestAJobIsCancelledBetweenSlices(t *testing.T) {
	t.Parallel()
	b := setup(t)
	ids := b.hosts(2)
	job := b.start(these("hosts", ids...), "add_labels", map[string]any{"labels": []string{"x"}})
	cancel := func() (err error) {
		return b.tenant.InTx(t.Context(), func(ctx context.Context, tx *store.Tenant) error {
			_, err := b.bulk.Cancel(ctx, tx, b.who, job.ID)
			return err
		})
	}
	require.NoError(t, cancel())
	require.NoError(t, cancel(), "a repeat changes nothing")
	require.Equal(t, []any{"cancelled", 2, 0, 0, 0}, counts(b.finish(job.ID)))
	requireCode(t, cancel(), "bulk_ended")
	require.Empty(t, b.labels(ids[0]))
}

// A slice whose transaction dies is done anew, and one that came through is not.
func TestASliceHappensOnce(t *testing.T) {
	t.Parallel()
	b := setup(t)
	ids := b.hosts(3)
	job := b.start(these("hosts", ids...), "add_labels", map[string]any{"labels": []string{"x"}})
	dead := errors.New("the process died")
	work := func(end error) error {
		return b.tenant.InTx(t.Context(), func(ctx context.Context, tx *store.Tenant) error {
			row, err := tx.LockBulkJob(ctx, job.ID)
			if err != nil {
				return err
			}
			items, err := tx.NextBulkItems(ctx, row, 2)
			if err != nil {
				return err
			}
			var out []store.BulkOutcome
			for _, i := range items {
				out = append(out, store.BulkOutcome{ResourceID: i.ResourceID, Status: "done"})
			}
			return errors.Join(tx.FinishBulkSlice(ctx, row, out), end)
		})
	}
	require.Error(t, work(dead))
	require.Equal(t, 0, b.job(job.ID).Done)
	require.NoError(t, work(nil))
	require.Equal(t, 2, b.job(job.ID).Done)
	require.Equal(t, []any{"completed", 3, 3, 0, 0}, counts(b.finish(job.ID)))
	require.Empty(t, b.labels(ids[0]), "decided by others")
	require.Equal(t, []string{"x"}, b.labels(ids[2]))
}

func TestManyWorkersOnOneJobDecideEachItemOnce(t *testing.T) {
	t.Parallel()
	b := setup(t)
	var ids []int64
	for range 30 {
		ids = append(ids, testkit.Case(t, b.store, b.tenant.ID()).ID)
	}
	job := b.start(these("cases", ids...), "set_severity", map[string]any{"severity": "critical"})
	errs := make(chan error, 4)
	for range 4 {
		go func() {
			_, _, err := b.bulk.Work(t.Context(), b.tenant.ID(), job.ID, nil)
			errs <- err
		}()
	}
	for range 4 {
		require.NoError(t, <-errs)
	}
	require.Equal(t, []any{"completed", 30, 30, 0, 0}, counts(b.finish(job.ID)))
}

func TestAJobIsUndoneOnce(t *testing.T) {
	t.Parallel()
	b := setup(t)
	ids := b.hosts(1)
	undo := func(id int64) error {
		return b.tenant.InTx(t.Context(), func(ctx context.Context, tx *store.Tenant) error {
			_, err := b.bulk.Undo(ctx, tx, b.who, id)
			return err
		})
	}
	job := b.start(these("hosts", ids...), "add_labels", map[string]any{"labels": []string{"x"}})
	requireCode(t, undo(job.ID), "bulk_running")
	b.finish(job.ID)
	require.True(t, bulk.Undoable(b.job(job.ID)))
	back := b.undo(job.ID)
	require.False(t, bulk.Undoable(b.job(job.ID)))
	requireCode(t, undo(job.ID), "bulk_undone")
	requireCode(t, undo(back.ID), "not_undoable")
	nothing := b.do(these("hosts", ids...), "remove_labels", map[string]any{"labels": []string{"y"}})
	requireCode(t, undo(nothing.ID), "nothing_to_undo")
	require.True(t, fault.Is(undo(99999), fault.NotFound))
}

func TestSelectionsThatWontDo(t *testing.T) {
	t.Parallel()
	b := setup(t)
	other := testkit.Host(t, b.store, testkit.Tenant(t, b.store).ID)
	for _, c := range []struct {
		sel  store.Selection
		kind fault.Kind
	}{
		{these("hosts", other.ID), fault.NotFound},
		{these("hosts", -1, 0), fault.NotFound},
		{store.Selection{Resource: "hosts", Hosts: store.HostQuery{Label: "none"}}, fault.Invalid},
		{store.Selection{Resource: "cases", Cases: store.CaseQuery{Q: "none"}}, fault.Invalid},
	} {
		_, err := b.try(c.sel, "export", map[string]any{"format": "csv"})
		require.True(t, fault.Is(err, c.kind), "%v", err)
	}
	for _, p := range []any{map[string]any{"labels": []string{""}}, map[string]any{"labels": "x"}, map[string]any{"label": []string{"x"}}, nil} {
		_, err := b.try(these("hosts", b.hosts(1)...), "add_labels", p)
		if p != nil {
			require.True(t, fault.Is(err, fault.Invalid), "%v: %v", p, err)
		}
	}
	_, err := b.try(these("hosts", 1), "format_disk", nil)
	require.True(t, fault.Is(err, fault.Invalid))
	var jobs int
	_, p, err := b.tenant.ListBulkJobs(t.Context(), store.BulkQuery{})
	require.NoError(t, err)
	jobs = p.Total
	require.LessOrEqual(t, jobs, 1, "what is refused leaves no job")
}

func TestTheEndIsToldAndOnRecord(t *testing.T) {
	t.Parallel()
	b := setup(t)
	job := b.do(these("hosts", b.hosts(2)...), "add_labels", map[string]any{"labels": []string{"x"}})
	b.undo(job.ID)
	lines, _, err := b.tenant.ListAudit(t.Context(), store.AuditQuery{ResourceType: "bulk"})
	require.NoError(t, err)
	var actions []string
	for _, l := range lines {
		actions = append(actions, l.Action)
		require.NotNil(t, l.UserID, l.Action)
	}
	require.ElementsMatch(t, []string{"bulk.start", "bulk.end", "bulk.undo", "bulk.end"}, actions)
	notes, _, err := b.tenant.ListNotifications(t.Context(), store.InboxQuery{UserID: b.who.UserID})
	require.NoError(t, err)
	require.Len(t, notes, 2)
	open, err := b.store.System().OpenJobs(t.Context(), time.Now().Add(time.Hour), store.JobCursor{}, 10)
	require.NoError(t, err)
	require.Empty(t, open, "nothing is left to be carried out")
}

// A job whose workflow is gone is closed from outside, once, and its starter hears of it.
func TestAJobIsClosedFromOutside(t *testing.T) {
	t.Parallel()
	b := setup(t)
	job := b.start(these("hosts", b.hosts(1)...), "add_labels", map[string]any{"labels": []string{"x"}})
	for range 2 {
		status, err := b.tenant.EndJob(t.Context(), store.JobEnd{Kind: models.JobBulk, ID: job.ID, Status: "failed", Error: "terminated in Temporal"})
		require.NoError(t, err)
		require.Equal(t, "failed", status)
	}
	require.Equal(t, "terminated in Temporal", b.job(job.ID).Error)
	_, p, err := b.tenant.ListAudit(t.Context(), store.AuditQuery{Action: "bulk.end"})
	require.NoError(t, err)
	require.Equal(t, 1, p.Total)
	notes, _, err := b.tenant.ListNotifications(t.Context(), store.InboxQuery{UserID: b.who.UserID})
	require.NoError(t, err)
	require.Len(t, notes, 1)
	require.Equal(t, "failed", b.finish(job.ID).Status, "an ended job stays ended")
}
