package store

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"github.com/velocicompanion/velocicompanion/models"
)

// Elevate lets a user's session (its family) do dangerous things until the moment given; an earlier elevation gives way.
// method says how the user proved himself.
func (t *Tenant) Elevate(ctx context.Context, userID int64, session, method string, until time.Time) error {
	return t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		row := &models.Elevation{
			TenantID: t.id, UserID: userID, Family: session, Method: method, GrantedAt: t.s.Now(), ExpiresAt: until,
		}
		_, err := db.NewInsert().Model(row).On("CONFLICT (tenant_id, user_id, family) DO UPDATE").
			Set("method = EXCLUDED.method, granted_at = EXCLUDED.granted_at, expires_at = EXCLUDED.expires_at").
			Returning("NULL").Exec(ctx)
		if err != nil {
			return err
		}
		t.left.Users = append(t.left.Users, userID)
		return nil
	})
}

// PurgeElevations removes those that ended before the moment given: housekeeping.
func (y *System) PurgeElevations(ctx context.Context, before time.Time) (n int64, err error) {
	err = y.run(ctx, func(ctx context.Context, _ *System, db bun.IDB) error {
		res, err := db.NewDelete().Model((*models.Elevation)(nil)).Where("expires_at < ?", before).Exec(ctx)
		if err != nil {
			return err
		}
		n, err = res.RowsAffected()
		return err
	})
	return n, err
}
