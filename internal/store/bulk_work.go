package store

import (
	"context"
	"encoding/json"
	"time"

	"github.com/uptrace/bun"

	"github.com/velocicompanion/velocicompanion/models"
)

// LockBulkJob reads a job and keeps others from working on it until the transaction ends. Faults: NotFound.
func (t *Tenant) LockBulkJob(ctx context.Context, id int64) (*models.BulkJob, error) {
	row := &models.BulkJob{}
	err := t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		return db.NewSelect().Model(row).Where("tenant_id = ? AND id = ?", t.id, id).For("NO KEY UPDATE").Scan(ctx)
	})
	return row, err
}

// NextBulkItems gives the items of a locked job that are decided next, in the order of their rows' ids; none at its end.
func (t *Tenant) NextBulkItems(ctx context.Context, job *models.BulkJob, limit int) (rows []models.BulkItem, err error) {
	err = t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		return db.NewSelect().Model(&rows).Where("tenant_id = ? AND job_id = ? AND resource_id > ? AND status = ?",
			t.id, job.ID, job.Mark, models.BulkItemPending).OrderExpr("resource_id").Limit(int64(limit)).Scan(ctx)
	})
	return rows, err
}

// BulkOutcome is what became of one item.
type BulkOutcome struct {
	ResourceID int64
	Status     string
	Error      string
	Before     json.RawMessage // what to put back to undo it; nil: nothing
	After      json.RawMessage
}

// FinishBulkSlice writes what became of the items that NextBulkItems gave, moves the job's mark behind them and counts them.
func (t *Tenant) FinishBulkSlice(ctx context.Context, job *models.BulkJob, outcomes []BulkOutcome) error {
	if len(outcomes) == 0 {
		return nil
	}
	var ids []int64
	var statuses, reasons []string
	var before, after []*string
	for _, o := range outcomes {
		ids, statuses, reasons = append(ids, o.ResourceID), append(statuses, o.Status), append(reasons, o.Error)
		before, after = append(before, textOrNil(o.Before)), append(after, textOrNil(o.After))
		job.Mark = max(job.Mark, o.ResourceID)
		switch o.Status {
		case models.BulkItemDone:
			job.Done++
		case models.BulkItemFailed:
			job.Failed++
		default:
			job.Skipped++
		}
	}
	return t.run(ctx, func(ctx context.Context, t *Tenant, _ bun.IDB) error {
		if err := t.exec(ctx, finishItemsSQL, t.id, job.ID, ids, statuses, reasons, before, after); err != nil {
			return err
		}
		return t.SaveBulkJob(ctx, job)
	})
}

// textOrNil is a document as text; nil for none.
func textOrNil(raw json.RawMessage) *string {
	if len(raw) == 0 {
		return nil
	}
	s := string(raw)
	return &s
}

const finishItemsSQL = `UPDATE bulk_items i SET status = o.status, error = o.error, before = coalesce(o.before::jsonb, i.before),
  after = coalesce(o.after::jsonb, i.after)
FROM unnest($3::bigint[], $4::text[], $5::text[], $6::text[], $7::text[]) AS o (resource_id, status, error, before, after)
WHERE i.tenant_id = $1 AND i.job_id = $2 AND i.resource_id = o.resource_id`

// SaveBulkJob writes how far a locked job is.
func (t *Tenant) SaveBulkJob(ctx context.Context, job *models.BulkJob) error {
	return t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		if job.StartedAt == nil && job.Status != models.JobQueued {
			now := t.s.Now()
			job.StartedAt = &now
		}
		_, err := db.NewUpdate().Model(job).Column("status", "done", "failed", "skipped", "mark", "error", "started_at", "finished_at",
			"file_ref", "file_name", "file_size", "file_sha256", "file_expires_at").Where("tenant_id = ? AND id = ?", t.id, job.ID).Exec(ctx)
		return err
	})
}

