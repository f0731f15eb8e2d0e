package store

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"github.com/velocicompanion/velocicompanion/models"
)

// IsolationQuery filters a tenant's isolations; zero values filter nothing. Sorts: id, created_at.
type IsolationQuery struct {
	PageQuery

	HostID   int64
	Action   string
	Statuses []string
	Open     bool // only those that have not ended
}

// ListIsolations pages through orders to isolate and release.
func (t *Tenant) ListIsolations(ctx context.Context, q IsolationQuery) (rows []models.Isolation, p Page, err error) {
	err = t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		sel := db.NewSelect().Model((*models.Isolation)(nil)).Where("iso.tenant_id = ?", t.id)
		if q.HostID != 0 {
			sel = sel.Where("iso.host_id = ?", q.HostID)
		}
		if q.Action != "" {
			sel = sel.Where("iso.action = ?", q.Action)
		}
		if len(q.Statuses) > 0 {
			sel = sel.Where("iso.status IN (?)", bun.List(q.Statuses))
		}
		if q.Open {
			sel = sel.Where("iso.finished_at IS NULL")
		}
		rows, p, err = page(ctx, db, q.PageQuery, listing[models.Isolation]{
			sel: sel, columns: isolationColumns,
			keys: map[string]sortKey{"id": {"iso.id", "bigint"}, "created_at": {"iso.created_at", "timestamptz"}}, def: "id", id: "iso.id",
			at: func(row *models.Isolation, sort string) (string, int64) {
				if sort == "created_at" {
					return row.CreatedAt.Format(time.RFC3339Nano), row.ID
				}
				return decimal(row.ID), row.ID
			},
		})
		return err
	})
	return rows, p, err
}
