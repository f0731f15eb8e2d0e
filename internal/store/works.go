package store

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/jackc/pgx/v5"
	"github.com/uptrace/bun"

	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/models"
)

// WorkRef names work that a step of a run started and waits for: a job with the row of its kind.
type WorkRef struct {
	Kind string `json:"kind"`
	ID   int64  `json:"id"`
}

// Work is how work stands that a step waits for.
type Work struct {
	Status    string // a job's
	Error     string // why it did not complete, "" otherwise
	ErrorKind string // that of its kind of work, for programs
}

// workKind is how work of one kind is asked and given up, in the handle's transaction.
type workKind struct {
	state  func(ctx context.Context, t *Tenant, db bun.IDB, id int64) (Work, error)              // Faults: NotFound.
	cancel func(ctx context.Context, t *Tenant, db bun.IDB, id int64, reason string) (err error) // of one that has ended: nothing
}

// workKinds knows the kinds of job that a step can wait for. A new kind needs its line here.
func workKinds() map[string]workKind {
	return map[string]workKind{
		models.JobCollection: {state: collectionWork, cancel: cancelCollectionWork},
		models.JobIsolation:  {state: isolationWork, cancel: cancelIsolationWork},
		models.JobHunt:       {state: huntWork, cancel: cancelHuntWork},
	}
}

func kindOfWork(kind string) (workKind, error) {
	k, known := workKinds()[kind]
	if !known {
		return k, fault.New(fault.Internal, "no step can wait for a %q", kind)
	}
	return k, nil
}

// Work reads how work stands. Faults: NotFound.
func (t *Tenant) Work(ctx context.Context, ref WorkRef) (w Work, err error) {
	kind, err := kindOfWork(ref.Kind)
	if err != nil {
		return w, err
	}
	err = t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		w, err = kind.state(ctx, t, db, ref.ID)
		return err
	})
	return w, err
}

// GiveUpWork has work cancelled that nobody waits for any longer; what has ended stays as it is. Faults: NotFound.
func (t *Tenant) GiveUpWork(ctx context.Context, ref WorkRef, reason string) error {
	kind, err := kindOfWork(ref.Kind)
	if err != nil {
		return err
	}
	return t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error { return kind.cancel(ctx, t, db, ref.ID, reason) })
}

// tellWork tells the run whose step waits for it, if any, that work has ended: in the transaction that writes the end.
func (t *Tenant) tellWork(ctx context.Context, executionID *int64, ref WorkRef) error {
	if executionID == nil {
		return nil
	}
	return t.enqueue(ctx, models.OutboxSignal, Signal{ExecutionID: *executionID, Kind: models.SignalWorkDone, Work: &ref})
}

// waitingOn is what a step's row holds as output while the step waits.
type waitingOn struct {
	Work WorkRef `json:"work"`
}

// WaitForWork marks a running step as waiting, and its run, in the transaction that wrote the work's row.
func (t *Tenant) WaitForWork(ctx context.Context, executionID int64, key string, ref WorkRef) error {
	output, err := json.Marshal(waitingOn{ref})
	if err != nil {
		return err
	}
	const step = `UPDATE playbook_execution_steps SET status = 'waiting', output = $4::text::jsonb
WHERE tenant_id = $1 AND execution_id = $2 AND key = $3 AND status = 'running'`
	return t.run(ctx, func(ctx context.Context, t *Tenant, _ bun.IDB) error {
		t.moved(executionID, key, models.StepWaiting)
		if err := t.exec(ctx, step, t.id, executionID, key, string(output)); err != nil {
			return err
		}
		return t.runMoves(ctx, executionID, models.ExecutionRunning, models.ExecutionWaiting)
	})
}

// WaitingFor gives the work that a step waits for; nil for a step that doesn't wait.
func (t *Tenant) WaitingFor(ctx context.Context, executionID int64, key string) (ref *WorkRef, err error) {
	const sql = `SELECT output FROM playbook_execution_steps WHERE tenant_id = $1 AND execution_id = $2 AND key = $3 AND status = 'waiting'`
	err = t.run(ctx, func(ctx context.Context, t *Tenant, _ bun.IDB) error {
		var output []byte
		err := t.row(ctx, sql, []any{t.id, executionID, key}, &output)
		if errors.Is(err, pgx.ErrNoRows) {
			return nil
		}
		if err != nil {
			return err
		}
		var on waitingOn
		if err := json.Unmarshal(output, &on); err != nil {
			return fault.Wrap(err, fault.Internal, "what a step waits for can't be read")
		}
		ref = &on.Work
		return nil
	})
	return ref, err
}

// GoOn marks a run as running again whose step waits no longer.
func (t *Tenant) GoOn(ctx context.Context, executionID int64) error {
	return t.run(ctx, func(ctx context.Context, t *Tenant, _ bun.IDB) error {
		return t.runMoves(ctx, executionID, models.ExecutionWaiting, models.ExecutionRunning)
	})
}

func (t *Tenant) runMoves(ctx context.Context, executionID int64, from, to string) error {
	var id int64
	err := t.row(ctx, "UPDATE playbook_executions SET status = $4 WHERE tenant_id = $1 AND id = $2 AND status = $3 RETURNING id",
		[]any{t.id, executionID, from, to}, &id)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil
	}
	if err == nil {
		t.left.Executions = append(t.left.Executions, Execution{TenantID: t.id, ID: executionID, Status: to})
	}
	return err
}

// Step reads what is known of one step of a run. Faults: NotFound.
func (t *Tenant) Step(ctx context.Context, executionID int64, key string) (row *models.ExecutionStep, err error) {
	err = t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		row = &models.ExecutionStep{}
		return db.NewSelect().Model(row).Where("tenant_id = ? AND execution_id = ? AND key = ?", t.id, executionID, key).For("UPDATE").Scan(ctx)
	})
	return row, err
}
