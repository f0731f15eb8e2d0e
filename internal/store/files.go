package store

import (
	"context"

	"github.com/uptrace/bun"

	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/models"
)

// KeepFile keeps a file that was put into internal/blob: write it in the transaction of the row that refers to it. A file
// that no row keeps is removed after a day. Faults: Conflict.
func (t *Tenant) KeepFile(ctx context.Context, row *models.File) error {
	row.TenantID, row.CreatedAt = t.id, t.s.Now()
	return t.run(ctx, func(ctx context.Context, _ *Tenant, db bun.IDB) error {
		_, err := db.NewInsert().Model(row).Exec(ctx)
		return err
	})
}

// DropFile stops to keep a file; the caller removes it from internal/blob after the commit, or leaves it to housekeeping.
// One that is not kept is no fault. Faults: Conflict (file_in_use) while another row refers to it.
func (t *Tenant) DropFile(ctx context.Context, ref string) error {
	return t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		_, err := db.NewDelete().Model((*models.File)(nil)).Where("tenant_id = ? AND ref = ?", t.id, ref).Exec(ctx)
		if ConstraintOf(err) != "" {
			return fault.Wrap(err, fault.Conflict, "the file is in use").WithCode("file_in_use")
		}
		return err
	})
}

// FilesKept says which of these files of a tenant a row keeps; the others may go.
func (y *System) FilesKept(ctx context.Context, tenant int64, refs []string) (map[string]bool, error) {
	kept := make(map[string]bool, len(refs))
	err := y.read(ctx, func(ctx context.Context, db bun.IDB) error {
		var rows []string
		err := db.NewSelect().Model((*models.File)(nil)).Column("ref").
			Where("tenant_id = ? AND ref IN (?)", tenant, bun.List(append([]string{""}, refs...))).Scan(ctx, &rows)
		for _, ref := range rows {
			kept[ref] = true
		}
		return err
	})
	return kept, err
}
