package store

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
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
	err = t.run(ctx, func(ctx context.Context, t *Tenant, _ bun.IDB) error {
		row.CreatedAt = t.s.Now()
		if final {
			row.FinishedAt = &row.CreatedAt
		}
		var about int64 // the case that it was started for; 0: none
		err := t.rows(ctx, createExecutionSQL, []any{
			t.id, row.PlaybookID, row.PlaybookVersion, row.Status, row.TriggerType, row.EventID, jsonText(row.Event), row.Causation,
			string(row.Inputs), row.ActorID, row.Error, row.RetryOf, row.CreatedAt, row.FinishedAt,
		}, func(r pgx.Rows) error {
			created = true
			return r.Scan(&row.ID, &about)
		})
		if err != nil || !created {
			return err
		}
		if err := t.noteCaseRun(ctx, about, row.ID); err != nil {
			return err
		}
		t.left.Executions = append(t.left.Executions, Execution{TenantID: t.id, ID: row.ID, Status: row.Status})
		if final {
			return nil
		}
		return t.enqueue(ctx, models.OutboxStart, Start{ExecutionID: row.ID})
	})
	return created, err
}

// The run's host, and the case that it is about, are its event's, or those of inputs of these names.
const createExecutionSQL = `WITH given AS MATERIALIZED (SELECT $7::text::jsonb AS event, $9::text::jsonb AS inputs),
subject AS MATERIALIZED (SELECT coalesce(event #>> '{payload,host_id}', inputs ->> 'host_id') AS host FROM given)
INSERT INTO playbook_executions (tenant_id, playbook_id, playbook_version, status, trigger_type, event_id,
  event, causation, inputs, actor_id, error, retry_of, created_at, finished_at, host_id)
SELECT $1, $2, $3, $4, $5, $6, event, $8, inputs, $10, $11, $12, $13, $14, CASE WHEN host ~ '^[1-9][0-9]{0,17}$' THEN host::bigint END
FROM given, subject
ON CONFLICT (tenant_id, playbook_id, event_id) WHERE event_id IS NOT NULL DO NOTHING
RETURNING id, coalesce((SELECT c::bigint FROM (SELECT coalesce(given.event #>> '{payload,case_id}', given.inputs ->> 'case_id') AS c FROM given) AS x
  WHERE c ~ '^[1-9][0-9]{0,17}$'), 0)`

// Execution reads one run. Faults: NotFound.
func (t *Tenant) Execution(ctx context.Context, id int64) (*models.Execution, error) {
	return one[models.Execution](ctx, t, id)
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
			if !slices.ContainsFunc(q.Statuses, models.ExecutionFinal) {
				sel = sel.Where("e.finished_at IS NULL") // few rows, by an index of their own
			}
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
		ended, err := t.end(ctx, e)
		if err != nil {
			return err
		}
		if !ended {
			return db.NewSelect().Model((*models.Execution)(nil)).Column("status").Where("tenant_id = ? AND id = ?", t.id, e.ExecutionID).
				Scan(ctx, &status)
		}
		status = e.Status
		return t.emitFailed(ctx, e)
	})
	return status, err
}

// end ends a run that has not, and hands its slot on.
func (t *Tenant) end(ctx context.Context, e Ending) (ended bool, err error) {
	var outbox *int64
	if err := t.row(ctx, endExecutionSQL, []any{t.id, e.ExecutionID, e.Status, e.Error, t.s.Now()}, &ended, &outbox); err != nil {
		return false, err
	}
	if ended {
		t.left.Executions = append(t.left.Executions, Execution{TenantID: t.id, ID: e.ExecutionID, Status: e.Status})
	}
	if outbox != nil {
		t.left.Outbox = append(t.left.Outbox, *outbox)
	}
	return ended, nil
}

// endExecutionSQL: tenant, run, status, error, now.
const endExecutionSQL = `WITH ended AS (
  UPDATE playbook_executions SET status = $3, error = $4, parked = false, finished_at = $5
  WHERE tenant_id = $1 AND id = $2 AND status IN ('queued', 'running', 'waiting', 'paused') RETURNING id),
next AS (
  SELECT id FROM playbook_executions WHERE tenant_id = $1 AND parked AND id <> $2 AND EXISTS (SELECT FROM ended)
  ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED),
freed AS (
  UPDATE playbook_executions e SET parked = false FROM next WHERE e.tenant_id = $1 AND e.id = next.id RETURNING e.id),
started AS (
  INSERT INTO outbox (tenant_id, kind, payload)
  SELECT $1, 'start', jsonb_build_object('execution_id', id) FROM freed RETURNING id)
SELECT EXISTS (SELECT FROM ended), (SELECT id FROM started)`

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
