package store

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"github.com/velocicompanion/velocicompanion/models"
)

// OpenExecution is a run that has not ended, as the reconciler sees it.
type OpenExecution struct {
	ID, TenantID      int64
	Status            string
	WorkflowID, RunID string
	AdmittedAt        *time.Time
	DispatchedAt      *time.Time
	CreatedAt         time.Time
}

// OpenExecutions gives runs that have not ended and are older than before, by id from after on. Parked ones are left out:
// they wait for a slot, not for Temporal.
func (y *System) OpenExecutions(ctx context.Context, before time.Time, after int64, limit int) (rows []OpenExecution, err error) {
	err = y.read(ctx, func(ctx context.Context, db bun.IDB) error {
		return db.NewSelect().Model((*models.Execution)(nil)).
			Column("id", "tenant_id", "status", "workflow_id", "run_id", "admitted_at", "dispatched_at", "created_at").
			Where("e.finished_at IS NULL AND NOT e.parked").Where("e.created_at < ?", before).
			Where("e.id > ?", after).OrderExpr("e.id").Limit(int64(limit)).Scan(ctx, &rows)
	})
	return rows, err
}

// Redispatch writes the outbox row that starts a queued run anew, unless it has one.
func (t *Tenant) Redispatch(ctx context.Context, executionID int64) (done bool, err error) {
	err = t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		var ids []int64
		err := db.NewRaw(`INSERT INTO outbox (tenant_id, kind, payload)
SELECT ?, 'start', jsonb_build_object('execution_id', e.id) FROM playbook_executions e
WHERE e.tenant_id = ? AND e.id = ? AND e.status = 'queued' AND NOT e.parked AND NOT EXISTS (
  SELECT FROM outbox o WHERE o.tenant_id = ? AND o.kind = 'start' AND (o.payload ->> 'execution_id')::bigint = e.id)
RETURNING id`, t.id, t.id, executionID, t.id).Scan(ctx, &ids)
		t.left.Outbox = append(t.left.Outbox, ids...)
		done = len(ids) > 0
		return err
	})
	return done, err
}
