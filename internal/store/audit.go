package store

import (
	"context"

	"github.com/uptrace/bun"

	"github.com/velocicompanion/velocicompanion/models"
)

// Audit appends one line to the tenant's trail, in the handle's transaction: what it tells of and the line commit or
// fail together.
func (t *Tenant) Audit(ctx context.Context, row models.AuditLog) error {
	row.TenantID = t.id
	return t.run(ctx, func(ctx context.Context, _ *Tenant, db bun.IDB) error { return insertAudit(ctx, db, &row) })
}

// Audit appends one line to the trail of row.TenantID, for acts that cross tenants.
func (y *System) Audit(ctx context.Context, row models.AuditLog) error {
	return y.run(ctx, func(ctx context.Context, _ *System, db bun.IDB) error { return insertAudit(ctx, db, &row) })
}

func insertAudit(ctx context.Context, db bun.IDB, row *models.AuditLog) error {
	if row.Outcome == "" {
		row.Outcome = "success"
	}
	_, err := db.NewInsert().Model(row).ExcludeColumn("id").Returning("NULL").Exec(ctx)
	return err
}
