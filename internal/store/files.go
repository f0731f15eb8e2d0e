package store

import (
	"context"

	"github.com/uptrace/bun"
)

// FilesKept says which of these files of internal/blob a row of the tenant refers to; the others may go. Every table that
// names files stands here.
func (y *System) FilesKept(ctx context.Context, tenant int64, refs []string) (map[string]bool, error) {
	kept := make(map[string]bool, len(refs))
	err := y.read(ctx, func(ctx context.Context, db bun.IDB) error {
		for _, table := range []string{"bulk_jobs", "collection_files"} {
			var rows []string
			err := db.NewSelect().Table(table).Column("file_ref").
				Where("tenant_id = ? AND file_ref <> '' AND file_ref IN (?)", tenant, bun.List(append([]string{""}, refs...))).Scan(ctx, &rows)
			if err != nil {
				return err
			}
			for _, ref := range rows {
				kept[ref] = true
			}
		}
		return nil
	})
	return kept, err
}
