package store

import (
	"context"
	"encoding/hex"
	"time"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"

	"github.com/velocicompanion/velocicompanion/internal/clock"
	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/models"
)

const huntKeyBytes = 10

// CreateHunt writes a hunt with what starts it, and fills in what the database gives it. The same step of a run, or the same
// time of a schedule, has one hunt. Faults: Conflict (hunt_exists).
func (t *Tenant) CreateHunt(ctx context.Context, row *models.Hunt) error {
	return t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		now := t.s.Now()
		row.TenantID, row.Status, row.CreatedAt, row.Attempt, row.ListFrom, row.ChangedAt = t.id, models.JobQueued, now, 1, -1, &now
		row.Key = "vc-" + hex.EncodeToString(clock.Bytes(huntKeyBytes))
		if _, err := db.NewInsert().Model(row).ExcludeColumn("id").Returning("id").Exec(ctx); err != nil {
			switch ConstraintOf(err) {
			case "hunts_scheduled_key", "hunts_step_key":
				return fault.Wrap(err, fault.Conflict, "this hunt was started already").WithCode("hunt_exists")
			}
			return err
		}
		if err := t.StartJob(ctx, models.JobHunt, row.ID, row.Attempt); err != nil {
			return err
		}
		return t.TellHunt(ctx, row)
	})
}

// Hunt reads one hunt. Faults: NotFound.
func (t *Tenant) Hunt(ctx context.Context, id int64) (*models.Hunt, error) {
	return one[models.Hunt](ctx, t, id)
}

// LockHunt reads a hunt and keeps others from changing it until the transaction ends. Faults: NotFound.
func (t *Tenant) LockHunt(ctx context.Context, id int64) (row *models.Hunt, err error) {
	err = t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		row = &models.Hunt{}
		return db.NewSelect().Model(row).Where("tenant_id = ? AND id = ?", t.id, id).For("NO KEY UPDATE").Scan(ctx)
	})
	return row, err
}

// SaveHunt writes columns of a hunt that the caller has locked.
func (t *Tenant) SaveHunt(ctx context.Context, row *models.Hunt, columns ...string) error {
	return t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		_, err := db.NewUpdate().Model(row).Column(columns...).Where("tenant_id = ? AND id = ?", t.id, row.ID).Exec(ctx)
		return err
	})
}

// TellHunt has everybody told how far a hunt is.
func (t *Tenant) TellHunt(ctx context.Context, row *models.Hunt) error {
	return t.TellJob(ctx, models.JobHunt, row.ID, row.Status, row.Progress(), row.Counters())
}

// HuntQuery filters a tenant's hunts; zero values filter nothing. Sorts: id, created_at.
type HuntQuery struct {
	PageQuery

	Statuses   []string
	Q          string // part of the description, in any case
	Artifact   string // one of its artifacts
	ScheduleID int64
	HostID     int64 // hunts that have this host
}

// ListHunts pages through the tenant's hunts.
func (t *Tenant) ListHunts(ctx context.Context, q HuntQuery) (rows []models.Hunt, p Page, err error) {
	err = t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		sel := db.NewSelect().Model((*models.Hunt)(nil)).Where("hu.tenant_id = ?", t.id)
		if len(q.Statuses) > 0 {
			sel = sel.Where("hu.status IN (?)", bun.List(q.Statuses))
		}
		if q.Q != "" {
			sel = sel.Where("hu.description ILIKE ?", containing(q.Q))
		}
		if q.Artifact != "" {
			sel = sel.Where("hu.artifacts @> ?", pgdialect.Array([]string{q.Artifact}))
		}
		if q.ScheduleID != 0 {
			sel = sel.Where("hu.schedule_id = ?", q.ScheduleID)
		}
		if q.HostID != 0 {
			sel = sel.Where("hu.id IN (SELECT hh.hunt_id FROM hunt_hosts AS hh WHERE hh.tenant_id = ? AND hh.host_id = ?)", t.id, q.HostID)
		}
		rows, p, err = page(ctx, db, q.PageQuery, listing[models.Hunt]{
			sel: sel, def: "id", id: "hu.id",
			keys: map[string]sortKey{"id": {"hu.id", "bigint"}, "created_at": {"hu.created_at", "timestamptz"}},
			at: func(row *models.Hunt, sort string) (string, int64) {
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

// HuntSources lists where a hunt's rows are, by artifact.
func (t *Tenant) HuntSources(ctx context.Context, ids ...int64) (rows []models.HuntSource, err error) {
	if len(ids) == 0 {
		return nil, nil
	}
	err = t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		return db.NewSelect().Model(&rows).Where("hs.tenant_id = ? AND hs.hunt_id IN (?)", t.id, bun.List(ids)).OrderExpr("hs.hunt_id, hs.artifact").Scan(ctx)
	})
	return rows, err
}