// EndBulkJob writes a locked job's end; reason says why it did not complete, "" otherwise.
func (t *Tenant) EndBulkJob(ctx context.Context, job *models.BulkJob, status, reason string) error {
	now := t.s.Now()
	job.Status, job.Error, job.FinishedAt = status, reason, &now
	return t.run(ctx, func(ctx context.Context, t *Tenant, _ bun.IDB) error {
		if err := t.SaveBulkJob(ctx, job); err != nil {
			return err
		}
		if err := t.FinishJob(ctx, models.JobBulk, job.ID); err != nil {
			return err
		}
		return t.TellBulkJob(ctx, job)
	})
}

// TellBulkJob has those who watch told how far a job is.
func (t *Tenant) TellBulkJob(ctx context.Context, job *models.BulkJob) error {
	return t.TellJob(ctx, models.JobBulk, job.ID, job.Status, job.Progress(), map[string]int64{
		"total": int64(job.Total), "done": int64(job.Done), "failed": int64(job.Failed), "skipped": int64(job.Skipped),
	})
}

// endBulk closes a job from outside: what nobody decided stays undecided.
func endBulk(ctx context.Context, t *Tenant, _ bun.IDB, e JobEnd) (status string, err error) {
	job, err := t.LockBulkJob(ctx, e.ID)
	if err != nil || models.JobFinal(job.Status) {
		return deref(job).Status, err
	}
	if err := t.EndBulkJob(ctx, job, e.Status, e.Error); err != nil {
		return "", err
	}
	after, err := json.Marshal(map[string]any{
		"resource": job.Resource, "action": job.Action, "status": e.Status, "error": e.Error, "total": job.Total, "done": job.Done,
		"failed": job.Failed, "skipped": job.Skipped,
	})
	if err != nil {
		return "", err
	}
	err = t.Audit(ctx, models.AuditLog{
		UserID: job.CreatedBy, Username: job.Username, Action: "bulk.end", ResourceType: "bulk", ResourceID: decimal(job.ID),
		Outcome: "failure", After: after,
	})
	if err != nil || job.CreatedBy == nil || job.VisitID != nil {
		return e.Status, err
	}
	_, err = t.Notify(ctx, Notice{
		Users: []int64{*job.CreatedBy}, Type: "bulk." + e.Status, Severity: models.SeverityMedium, Link: BulkLink(job),
		Title: job.Action + ": " + e.Status, Message: e.Error,
	})
	return e.Status, err
}

// BulkLink is the path in the screen that a job's notification leads to: the rows that it acted on.
func BulkLink(job *models.BulkJob) string {
	page := map[string]string{models.BulkHosts: "/hosts", models.BulkArtifacts: "/indicators", models.BulkCases: "/cases"}[job.Resource]
	return page + "?job=" + decimal(job.ID)
}

// BulkActor is who a job acts for, as he stands now.
type BulkActor struct {
	Role   string // "" when he is gone
	Active bool
	Key    *models.APIKey // the key that acted for him; nil: none, or it is gone
	Visit  *models.Visit  // the visit that he was on; nil: none
}

// BulkActor looks up who a job acts for. A visitor's role is what visitors have: admin.
func (t *Tenant) BulkActor(ctx context.Context, job *models.BulkJob) (a BulkActor, err error) {
	err = t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		if job.VisitID != nil {
			a.Visit = &models.Visit{}
			return orAbsent(&a.Visit, db.NewSelect().Model(a.Visit).Where("tenant_id = ? AND id = ?", t.id, *job.VisitID).Scan(ctx))
		}
		u := &models.User{}
		err := orAbsent(&u, db.NewSelect().Model(u).Column("role", "is_active").Where("tenant_id = ? AND id = ?", t.id, job.CreatedBy).Scan(ctx))
		if err != nil || u == nil {
			return err
		}
		a.Role, a.Active = u.Role, u.IsActive
		if job.KeyID == nil {
			return nil
		}
		a.Key = &models.APIKey{}
		return orAbsent(&a.Key, db.NewSelect().Model(a.Key).Where("tenant_id = ? AND id = ? AND revoked_at IS NULL", t.id, *job.KeyID).Scan(ctx))
	})
	return a, err
}

