package store

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/models"
)

// upsertSource gives src the id and the time of the source with its key, new or known.
func (t *Tenant) upsertSource(ctx context.Context, db bun.IDB, src *models.Source) error {
	src.TenantID = t.id
	if src.CollectedAt.IsZero() {
		src.CollectedAt = t.s.Now()
	}
	return db.NewInsert().Model(src).ExcludeColumn("id").On("CONFLICT (tenant_id, key) DO UPDATE").Set("name = EXCLUDED.name").
		Returning("id, collected_at").Scan(ctx)
}

// ObservationQuery filters a host's observations; zero values filter nothing. Sort: collected_at.
type ObservationQuery struct {
	PageQuery

	Source string // the name of the source
}

const observationColumns = `?TableColumns,
(SELECT s.name FROM sources AS s WHERE s.tenant_id = ?TableAlias.tenant_id AND s.id = ?TableAlias.source_id) AS source_name,
(SELECT s.kind FROM sources AS s WHERE s.tenant_id = ?TableAlias.tenant_id AND s.id = ?TableAlias.source_id) AS source_kind`

// ListObservations pages through what is known about a host. Faults: NotFound for the host.
func (t *Tenant) ListObservations(ctx context.Context, hostID int64, q ObservationQuery) (rows []models.Observation, p Page, err error) {
	err = t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		known, err := db.NewSelect().Model((*models.Host)(nil)).Where("tenant_id = ? AND id = ?", t.id, hostID).Exists(ctx)
		if err != nil {
			return err
		}
		if !known {
			return fault.New(fault.NotFound, "not found")
		}
		sel := db.NewSelect().Model((*models.Observation)(nil)).Where("o.tenant_id = ? AND o.host_id = ?", t.id, hostID)
		if q.Source != "" {
			sel = sel.Where("o.source_id IN (SELECT f.id FROM sources AS f WHERE f.tenant_id = ? AND f.name = ?)", t.id, q.Source)
		}
		rows, p, err = page(ctx, db, q.PageQuery, listing[models.Observation]{
			sel:     sel,
			columns: observationColumns,
			keys:    map[string]sortKey{"collected_at": {"o.collected_at", "timestamptz"}},
			def:     "collected_at", id: "o.id",
			at: func(row *models.Observation, _ string) (string, int64) {
				return row.CollectedAt.Format(time.RFC3339Nano), row.ID
			},
		})
		return err
	})
	return rows, p, err
}
