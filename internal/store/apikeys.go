package store

import (
	"context"

	"github.com/uptrace/bun"

	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/models"
)

// MaxAPIKeys is how many keys a user may have that were not revoked.
const MaxAPIKeys = 50

// CreateAPIKey inserts a service key of row.UserID; the database fills in id and time. Faults: Invalid for an unknown user,
// Conflict (api_key_limit).
func (t *Tenant) CreateAPIKey(ctx context.Context, row *models.APIKey) error {
	row.TenantID, row.CreatedAt = t.id, t.s.Now()
	if row.Scopes == nil {
		row.Scopes = []string{}
	}
	return t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		// Two at once would not see each other's: the second waits for the first to commit.
		_, err := db.NewSelect().Model((*models.User)(nil)).ColumnExpr("1").Where("tenant_id = ? AND id = ?", t.id, row.UserID).
			For("NO KEY UPDATE").Exec(ctx)
		if err != nil {
			return err
		}
		n, err := db.NewSelect().Model((*models.APIKey)(nil)).Where("tenant_id = ? AND user_id = ? AND revoked_at IS NULL", t.id, row.UserID).Count(ctx)
		if err != nil {
			return err
		}
		if n >= MaxAPIKeys {
			return fault.New(fault.Conflict, "you have %d API keys, the most there may be; revoke one first", n).WithCode("api_key_limit")
		}
		_, err = db.NewInsert().Model(row).ExcludeColumn("id").Returning("*").Exec(ctx)
		return err
	})
}

// APIKeys lists the keys of a user (zero: of all the tenant's) that were not revoked, expired ones too, the newest first.
func (t *Tenant) APIKeys(ctx context.Context, userID int64) (rows []models.APIKey, err error) {
	err = t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		sel := db.NewSelect().Model(&rows).Where("tenant_id = ? AND revoked_at IS NULL", t.id)
		if userID != 0 {
			sel = sel.Where("user_id = ?", userID)
		}
		return sel.OrderExpr("id DESC").Limit(500).Scan(ctx)
	})
	return rows, err
}

// RevokeAPIKey ends a key of a user (zero: of any of the tenant's) for good. Faults: NotFound.
func (t *Tenant) RevokeAPIKey(ctx context.Context, id, userID int64) (*models.APIKey, error) {
	row := &models.APIKey{}
	err := t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		upd := db.NewUpdate().Model(row).Set("revoked_at = ?", t.s.Now()).
			Where("tenant_id = ? AND id = ? AND revoked_at IS NULL", t.id, id)
		if userID != 0 {
			upd = upd.Where("user_id = ?", userID)
		}
		if err := upd.Returning("*").Scan(ctx); err != nil {
			return err
		}
		t.left.Users = append(t.left.Users, row.UserID)
		return nil
	})
	return row, err
}

// TouchAPIKey notes a use, at most once a minute: a key that is used all the time is not written all the time.
func (t *Tenant) TouchAPIKey(ctx context.Context, id int64, ip string) error {
	return t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		_, err := db.NewUpdate().Model((*models.APIKey)(nil)).Set("last_used_at = ?", t.s.Now()).Set("last_used_ip = ?", ip).
			Where("tenant_id = ? AND id = ?", t.id, id).
			Where("last_used_at IS NULL OR last_used_at <= ?::timestamptz - interval '1 minute'", t.s.Now()).Exec(ctx)
		return err
	})
}

// APIKeyByHash finds a living key of any tenant: neither revoked nor expired. Whether its user may work is the caller's to
// ask. Faults: NotFound.
func (y *System) APIKeyByHash(ctx context.Context, hash []byte) (*models.APIKey, error) {
	row := &models.APIKey{}
	err := y.read(ctx, func(ctx context.Context, db bun.IDB) error {
		return db.NewSelect().Model(row).Where("key_hash = ? AND revoked_at IS NULL", hash).
			Where("expires_at IS NULL OR expires_at > ?", y.s.Now()).Scan(ctx)
	})
	return row, err
}
