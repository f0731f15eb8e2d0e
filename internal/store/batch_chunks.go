package store

import (
	"context"
	"database/sql"
	"errors"

	"github.com/uptrace/bun"

	"github.com/velocicompanion/velocicompanion/models"
)

// MaxBatchErrors is how many bad lines of a batch are kept; beyond they are only counted.
const MaxBatchErrors = 500_000

// TakeChunk gives a batch with the next chunk that is to be brought in, in the transaction that does so: whoever comes at the
// same time waits for its end. A nil chunk says that none is left, or that the batch has ended or is to end. Faults:
// NotFound.
func (t *Tenant) TakeChunk(ctx context.Context, id int64) (row *models.Batch, chunk *models.BatchChunk, err error) {
	err = t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		// Not the row itself is locked: who wants to cancel must not wait for a chunk.
		if _, err := db.ExecContext(ctx, "SELECT pg_advisory_xact_lock(?)", batchChunkLock<<40|id); err != nil {
			return err
		}
		row = &models.Batch{}
		if err := db.NewSelect().Model(row).Where("tenant_id = ? AND id = ?", t.id, id).Scan(ctx); err != nil {
			return err
		}
		if models.JobFinal(row.Status) || row.Status == models.JobCancelling {
			return nil
		}
		chunk = &models.BatchChunk{}
		err := db.NewSelect().Model(chunk).Where("tenant_id = ? AND batch_id = ?", t.id, id).OrderExpr("seq").Limit(1).Scan(ctx)
		if errors.Is(err, sql.ErrNoRows) {
			chunk, err = nil, nil
		}
		return err
	})
	return row, chunk, err
}

// batchChunkLock keeps these advisory locks apart from others with one number.
const batchChunkLock = 7_304

// ChunkDone is what came of a chunk.
type ChunkDone struct {
	Seq    int
	Counts models.BatchCounts // to be added; Bytes and Lines don't count
	Errors []models.BatchError
	Tell   bool // whoever watches is told
}

// FinishChunk removes a chunk and counts what came of it, in the transaction that brought it in.
func (t *Tenant) FinishChunk(ctx context.Context, row *models.Batch, done ChunkDone) error {
	return t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		_, err := db.NewDelete().Model((*models.BatchChunk)(nil)).
			Where("tenant_id = ? AND batch_id = ? AND seq = ?", t.id, row.ID, done.Seq).Exec(ctx)
		if err != nil {
			return err
		}
		kept := min(int64(len(done.Errors)), max(MaxBatchErrors-row.ErrorsKept, 0))
		if err := t.keepErrors(ctx, db, row.ID, done.Errors[:kept]); err != nil {
			return err
		}
		c := done.Counts
		err = db.NewUpdate().Model(row).
			Set("status = CASE WHEN status = 'queued' THEN 'running' ELSE status END").Set("started_at = coalesce(started_at, ?)", t.s.Now()).
			Set("processed = processed + ?", c.Accepted+c.Rejected).Set("accepted = accepted + ?", c.Accepted).
			Set("rejected = rejected + ?", c.Rejected).Set("errors_kept = errors_kept + ?", kept).Set("mended = mended + ?", c.Mended).
			Set("rows = rows + ?", c.Rows).Set("rows_new = rows_new + ?", c.RowsNew).Set("indicators = indicators + ?", c.Indicators).
			Set("hosts_created = hosts_created + ?", c.HostsCreated).Set("hosts_updated = hosts_updated + ?", c.HostsUpdated).
			WherePK().Returning("*").Scan(ctx)
		if err == nil && done.Tell {
			t.tellBatch(row)
		}
		return err
	})
}

func (t *Tenant) keepErrors(ctx context.Context, db bun.IDB, id int64, rows []models.BatchError) error {
	if len(rows) == 0 {
		return nil
	}
	for i := range rows {
		rows[i].TenantID, rows[i].BatchID = t.id, id
	}
	_, err := db.NewInsert().Model(&rows).ExcludeColumn("id").Returning("NULL").Exec(ctx)
	return err
}

// FinishBatch ends a batch with no chunk left, or that was to be cancelled, in the transaction of TakeChunk; the answer is
// the status that stands there.
func (t *Tenant) FinishBatch(ctx context.Context, id int64) (status string, err error) {
	err = t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		row, err := t.lockBatch(ctx, db, id)
		if err != nil {
			return err
		}
		end := JobEnd{Status: models.JobCompleted}
		if row.Status == models.JobCancelling {
			end.Status = models.JobCancelled
		}
		if status, err = t.endBatch(ctx, db, row, end); err != nil {
			return err
		}
		return t.FinishJob(ctx, models.JobBatch, id)
	})
	return status, err
}

// ListBatchErrors pages through a batch's bad lines in their order. Faults: NotFound for the batch.
func (t *Tenant) ListBatchErrors(ctx context.Context, id int64, q PageQuery) (rows []models.BatchError, p Page, err error) {
	err = t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		if _, err := t.Batch(ctx, id); err != nil {
			return err
		}
		rows, p, err = page(ctx, db, q, listing[models.BatchError]{
			sel:  db.NewSelect().Model((*models.BatchError)(nil)).Where("ie.tenant_id = ? AND ie.batch_id = ?", t.id, id),
			keys: map[string]sortKey{"id": {"ie.id", "bigint"}}, def: "id", id: "ie.id",
			at: func(row *models.BatchError, _ string) (string, int64) { return decimal(row.ID), row.ID },
		})
		return err
	})
	return rows, p, err
}

// BatchErrorsAfter gives bad lines of a batch behind an id, in their order, for reading all of them part by part.
func (t *Tenant) BatchErrorsAfter(ctx context.Context, id, after int64, limit int) (rows []models.BatchError, err error) {
	err = t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		return db.NewSelect().Model(&rows).Where("ie.tenant_id = ? AND ie.batch_id = ? AND ie.id > ?", t.id, id, after).
			OrderExpr("ie.id").Limit(int64(limit)).Scan(ctx)
	})
	return rows, err
}
