package store

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"github.com/velocicompanion/velocicompanion/models"
)

// SourceQuery filters sources; zero values filter nothing. Sorts: collected_at, id.
type SourceQuery struct {
	PageQuery

	Kind     string
	Name     string    // the whole name
	From, To time.Time // of collected_at; From is in, To is out
}

// ListSources pages through where the tenant's observations came from.
func (t *Tenant) ListSources(ctx context.Context, q SourceQuery) (rows []models.Source, p Page, err error) {
	err = t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		sel := db.NewSelect().Model((*models.Source)(nil)).Where("s.tenant_id = ?", t.id)
		if q.Kind != "" {
			sel = sel.Where("s.kind = ?", q.Kind)
		}
		if q.Name != "" {
			sel = sel.Where("s.name = ?", q.Name)
		}
		if !q.From.IsZero() {
			sel = sel.Where("s.collected_at >= ?", q.From)
		}
		if !q.To.IsZero() {
			sel = sel.Where("s.collected_at < ?", q.To)
		}
		rows, p, err = page(ctx, db, q.PageQuery, listing[models.Source]{
			sel: sel, columns: "?TableColumns, s.rows, s.hosts", def: "collected_at", id: "s.id",
			keys: map[string]sortKey{"collected_at": {"s.collected_at", "timestamptz"}, "id": {"s.id", "bigint"}},
			at: func(row *models.Source, sort string) (string, int64) {
				if sort == "id" {
					return decimal(row.ID), row.ID
				}
				return row.CollectedAt.Format(time.RFC3339Nano), row.ID
			},
		})
		return err
	})
	return rows, p, err
}
