package store

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"github.com/velocicompanion/velocicompanion/models"
)

// SightingQuery filters the sightings of an indicator; zero values filter nothing. Sort: last_seen.
type SightingQuery struct {
	PageQuery

	HostID int64
}

const sightingColumns = `?TableColumns,
coalesce((SELECT h.hostname FROM hosts AS h WHERE h.tenant_id = si.tenant_id AND h.id = si.host_id), '') AS hostname,
coalesce((SELECT s.name FROM sources AS s WHERE s.tenant_id = si.tenant_id AND s.id = si.source_id), '') AS source_name`

// ListSightings pages through where an indicator was seen. Faults: NotFound for the indicator.
func (t *Tenant) ListSightings(ctx context.Context, artifactID int64, q SightingQuery) (rows []models.Sighting, p Page, err error) {
	err = t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		if err := t.artifactThere(ctx, db, artifactID); err != nil {
			return err
		}
		sel := db.NewSelect().Model((*models.Sighting)(nil)).Where("si.tenant_id = ? AND si.artifact_id = ?", t.id, artifactID)
		if q.HostID != 0 {
			sel = sel.Where("si.host_id = ?", q.HostID)
		}
		rows, p, err = page(ctx, db, q.PageQuery, listing[models.Sighting]{
			sel: sel, columns: sightingColumns, keys: map[string]sortKey{"last_seen": {"si.last_seen", "timestamptz"}}, def: "last_seen", id: "si.id",
			at: func(row *models.Sighting, _ string) (string, int64) {
				return row.LastSeen.Format(time.RFC3339Nano), row.ID
			},
		})
		return err
	})
	return rows, p, err
}
