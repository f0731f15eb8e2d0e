package store

import (
	"context"

	"github.com/uptrace/bun"

	"github.com/velocicompanion/velocicompanion/models"
)

// RowsOfSources is FindObservations for the sources with these keys; q may narrow them further, by the source's name too.
// Sources that have no rows yet are no fault.
func (t *Tenant) RowsOfSources(ctx context.Context, keys []string, q ObservationQuery) (out Observations, err error) {
	err = t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		sel := db.NewSelect().Model((*models.Source)(nil)).Column("id", "collected_at").
			Where("s.tenant_id = ? AND s.key IN (?)", t.id, bun.List(append([]string{""}, keys...)))
		if q.Source != "" {
			sel = sel.Where("s.name = ?", q.Source)
		}
		q.Source, q.Among = "", []models.Source{}
		if err := sel.Scan(ctx, &q.Among); err != nil {
			return err
		}
		out, err = t.FindObservations(ctx, q)
		return err
	})
	return out, err
}
