package store

import (
	"context"
	"encoding/json"
	"time"

	"github.com/uptrace/bun"

	"github.com/velocicompanion/velocicompanion/models"
)

// ExecutionQuery selects runs for a list; sorts: id, created_at.
type ExecutionQuery struct {
	PageQuery
	PlaybookID int64    // 0: of every playbook
	Statuses   []string // empty: any
	Trigger    string   // a trigger type; empty: any
}

// CreateExecution writes a run as queued together with the outbox row that starts it, and fills in its id. False means
// that this event already has its run of this playbook, and nothing was written. A row that comes with a final status is
// kept as it is and starts nothing: the record of a run that could not be. Faults: Invalid (unknown_reference) for a
// playbook version that doesn't exist.
func (t *Tenant) CreateExecution(ctx context.Context, row *models.Execution) (created bool, err error) {
	row.TenantID = t.id
	if row.Status == "" {
		row.Status = models.ExecutionQueued
	}
	if row.Inputs == nil {
		row.Inputs = json.RawMessage(`{}`)
	}
	if row.Causation == nil {
		row.Causation = []string{}
	}
	final := models.ExecutionFinal(row.Status)
	err = t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		if final {
			now := t.s.Now()
			row.FinishedAt = &now
		}
		res, err := db.NewInsert().Model(row).ExcludeColumn("id").On("CONFLICT (tenant_id, playbook_id, event_id) DO NOTHING").
			Returning("id, created_at").Exec(ctx)
		if err != nil {
			return err
		}
		if n, err := res.RowsAffected(); err != nil || n == 0 {
			return err
		}
		created = true
		t.left.Executions = append(t.left.Executions, Execution{TenantID: t.id, ID: row.ID, Status: row.Status})
		if final {
			return nil
		}
		return t.enqueue(ctx, db, models.OutboxStart, Start{ExecutionID: row.ID})
	})
	return created, err
}

// Execution reads one run. Faults: NotFound.
func (t *Tenant) Execution(ctx context.Context, id int64) (*models.Execution, error) {
	row := &models.Execution{}
	err := t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		return db.NewSelect().Model(row).Where("tenant_id = ? AND id = ?", t.id, id).Scan(ctx)
	})
	return row, err
}

// ListExecutions pages through the tenant's runs, without their events.
func (t *Tenant) ListExecutions(ctx context.Context, q ExecutionQuery) (rows []models.Execution, p Page, err error) {
	err = t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		sel := db.NewSelect().Model((*models.Execution)(nil)).ExcludeColumn("event").Where("e.tenant_id = ?", t.id)
		if q.PlaybookID != 0 {
			sel = sel.Where("e.playbook_id = ?", q.PlaybookID)
		}
		if len(q.Statuses) > 0 {
			sel = sel.Where("e.status IN (?)", bun.List(q.Statuses))
		}
		if q.Trigger != "" {
			sel = sel.Where("e.trigger_type = ?", q.Trigger)
		}
		rows, p, err = page(ctx, db, q.PageQuery, listing[models.Execution]{
			sel:  sel,
			keys: map[string]sortKey{"id": {"e.id", "bigint"}, "created_at": {"e.created_at", "timestamptz"}},
			def:  "id", id: "e.id",
			at: func(row *models.Execution, sort string) (string, int64) {
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

// Ending is how a run ends.
type Ending struct {
	ExecutionID int64
	Status      string // a final one
	Error       string // why it did not complete, "" otherwise
}

// EndExecution writes a run's final state, frees its slot for the next run that waits, and tells the playbooks that
// listen to failed runs. It never changes a run that has ended: the answer is the status that stands there. Faults:
// NotFound for a run that was deleted.
func (t *Tenant) EndExecution(ctx context.Context, e Ending) (status string, err error) {
	err = t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		var got struct {
			Status *string
			Outbox *int64
		}
		if err := db.NewRaw("WITH "+endExecutionSQL+" SELECT (SELECT status FROM ended) AS status, (SELECT id FROM started) AS outbox",
			t.endArgs(e)...).Scan(ctx, &got); err != nil {
			return err
		}
		if got.Status == nil {
			return db.NewSelect().Model((*models.Execution)(nil)).Column("status").Where("tenant_id = ? AND id = ?", t.id, e.ExecutionID).
				Scan(ctx, &status)
		}
		status = *got.Status
		t.ended(e, got.Outbox)
		return t.emitFailed(ctx, e)
	})
	return status, err
}

// endExecutionSQL are the common table expressions that end a run and hand its slot on: ended (status), started (id of
// the outbox row).
const endExecutionSQL = `ended AS (
  UPDATE playbook_executions SET status = ?, error = ?, parked = false, finished_at = ?
  WHERE tenant_id = ? AND id = ? AND status IN ('queued', 'running', 'waiting', 'paused') RETURNING status),
next AS (
  SELECT id FROM playbook_executions WHERE tenant_id = ? AND parked AND id <> ? AND EXISTS (SELECT FROM ended)
  ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED),
freed AS (
  UPDATE playbook_executions e SET parked = false FROM next WHERE e.tenant_id = ? AND e.id = next.id RETURNING e.id),
started AS (
  INSERT INTO outbox (tenant_id, kind, payload) SELECT ?, 'start', jsonb_build_object('execution_id', id) FROM freed RETURNING id)`

func (t *Tenant) endArgs(e Ending) []any {
	return []any{e.Status, e.Error, t.s.Now(), t.id, e.ExecutionID, t.id, e.ExecutionID, t.id, t.id}
}

func (t *Tenant) ended(e Ending, outbox *int64) {
	t.left.Executions = append(t.left.Executions, Execution{TenantID: t.id, ID: e.ExecutionID, Status: e.Status})
	if outbox != nil {
		t.left.Outbox = append(t.left.Outbox, *outbox)
	}
}

// emitFailed tells of a run that did not reach its end. The run's own causation goes with it, so that a playbook that
// listens to failures can't be fed by its own for ever.
func (t *Tenant) emitFailed(ctx context.Context, e Ending) error {
	if e.Status != models.ExecutionFailed && e.Status != models.ExecutionTimedOut {
		return nil
	}
	row, err := t.Execution(ctx, e.ExecutionID)
	if err != nil {
		return err
	}
	return t.WithCausation(row.Causation).Emit(ctx, Event{
		ID: "execution.failed:" + decimal(row.ID), Type: "execution.failed",
		Payload: map[string]any{"execution": map[string]any{
			"id": row.ID, "playbook_id": row.PlaybookID, "playbook_version": row.PlaybookVersion, "status": row.Status,
			"trigger_type": row.TriggerType, "error": row.Error,
		}},
	})
}
