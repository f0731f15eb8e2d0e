package store

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"github.com/velocicompanion/velocicompanion/models"
)

// ExpiringVelociraptorConfigs gives the tenants whose certificate ends before a moment and who were not told so for the given
// number of days.
func (y *System) ExpiringVelociraptorConfigs(ctx context.Context, before time.Time, days int) (tenants []int64, err error) {
	err = y.read(ctx, func(ctx context.Context, db bun.IDB) error {
		return db.NewSelect().Model((*models.VelociraptorConfig)(nil)).Column("tenant_id").Where("expires_at < ?", before).
			Where("expiry_told IS NULL OR expiry_told > ?", days).OrderExpr("tenant_id").Scan(ctx, &tenants)
	})
	return tenants, err
}

// TellVelociraptorExpiry notes, in the handle's transaction, that people are told that the certificate ends within so many
// days. It answers nil where somebody noted that before, or where another certificate has come.
func (t *Tenant) TellVelociraptorExpiry(ctx context.Context, before time.Time, days int) (*models.VelociraptorConfig, error) {
	var rows []models.VelociraptorConfig
	err := t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		return db.NewRaw(`UPDATE velociraptor_configs SET expiry_told = ? WHERE tenant_id = ? AND expires_at < ?
AND (expiry_told IS NULL OR expiry_told > ?) RETURNING *`, days, t.id, before, days).Scan(ctx, &rows)
	})
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	return &rows[0], nil
}
