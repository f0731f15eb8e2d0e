package store

import (
	"context"
	"encoding/json"
	"time"

	"github.com/uptrace/bun"

	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/models"
)

// JobNews tells how far a job is, for live progress.
type JobNews struct {
	TenantID, ID int64
	Kind, Status string
	Progress     float64 // 0 to 1
	Counters     string  // a flat JSON object, told beside the progress; may be empty
}

// JobEnd is how a job ends that its own slices can't end.
type JobEnd struct {
	Kind   string
	ID     int64
	Status string // a final one
	Error  string // why it did not complete, "" otherwise
}

// jobEnds knows for each kind how its row is closed: in the handle's transaction, and never one that has ended. The answer
// is the status that stands in the row; one that is not final says that it goes on as another attempt. A new kind needs its
// line here. Faults: NotFound.
func jobEnds() map[string]func(ctx context.Context, t *Tenant, db bun.IDB, e JobEnd) (status string, err error) {
	return map[string]func(context.Context, *Tenant, bun.IDB, JobEnd) (string, error){
		models.JobBatch: endBatchJob,
		models.JobBulk:  endBulk,
		models.JobHunt:  endHuntJob,
		models.JobSync:  endSync,

		models.JobCollection: endCollectionJob,
		models.JobIsolation:  endIsolation,
	}
}

// StartJob has a job carried out: it writes the job and the outbox row that starts its workflow, in the transaction that
// wrote the row of its kind. Each attempt is a workflow of its own, the first is 1. Faults: Conflict (job_running) while
// an earlier attempt is at work.
func (t *Tenant) StartJob(ctx context.Context, kind string, id int64, attempt int) error {
	return t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		row := &models.Job{TenantID: t.id, Kind: kind, ID: id, Attempt: attempt, CreatedAt: t.s.Now()}
		if _, err := db.NewInsert().Model(row).Exec(ctx); err != nil {
			if ConstraintOf(err) == "jobs_pkey" {
				return fault.Wrap(err, fault.Conflict, "it is being carried out").WithCode("job_running")
			}
			return err
		}
		return t.enqueue(ctx, models.OutboxStart, Start{Job: kind, ID: id, Attempt: attempt})
	})
}

// WakeJob has a waiting job look at its row again: the one that is being carried out, if any. Wishes that wait to be handed
// on are one.
func (t *Tenant) WakeJob(ctx context.Context, kind string, id int64) error {
	return t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		var ids []int64
		err := db.NewRaw(`INSERT INTO outbox (tenant_id, kind, payload)
SELECT j.tenant_id, 'wake', jsonb_build_object('job', j.kind, 'id', j.id, 'attempt', j.attempt) FROM jobs j
WHERE j.tenant_id = ? AND j.kind = ? AND j.id = ? AND NOT EXISTS (
  SELECT FROM outbox o WHERE o.tenant_id = ? AND o.kind = 'wake' AND o.locked_until IS NULL AND o.payload ->> 'job' = j.kind AND (o.payload ->> 'id')::bigint = j.id)
RETURNING id`, t.id, kind, id, t.id).Scan(ctx, &ids)
		t.left.Outbox = append(t.left.Outbox, ids...)
		return err
	})
}

// FinishJob says that nothing is left to be carried out: in the transaction that writes the end into the row of its kind.
func (t *Tenant) FinishJob(ctx context.Context, kind string, id int64) error {
	return t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		_, err := db.NewDelete().Model((*models.Job)(nil)).Where("tenant_id = ? AND kind = ? AND id = ?", t.id, kind, id).Exec(ctx)
		return err
	})
}

