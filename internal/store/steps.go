package store

import (
	"context"
	"encoding/json"
	"time"

	"github.com/uptrace/bun"

	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/models"
)

// CodeExecutionEnded is the stable code for a step of a run that has ended meanwhile.
const CodeExecutionEnded = "execution_ended"

// StepBegin is one attempt at one step.
type StepBegin struct {
	ExecutionID int64
	Key         string
	ID          string
	Type        string
	Position    int
	Input       json.RawMessage
	ActorID     int64       // whom the run acts as; 0: nobody is left
	Started     *RunStarted // with a run's first write
}

// RunStarted is what a run's first write says about it.
type RunStarted struct{ WorkflowID, RunID string }

// StepBegun is what BeginStep found.
type StepBegun struct {
	Mine        bool                  // the caller does the work; false: it is done, and Row tells what came of it
	Attempt     int                   // from 1
	Row         *models.ExecutionStep // where it is not Mine
	ActorRole   string                // "" when the actor is gone
	ActorActive bool
}

// BeginStep takes a step for the caller's transaction: it writes the step's row as running, waiting for a concurrent
// attempt to commit or to fail. Where the step is finished the caller gets its row and must not act. Faults: Conflict
// (execution_ended) for a run that has ended.
func (t *Tenant) BeginStep(ctx context.Context, b StepBegin) (out StepBegun, err error) {
	err = t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		var attempts *int
		var queued *time.Time // since when the run was, where this is its first write
		var role *string
		var active *bool
		sql, args := beginStepSQL, []any{
			t.id, b.ExecutionID, t.s.Now(), b.Key, b.Position, b.ID, b.Type, jsonText(b.Input), b.ActorID,
		}
		if b.Started != nil {
			sql, args = beginRunSQL, append(args, b.Started.WorkflowID, b.Started.RunID)
		}
		err := t.row(ctx, sql, args, &attempts, &role, &active, &queued)
		if err != nil {
			return err
		}
		if queued != nil {
			t.left.Executions = append(t.left.Executions, Execution{
				TenantID: t.id, ID: b.ExecutionID, Status: models.ExecutionRunning, Began: true, Waited: max(0, t.s.Now().Sub(*queued)),
			})
		}
		if role != nil {
			out.ActorRole, out.ActorActive = *role, *active
		}
		if attempts == nil {
			out.Row, err = t.step(ctx, db, b.ExecutionID, b.Key)
			return err
		}
		out.Mine, out.Attempt = true, *attempts
		t.moved(b.ExecutionID, b.Key, models.StepRunning)
		return nil
	})
	return out, err
}

// beginStepSQL: tenant, run, now, the step's key, position, id, type and input, the actor; beginRunSQL, with a run's first
// write, also workflow ID and run ID.
const (
	beginStepSQL = "WITH " + takeStepSQL + "SELECT (SELECT attempts FROM step), u.role, u.is_active, NULL::timestamptz" + actorSQL
	beginRunSQL  = `WITH run AS (
  UPDATE playbook_executions SET status = 'running', workflow_id = $10, run_id = $11, started_at = coalesce(started_at, $3),
    dispatched_at = coalesce(dispatched_at, $3)
  WHERE tenant_id = $1 AND id = $2 AND status = 'queued' RETURNING created_at),
` + takeStepSQL + "SELECT (SELECT attempts FROM step), u.role, u.is_active, (SELECT created_at FROM run)" + actorSQL
	takeStepSQL = `step AS (
  INSERT INTO playbook_execution_steps AS s
    (tenant_id, execution_id, key, position, id, type, status, attempts, input, started_at)
  SELECT $1, $2, $4::text, $5::integer, $6::text, $7::text, 'running', 1, $8::text::jsonb, $3::timestamptz FROM playbook_executions e
  WHERE e.tenant_id = $1 AND e.id = $2 AND e.status IN ('queued', 'running', 'waiting', 'paused')
  ON CONFLICT (tenant_id, execution_id, key) DO UPDATE SET attempts = s.attempts + 1
    WHERE s.status IN ('pending', 'running', 'waiting')
  RETURNING attempts)
`
	// Who started a run on a visit is an admin for as long as the visit goes on, and nobody afterwards.
	roleSQL = `CASE WHEN u.id IS NOT NULL THEN u.role ELSE (
  SELECT 'admin' FROM tenant_visits v WHERE v.tenant_id = $1 AND v.user_id = $9 AND v.ended_at IS NULL AND v.expires_at > $3 LIMIT 1) END,
  coalesce(u.is_active, true)`
	actorSQL = " FROM (VALUES (1)) one (x) LEFT JOIN users u ON u.tenant_id = $1 AND u.id = $9"
)

// step reads a step that BeginStep did not get; none there means that the run's end kept it from being written.
func (t *Tenant) step(ctx context.Context, db bun.IDB, executionID int64, key string) (*models.ExecutionStep, error) {
	row := &models.ExecutionStep{}
	err := translate(db.NewSelect().Model(row).Where("tenant_id = ? AND execution_id = ? AND key = ?", t.id, executionID, key).Scan(ctx))
	if fault.Is(err, fault.NotFound) {
		return nil, fault.New(fault.Conflict, "the run has ended").WithCode(CodeExecutionEnded)
	}
	return row, err
}

