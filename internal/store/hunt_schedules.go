package store

import (
	"context"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/models"
)

// MaxHuntSchedules is how many schedules a tenant may have.
const MaxHuntSchedules = 200

// ScheduleChange is the payload of an outbox row of kind schedule.
type ScheduleChange struct {
	ScheduleID int64 `json:"schedule_id"`
	RunID      int64 `json:"run_id,omitempty"` // a run by hand whose workflow is to be started; 0: the schedule itself changed
}

// CreateHuntSchedule writes a schedule, and has Temporal told. Faults: Conflict (name_taken, schedule_limit).
func (t *Tenant) CreateHuntSchedule(ctx context.Context, row *models.HuntSchedule) error {
	return t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		now := t.s.Now()
		row.TenantID, row.Name, row.Version, row.CreatedAt, row.UpdatedAt, row.Anchor = t.id, strings.TrimSpace(row.Name), 1, now, now, now.Truncate(time.Second)
		n, err := db.NewSelect().Model((*models.HuntSchedule)(nil)).Where("tenant_id = ?", t.id).Count(ctx)
		if err != nil {
			return err
		}
		if n >= MaxHuntSchedules {
			return fault.New(fault.Conflict, "there are %d schedules, the most a tenant may have", n).WithCode("schedule_limit")
		}
		if _, err := db.NewInsert().Model(row).ExcludeColumn("id").Returning("id").Exec(ctx); err != nil {
			return scheduleFault(err)
		}
		return t.enqueue(ctx, models.OutboxSchedule, ScheduleChange{ScheduleID: row.ID})
	})
}

func scheduleFault(err error) error {
	if ConstraintOf(err) == "hunt_schedules_name_key" {
		return fault.New(fault.Conflict, "there is a schedule of this name already").WithCode("name_taken")
	}
	return err
}

// HuntSchedule reads a schedule. Faults: NotFound.
func (t *Tenant) HuntSchedule(ctx context.Context, id int64) (*models.HuntSchedule, error) {
	row := &models.HuntSchedule{}
	err := t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		return db.NewSelect().Model(row).ColumnExpr("hsc.*").ColumnExpr("t.status AS tenant_status").
			Join("JOIN tenants AS t ON t.id = hsc.tenant_id").Where("hsc.tenant_id = ? AND hsc.id = ?", t.id, id).Scan(ctx)
	})
	return row, err
}

// ChangeHuntSchedule changes a schedule that change sees locked, and has Temporal told. Faults: NotFound, Conflict
// (name_taken), and change's own.
func (t *Tenant) ChangeHuntSchedule(ctx context.Context, id int64, change func(row *models.HuntSchedule) error) (row *models.HuntSchedule, err error) {
	err = t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		row = &models.HuntSchedule{}
		if err := db.NewSelect().Model(row).Where("tenant_id = ? AND id = ?", t.id, id).For("NO KEY UPDATE").Scan(ctx); err != nil {
			return err
		}
		if err := change(row); err != nil {
			return err
		}
		row.Name, row.Version, row.UpdatedAt = strings.TrimSpace(row.Name), row.Version+1, after(row.UpdatedAt, t.s.Now())
		_, err := db.NewUpdate().Model(row).ExcludeColumn("id", "tenant_id", "created_at", "applied_version", "applied_paused").
			Where("tenant_id = ? AND id = ?", t.id, id).Exec(ctx)
		if err != nil {
			return scheduleFault(err)
		}
		return t.enqueue(ctx, models.OutboxSchedule, ScheduleChange{ScheduleID: id})
	})
	return row, err
}

// DeleteHuntSchedule removes a schedule and the record of its runs, and has Temporal told; its hunts stay. Faults: NotFound.
func (t *Tenant) DeleteHuntSchedule(ctx context.Context, id int64) error {
	return t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		res, err := db.NewDelete().Model((*models.HuntSchedule)(nil)).Where("tenant_id = ? AND id = ?", t.id, id).Exec(ctx)
		if err != nil {
			return err
		}
		if err := mustAffect(res); err != nil {
			return err
		}
		return t.enqueue(ctx, models.OutboxSchedule, ScheduleChange{ScheduleID: id})
	})
}

// ListHuntSchedules pages through the tenant's schedules. Sorts: name, created_at.
func (t *Tenant) ListHuntSchedules(ctx context.Context, q PageQuery) (rows []models.HuntSchedule, p Page, err error) {
	err = t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		rows, p, err = page(ctx, db, q, listing[models.HuntSchedule]{
			sel:  db.NewSelect().Model((*models.HuntSchedule)(nil)).Where("hsc.tenant_id = ?", t.id),
			keys: map[string]sortKey{"name": {"lower(hsc.name)", "text"}, "created_at": {"hsc.created_at", "timestamptz"}},
			def:  "name", id: "hsc.id",
			at: func(row *models.HuntSchedule, sort string) (string, int64) {
				if sort == "created_at" {
					return row.CreatedAt.Format(time.RFC3339Nano), row.ID
				}
				return lower(row.Name), row.ID
			},
		})
		return err
	})
	return rows, p, err
}

// MarkScheduleApplied notes what Temporal has of a schedule.
func (t *Tenant) MarkScheduleApplied(ctx context.Context, id int64, version int, paused bool) error {
	return t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		_, err := db.NewUpdate().Model((*models.HuntSchedule)(nil)).Set("applied_version = ?", version).Set("applied_paused = ?", paused).
			Where("tenant_id = ? AND id = ?", t.id, id).Exec(ctx)
		return err
	})
}

// ScheduleRef names a schedule with its tenant.
type ScheduleRef struct{ TenantID, ID int64 }

// UnappliedSchedules are those that Temporal does not have as they should be, also because their tenant was suspended or
// resumed.
func (y *System) UnappliedSchedules(ctx context.Context, limit int) (refs []ScheduleRef, err error) {
	err = y.read(ctx, func(ctx context.Context, db bun.IDB) error {
		return db.NewSelect().TableExpr("hunt_schedules AS s").ColumnExpr("s.tenant_id, s.id").Join("JOIN tenants AS t ON t.id = s.tenant_id").
			Where("s.version <> s.applied_version OR s.applied_paused <> (s.paused OR t.status <> ?)", models.TenantActive).
			OrderExpr("s.id").Limit(int64(limit)).Scan(ctx, &refs)
	})
	return refs, err
}

// AllSchedules lists every schedule, for the comparison with Temporal.
func (y *System) AllSchedules(ctx context.Context) (refs []ScheduleRef, err error) {
	err = y.read(ctx, func(ctx context.Context, db bun.IDB) error {
		return db.NewSelect().TableExpr("hunt_schedules AS s").ColumnExpr("s.tenant_id, s.id").OrderExpr("s.id").Scan(ctx, &refs)
	})
	return refs, err
}
