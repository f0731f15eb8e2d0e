package store

import (
	"context"

	"github.com/uptrace/bun"

	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/models"
)

// BeginTOTP keeps the sealed secret of an enrolment that is not confirmed yet, in place of an earlier one. Faults:
// Conflict (totp_enabled) where a second factor is in force, Invalid for an unknown user.
func (t *Tenant) BeginTOTP(ctx context.Context, userID int64, sealed []byte) error {
	return t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		row := &models.TOTP{TenantID: t.id, UserID: userID, Secret: sealed, CreatedAt: t.s.Now()}
		res, err := db.NewInsert().Model(row).On("CONFLICT (tenant_id, user_id) DO UPDATE").
			Set("secret = EXCLUDED.secret, last_step = 0, created_at = EXCLUDED.created_at").
			Where("ut.confirmed_at IS NULL").Returning("NULL").Exec(ctx)
		if err != nil {
			return err
		}
		return orConflict(res, "a second factor is set up already; disable it first", "totp_enabled")
	})
}

// TOTP reads a user's second factor, confirmed or not. Faults: NotFound.
func (t *Tenant) TOTP(ctx context.Context, userID int64) (*models.TOTP, error) {
	row := &models.TOTP{}
	err := t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		return db.NewSelect().Model(row).Where("tenant_id = ? AND user_id = ?", t.id, userID).Scan(ctx)
	})
	return row, err
}

// ConfirmTOTP puts the factor that was read as row in force, with the step of the code that proved it and fresh recovery
// codes. Faults: Conflict (totp_changed) when it was confirmed or begun anew meanwhile.
func (t *Tenant) ConfirmTOTP(ctx context.Context, row *models.TOTP, step int64, recovery [][]byte) error {
	return t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		res, err := db.NewUpdate().Model((*models.TOTP)(nil)).Set("confirmed_at = ?", t.s.Now()).Set("last_step = ?", step).
			Where("tenant_id = ? AND user_id = ? AND confirmed_at IS NULL", t.id, row.UserID).
			Where("secret = ? AND last_step < ?", row.Secret, step).Exec(ctx)
		if err != nil {
			return err
		}
		if err := orConflict(res, "the second factor was changed meanwhile; begin again", "totp_changed"); err != nil {
			return err
		}
		if err := t.setTOTP(ctx, db, row.UserID, true); err != nil {
			return err
		}
		return t.ReplaceRecoveryCodes(ctx, row.UserID, recovery)
	})
}

// SpendTOTPStep notes that a code of this step was accepted. False when one of it, or of a later one, was before: the code
// is a replay. Of many calls at once one gets true.
func (t *Tenant) SpendTOTPStep(ctx context.Context, userID, step int64) (ok bool, err error) {
	err = t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		res, err := db.NewUpdate().Model((*models.TOTP)(nil)).Set("last_step = ?", step).
			Where("tenant_id = ? AND user_id = ?", t.id, userID).Where("confirmed_at IS NOT NULL AND last_step < ?", step).Exec(ctx)
		if err != nil {
			return err
		}
		n, err := res.RowsAffected()
		ok = n == 1
		return err
	})
	return ok && err == nil, err
}

// ResealTOTP puts the secret sealed with another key in place of the one read before; nothing happens when it changed.
func (t *Tenant) ResealTOTP(ctx context.Context, row *models.TOTP, sealed []byte) error {
	return t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		_, err := db.NewUpdate().Model((*models.TOTP)(nil)).Set("secret = ?", sealed).
			Where("tenant_id = ? AND user_id = ? AND secret = ?", t.id, row.UserID, row.Secret).Exec(ctx)
		return err
	})
}

// DisableTOTP takes a user's second factor and recovery codes away. Faults: NotFound for an unknown user.
func (t *Tenant) DisableTOTP(ctx context.Context, userID int64) error {
	return t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		if err := t.setTOTP(ctx, db, userID, false); err != nil {
			return err
		}
		_, err := db.NewDelete().Model((*models.TOTP)(nil)).Where("tenant_id = ? AND user_id = ?", t.id, userID).Exec(ctx)
		if err != nil {
			return err
		}
		return t.ReplaceRecoveryCodes(ctx, userID, nil)
	})
}

func (t *Tenant) setTOTP(ctx context.Context, db bun.IDB, userID int64, on bool) error {
	res, err := db.NewUpdate().Model((*models.User)(nil)).Set("totp_enabled = ?", on).Set("updated_at = ?", t.s.Now()).
		Where("tenant_id = ? AND id = ?", t.id, userID).Exec(ctx)
	if err != nil {
		return err
	}
	t.left.Users = append(t.left.Users, userID)
	return mustAffect(res)
}

// orConflict is a fault of kind Conflict when a statement touched nothing.
func orConflict(res interface{ RowsAffected() (int64, error) }, message, code string) error {
	n, err := res.RowsAffected()
	if err == nil && n == 0 {
		return fault.New(fault.Conflict, "%s", message).WithCode(code)
	}
	return err
}