// StepDone is a step's success.
type StepDone struct {
	ExecutionID int64
	Key         string
	Output      json.RawMessage
	EndsRun     bool // it was the last: the run is completed with it
}

// FinishStep marks a running or waiting step completed, and with it the run where it was the last.
func (t *Tenant) FinishStep(ctx context.Context, d StepDone) error {
	return t.run(ctx, func(ctx context.Context, t *Tenant, _ bun.IDB) error {
		t.moved(d.ExecutionID, d.Key, models.StepCompleted)
		args := []any{t.id, d.ExecutionID, d.Key, jsonText(d.Output), t.s.Now()}
		if !d.EndsRun { // then it is the transaction's last
			return t.atCommit(ctx, finishStepSQL, args...)
		}
		if err := t.exec(ctx, finishStepSQL, args...); err != nil {
			return err
		}
		_, err := t.end(ctx, Ending{ExecutionID: d.ExecutionID, Status: models.ExecutionCompleted})
		return err
	})
}

// finishStepSQL: tenant, run, key, output, now.
const finishStepSQL = `UPDATE playbook_execution_steps
SET status = 'completed', output = $4::text::jsonb, error = '', error_kind = '', finished_at = $5
WHERE tenant_id = $1 AND execution_id = $2 AND key = $3 AND status IN ('running', 'waiting')`

// NoteAttempt keeps why an attempt at a running step failed, while more are to come.
func (t *Tenant) NoteAttempt(ctx context.Context, executionID int64, key string, cause error) error {
	return t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		t.moved(executionID, key, models.StepRunning)
		_, err := db.NewUpdate().Model((*models.ExecutionStep)(nil)).Set("error = ?", fault.Safe(cause)).
			Set("error_kind = ?", string(fault.KindOf(cause))).
			Where("tenant_id = ? AND execution_id = ? AND key = ? AND status = 'running'", t.id, executionID, key).Exec(ctx)
		return err
	})
}

// RecordSteps writes what became of steps that needed no transaction of their own: skipped, failed, set. A step that is
// finished stays as it is.
func (t *Tenant) RecordSteps(ctx context.Context, executionID int64, rows []models.ExecutionStep) error {
	if len(rows) == 0 {
		return nil
	}
	return t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		now := t.s.Now()
		for i := range rows {
			r := &rows[i]
			r.TenantID, r.ExecutionID = t.id, executionID
			if r.StartedAt == nil {
				r.StartedAt = &now
			}
			if r.FinishedAt == nil {
				r.FinishedAt = &now
			}
			t.moved(executionID, r.Key, r.Status)
		}
		_, err := db.NewInsert().Model(&rows).On("CONFLICT (tenant_id, execution_id, key) DO UPDATE").
			Set("status = EXCLUDED.status").Set("error = EXCLUDED.error").Set("error_kind = EXCLUDED.error_kind").
			Set("skipped_because = EXCLUDED.skipped_because").Set("output = coalesce(EXCLUDED.output, es.output)").
			Set("attempts = greatest(es.attempts, EXCLUDED.attempts)").Set("finished_at = EXCLUDED.finished_at").
			Where("es.status IN ('pending', 'running', 'waiting')").Returning("NULL").Exec(ctx)
		return err
	})
}

// StartExecution marks a run as running where no step's transaction does.
func (t *Tenant) StartExecution(ctx context.Context, id int64, started RunStarted) error {
	return t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		now := t.s.Now()
		res, err := db.NewUpdate().Model((*models.Execution)(nil)).Set("status = 'running'").Set("workflow_id = ?", started.WorkflowID).
			Set("run_id = ?", started.RunID).Set("started_at = coalesce(started_at, ?)", now).
			Set("dispatched_at = coalesce(dispatched_at, ?)", now).
			Where("tenant_id = ? AND id = ? AND status = 'queued'", t.id, id).Exec(ctx)
		if err != nil {
			return err
		}
		n, err := res.RowsAffected()
		if n > 0 {
			t.left.Executions = append(t.left.Executions, Execution{TenantID: t.id, ID: id, Status: models.ExecutionRunning})
		}
		return err
	})
}

// Steps gives what is known of a run's steps, in the plan's order.
func (t *Tenant) Steps(ctx context.Context, executionID int64) ([]models.ExecutionStep, error) {
	rows := []models.ExecutionStep{}
	err := t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		return db.NewSelect().Model(&rows).Where("tenant_id = ? AND execution_id = ?", t.id, executionID).OrderExpr("position, key").Scan(ctx)
	})
	return rows, err
}

func (t *Tenant) moved(executionID int64, key, status string) {
	t.left.Steps = append(t.left.Steps, Step{TenantID: t.id, ExecutionID: executionID, Key: key, Status: status})
}

// jsonText hands JSON to a statement as text; bun would write the bytes as bytea.
func jsonText(raw json.RawMessage) any {
	if len(raw) == 0 {
		return nil
	}
	return string(raw)
}
