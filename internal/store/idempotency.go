package store

import (
	"bytes"
	"context"
	"encoding/json"
	"time"

	"github.com/uptrace/bun"

	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/models"
)

const (
	idempotencyLife  = 24 * time.Hour
	idempotencyStuck = 2 * time.Minute // an unfinished first request older than this died with its process
)

// ClaimKey claims an idempotency key for the request it describes. nil means that the caller is the first and must end
// with FinishKey or DropKey. A row means that the same request was answered before: replay it. Faults: Conflict
// (idempotency_mismatch: another body under the key; idempotency_busy, with a retry time: the first is still at work).
func (t *Tenant) ClaimKey(ctx context.Context, want models.IdempotencyKey) (done *models.IdempotencyKey, err error) {
	want.TenantID = t.id
	want.Headers = json.RawMessage(`{}`)
	err = t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		now := t.s.Now()
		want.CreatedAt = now
		res, err := db.NewInsert().Model(&want).
			On("CONFLICT (tenant_id, user_id, operation, key) DO UPDATE").
			Set("request_hash = EXCLUDED.request_hash").Set("status = 0").Set("response = NULL").Set("headers = '{}'").
			Set("created_at = EXCLUDED.created_at").
			Where("ik.created_at < ? OR (ik.status = 0 AND ik.created_at < ?)", now.Add(-idempotencyLife), now.Add(-idempotencyStuck)).
			Returning("NULL").Exec(ctx)
		if err != nil {
			return err
		}
		if n, err := res.RowsAffected(); err != nil || n == 1 {
			return err
		}
		row := &models.IdempotencyKey{}
		err = db.NewSelect().Model(row).Where("tenant_id = ? AND user_id = ? AND operation = ? AND key = ?",
			t.id, want.UserID, want.Operation, want.Key).Scan(ctx)
		if err != nil {
			return err
		}
		done = row
		return keyUsable(row, want.RequestHash)
	})
	if err != nil {
		return nil, err
	}
	return done, nil
}

func keyUsable(row *models.IdempotencyKey, hash []byte) error {
	if !bytes.Equal(row.RequestHash, hash) {
		return fault.New(fault.Conflict, "this Idempotency-Key was used with another request").WithCode("idempotency_mismatch")
	}
	if row.Status == 0 {
		return fault.New(fault.Conflict, "the first request with this Idempotency-Key is still at work").
			WithCode("idempotency_busy").WithRetryAfter(time.Second)
	}
	return nil
}

// FinishKey stores the answer that repeats will get.
func (t *Tenant) FinishKey(ctx context.Context, row models.IdempotencyKey) error {
	return t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		_, err := db.NewUpdate().Model((*models.IdempotencyKey)(nil)).Set("status = ?", row.Status).
			Set("headers = ?::jsonb", string(row.Headers)).Set("response = ?", row.Response).
			Where("tenant_id = ? AND user_id = ? AND operation = ? AND key = ?", t.id, row.UserID, row.Operation, row.Key).Exec(ctx)
		return err
	})
}

// DropKey forgets a claim whose request did nothing, so that a repeat may try again.
func (t *Tenant) DropKey(ctx context.Context, row models.IdempotencyKey) error {
	return t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		_, err := db.NewDelete().Model((*models.IdempotencyKey)(nil)).
			Where("tenant_id = ? AND user_id = ? AND operation = ? AND key = ?", t.id, row.UserID, row.Operation, row.Key).Exec(ctx)
		return err
	})
}

// PurgeKeys removes idempotency keys past their 24 hours: housekeeping.
func (y *System) PurgeKeys(ctx context.Context) (n int64, err error) {
	err = y.run(ctx, func(ctx context.Context, y *System, db bun.IDB) error {
		res, err := db.NewDelete().Model((*models.IdempotencyKey)(nil)).Where("created_at < ?", y.s.Now().Add(-idempotencyLife)).Exec(ctx)
		if err != nil {
			return err
		}
		n, err = res.RowsAffected()
		return err
	})
	return n, err
}
