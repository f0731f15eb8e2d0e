package store

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/models"
)

// Link is a kind of token that a mail carries, named as its table.
type Link string

// The kinds of links.
const (
	LinkReset        Link = "password_reset_tokens"
	LinkVerification Link = "email_verification_tokens"
	LinkInvitation   Link = "invitations"
)

// linkVoid is what every token that opens nothing gets, whatever the reason: unknown, spent, expired, another tenant's.
func linkVoid() error {
	return fault.New(fault.Invalid, "this link is not valid any more; ask for a new one").WithCode("link_invalid")
}

// LinkTenant says which tenant and user a token belongs to, by its hash. Faults: Invalid (link_invalid).
func (y *System) LinkTenant(ctx context.Context, kind Link, hash []byte) (UserRef, error) {
	var ref UserRef
	err := y.read(ctx, func(ctx context.Context, db bun.IDB) error {
		return db.NewSelect().TableExpr("? AS link", bun.Ident(kind)).Column("tenant_id", "user_id").
			Where("token_hash = ?", hash).Scan(ctx, &ref.TenantID, &ref.UserID)
	})
	if fault.Is(err, fault.NotFound) {
		return UserRef{}, linkVoid()
	}
	return ref, err
}

// LinkUser reads the active user of a token that is neither spent nor expired, so that a new password can be checked before
// the token is used up. Faults: Invalid (link_invalid), also for a tenant that may not work.
func (t *Tenant) LinkUser(ctx context.Context, kind Link, hash []byte) (*models.User, error) {
	row := &models.User{}
	err := t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		return db.NewSelect().Model(row).Join("JOIN ? AS link ON link.tenant_id = u.tenant_id AND link.user_id = u.id", bun.Ident(kind)).
			Join("JOIN tenants AS t ON t.id = u.tenant_id").
			Where("u.tenant_id = ? AND u.is_active AND t.status = ?", t.id, models.TenantActive).
			Where("link.token_hash = ? AND link.used_at IS NULL AND link.expires_at > ?", hash, t.s.Now()).Scan(ctx)
	})
	if fault.Is(err, fault.NotFound) {
		return nil, linkVoid()
	}
	return row, err
}

// PurgeLinks removes tokens of a kind that ended before the moment given: housekeeping.
func (y *System) PurgeLinks(ctx context.Context, kind Link, before time.Time) (n int64, err error) {
	err = y.run(ctx, func(ctx context.Context, _ *System, db bun.IDB) error {
		res, err := db.NewDelete().TableExpr("?", bun.Ident(kind)).Where("expires_at < ?", before).Exec(ctx)
		if err != nil {
			return err
		}
		n, err = res.RowsAffected()
		return err
	})
	return n, err
}

// CreateResetToken keeps a token that sets an active user's password. It is void as soon as the password or the address is
// another. Faults: NotFound.
func (t *Tenant) CreateResetToken(ctx context.Context, userID int64, hash []byte, ttl time.Duration) error {
	return t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		now := t.s.Now()
		res, err := db.NewRaw(`INSERT INTO password_reset_tokens (tenant_id, user_id, token_hash, bound, issued_at, expires_at)
SELECT u.tenant_id, u.id, ?, text_digest(u.password_hash || ' ' || u.email), ?, ? FROM users AS u
WHERE u.tenant_id = ? AND u.id = ? AND u.is_active`, hash, now, now.Add(ttl), t.id, userID).Exec(ctx)
		if err != nil {
			return err
		}
		return mustAffect(res)
	})
}

// ResetPassword spends a reset token and sets the password; all sessions end, and the address the token went to is proved.
// Of many calls at once one succeeds. Faults: Invalid (link_invalid).
func (t *Tenant) ResetPassword(ctx context.Context, hash []byte, passwordHash string) (*models.User, error) {
	var user *models.User
	err := t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		id, err := t.spend(ctx, db.NewRaw(`UPDATE password_reset_tokens AS l SET used_at = ? FROM users AS u
WHERE l.tenant_id = ? AND l.token_hash = ? AND l.used_at IS NULL AND l.expires_at > ?
  AND u.tenant_id = l.tenant_id AND u.id = l.user_id AND u.is_active
  AND l.bound = text_digest(u.password_hash || ' ' || u.email)
RETURNING l.user_id`, t.s.Now(), t.id, hash, t.s.Now()))
		if err != nil {
			return err
		}
		user, err = t.UpdateUser(ctx, id, UserChange{PasswordHash: &passwordHash, EmailVerified: new(true)})
		return err
	})
	return user, err
}

// CreateVerificationToken keeps a token that proves a user's present address. Faults: NotFound for a user without one.
func (t *Tenant) CreateVerificationToken(ctx context.Context, userID int64, hash []byte, ttl time.Duration) error {
	return t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		now := t.s.Now()
		res, err := db.NewRaw(`INSERT INTO email_verification_tokens (tenant_id, user_id, token_hash, email, issued_at, expires_at)
SELECT u.tenant_id, u.id, ?, u.email, ?, ? FROM users AS u
WHERE u.tenant_id = ? AND u.id = ? AND u.email <> ''`, hash, now, now.Add(ttl), t.id, userID).Exec(ctx)
		if err != nil {
			return err
		}
		return mustAffect(res)
	})
}

// VerifyEmail spends a verification token: the address it was made for is proved, if it is still the user's. Faults:
// Invalid (link_invalid).
func (t *Tenant) VerifyEmail(ctx context.Context, hash []byte) (*models.User, error) {
	row := &models.User{}
	err := t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		id, err := t.spend(ctx, db.NewRaw(`UPDATE email_verification_tokens AS l SET used_at = ? FROM users AS u
WHERE l.tenant_id = ? AND l.token_hash = ? AND l.used_at IS NULL AND l.expires_at > ?
  AND u.tenant_id = l.tenant_id AND u.id = l.user_id AND u.email = l.email
RETURNING l.user_id`, t.s.Now(), t.id, hash, t.s.Now()))
		if err != nil {
			return err
		}
		t.left.Users = append(t.left.Users, id)
		return db.NewUpdate().Model(row).Set("email_verified = true").Set("updated_at = ?", t.s.Now()).
			Where("tenant_id = ? AND id = ?", t.id, id).Returning("*").Scan(ctx)
	})
	return row, err
}

// spend runs the update that uses a token up and gives its user.
func (t *Tenant) spend(ctx context.Context, update *bun.RawQuery) (userID int64, err error) {
	var ids []int64
	if err := update.Scan(ctx, &ids); err != nil {
		return 0, err
	}
	if len(ids) != 1 {
		return 0, linkVoid()
	}
	return ids[0], nil
}
