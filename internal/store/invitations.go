package store

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"github.com/velocicompanion/velocicompanion/models"
)

// NewInvitation is what an invitation records.
type NewInvitation struct {
	UserID    int64 // a user of the tenant who has no password yet
	TokenHash []byte
	TTL       time.Duration
	InvitedBy int64 // zero: nobody; may be of another tenant
}

// Invite keeps an invitation in place of an earlier one of the same user. Faults: NotFound for a user who is not active or
// has a password.
func (t *Tenant) Invite(ctx context.Context, n NewInvitation) error {
	return t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		_, err := db.NewDelete().Model((*models.Invitation)(nil)).Where("tenant_id = ? AND user_id = ? AND used_at IS NULL", t.id, n.UserID).Exec(ctx)
		if err != nil {
			return err
		}
		return n.insert(ctx, db, t.id, t.s.Now())
	})
}

// InviteFor keeps the first invitation of a user of any tenant, in the transaction that makes both. Faults: NotFound for a
// user who is not active or has a password.
func (y *System) InviteFor(ctx context.Context, tenantID int64, n NewInvitation) error {
	return y.run(ctx, func(ctx context.Context, y *System, db bun.IDB) error { return n.insert(ctx, db, tenantID, y.s.Now()) })
}

func (n NewInvitation) insert(ctx context.Context, db bun.IDB, tenantID int64, now time.Time) error {
	var by *int64
	if n.InvitedBy != 0 {
		by = &n.InvitedBy
	}
	res, err := db.NewRaw(`INSERT INTO invitations (tenant_id, user_id, token_hash, email, invited_by, issued_at, expires_at)
SELECT u.tenant_id, u.id, ?, u.email, ?, ?, ? FROM users AS u
WHERE u.tenant_id = ? AND u.id = ? AND u.is_active AND u.password_hash = ''`, n.TokenHash, by, now, now.Add(n.TTL), tenantID, n.UserID).Exec(ctx)
	if err != nil {
		return err
	}
	return mustAffect(res)
}

// AcceptInvitation spends an invitation, sets the user's first password and counts the address it went to as proved. Faults:
// Invalid (link_invalid).
func (t *Tenant) AcceptInvitation(ctx context.Context, hash []byte, passwordHash string) (*models.User, error) {
	row := &models.User{}
	err := t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		now := t.s.Now()
		id, err := t.spend(ctx, db.NewRaw(`UPDATE invitations AS l SET used_at = ? FROM users AS u
WHERE l.tenant_id = ? AND l.token_hash = ? AND l.used_at IS NULL AND l.expires_at > ?
  AND u.tenant_id = l.tenant_id AND u.id = l.user_id AND u.is_active AND u.password_hash = ''
RETURNING l.user_id`, now, t.id, hash, now))
		if err != nil {
			return err
		}
		t.left.Users = append(t.left.Users, id)
		return db.NewRaw(`UPDATE users AS u SET password_hash = ?, updated_at = ?,
  email_verified = u.email_verified OR (u.email <> '' AND u.email = (SELECT l.email FROM invitations AS l WHERE l.tenant_id = ? AND l.token_hash = ?))
WHERE u.tenant_id = ? AND u.id = ? RETURNING u.*`, passwordHash, now, t.id, hash, t.id, id).Scan(ctx, row)
	})
	return row, err
}

// voidInvitations takes back what went to another address than the user has now: whoever reads mail there is somebody else.
func (t *Tenant) voidInvitations(ctx context.Context, db bun.IDB, user *models.User) error {
	_, err := db.NewDelete().Model((*models.Invitation)(nil)).
		Where("tenant_id = ? AND user_id = ? AND used_at IS NULL AND email <> ?", t.id, user.ID, user.Email).Exec(ctx)
	return err
}
