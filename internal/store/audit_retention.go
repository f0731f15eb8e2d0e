package store

import (
	"context"

	"github.com/uptrace/bun"

	"github.com/velocicompanion/velocicompanion/models"
)

// AddCheckpoint writes a seam into the tenant's chain that removes nothing.
func (t *Tenant) AddCheckpoint(ctx context.Context, c *models.AuditCheckpoint) error {
	return t.run(ctx, func(ctx context.Context, t *Tenant, _ bun.IDB) error {
		return t.exec(ctx, `INSERT INTO audit_checkpoints (tenant_id, kind, seq, mac, reason, created_at, key_id, signature)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`, t.id, c.Kind, c.Seq, c.MAC, c.Reason, c.CreatedAt, c.KeyID, c.Signature)
	})
}

// RetireAudit removes the sealed lines up to the checkpoint's place together with writing it, and says how many there
// were. The database refuses where a line is younger than the tenant keeps them.
func (t *Tenant) RetireAudit(ctx context.Context, c *models.AuditCheckpoint) (removed int64, err error) {
	err = t.run(ctx, func(ctx context.Context, t *Tenant, _ bun.IDB) error {
		return t.row(ctx, "SELECT audit_retire($1, $2, $3, $4, $5, $6)",
			[]any{c.Seq, c.MAC, c.Reason, c.CreatedAt, c.KeyID, c.Signature}, &removed)
	})
	return removed, err
}

// RetiringTenants gives the tenants that don't keep their trail for ever.
func (y *System) RetiringTenants(ctx context.Context) (ids []int64, err error) {
	err = y.read(ctx, func(ctx context.Context, db bun.IDB) error {
		return db.NewSelect().Model((*models.Tenant)(nil)).Column("id").Where("settings ->> 'audit_retention_days' <> '0'").
			OrderExpr("id").Scan(ctx, &ids)
	})
	return ids, err
}

// ForgetAudit removes the whole trail of a tenant that is being deleted, and says how many lines it had. The database
// refuses for any other tenant.
func (y *System) ForgetAudit(ctx context.Context, tenantID int64) (removed int64, err error) {
	err = y.run(ctx, func(ctx context.Context, _ *System, db bun.IDB) error {
		return db.NewRaw("SELECT audit_forget(?)", tenantID).Scan(ctx, &removed)
	})
	return removed, err
}
