package bulk_test

import (
	"context"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/velocicompanion/velocicompanion/internal/blob"
	"github.com/velocicompanion/velocicompanion/internal/bulk"
	"github.com/velocicompanion/velocicompanion/internal/clock"
	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/internal/testkit"
	"github.com/velocicompanion/velocicompanion/models"
)

func (b *bundle) file(job *models.BulkJob) string {
	b.Helper()
	f, err := b.files.Open(b.Context(), b.tenant.ID(), job.FileRef)
	require.NoError(b, err)
	defer func() { _ = f.Close() }()
	raw, err := io.ReadAll(f)
	require.NoError(b, err)
	sum := sha256.Sum256(raw)
	require.Equal(b, job.FileSHA256, hex.EncodeToString(sum[:]))
	require.Len(b, raw, int(job.FileSize))
	return string(raw)
}

func TestRowsAreWrittenIntoAFile(t *testing.T) {
	t.Parallel()
	b := setup(t)
	ids := b.hosts(2)
	evil := testkit.Case(t, b.store, b.tenant.ID(), func(c *models.Case) { c.Title, c.Tags = "=cmd()", []string{"a", "b"} })
	gone := b.hosts(1)[0]
	job := b.start(these("hosts", append(ids, gone)...), "export", map[string]any{"format": "csv"})
	require.NoError(t, b.tenant.DeleteHost(t.Context(), gone, time.Time{}))
	job = b.finish(job.ID)
	require.Equal(t, []any{"completed", 3, 2, 0, 1}, counts(job))
	table, err := csv.NewReader(strings.NewReader(b.file(job))).ReadAll()
	require.NoError(t, err)
	require.Len(t, table, 3)
	require.Equal(t, "hostname", table[0][1])
	require.Equal(t, "skipped: "+store.BulkGone, b.items(job.ID)[gone])

	text := b.file(b.do(these("cases", evil.ID), "export", map[string]any{"format": "csv"}))
	require.Contains(t, text, "'=cmd()", "a formula is defused")
	require.Contains(t, text, "a;b")

	lines := strings.Split(strings.TrimSpace(b.file(b.do(these("artifacts", testkit.Artifact(t, b.store, b.tenant.ID()).ID), "export", map[string]any{"format": "ndjson"}))), "\n")
	require.Len(t, lines, 1)
	require.True(t, json.Valid([]byte(lines[0])))
	_, err = b.try(these("cases", evil.ID), "export", map[string]any{"format": "exe"})
	require.True(t, fault.Is(err, fault.Invalid))
}

func TestAnExportThatIsCancelledLeavesNoFile(t *testing.T) {
	t.Parallel()
	b := setup(t)
	job := b.start(these("hosts", b.hosts(2)...), "export", map[string]any{"format": "csv"})
	b.bulk = bulk.New(bulk.Params{
		Store: b.store, Clock: clock.System{}, Log: slog.New(slog.DiscardHandler),
		Files: cancelling{b.files, func() {
			require.NoError(t, b.tenant.InTx(t.Context(), func(ctx context.Context, tx *store.Tenant) error {
				_, err := tx.CancelBulkJob(ctx, job.ID)
				return err
			}))
		}},
	})
	require.Equal(t, "cancelled", b.finish(job.ID).Status)
	require.Empty(t, b.job(job.ID).FileRef)
}

// cancelling has something happen before the first byte is read.
type cancelling struct {
	blob.Store
	happen func()
}

func (c cancelling) Put(ctx context.Context, tenant int64, r io.Reader, limit int64) (blob.Blob, error) {
	c.happen()
	return c.Store.Put(ctx, tenant, r, limit)
}

func TestAFullDiskIsTriedAgain(t *testing.T) {
	t.Parallel()
	b := setup(t)
	job := b.start(these("hosts", b.hosts(2)...), "export", map[string]any{"format": "ndjson"})
	full := bulk.New(bulk.Params{Store: b.store, Clock: clock.System{}, Log: slog.New(slog.DiscardHandler), Files: broken{b.files}})
	_, _, err := full.Work(t.Context(), b.tenant.ID(), job.ID, nil)
	require.True(t, fault.Is(err, fault.Unavailable))
	require.Equal(t, "completed", b.finish(job.ID).Status)
}

type broken struct{ blob.Store }

func (broken) Put(context.Context, int64, io.Reader, int64) (blob.Blob, error) {
	return blob.Blob{}, fault.Wrap(errors.New("no space"), fault.Unavailable, "the file storage is full")
}

func TestFilesAndItemsPastTheirTimeGo(t *testing.T) {
	t.Parallel()
	b := setup(t)
	job := b.do(these("hosts", b.hosts(1)...), "export", map[string]any{"format": "csv"})
	later := clock.NewFixed(time.Now())
	n, err := b.bulk.Tidy(t.Context())
	require.NoError(t, err)
	require.Zero(t, n)
	later.Advance(bulk.ItemsKept + time.Hour)
	old := bulk.New(bulk.Params{Store: b.store, Files: b.files, Clock: later, Log: slog.New(slog.DiscardHandler)})
	n, err = old.Tidy(t.Context())
	require.NoError(t, err)
	require.EqualValues(t, 2, n, "the file and the item")
	require.Empty(t, b.job(job.ID).FileRef)
	require.NotEmpty(t, b.job(job.ID).FileSHA256, "what it was stays on record")
	require.Empty(t, b.items(job.ID))
	require.True(t, b.job(job.ID).ItemsRemoved)
	require.Equal(t, 1, b.job(job.ID).Done, "the numbers stay")
}
