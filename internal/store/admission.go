package store

import (
	"context"

	"github.com/jackc/pgx/v5"
	"github.com/uptrace/bun"

	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/models"
)

// Admission is what became of the runs that wanted to start.
type Admission struct {
	TenantName string
	Start      []models.Execution // hold a slot: start them; without those that Temporal has already
	Parked     []int64            // wait in queued; a run that ends calls the next
	Gone       []int64            // have ended or are started
}

// admissionLock is the class of the advisory locks under which a tenant's slots are counted.
const admissionLock = 7_301

// AdmitExecutions gives runs slots, oldest first, as far as the tenant's limit goes, and parks the rest. A run that has a
// slot already keeps it.
func (t *Tenant) AdmitExecutions(ctx context.Context, ids []int64) (out Admission, err error) {
	err = t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		limit, err := t.lockSlots(ctx, &out)
		if err != nil {
			return err
		}
		var rows []models.Execution
		err = t.rows(ctx, admitSQL, []any{t.id, ids, limit, t.s.Now()}, func(r pgx.Rows) error {
			var e models.Execution
			err := r.Scan(&e.ID, &e.PlaybookID, &e.PlaybookVersion, &e.TriggerType, &e.Event, &e.Causation, &e.Inputs, &e.ActorID, &e.Parked)
			rows = append(rows, e)
			return err
		})
		if err != nil {
			return err
		}
		if len(rows) < len(ids) {
			again, err := t.admitted(ctx, db, ids)
			if err != nil {
				return err
			}
			rows = append(rows, again...)
		}
		out.sort(ids, rows)
		return nil
	})
	return out, err
}

// admitSQL: tenant, runs, limit, now. The runs are looked up one by one: without statistics, the planner of a young
// database would read all of the tenant's instead.
const admitSQL = `WITH free AS MATERIALIZED (
  SELECT greatest($3 - count(*), 0) AS n FROM playbook_executions
  WHERE tenant_id = $1 AND admitted_at IS NOT NULL AND finished_at IS NULL),
want AS MATERIALIZED (
  SELECT q.id, row_number() OVER (ORDER BY q.id) AS place FROM unnest($2::bigint[]) AS u (id) CROSS JOIN LATERAL (
    SELECT id FROM playbook_executions x WHERE x.tenant_id = $1 AND x.id = u.id AND x.status = 'queued' AND x.admitted_at IS NULL
    OFFSET 0) AS q)
UPDATE playbook_executions e SET
  admitted_at = CASE WHEN w.place <= f.n THEN $4::timestamptz END, parked = w.place > f.n
FROM want w, free f WHERE e.tenant_id = $1 AND e.id = w.id
RETURNING e.id, e.playbook_id, e.playbook_version, e.trigger_type, e.event, e.causation, e.inputs, e.actor_id, e.parked`

// CodeTenantSuspended is the stable code for work of a tenant that may not work now.
const CodeTenantSuspended = "tenant_suspended"

// lockSlots makes counting and taking the tenant's slots one act among dispatchers, and reads the limit. Faults: Unavailable
// (tenant_suspended).
func (t *Tenant) lockSlots(ctx context.Context, out *Admission) (limit int, err error) {
	var row models.Tenant
	const sql = "SELECT name, status, settings, pg_advisory_xact_lock($2, $3)::text FROM tenants WHERE id = $1"
	args := []any{t.id, admissionLock, int32(t.id % (1 << 31))}
	if err := t.row(ctx, sql, args, &out.TenantName, &row.Status, &row.Settings, nil); err != nil {
		return 0, err
	}
	if !row.Active() { // suspended since the run's row was claimed: it waits for the resumption
		return 0, fault.New(fault.Unavailable, "the tenant is suspended").WithCode(CodeTenantSuspended)
	}
	return row.Chosen().MaxConcurrentRuns, nil
}

// admitted reads runs that hold a slot and that Temporal may not know yet: an earlier dispatch did not come through.
func (t *Tenant) admitted(ctx context.Context, db bun.IDB, ids []int64) (rows []models.Execution, err error) {
	err = db.NewSelect().Model(&rows).Where("tenant_id = ? AND id IN (?) AND status = 'queued'", t.id, bun.List(ids)).
		Where("admitted_at IS NOT NULL AND dispatched_at IS NULL").Scan(ctx)
	return rows, err
}

