package bulk_test

import (
	"context"
	"encoding/json"
	"log/slog"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/velocicompanion/velocicompanion/internal/auth"
	"github.com/velocicompanion/velocicompanion/internal/blob"
	"github.com/velocicompanion/velocicompanion/internal/bulk"
	"github.com/velocicompanion/velocicompanion/internal/clock"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/internal/testkit"
	"github.com/velocicompanion/velocicompanion/models"
)

func TestMain(m *testing.M) { os.Exit(testkit.Main(m)) }

// bundle is the service on a database of its own, with a tenant and somebody who may change its rows.
type bundle struct {
	*testing.T

	store  *store.Store
	url    string // the database's, as owner
	tenant *store.Tenant
	who    auth.Principal
	files  blob.Store
	bulk   *bulk.Service
}

func setup(t *testing.T) *bundle {
	t.Helper()
	s, url := testkit.StoreURL(t)
	files, err := blob.Open("file://" + t.TempDir())
	require.NoError(t, err)
	tenant, user := testkit.Actor(t, s, "user")
	return &bundle{
		T: t, store: s, url: url, tenant: s.Tenant(tenant), files: files,
		who:  auth.Principal{UserID: user, TenantID: tenant, Username: "ada", Role: auth.RoleUser},
		bulk: bulk.New(bulk.Params{Store: s, Files: files, Clock: clock.System{}, Log: slog.New(slog.DiscardHandler)}),
	}
}

// hosts makes n hosts and gives their ids.
func (b *bundle) hosts(n int) []int64 {
	b.Helper()
	ids := make([]int64, n)
	for i := range ids {
		ids[i] = testkit.Host(b.T, b.store, b.tenant.ID()).ID
	}
	return ids
}

// try starts a job.
func (b *bundle) try(sel store.Selection, action string, params any) (job *models.BulkJob, err error) {
	b.Helper()
	raw, err := json.Marshal(params)
	require.NoError(b, err)
	err = b.tenant.InTx(b.Context(), func(ctx context.Context, t *store.Tenant) (err error) {
		job, err = b.bulk.Start(ctx, t, b.who, bulk.Request{Action: action, Params: raw, Selection: sel})
		return err
	})
	return job, err
}

func (b *bundle) start(sel store.Selection, action string, params any) *models.BulkJob {
	b.Helper()
	job, err := b.try(sel, action, params)
	require.NoError(b, err)
	return job
}

// finish works on a job to its end and gives it as it stands.
func (b *bundle) finish(id int64) *models.BulkJob {
	b.Helper()
	for done := false; !done; {
		var err error
		_, done, err = b.bulk.Work(b.Context(), b.tenant.ID(), id, nil)
		require.NoError(b, err)
	}
	return b.job(id)
}

func (b *bundle) do(sel store.Selection, action string, params any) *models.BulkJob {
	b.Helper()
	return b.finish(b.start(sel, action, params).ID)
}

func (b *bundle) undo(id int64) *models.BulkJob {
	b.Helper()
	var job *models.BulkJob
	require.NoError(b, b.tenant.InTx(b.Context(), func(ctx context.Context, t *store.Tenant) (err error) {
		job, err = b.bulk.Undo(ctx, t, b.who, id)
		return err
	}))
	return b.finish(job.ID)
}

func (b *bundle) job(id int64) *models.BulkJob {
	b.Helper()
	job, err := b.tenant.BulkJob(b.Context(), id)
	require.NoError(b, err)
	return job
}

// items gives what became of each row.
func (b *bundle) items(id int64) map[int64]string {
	b.Helper()
	rows, _, err := b.tenant.ListBulkItems(b.Context(), id, store.BulkItemQuery{PageQuery: store.PageQuery{Limit: 500}})
	require.NoError(b, err)
	out := map[int64]string{}
	for _, r := range rows {
		out[r.ResourceID] = r.Status
		if r.Error != "" {
			out[r.ResourceID] += ": " + r.Error
		}
	}
	return out
}

func (b *bundle) labels(id int64) []string {
	b.Helper()
	h, err := b.tenant.Host(b.Context(), id)
	require.NoError(b, err)
	return h.Labels
}

func these(resource string, ids ...int64) store.Selection {
	return store.Selection{Resource: resource, IDs: ids}
}

func counts(job *models.BulkJob) []any {
	return []any{job.Status, job.Total, job.Done, job.Failed, job.Skipped}
}
