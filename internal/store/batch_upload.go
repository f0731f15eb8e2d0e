package store

import (
	"bytes"
	"context"
	"encoding/hex"
	"time"

	"github.com/uptrace/bun"

	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/models"
)

const (
	batchKeyLife = 24 * time.Hour
	// MaxBatchText bounds the texts about a batch.
	maxBatchFilename = 255
)

// BeginBatch writes the row of a batch that begins to arrive and fills in its id. Where row has an idempotency key that its
// sender used within a day, earlier is the batch that came under it, and nothing is written. Faults: Invalid; Conflict
// (idempotency_busy) while that one is still arriving.
func (t *Tenant) BeginBatch(ctx context.Context, row *models.Batch) (earlier *models.Batch, err error) {
	if err := checkBatch(row); err != nil {
		return nil, err
	}
	row.TenantID, row.Status, row.Phase, row.Attempt = t.id, models.JobQueued, models.BatchReceiving, 1
	err = t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		row.CreatedAt = t.s.Now()
		row.HeardAt = row.CreatedAt
		if earlier, err = t.batchUnderKey(ctx, db, row); err != nil || earlier != nil {
			return err
		}
		_, err = db.NewInsert().Model(row).ExcludeColumn("id").Returning("id").Exec(ctx)
		if ConstraintOf(err) == "ingestion_batches_key" {
			return batchBusy()
		}
		t.tellBatch(row)
		return err
	})
	return earlier, err
}

func batchBusy() error {
	return fault.New(fault.Conflict, "the first request with this Idempotency-Key is still at work").
		WithCode("idempotency_busy").WithRetryAfter(time.Second)
}

func checkBatch(row *models.Batch) error {
	for _, f := range []struct {
		name, value string
		limit       int
	}{{"source", row.Source, maxHostText}, {"filename", row.Filename, maxBatchFilename}, {"client_id", row.ClientID, maxHostText}} {
		if p := models.TextProblem(f.value, f.limit); p != "" {
			return fault.InvalidField("query."+f.name, "%s", p)
		}
	}
	if row.Hostname != "" {
		if p := models.HostnameProblem(row.Hostname); p != "" {
			return fault.InvalidField("query.hostname", "%s", p)
		}
	}
	return nil
}

// batchUnderKey finds what came under the row's key before; a key past its day is free again.
func (t *Tenant) batchUnderKey(ctx context.Context, db bun.IDB, row *models.Batch) (*models.Batch, error) {
	if row.IdempotencyKey == nil {
		return nil, nil //nolint:nilnil // no key, no earlier batch
	}
	const under = "tenant_id = ? AND created_by = ? AND idempotency_key = ?"
	_, err := db.NewUpdate().Model((*models.Batch)(nil)).Set("idempotency_key = NULL").
		Where(under+" AND created_at < ?", t.id, row.CreatedBy, *row.IdempotencyKey, row.CreatedAt.Add(-batchKeyLife)).Exec(ctx)
	if err != nil {
		return nil, err
	}
	var rows []models.Batch
	if err := db.NewSelect().Model(&rows).Where(under, t.id, row.CreatedBy, *row.IdempotencyKey).Scan(ctx); err != nil || len(rows) == 0 {
		return nil, err
	}
	if rows[0].Phase == models.BatchReceiving {
		return nil, batchBusy()
	}
	return &rows[0], nil
}

// Arrived is what came of a batch since the last time.
type Arrived struct {
	Seq   int    // of the chunk, from 0
	Lines int    // in the chunk
	Data  []byte // packed; nil: only the count of bytes goes on
	Bytes int64  // of all that came so far
	Tell  bool   // whoever watches is told
}

// AddChunk keeps a part of a batch that is arriving. Faults: Conflict (batch_ended) for one that was cancelled meanwhile.
func (t *Tenant) AddChunk(ctx context.Context, id int64, in Arrived) error {
	return t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		row := &models.Batch{}
		res, err := db.NewUpdate().Model(row).Set("lines = lines + ?", in.Lines).Set("bytes = ?", in.Bytes).Set("heard_at = ?", t.s.Now()).
			Where("tenant_id = ? AND id = ? AND phase = ?", t.id, id, models.BatchReceiving).Returning("*").Exec(ctx)
		if err != nil {
			return err
		}
		if n, err := res.RowsAffected(); err != nil || n == 0 {
			return errorOr(err, fault.New(fault.Conflict, "the batch has ended meanwhile").WithCode(CodeBatchEnded))
		}
		if in.Tell {
			t.tellBatch(row)
		}
		if in.Data == nil {
			return nil
		}
		chunk := &models.BatchChunk{TenantID: t.id, BatchID: id, Seq: in.Seq, Lines: in.Lines, Data: in.Data}
		_, err = db.NewInsert().Model(chunk).Exec(ctx)
		return err
	})
}

func errorOr(err, otherwise error) error {
	if err != nil {
		return err
	}
	return otherwise
}

// Whole says what a batch was when all of it had come.
type Whole struct {
	Bytes       int64
	ContentHash []byte
	Fingerprint []byte // of content and parameters
	Format      string // as it turned out
	Again       bool   // process it also when the same came before
}

