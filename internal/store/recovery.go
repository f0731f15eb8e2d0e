package store

import (
	"context"

	"github.com/uptrace/bun"

	"github.com/velocicompanion/velocicompanion/models"
)

// ReplaceRecoveryCodes puts new codes, by their hashes, in place of all of a user's.
func (t *Tenant) ReplaceRecoveryCodes(ctx context.Context, userID int64, hashes [][]byte) error {
	return t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		_, err := db.NewDelete().Model((*models.RecoveryCode)(nil)).Where("tenant_id = ? AND user_id = ?", t.id, userID).Exec(ctx)
		if err != nil || len(hashes) == 0 {
			return err
		}
		rows := make([]models.RecoveryCode, len(hashes))
		for i, h := range hashes {
			rows[i] = models.RecoveryCode{TenantID: t.id, UserID: userID, CodeHash: h, CreatedAt: t.s.Now()}
		}
		_, err = db.NewInsert().Model(&rows).Returning("NULL").Exec(ctx)
		return err
	})
}

// SpendRecoveryCode uses one of a user's codes up; false when there is none such, or it was used. Of many calls at once one
// gets true.
func (t *Tenant) SpendRecoveryCode(ctx context.Context, userID int64, hash []byte) (ok bool, err error) {
	err = t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		res, err := db.NewUpdate().Model((*models.RecoveryCode)(nil)).Set("used_at = ?", t.s.Now()).
			Where("tenant_id = ? AND user_id = ? AND code_hash = ? AND used_at IS NULL", t.id, userID, hash).Exec(ctx)
		if err != nil {
			return err
		}
		n, err := res.RowsAffected()
		ok = n == 1
		return err
	})
	return ok && err == nil, err
}

// RecoveryCodesLeft counts a user's codes that were not used.
func (t *Tenant) RecoveryCodesLeft(ctx context.Context, userID int64) (n int64, err error) {
	err = t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		n, err = db.NewSelect().Model((*models.RecoveryCode)(nil)).
			Where("tenant_id = ? AND user_id = ? AND used_at IS NULL", t.id, userID).Count(ctx)
		return err
	})
	return n, err
}
