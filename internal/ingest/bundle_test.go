package ingest_test

import (
	"bytes"
	"io"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/velocicompanion/velocicompanion/internal/ingest"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/internal/testkit"
	"github.com/velocicompanion/velocicompanion/models"
)

func TestMain(m *testing.M) { os.Exit(testkit.Main(m)) }

// bundle is a tenant and what brings things in.
type bundle struct {
	s    *store.Store
	t    *store.Tenant
	user int64
	in   *ingest.Service
}

func setup(t *testing.T, with ...func(*ingest.Params)) *bundle {
	t.Helper()
	s := testkit.Store(t)
	tenant, user := testkit.Actor(t, s, "user")
	p := ingest.Params{SpoolDir: t.TempDir()}
	for _, f := range with {
		f(&p)
	}
	return &bundle{s: s, t: s.Tenant(tenant), user: user, in: ingest.New(p)}
}

// arrive receives an upload and has it accepted.
func (b *bundle) arrive(t *testing.T, body io.Reader, with ...func(*models.Batch)) *models.Batch {
	t.Helper()
	row, err := b.receive(t, body, with...)
	require.NoError(t, err)
	return row
}

func (b *bundle) receive(t *testing.T, body io.Reader, with ...func(*models.Batch)) (*models.Batch, error) {
	t.Helper()
	row := &models.Batch{Format: "auto", CreatedBy: &b.user}
	for _, f := range with {
		f(row)
	}
	earlier, err := b.t.BeginBatch(t.Context(), row)
	if err != nil || earlier != nil {
		return earlier, err
	}
	whole, err := b.in.Receive(t.Context(), b.t, row, body)
	if err != nil {
		require.NoError(t, b.t.FailUpload(t.Context(), row.ID, "test", err.Error()))
		return row, err
	}
	row, _, err = b.t.AcceptBatch(t.Context(), row.ID, whole)
	return row, err
}

// finish brings a batch in to its end.
func (b *bundle) finish(t *testing.T, id int64) *models.Batch {
	t.Helper()
	for {
		status, err := b.in.Advance(t.Context(), b.t, id, true)
		require.NoError(t, err)
		if models.JobFinal(status) {
			row, err := b.t.Batch(t.Context(), id)
			require.NoError(t, err)
			return row
		}
	}
}

// all brings in an upload.
func (b *bundle) all(t *testing.T, text string, with ...func(*models.Batch)) *models.Batch {
	t.Helper()
	return b.finish(t, b.arrive(t, bytes.NewBufferString(text), with...).ID)
}

// errors reads the bad lines of a batch.
func (b *bundle) errors(t *testing.T, id int64) []models.BatchError {
	t.Helper()
	rows, err := b.t.BatchErrorsAfter(t.Context(), id, 0, 1_000_000)
	require.NoError(t, err)
	return rows
}

// hosts lists the tenant's hosts.
func (b *bundle) hosts(t *testing.T) []models.Host {
	t.Helper()
	rows, _, err := b.t.ListHosts(t.Context(), store.HostQuery{PageQuery: store.PageQuery{Limit: 500, Sort: "id"}})
	require.NoError(t, err)
	return rows
}
