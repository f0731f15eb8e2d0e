package store

import (
	"context"
	"encoding/json"
	"time"

	"github.com/uptrace/bun"

	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/models"
)

// BatchQuery filters a tenant's batches; zero values filter nothing. Sorts: id, created_at.
type BatchQuery struct {
	PageQuery

	Status string
}

// Batch reads one batch. Faults: NotFound.
func (t *Tenant) Batch(ctx context.Context, id int64) (*models.Batch, error) {
	return one[models.Batch](ctx, t, id)
}

// ListBatches pages through the tenant's batches.
func (t *Tenant) ListBatches(ctx context.Context, q BatchQuery) (rows []models.Batch, p Page, err error) {
	err = t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		sel := db.NewSelect().Model((*models.Batch)(nil)).Where("ib.tenant_id = ?", t.id)
		if q.Status != "" {
			sel = sel.Where("ib.status = ?", q.Status)
		}
		rows, p, err = page(ctx, db, q.PageQuery, listing[models.Batch]{
			sel:  sel,
			keys: map[string]sortKey{"id": {"ib.id", "bigint"}, "created_at": {"ib.created_at", "timestamptz"}},
			def:  "id", id: "ib.id",
			at: func(row *models.Batch, sort string) (string, int64) {
				if sort == "created_at" {
					return row.CreatedAt.Format(time.RFC3339Nano), row.ID
				}
				return decimal(row.ID), row.ID
			},
		})
		return err
	})
	return rows, p, err
}

// CodeBatchEnded is the stable code for a wish that comes too late.
const CodeBatchEnded = "batch_ended"

// CancelBatch wants a batch ended: what came in so far stays. One that is being processed ends with its next chunk, one whose
// job has not begun at once. Faults: NotFound, Conflict (batch_ended).
func (t *Tenant) CancelBatch(ctx context.Context, id int64) (row *models.Batch, err error) {
	err = t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		if row, err = t.lockBatch(ctx, db, id); err != nil {
			return err
		}
		if models.JobFinal(row.Status) {
			return fault.New(fault.Conflict, "the batch has already ended").WithCode(CodeBatchEnded)
		}
		if row.Phase == models.BatchReceiving || row.StartedAt == nil {
			_, err := t.endBatch(ctx, db, row, JobEnd{Status: models.JobCancelled})
			return err
		}
		row.Status = models.JobCancelling
		t.tellBatch(row)
		_, err := db.NewUpdate().Model(row).Column("status").WherePK().Exec(ctx)
		return err
	})
	return row, err
}

// RetryBatch has a batch that failed or was cancelled go on where it stopped. Faults: NotFound; Conflict: not_retryable for
// one that did not end so, resend_needed for one that did not arrive whole, or so long ago that the rest of it is gone.
func (t *Tenant) RetryBatch(ctx context.Context, id int64) (row *models.Batch, err error) {
	err = t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		if row, err = t.lockBatch(ctx, db, id); err != nil {
			return err
		}
		if row.Status != models.JobFailed && row.Status != models.JobCancelled {
			return fault.New(fault.Conflict, "only a batch that failed or was cancelled can be tried again").WithCode("not_retryable")
		}
		var left int64
		err := db.NewSelect().Model((*models.BatchChunk)(nil)).ColumnExpr("coalesce(sum(ic.lines), 0)").
			Where("ic.tenant_id = ? AND ic.batch_id = ?", t.id, id).Scan(ctx, &left)
		if err != nil {
			return err
		}
		if row.Fingerprint == nil || row.Processed+left < row.Lines {
			return fault.New(fault.Conflict, "what is left of this batch is not here; send it again").WithCode("resend_needed")
		}
		row.Status, row.Phase, row.Error, row.ErrorCode = models.JobQueued, models.BatchProcessing, "", ""
		row.FinishedAt, row.StartedAt = nil, nil
		row.Attempt++
		_, err = db.NewUpdate().Model(row).Column("status", "phase", "error", "error_kind", "finished_at", "started_at", "attempt").WherePK().Exec(ctx)
		if ConstraintOf(err) == "ingestion_batches_fingerprint_key" {
			return fault.Wrap(err, fault.Conflict, "the same content is being processed as another batch").WithCode("job_running")
		}
		if err != nil {
			return err
		}
		t.tellBatch(row)
		return t.StartJob(ctx, models.JobBatch, id, row.Attempt)
	})
	return row, err
}

func (t *Tenant) lockBatch(ctx context.Context, db bun.IDB, id int64) (*models.Batch, error) {
	row := &models.Batch{}
	err := db.NewSelect().Model(row).Where("tenant_id = ? AND id = ?", t.id, id).For("NO KEY UPDATE").Scan(ctx)
	return row, err
}

// endBatchJob closes a batch whose job is closed from outside.
func endBatchJob(ctx context.Context, t *Tenant, db bun.IDB, e JobEnd) (string, error) {
	row, err := t.lockBatch(ctx, db, e.ID)
	if err != nil {
		return "", err
	}
	return t.endBatch(ctx, db, row, e)
}

// endBatch writes a batch's end, unless it has one, and tells who sent it. What is left of it stays for a retry.
func (t *Tenant) endBatch(ctx context.Context, db bun.IDB, row *models.Batch, e JobEnd) (string, error) {
	if models.JobFinal(row.Status) {
		return row.Status, nil
	}
	now := t.s.Now()
	row.Status, row.Phase, row.Error, row.FinishedAt = e.Status, models.BatchDone, e.Error, &now
	if e.Status != models.JobCompleted && row.Fingerprint == nil {
		row.IdempotencyKey = nil // it never arrived: the key is free for the next try
	}
	_, err := db.NewUpdate().Model(row).Column("status", "phase", "error", "error_kind", "finished_at", "idempotency_key").WherePK().Exec(ctx)
	if err != nil {
		return "", err
	}
	t.tellBatch(row)
	if err := t.FinishJob(ctx, models.JobBatch, row.ID); err != nil {
		return "", err
	}
	return row.Status, t.notifyBatch(ctx, row)
}

// tellBatch has everybody told how far a batch is.
func (t *Tenant) tellBatch(row *models.Batch) {
	counters, err := json.Marshal(row.Counters())
	if err != nil {
		counters = nil // numbers under texts: can't be
	}
	t.left.Jobs = append(t.left.Jobs, JobNews{
		TenantID: t.id, ID: row.ID, Kind: models.JobBatch, Status: row.Status, Progress: row.Progress(), Counters: string(counters),
	})
}