// AgedBulkJob is a job of which something is past its time.
type AgedBulkJob struct {
	ID       int64 `bun:"id"`
	TenantID int64 `bun:"tenant_id"`
	FileRef  string
}

// ExpiredBulkFiles lists jobs whose file is past its time at a moment.
func (y *System) ExpiredBulkFiles(ctx context.Context, now time.Time, limit int) (rows []AgedBulkJob, err error) {
	err = y.run(ctx, func(ctx context.Context, _ *System, db bun.IDB) error {
		return db.NewSelect().Model((*models.BulkJob)(nil)).Column("id", "tenant_id", "file_ref").
			Where("file_ref <> '' AND file_expires_at < ?", now).OrderExpr("file_expires_at").Limit(int64(limit)).Scan(ctx, &rows)
	})
	return rows, err
}

// AgedBulkJobs lists jobs that ended before a moment and still have their items.
func (y *System) AgedBulkJobs(ctx context.Context, before time.Time, limit int) (rows []AgedBulkJob, err error) {
	err = y.run(ctx, func(ctx context.Context, _ *System, db bun.IDB) error {
		return db.NewSelect().Model((*models.BulkJob)(nil)).Column("id", "tenant_id").
			Where("finished_at < ? AND NOT items_removed", before).OrderExpr("finished_at").Limit(int64(limit)).Scan(ctx, &rows)
	})
	return rows, err
}

// ForgetBulkFile notes that a job's file is gone; its size and digest stay on record.
func (t *Tenant) ForgetBulkFile(ctx context.Context, id int64) error {
	return t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		_, err := db.NewUpdate().Model((*models.BulkJob)(nil)).Set("file_ref = ''").Where("tenant_id = ? AND id = ?", t.id, id).Exec(ctx)
		return err
	})
}

// RemoveBulkItems removes the items of a job that has ended; its numbers stay.
func (t *Tenant) RemoveBulkItems(ctx context.Context, id int64) (n int, err error) {
	err = t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		res, err := db.NewDelete().Model((*models.BulkItem)(nil)).Where("tenant_id = ? AND job_id = ?", t.id, id).Exec(ctx)
		if err != nil {
			return err
		}
		n = affected(res, nil)
		_, err = db.NewUpdate().Model((*models.BulkJob)(nil)).Set("items_removed = true").Where("tenant_id = ? AND id = ?", t.id, id).Exec(ctx)
		return err
	})
	return n, err
}

// DecideBulkItems decides everything that is left of a locked job: done, but for items whose row is gone.
func (t *Tenant) DecideBulkItems(ctx context.Context, job *models.BulkJob, gone []int64) error {
	return t.run(ctx, func(ctx context.Context, t *Tenant, _ bun.IDB) error {
		return t.row(ctx, decideItemsSQL, []any{t.id, job.ID, gone, BulkGone}, &job.Done, &job.Failed, &job.Skipped)
	})
}

const decideItemsSQL = `WITH decided AS (
  UPDATE bulk_items SET status = CASE WHEN resource_id = ANY ($3::bigint[]) THEN 'skipped' ELSE 'done' END,
    error = CASE WHEN resource_id = ANY ($3::bigint[]) THEN $4 ELSE '' END
  WHERE tenant_id = $1 AND job_id = $2 AND status = 'pending' RETURNING status),
earlier AS (SELECT status FROM bulk_items WHERE tenant_id = $1 AND job_id = $2 AND status <> 'pending'),
every AS (SELECT status FROM decided UNION ALL SELECT status FROM earlier)
SELECT count(*) FILTER (WHERE status = 'done'), count(*) FILTER (WHERE status = 'failed'), count(*) FILTER (WHERE status = 'skipped') FROM every`
