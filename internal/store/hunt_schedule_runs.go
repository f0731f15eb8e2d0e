package store

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/models"
)

// scheduleLock is the class of the advisory locks under which a schedule's runs are claimed, one after the other.
const scheduleLock = 7_311

// ClaimScheduleRun gives the one row of a schedule's time: new, or as it is known. Runs of one schedule stand in line from here
// to the end of the transaction. Faults: NotFound for a schedule that is gone.
func (t *Tenant) ClaimScheduleRun(ctx context.Context, scheduleID int64, at time.Time, byHand bool) (row *models.HuntScheduleRun, err error) {
	err = t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		if _, err := db.ExecContext(ctx, "SELECT pg_advisory_xact_lock(?, ?)", scheduleLock, int32(scheduleID)); err != nil {
			return err
		}
		if _, err := t.HuntSchedule(ctx, scheduleID); err != nil {
			return err
		}
		_, err := db.NewRaw(`INSERT INTO hunt_schedule_runs (tenant_id, schedule_id, scheduled_at, by_hand, status, created_at) VALUES (?, ?, ?, ?, ?, ?)
ON CONFLICT (tenant_id, schedule_id, scheduled_at) DO NOTHING`, t.id, scheduleID, at, byHand, models.ScheduledWaiting, t.s.Now()).Exec(ctx)
		if err != nil {
			return err
		}
		row = &models.HuntScheduleRun{}
		return scheduleRuns(db, row).Where("hsr.tenant_id = ? AND hsr.schedule_id = ? AND hsr.scheduled_at = ?", t.id, scheduleID, at).Scan(ctx)
	})
	return row, err
}

func scheduleRuns(db bun.IDB, model any) *bun.SelectQuery {
	return db.NewSelect().Model(model).ColumnExpr("hsr.*").ColumnExpr("coalesce(hu.status, '') AS hunt_status, coalesce(hu.error, '') AS hunt_error").
		ColumnExpr("coalesce(hu.rows, 0) AS rows, coalesce(hu.rows_new, 0) AS rows_new, coalesce(hu.scheduled, 0) AS hosts, coalesce(hu.errors, 0) AS errors").
		ColumnExpr("hu.finished_at, coalesce(hu.description, '') AS description").
		Join("LEFT JOIN hunts AS hu ON hu.tenant_id = hsr.tenant_id AND hu.id = hsr.hunt_id")
}

// ScheduleRun reads one run. Faults: NotFound.
func (t *Tenant) ScheduleRun(ctx context.Context, id int64) (*models.HuntScheduleRun, error) {
	row := &models.HuntScheduleRun{}
	err := t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		return scheduleRuns(db, row).Where("hsr.tenant_id = ? AND hsr.id = ?", t.id, id).Scan(ctx)
	})
	return row, err
}

// RunsAtWork are the runs of a schedule that wait or whose hunts have not ended, but for one, the oldest first.
func (t *Tenant) RunsAtWork(ctx context.Context, scheduleID, but int64) (rows []models.HuntScheduleRun, err error) {
	err = t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		return scheduleRuns(db, &rows).Where("hsr.tenant_id = ? AND hsr.schedule_id = ? AND hsr.id <> ?", t.id, scheduleID, but).
			Where("hsr.status = ? OR hsr.status = ? AND hu.status IS NOT NULL AND hu.status NOT IN (?, ?, ?)",
				models.ScheduledWaiting, models.ScheduledStarted, models.JobCompleted, models.JobFailed, models.JobCancelled).
			OrderExpr("hsr.id").Limit(100).Scan(ctx)
	})
	return rows, err
}

// SettleScheduleRun writes what came of a run's time.
func (t *Tenant) SettleScheduleRun(ctx context.Context, row *models.HuntScheduleRun) error {
	return t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		_, err := db.NewUpdate().Model(row).Column("status", "hunt_id", "error", "told_at").Where("tenant_id = ? AND id = ?", t.id, row.ID).Exec(ctx)
		return err
	})
}

// StartScheduleRun has the workflow of a run by hand started: what the schedule's own times do by themselves.
func (t *Tenant) StartScheduleRun(ctx context.Context, row *models.HuntScheduleRun) error {
	return t.run(ctx, func(ctx context.Context, t *Tenant, _ bun.IDB) error {
		return t.enqueue(ctx, models.OutboxSchedule, ScheduleChange{ScheduleID: row.ScheduleID, RunID: row.ID})
	})
}

// ListScheduleRuns pages through the runs of a schedule with their hunts. Sorts: scheduled_at. Faults: NotFound.
func (t *Tenant) ListScheduleRuns(ctx context.Context, scheduleID int64, q PageQuery) (rows []models.HuntScheduleRun, p Page, err error) {
	err = t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		if _, err := t.HuntSchedule(ctx, scheduleID); err != nil {
			return err
		}
		rows, p, err = page(ctx, db, q, listing[models.HuntScheduleRun]{
			sel:  scheduleRuns(db, (*models.HuntScheduleRun)(nil)).Where("hsr.tenant_id = ? AND hsr.schedule_id = ?", t.id, scheduleID),
			keys: map[string]sortKey{"scheduled_at": {"hsr.scheduled_at", "timestamptz"}}, def: "scheduled_at", id: "hsr.id",
			count: db.NewSelect().Model((*models.HuntScheduleRun)(nil)).Where("hsr.tenant_id = ? AND hsr.schedule_id = ?", t.id, scheduleID),
			at: func(row *models.HuntScheduleRun, _ string) (string, int64) {
				return row.ScheduledAt.Format(time.RFC3339Nano), row.ID
			},
		})
		return err
	})
	return rows, p, err
}

// LastScheduleRuns gives the newest run of each schedule.
func (t *Tenant) LastScheduleRuns(ctx context.Context, scheduleIDs []int64) (rows []models.HuntScheduleRun, err error) {
	if len(scheduleIDs) == 0 {
		return nil, nil
	}
	err = t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		return scheduleRuns(db, &rows).Where("hsr.tenant_id = ? AND hsr.schedule_id IN (?)", t.id, bun.List(scheduleIDs)).
			DistinctOn("hsr.schedule_id").OrderExpr("hsr.schedule_id, hsr.scheduled_at DESC").Scan(ctx)
	})
	return rows, err
}

// ComparableRuns are the two newest runs of a schedule whose hunts have ended. Faults: Conflict (too_few_runs).
func (t *Tenant) ComparableRuns(ctx context.Context, scheduleID int64) (from, to int64, err error) {
	var ids []int64
	err = t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		return db.NewRaw(`SELECT hu.id FROM hunt_schedule_runs r JOIN hunts hu ON hu.tenant_id = r.tenant_id AND hu.id = r.hunt_id
WHERE r.tenant_id = ? AND r.schedule_id = ? AND hu.status = 'completed' ORDER BY r.scheduled_at DESC LIMIT 2`, t.id, scheduleID).Scan(ctx, &ids)
	})
	if err != nil {
		return 0, 0, err
	}
	if len(ids) < 2 {
		return 0, 0, fault.New(fault.Conflict, "there are no two completed runs to compare yet").WithCode("too_few_runs")
	}
	return ids[1], ids[0], nil
}
