package activities

import (
	"context"
	"encoding/json"

	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/models"
	"github.com/velocicompanion/velocicompanion/playbooks"
	"github.com/velocicompanion/velocicompanion/workflows/contract"
)

// work is the shape of an action that starts what takes long and waits for its end: the work is a job, its row names the run
// and the step, and the transaction that ends the row tells the run (store.workKinds).
type work[P, R any] interface {
	Spec() playbooks.ActionSpec
	// Begin writes the work's row and its job, in the step's transaction.
	Begin(ctx context.Context, c Call, p P) (store.WorkRef, error)
	// Result reads what the ended work gives, whatever came of it.
	Result(ctx context.Context, t *store.Tenant, id int64) (R, error)
}

// liftWork makes a catalog entry of an action that starts work.
func liftWork[P, R any](a work[P, R]) Action {
	spec := a.Spec()
	spec.Params, spec.Result = schemaOf[P](), schemaOf[R]()
	return Action{
		Spec: spec,
		begin: func(ctx context.Context, c Call, params map[string]any) (store.WorkRef, error) {
			p, err := decode[P](params)
			if err != nil {
				return store.WorkRef{}, err
			}
			return a.Begin(ctx, c, p)
		},
		result: func(ctx context.Context, t *store.Tenant, id int64) (json.RawMessage, error) {
			r, err := a.Result(ctx, t, id)
			if err != nil {
				return nil, err
			}
			return encode(r)
		},
	}
}

// begin takes the step, starts its work and marks it as waiting in one transaction: the work is started once, or not at all.
func (a *Activities) begin(ctx context.Context, act Action, in contract.StepInput) (out contract.StepResult, err error) {
	err = a.tenant(in.Run).InTx(ctx, func(ctx context.Context, tx *store.Tenant) error {
		call, done, err := take(ctx, tx, in)
		if err != nil || done != nil {
			out = deref(done)
			return err
		}
		ref, err := tx.WaitingFor(ctx, in.ExecutionID, in.Key) // an earlier attempt got through
		if err != nil {
			return err
		}
		if ref == nil {
			begun, err := act.begin(ctx, call, in.Params)
			if err != nil {
				return err
			}
			if err := tx.WaitForWork(ctx, in.ExecutionID, in.Key, begun); err != nil {
				return err
			}
			ref = &begun
		}
		out = waiting(*ref)
		return nil
	})
	return out, err
}

// WorkResult says what came of the work that a step waits for. Once it has ended, the step ends in the transaction that reads
// the result; before, and where nobody waits any longer, the work is cancelled.
func (a *Activities) WorkResult(ctx context.Context, in contract.WorkInput) (out contract.StepResult, err error) {
	act, known := a.action(in.Action)
	if !known || act.result == nil {
		return out, fault.New(fault.Invalid, "this worker knows no work of the action %q", in.Action)
	}
	ref := store.WorkRef{Kind: in.Work.Kind, ID: in.Work.ID}
	err = a.tenant(in.Run).InTx(ctx, func(ctx context.Context, tx *store.Tenant) error {
		step, err := tx.Step(ctx, in.ExecutionID, in.Key)
		if err != nil {
			return err
		}
		if step.Status != models.StepWaiting {
			out = left(step)
			return nil
		}
		end, err := tx.Work(ctx, ref)
		if fault.Is(err, fault.NotFound) {
			end, err = store.Work{Status: models.JobFailed, Error: "what the step waited for was deleted", ErrorKind: string(fault.NotFound)}, nil
		}
		if err != nil {
			return err
		}
		if !models.JobFinal(end.Status) {
			out = waiting(ref)
			return giveUp(ctx, tx, in, ref)
		}
		out, err = ended(ctx, tx, act, in, end)
		return err
	})
	return out, err
}

func giveUp(ctx context.Context, tx *store.Tenant, in contract.WorkInput, ref store.WorkRef) error {
	if in.GiveUp == "" {
		return nil
	}
	if err := tx.GiveUpWork(ctx, ref, in.GiveUp); err != nil {
		return err
	}
	return tx.GoOn(ctx, in.ExecutionID)
}

// ended ends the step of work that has ended.
func ended(ctx context.Context, tx *store.Tenant, act Action, in contract.WorkInput, end store.Work) (out contract.StepResult, err error) {
	result, err := act.result(ctx, tx, in.Work.ID)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return out, err
	}
	if err := tx.GoOn(ctx, in.ExecutionID); err != nil {
		return out, err
	}
	if end.Status == models.JobCompleted {
		return completed(result), tx.FinishStep(ctx, stepDone(in.StepInput, result))
	}
	row := models.ExecutionStep{
		Key: in.Key, ID: in.ID, Type: in.Action, Position: in.Position, Status: models.StepFailed, Attempts: 1,
		Output: result, Error: end.Error, ErrorKind: end.ErrorKind,
	}
	if end.Status == models.JobCancelled {
		row.ErrorKind = kindCancelled
	}
	return left(&row), tx.RecordSteps(ctx, in.ExecutionID, []models.ExecutionStep{row})
}

// kindCancelled is the kind of a step's error whose work was cancelled by somebody else.
const kindCancelled = "cancelled"

func waiting(ref store.WorkRef) contract.StepResult {
	return contract.StepResult{Status: models.StepWaiting, Work: &contract.WorkRef{Kind: ref.Kind, ID: ref.ID}}
}

// action finds an entry of the catalog.
func (a *Activities) action(name string) (Action, bool) {
	for _, act := range a.actions {
		if act.Spec.Name == name {
			return act, true
		}
	}
	return Action{}, false
}