// sort tells the runs apart by what became of them.
func (a *Admission) sort(ids []int64, rows []models.Execution) {
	left := make(map[int64]bool, len(ids))
	for _, id := range ids {
		left[id] = true
	}
	for _, r := range rows {
		if !left[r.ID] {
			continue
		}
		delete(left, r.ID)
		if r.Parked {
			a.Parked = append(a.Parked, r.ID)
		} else {
			a.Start = append(a.Start, r)
		}
	}
	for id := range left {
		a.Gone = append(a.Gone, id)
	}
}

// Dispatched is a run that Temporal accepted.
type Dispatched struct {
	OutboxID, ExecutionID int64
	WorkflowID, RunID     string
}

// MarkDispatched notes that Temporal has these runs, and consumes their outbox rows.
func (t *Tenant) MarkDispatched(ctx context.Context, done []Dispatched) error {
	if len(done) == 0 {
		return nil
	}
	return t.run(ctx, func(ctx context.Context, t *Tenant, _ bun.IDB) error {
		lists := make([][]any, len(done))
		for i, d := range done {
			lists[i] = []any{t.id, d.OutboxID, d.ExecutionID, d.WorkflowID, d.RunID, t.s.Now()}
		}
		return t.each(ctx, dispatchedSQL, lists)
	})
}

// dispatchedSQL: tenant, outbox row, run, workflow ID, run ID, now. A run whose row is locked is at its first step, which
// writes the same.
const dispatchedSQL = `WITH gone AS (DELETE FROM outbox WHERE tenant_id = $1 AND id = $2)
UPDATE playbook_executions SET workflow_id = $4, run_id = $5, dispatched_at = $6
WHERE tenant_id = $1 AND id = (
  SELECT id FROM playbook_executions WHERE tenant_id = $1 AND id = $3 AND dispatched_at IS NULL FOR NO KEY UPDATE SKIP LOCKED)`

// ConsumeAll removes outbox rows in the handle's transaction.
func (t *Tenant) ConsumeAll(ctx context.Context, ids []int64) error {
	if len(ids) == 0 {
		return nil
	}
	return t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		_, err := db.NewDelete().Model((*models.OutboxRow)(nil)).Where("tenant_id = ? AND id IN (?)", t.id, bun.List(ids)).Exec(ctx)
		return err
	})
}

// Unpark calls parked runs for which there is a slot by now: what the end of a run does for one, done for all, for the
// case that a run was parked in the moment in which the last one ended, or that the limit was raised. Faults: Unavailable
// (tenant_suspended).
func (t *Tenant) Unpark(ctx context.Context) (n int, err error) {
	err = t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		var a Admission
		limit, err := t.lockSlots(ctx, &a)
		if err != nil {
			return err
		}
		var ids []int64
		err = db.NewRaw(`WITH free AS (
  SELECT greatest(? - count(*), 0) AS n FROM playbook_executions WHERE tenant_id = ? AND admitted_at IS NOT NULL AND finished_at IS NULL),
next AS (
  SELECT id FROM playbook_executions WHERE tenant_id = ? AND parked ORDER BY id LIMIT (SELECT n FROM free) FOR UPDATE SKIP LOCKED),
freed AS (UPDATE playbook_executions e SET parked = false FROM next WHERE e.tenant_id = ? AND e.id = next.id RETURNING e.id)
INSERT INTO outbox (tenant_id, kind, payload) SELECT ?, 'start', jsonb_build_object('execution_id', id) FROM freed RETURNING id`,
			limit, t.id, t.id, t.id, t.id).Scan(ctx, &ids)
		t.left.Outbox = append(t.left.Outbox, ids...)
		n = len(ids)
		return err
	})
	return n, err
}

// TenantsWithParked gives the tenants that may work and have runs waiting for a slot.
func (y *System) TenantsWithParked(ctx context.Context) (ids []int64, err error) {
	err = y.read(ctx, func(ctx context.Context, db bun.IDB) error {
		return db.NewSelect().Model((*models.Execution)(nil)).ColumnExpr("DISTINCT e.tenant_id").
			Join("JOIN tenants AS t ON t.id = e.tenant_id AND t.status = ?", models.TenantActive).Where("e.parked").Scan(ctx, &ids)
	})
	return ids, err
}