// AcceptBatch has a batch processed that has arrived whole. Where the same content came before under the same parameters and
// did not fail, that batch stands and this one is removed; same tells so. Faults: Conflict (batch_ended).
func (t *Tenant) AcceptBatch(ctx context.Context, id int64, in Whole) (row *models.Batch, same bool, err error) {
	err = t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		// Two that arrive at once must see each other.
		if _, err := db.ExecContext(ctx, "SELECT pg_advisory_xact_lock(?, hashtext(?))", batchLock, decimal(t.id)+hex.EncodeToString(in.Fingerprint)); err != nil {
			return err
		}
		if row, err = t.lockBatch(ctx, db, id); err != nil {
			return err
		}
		if row.Phase != models.BatchReceiving {
			return fault.New(fault.Conflict, "the batch has ended meanwhile").WithCode(CodeBatchEnded)
		}
		first, err := t.sameBatch(ctx, db, in)
		if err != nil {
			return err
		}
		if first != nil {
			same = true
			return t.replaceBatch(ctx, db, row, first, &row)
		}
		row.Phase, row.Bytes, row.ContentHash, row.Fingerprint, row.Format = models.BatchProcessing, in.Bytes, in.ContentHash, in.Fingerprint, in.Format
		row.ExpectedBytes = in.Bytes
		_, err = db.NewUpdate().Model(row).Column("phase", "bytes", "expected_bytes", "content_hash", "fingerprint", "format").WherePK().Exec(ctx)
		if err != nil {
			return err
		}
		t.tellBatch(row)
		return t.StartJob(ctx, models.JobBatch, id, row.Attempt)
	})
	return row, same, err
}

// batchLock is the class of the advisory locks around batches.
const batchLock = 7_303

func (t *Tenant) sameBatch(ctx context.Context, db bun.IDB, in Whole) (*models.Batch, error) {
	sel := db.NewSelect().Model((*models.Batch)(nil)).Where("tenant_id = ? AND fingerprint = ?", t.id, in.Fingerprint).OrderExpr("id DESC").Limit(1)
	if in.Again {
		sel = sel.Where("phase = ?", models.BatchProcessing)
	} else {
		sel = sel.Where("status NOT IN (?, ?)", models.JobFailed, models.JobCancelled)
	}
	var rows []models.Batch
	if err := sel.Scan(ctx, &rows); err != nil || len(rows) == 0 {
		return nil, err
	}
	return &rows[0], nil
}

// replaceBatch removes a batch that another stands for, and hands its key on.
func (t *Tenant) replaceBatch(ctx context.Context, db bun.IDB, row, first *models.Batch, out **models.Batch) error {
	if _, err := db.NewDelete().Model(row).WherePK().Exec(ctx); err != nil {
		return err
	}
	if row.IdempotencyKey != nil && first.IdempotencyKey == nil && deref(first.CreatedBy) == deref(row.CreatedBy) {
		first.IdempotencyKey = row.IdempotencyKey
		if _, err := db.NewUpdate().Model(first).Column("idempotency_key").WherePK().Exec(ctx); err != nil {
			return err
		}
	}
	gone := *row
	gone.Status = models.JobCancelled
	t.tellBatch(&gone)
	*out = first
	return nil
}

// FailUpload closes a batch that did not arrive, and removes what came of it. One that has ended stays as it is.
func (t *Tenant) FailUpload(ctx context.Context, id int64, code, reason string) error {
	return t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		row, err := t.lockBatch(ctx, db, id)
		if err != nil {
			return err
		}
		if row.Phase == models.BatchReceiving {
			row.ErrorCode = code
			if _, err := t.endBatch(ctx, db, row, JobEnd{Status: models.JobFailed, Error: reason}); err != nil {
				return err
			}
		}
		if row.Fingerprint != nil {
			return nil
		}
		return t.dropChunks(ctx, db, id)
	})
}

func (t *Tenant) dropChunks(ctx context.Context, db bun.IDB, id int64) error {
	_, err := db.NewDelete().Model((*models.BatchChunk)(nil)).Where("tenant_id = ? AND batch_id = ?", t.id, id).Exec(ctx)
	return err
}

// SameContent says whether a batch has this content.
func SameContent(row *models.Batch, hash []byte) bool { return bytes.Equal(row.ContentHash, hash) }

// StalledUpload names a batch that nobody sends any more.
type StalledUpload struct{ TenantID, ID int64 }

// StalledUploads gives batches that are arriving and were not heard of since a moment: their process died.
func (y *System) StalledUploads(ctx context.Context, since time.Time) (rows []StalledUpload, err error) {
	err = y.read(ctx, func(ctx context.Context, db bun.IDB) error {
		return db.NewSelect().Model((*models.Batch)(nil)).Column("tenant_id", "id").
			Where("ib.phase = ? AND ib.heard_at < ?", models.BatchReceiving, since).OrderExpr("ib.heard_at").Limit(100).Scan(ctx, &rows)
	})
	return rows, err
}

// LeftBatches gives batches that failed or were cancelled between two moments: nobody tried again what is left of them.
func (y *System) LeftBatches(ctx context.Context, from, to time.Time) (rows []StalledUpload, err error) {
	err = y.read(ctx, func(ctx context.Context, db bun.IDB) error {
		return db.NewSelect().Model((*models.Batch)(nil)).Column("tenant_id", "id").
			Where("ib.status IN (?, ?) AND ib.finished_at >= ? AND ib.finished_at < ?", models.JobFailed, models.JobCancelled, from, to).
			OrderExpr("ib.finished_at").Limit(1000).Scan(ctx, &rows)
	})
	return rows, err
}

// DropLeft removes what is left of a batch that ended.
func (t *Tenant) DropLeft(ctx context.Context, id int64) error {
	return t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		row, err := t.lockBatch(ctx, db, id)
		if err != nil || !models.JobFinal(row.Status) {
			return err
		}
		return t.dropChunks(ctx, db, id)
	})
}
