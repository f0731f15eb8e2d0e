package store

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/uptrace/bun"

	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/models"
)

// copyFrom is the number of rows from which COPY beats one INSERT.
const copyFrom = 100

// AddObservations keeps rows that a source reports about a host and says how many were new. src needs Kind, Name and Key;
// its key decides whether it is known: a repeat finds the same source with its first CollectedAt, so that the same rows
// are the same observations. Faults: Invalid for a host that does not exist.
func (t *Tenant) AddObservations(ctx context.Context, src *models.Source, hostID int64, rows []Row) (fresh int, err error) {
	err = t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		if err := t.upsertSource(ctx, db, src); err != nil {
			return err
		}
		if len(rows) > copyFrom {
			fresh, err = t.copyRows(ctx, db, src, hostID, rows)
		} else if len(rows) > 0 {
			fresh, err = t.insertRows(ctx, db, src, hostID, rows)
		}
		return err
	})
	return fresh, err
}

// upsertSource gives src the id and the time of the source with its key, new or known.
func (t *Tenant) upsertSource(ctx context.Context, db bun.IDB, src *models.Source) error {
	src.TenantID = t.id
	if src.CollectedAt.IsZero() {
		src.CollectedAt = t.s.Now()
	}
	return db.NewInsert().Model(src).ExcludeColumn("id").On("CONFLICT (tenant_id, key) DO UPDATE").Set("name = EXCLUDED.name").
		Returning("id, collected_at").Scan(ctx)
}

func (t *Tenant) insertRows(ctx context.Context, db bun.IDB, src *models.Source, hostID int64, rows []Row) (int, error) {
	obs := make([]models.Observation, len(rows))
	for i := range rows {
		obs[i] = models.Observation{
			TenantID: t.id, HostID: hostID, SourceID: src.ID, CollectedAt: src.CollectedAt,
			EventTime: rows[i].EventTime, ContentHash: rows[i].Hash[:], Data: rows[i].Data,
		}
	}
	res, err := db.NewInsert().Model(&obs).ExcludeColumn("id").On("CONFLICT DO NOTHING").Returning("NULL").Exec(ctx)
	if err != nil {
		return 0, err
	}
	n, err := res.RowsAffected()
	return int(n), err
}

// copyRows goes through a temporary table, because COPY into a table with row-level security is refused.
func (t *Tenant) copyRows(ctx context.Context, db bun.IDB, src *models.Source, hostID int64, rows []Row) (int, error) {
	const makeTable = `CREATE TEMPORARY TABLE IF NOT EXISTS incoming (event_time timestamptz, content_hash bytea, data jsonb) ON COMMIT DROP;
TRUNCATE incoming`
	if _, err := t.conn.Exec(ctx, makeTable); err != nil {
		return 0, err
	}
	_, err := t.conn.CopyFrom(ctx, pgx.Identifier{"incoming"}, []string{"event_time", "content_hash", "data"},
		pgx.CopyFromSlice(len(rows), func(i int) ([]any, error) {
			return []any{rows[i].EventTime, rows[i].Hash[:], rows[i].Data}, nil
		}))
	if err != nil {
		return 0, err
	}
	res, err := db.NewRaw(`INSERT INTO observations (tenant_id, host_id, source_id, collected_at, event_time, content_hash, data)
SELECT ?, ?, ?, ?, event_time, content_hash, data FROM incoming ON CONFLICT DO NOTHING`,
		t.id, hostID, src.ID, src.CollectedAt).Exec(ctx)
	if err != nil {
		return 0, err
	}
	n, err := res.RowsAffected()
	return int(n), err
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