// EndJob closes a job from outside: its workflow failed or is gone. A job that has ended keeps its end; the answer is the
// status that stands in its row. Faults: NotFound for one that was deleted.
func (t *Tenant) EndJob(ctx context.Context, e JobEnd) (status string, err error) {
	end, known := jobEnds()[e.Kind]
	if !known {
		return "", fault.New(fault.Internal, "there is no kind of job %q", e.Kind)
	}
	err = t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		if status, err = end(ctx, t, db, e); err != nil && !fault.Is(translate(err), fault.NotFound) {
			return err
		}
		gone := translate(err)
		if gone == nil && !models.JobFinal(status) {
			return nil
		}
		if err := t.FinishJob(ctx, e.Kind, e.ID); err != nil {
			return err
		}
		if gone != nil {
			status = models.JobCancelled // its row was deleted meanwhile: there is nobody to tell
		}
		return nil
	})
	return status, err
}

// MarkJobStarted notes that Temporal has the job's workflow, and consumes the outbox row.
func (t *Tenant) MarkJobStarted(ctx context.Context, outboxID int64, kind string, id int64) error {
	return t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		_, err := db.NewUpdate().Model((*models.Job)(nil)).Set("dispatched_at = ?", t.s.Now()).
			Where("tenant_id = ? AND kind = ? AND id = ? AND dispatched_at IS NULL", t.id, kind, id).Exec(ctx)
		if err != nil {
			return err
		}
		return t.ConsumeAll(ctx, []int64{outboxID})
	})
}

// Job reads a job that is to be carried out. Faults: NotFound.
func (t *Tenant) Job(ctx context.Context, kind string, id int64) (*models.Job, error) {
	row := &models.Job{}
	err := t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		return db.NewSelect().Model(row).Where("tenant_id = ? AND kind = ? AND id = ?", t.id, kind, id).Scan(ctx)
	})
	return row, err
}

// RedispatchJob writes the outbox row that starts a job anew, unless it has one.
func (t *Tenant) RedispatchJob(ctx context.Context, kind string, id int64) (done bool, err error) {
	err = t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		var ids []int64
		err := db.NewRaw(`INSERT INTO outbox (tenant_id, kind, payload)
SELECT tenant_id, 'start', jsonb_build_object('job', j.kind, 'id', j.id, 'attempt', j.attempt) FROM jobs j
WHERE j.tenant_id = ? AND j.kind = ? AND j.id = ? AND j.dispatched_at IS NULL AND NOT EXISTS (
  SELECT FROM outbox o WHERE o.tenant_id = ? AND o.kind = 'start' AND o.payload ->> 'job' = j.kind AND (o.payload ->> 'id')::bigint = j.id)
RETURNING id`, t.id, kind, id, t.id).Scan(ctx, &ids)
		t.left.Outbox = append(t.left.Outbox, ids...)
		done = len(ids) > 0
		return err
	})
	return done, err
}

// TellJob has everybody in the tenant told how far a job is, once the transaction is committed. Callers keep it to about
// two a second.
func (t *Tenant) TellJob(ctx context.Context, kind string, id int64, status string, progress float64, counters map[string]int64) error {
	text, err := json.Marshal(counters)
	if err != nil {
		return err
	}
	return t.run(ctx, func(_ context.Context, t *Tenant, _ bun.IDB) error {
		t.left.Jobs = append(t.left.Jobs, JobNews{TenantID: t.id, ID: id, Kind: kind, Status: status, Progress: progress, Counters: string(text)})
		return nil
	})
}

// JobCursor is where a look at the open jobs goes on.
type JobCursor struct {
	TenantID int64
	Kind     string
	ID       int64
}

// OpenJobs gives jobs that are older than before, behind a cursor.
func (y *System) OpenJobs(ctx context.Context, before time.Time, after JobCursor, limit int) (rows []models.Job, err error) {
	err = y.read(ctx, func(ctx context.Context, db bun.IDB) error {
		return db.NewSelect().Model(&rows).Where("j.created_at < ?", before).
			Where("(j.tenant_id, j.kind, j.id) > (?, ?, ?)", after.TenantID, after.Kind, after.ID).
			OrderExpr("j.tenant_id, j.kind, j.id").Limit(int64(limit)).Scan(ctx)
	})
	return rows, err
}
