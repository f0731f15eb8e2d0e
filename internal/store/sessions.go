package store

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"github.com/velocicompanion/velocicompanion/models"
)

// Session is a family of refresh tokens: one sign-in on one device.
type Session struct {
	Family    string
	CreatedAt time.Time
	LastUsed  time.Time
	ExpiresAt time.Time
	IPAddress string // of the last use
	UserAgent string // of the last use
}

// Rotation is the outcome of presenting a refresh token.
type Rotation int

// The outcomes; only the first gave a new token.
const (
	Rotated   Rotation = iota // the old token is spent, the new one stands
	Reused                    // the token was spent before: its whole family is revoked now
	Worthless                 // unknown, expired or revoked
)

// NewSession is what a sign-in or a rotation records.
type NewSession struct {
	UserID    int64
	Family    string // a UUID
	TokenHash []byte
	TTL       time.Duration // life without use
	MaxLife   time.Duration // life from the sign-in, used or not; 0: without an end
	IPAddress string
	UserAgent string
}

// CreateSession starts a family with its first token.
func (t *Tenant) CreateSession(ctx context.Context, n NewSession) error {
	return t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error { return t.insertToken(ctx, db, n, t.s.Now()) })
}

func (t *Tenant) insertToken(ctx context.Context, db bun.IDB, n NewSession, began time.Time) error {
	now := t.s.Now()
	_, err := db.NewInsert().Model(&models.RefreshToken{
		TenantID: t.id, UserID: n.UserID, Family: n.Family, TokenHash: n.TokenHash, IssuedAt: now, ExpiresAt: n.end(now, began),
		StartedAt: &began, IPAddress: n.IPAddress, UserAgent: n.UserAgent,
	}).ExcludeColumn("id").Exec(ctx)
	return err
}

// end is when a token issued now ends, in a session that began then.
func (n NewSession) end(now, began time.Time) time.Time {
	end := now.Add(n.TTL)
	if last := began.Add(n.MaxLife); n.MaxLife > 0 && last.Before(end) {
		return last
	}
	return end
}

// RotateSession spends the token with the hash old and puts next in its place, in the same family. A token spent before
// means that it was copied: the whole family is revoked. The row tells whose it was, for every outcome but an unknown
// token, where it is nil.
func (t *Tenant) RotateSession(ctx context.Context, old []byte, next NewSession) (out Rotation, was *models.RefreshToken, err error) {
	err = t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		var rows []models.RefreshToken
		err := db.NewSelect().Model(&rows).Where("tenant_id = ? AND token_hash = ?", t.id, old).For("UPDATE").Scan(ctx)
		if err != nil {
			return err
		}
		out = Worthless
		if len(rows) == 0 {
			return nil
		}
		was = &rows[0]
		now := t.s.Now()
		switch {
		case was.RevokedAt != nil:
			return nil
		case was.UsedAt != nil:
			out = Reused
			_, err := t.revoke(ctx, db, was.UserID, was.Family, "")
			return err
		case !was.ExpiresAt.After(now), !next.end(now, was.Began()).After(now):
			return nil
		}
		_, err = db.NewUpdate().Model(was).Set("used_at = ?", now).Where("tenant_id = ? AND id = ?", t.id, was.ID).Exec(ctx)
		if err != nil {
			return err
		}
		out = Rotated
		next.UserID, next.Family = was.UserID, was.Family
		return t.insertToken(ctx, db, next, was.Began())
	})
	return out, was, err
}

// Sessions lists a user's living sessions, the last used first.
func (t *Tenant) Sessions(ctx context.Context, userID int64) ([]Session, error) {
	var out []Session
	err := t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		return db.NewSelect().Model((*models.RefreshToken)(nil)).ColumnExpr("family").
			ColumnExpr("min(coalesce(started_at, issued_at)) AS created_at, max(issued_at) AS last_used, max(expires_at) AS expires_at").
			ColumnExpr("(array_agg(ip_address ORDER BY id DESC))[1] AS ip_address").
			ColumnExpr("(array_agg(user_agent ORDER BY id DESC))[1] AS user_agent").
			Where("tenant_id = ? AND user_id = ? AND revoked_at IS NULL", t.id, userID).GroupExpr("family").
			Having("max(expires_at) > ?", t.s.Now()).OrderExpr("last_used DESC, family").Scan(ctx, &out)
	})
	return out, err
}

// EndSession revokes one session of a user; false when there is none such that lives.
func (t *Tenant) EndSession(ctx context.Context, userID int64, family string) (ended bool, err error) {
	err = t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		n, err := t.revoke(ctx, db, userID, family, "")
		ended = n > 0
		return err
	})
	return ended, err
}

// EndSessions revokes all sessions of a user except one (its family; empty for no exception) and says how many tokens
// that ended.
func (t *Tenant) EndSessions(ctx context.Context, userID int64, except string) (n int64, err error) {
	err = t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		n, err = t.revoke(ctx, db, userID, "", except)
		return err
	})
	return n, err
}

func (t *Tenant) revoke(ctx context.Context, db bun.IDB, userID int64, family, except string) (int64, error) {
	upd := db.NewUpdate().Model((*models.RefreshToken)(nil)).Set("revoked_at = ?", t.s.Now()).
		Where("tenant_id = ? AND user_id = ? AND revoked_at IS NULL", t.id, userID)
	if family != "" {
		upd = upd.Where("family = ?::uuid", family)
	}
	if except != "" {
		upd = upd.Where("family <> ?::uuid", except)
	}
	res, err := upd.Exec(ctx)
	if err != nil {
		return 0, err
	}
	t.left.Users = append(t.left.Users, userID)
	return res.RowsAffected()
}

// TokenOwner finds a refresh token of any tenant by its hash, whether it is still good or not. Faults: NotFound.
func (y *System) TokenOwner(ctx context.Context, hash []byte) (*models.RefreshToken, error) {
	row := &models.RefreshToken{}
	err := y.read(ctx, func(ctx context.Context, db bun.IDB) error {
		return db.NewSelect().Model(row).Where("token_hash = ?", hash).Scan(ctx)
	})
	return row, err
}

// PurgeTokens removes refresh tokens that ended before the moment given: housekeeping.
func (y *System) PurgeTokens(ctx context.Context, before time.Time) (n int64, err error) {
	err = y.run(ctx, func(ctx context.Context, _ *System, db bun.IDB) error {
		res, err := db.NewDelete().Model((*models.RefreshToken)(nil)).Where("expires_at < ?", before).Exec(ctx)
		if err != nil {
			return err
		}
		n, err = res.RowsAffected()
		return err
	})
	return n, err
}
