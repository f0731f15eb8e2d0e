package store

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/models"
)

// BulkGone is why an item whose row no longer exists is skipped.
const BulkGone = "there is no such row any more"

// bulkColumns are read with every job.
const bulkColumns = `?TableColumns, (SELECT max(u.id) FROM bulk_jobs AS u WHERE u.tenant_id = ?TableAlias.tenant_id
  AND u.undo_of = ?TableAlias.id AND u.status NOT IN ('failed', 'cancelled')) AS undone_by`

// CreateBulkJob writes a job with its items and what starts it, and fills in what the database gives it. Faults: Invalid
// (too_many_selected, nothing_selected), NotFound where none of the ids exists.
func (t *Tenant) CreateBulkJob(ctx context.Context, job *models.BulkJob, s Selection) error {
	return t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		job.Resource = s.Resource
		return t.insertBulk(ctx, db, job, func() error { return t.fix(ctx, db, job, s) })
	})
}

// insertBulk writes a job, has its items written and sees that it is started.
func (t *Tenant) insertBulk(ctx context.Context, db bun.IDB, job *models.BulkJob, items func() error) error {
	job.TenantID, job.Status, job.CreatedAt = t.id, models.JobQueued, t.s.Now()
	if _, err := db.NewInsert().Model(job).ExcludeColumn("id").Returning("id").Exec(ctx); err != nil {
		return err
	}
	if err := items(); err != nil {
		return err
	}
	_, err := db.NewUpdate().Model(job).Column("total", "skipped").Where("tenant_id = ? AND id = ?", t.id, job.ID).Exec(ctx)
	if err != nil {
		return err
	}
	if err := t.StartJob(ctx, models.JobBulk, job.ID, 1); err != nil {
		return err
	}
	return t.TellBulkJob(ctx, job)
}

// UndoBulkJob writes a job that undoes what another did to its items. Faults: NotFound; Conflict (bulk_running,
// bulk_undone, nothing_to_undo).
func (t *Tenant) UndoBulkJob(ctx context.Context, of int64, job *models.BulkJob) error {
	return t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		old, err := t.LockBulkJob(ctx, of)
		if err != nil {
			return err
		}
		if !models.JobFinal(old.Status) {
			return fault.New(fault.Conflict, "the job is still at work; cancel it first").WithCode("bulk_running")
		}
		job.Resource, job.Action, job.Params, job.UndoOf = old.Resource, old.Action, old.Params, &of
		err = t.insertBulk(ctx, db, job, func() error {
			res, err := db.NewRaw(`INSERT INTO bulk_items (tenant_id, job_id, resource_id, name, before, after)
SELECT tenant_id, ?, resource_id, name, before, after FROM bulk_items
WHERE tenant_id = ? AND job_id = ? AND status = 'done' AND before IS NOT NULL`, job.ID, t.id, of).Exec(ctx)
			if job.Total = affected(res, err); err == nil && job.Total == 0 {
				return fault.New(fault.Conflict, "nothing is left to undo").WithCode("nothing_to_undo")
			}
			return err
		})
		if ConstraintOf(err) == "bulk_jobs_undo_key" {
			return fault.New(fault.Conflict, "this was undone already").WithCode("bulk_undone")
		}
		return err
	})
}

// BulkJob reads one job. Faults: NotFound.
func (t *Tenant) BulkJob(ctx context.Context, id int64) (*models.BulkJob, error) {
	row := &models.BulkJob{}
	err := t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		return db.NewSelect().Model(row).ColumnExpr(bulkColumns).Where("bj.tenant_id = ? AND bj.id = ?", t.id, id).Scan(ctx)
	})
	return row, err
}

// BulkQuery filters a tenant's bulk jobs; zero values filter nothing. Sorts: id, created_at.
type BulkQuery struct {
	PageQuery

	Resource string
	Action   string
	Statuses []string
	UserID   int64 // who started it
}

// ListBulkJobs pages through the tenant's jobs.
func (t *Tenant) ListBulkJobs(ctx context.Context, q BulkQuery) (rows []models.BulkJob, p Page, err error) {
	err = t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		sel := db.NewSelect().Model((*models.BulkJob)(nil)).Where("bj.tenant_id = ?", t.id)
		if q.Resource != "" {
			sel = sel.Where("bj.resource = ?", q.Resource)
		}
		if q.Action != "" {
			sel = sel.Where("bj.action = ?", q.Action)
		}
		if len(q.Statuses) > 0 {
			sel = sel.Where("bj.status IN (?)", bun.List(q.Statuses))
		}
		if q.UserID != 0 {
			sel = sel.Where("bj.created_by = ?", q.UserID)
		}
		rows, p, err = page(ctx, db, q.PageQuery, listing[models.BulkJob]{
			sel: sel, columns: bulkColumns, def: "id", id: "bj.id",
			keys: map[string]sortKey{"id": {"bj.id", "bigint"}, "created_at": {"bj.created_at", "timestamptz"}},
			at: func(row *models.BulkJob, sort string) (string, int64) {
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

// BulkItemQuery filters the items of a job. Sort: resource_id.
type BulkItemQuery struct {
	PageQuery

	Status string // empty: any
}

// ListBulkItems pages through the items of a job. Faults: NotFound for the job.
func (t *Tenant) ListBulkItems(ctx context.Context, jobID int64, q BulkItemQuery) (rows []models.BulkItem, p Page, err error) {
	err = t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		if _, err := t.BulkJob(ctx, jobID); err != nil {
			return err
		}
		sel := db.NewSelect().Model((*models.BulkItem)(nil)).Where("bi.tenant_id = ? AND bi.job_id = ?", t.id, jobID)
		if q.Status != "" {
			sel = sel.Where("bi.status = ?", q.Status)
		}
		rows, p, err = page(ctx, db, q.PageQuery, listing[models.BulkItem]{
			sel: sel, def: "resource_id", id: "bi.resource_id",
			columns: "bi.tenant_id, bi.job_id, bi.resource_id, bi.name, bi.status, bi.error",
			keys:    map[string]sortKey{"resource_id": {"bi.resource_id", "bigint"}},
			at:      func(row *models.BulkItem, _ string) (string, int64) { return decimal(row.ResourceID), row.ResourceID },
		})
		return err
	})
	return rows, p, err
}

// CancelBulkJob ends a job: one that nobody has begun at once, one at work before its next slice. A repeat changes nothing.
// Faults: NotFound; Conflict (bulk_ended).
func (t *Tenant) CancelBulkJob(ctx context.Context, id int64) (row *models.BulkJob, err error) {
	err = t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		if row, err = t.LockBulkJob(ctx, id); err != nil {
			return err
		}
		switch row.Status {
		case models.JobCancelling:
			return nil
		case models.JobQueued, models.JobRunning:
			row.Status = models.JobCancelling
			if _, err := db.NewUpdate().Model(row).Column("status").Where("tenant_id = ? AND id = ?", t.id, id).Exec(ctx); err != nil {
				return err
			}
			return t.TellBulkJob(ctx, row)
		}
		return fault.New(fault.Conflict, "the job has already ended").WithCode("bulk_ended")
	})
	return row, err
}
