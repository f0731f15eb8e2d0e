package store

import (
	"context"
	"encoding/json"

	"github.com/uptrace/bun"

	"github.com/velocicompanion/velocicompanion/models"
)

// Plan reads the compiled plan of a playbook's version, as JSON. Faults: NotFound.
func (t *Tenant) Plan(ctx context.Context, playbookID int64, version int) (plan json.RawMessage, err error) {
	row := &models.PlaybookVersion{}
	err = t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		return db.NewSelect().Model(row).Column("plan").
			Where("tenant_id = ? AND playbook_id = ? AND version = ?", t.id, playbookID, version).Scan(ctx)
	})
	return row.Plan, err
}
