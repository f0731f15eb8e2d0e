package activities

import (
	"context"
	"encoding/json"
	"time"

	"github.com/velocicompanion/velocicompanion/internal/auth"
	"github.com/velocicompanion/velocicompanion/internal/clock"
	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/models"
	"github.com/velocicompanion/velocicompanion/playbooks"
	"github.com/velocicompanion/velocicompanion/workflows/contract"
)

// Step gives the activity that carries out one action's steps.
func (a *Activities) Step(act Action) func(ctx context.Context, in contract.StepInput) (contract.StepResult, error) {
	return func(ctx context.Context, in contract.StepInput) (contract.StepResult, error) {
		in.Params = given(in.Params)
		if err := a.checker.CheckParams(act.Spec.Name, in.Params); err != nil {
			return contract.StepResult{}, err
		}
		switch act.Spec.Effect {
		case playbooks.EffectOutside:
			return a.outside(ctx, act, in)
		case playbooks.EffectWork:
			return a.begin(ctx, act, in)
		default:
			return a.inDatabase(ctx, act, in)
		}
	}
}

// inDatabase takes the step, acts and marks it completed in one transaction: all of it happens once, or none.
func (a *Activities) inDatabase(ctx context.Context, act Action, in contract.StepInput) (out contract.StepResult, err error) {
	err = a.tenant(in.Run).InTx(ctx, func(ctx context.Context, tx *store.Tenant) error {
		call, done, err := take(ctx, tx, in)
		if err != nil || done != nil {
			out = deref(done)
			return err
		}
		result, err := act.do(ctx, call, in.Params)
		if err != nil {
			return err
		}
		out = completed(result)
		return tx.FinishStep(ctx, stepDone(in, result))
	})
	return out, err
}

// outside takes the step, acts and marks it completed one after the other. An attempt that dies in between is repeated
// under the same idempotency key.
func (a *Activities) outside(ctx context.Context, act Action, in contract.StepInput) (contract.StepResult, error) {
	var call Call
	var done *contract.StepResult
	tenant := a.tenant(in.Run)
	err := tenant.InTx(ctx, func(ctx context.Context, tx *store.Tenant) (err error) {
		call, done, err = take(ctx, tx, in)
		return err
	})
	if err != nil || done != nil {
		return deref(done), err
	}
	call.Tenant = tenant
	result, err := act.do(ctx, call, in.Params)
	if err != nil {
		a.note(ctx, in, err)
		return contract.StepResult{}, err
	}
	if err := persist(ctx, func(ctx context.Context) error { return tenant.FinishStep(ctx, stepDone(in, result)) }); err != nil {
		return contract.StepResult{}, err
	}
	return completed(result), nil
}

// take writes what the workflow knew before, takes the step for this attempt and checks whom it acts as. Where an earlier
// attempt got through, done is what it left.
func take(ctx context.Context, tx *store.Tenant, in contract.StepInput) (call Call, done *contract.StepResult, err error) {
	input, err := encode(in.Params)
	if err != nil {
		return call, nil, err
	}
	if err := tx.RecordSteps(ctx, in.ExecutionID, records(in.Before.Steps)); err != nil {
		return call, nil, err
	}
	begun, err := tx.BeginStep(ctx, store.StepBegin{
		ExecutionID: in.ExecutionID, Key: in.Key, ID: in.ID, Type: in.Action, Position: in.Position,
		Input: shown(input), ActorID: in.ActorID, Started: started(in.Before),
	})
	if err != nil {
		return call, nil, err
	}
	if !begun.Mine {
		left := left(begun.Row)
		return call, &left, nil
	}
	actor, err := actingAs(in, begun)
	tx = tx.As(store.Actor{UserID: in.ActorID, ExecutionID: in.ExecutionID})
	return Call{Tenant: tx, Actor: actor, Run: in.Run, Step: in.Key, IdempotencyKey: contract.WorkflowID(in.TenantID, in.ExecutionID) + "/" + in.Key}, nil, err
}

// actingAs is the rule that a run can do no more than the person it acts as, at every step anew.
func actingAs(in contract.StepInput, begun store.StepBegun) (auth.Principal, error) {
	role := auth.Role(begun.ActorRole)
	switch {
	case begun.ActorRole == "":
		return auth.Principal{}, fault.New(fault.Forbidden, "the person this run acts as no longer exists").WithCode("actor_gone")
	case !begun.ActorActive:
		return auth.Principal{}, fault.New(fault.Forbidden, "the person this run acts as is deactivated").WithCode("actor_inactive")
	case !role.AtLeast(auth.Role(in.Role)):
		return auth.Principal{}, fault.New(fault.Forbidden, "%s needs the role %s; the person this run acts as has %s", in.Action, in.Role, role).
			WithCode("actor_role")
	}
	return auth.Principal{UserID: in.ActorID, TenantID: in.TenantID, Role: role}, nil
}

// note keeps why an attempt failed where more are to come, for those who watch the run.
func (a *Activities) note(ctx context.Context, in contract.StepInput, cause error) {
	if !in.Retries || !fault.Retryable(cause) {
		return
	}
	if err := a.tenant(in.Run).NoteAttempt(ctx, in.ExecutionID, in.Key, cause); err != nil {
		a.log.WarnContext(ctx, "a failed attempt could not be noted", "tenant_id", in.TenantID, "execution_id", in.ExecutionID, "error", err)
	}
}

// persist repeats a write that must not be lost: what it tells of has happened already.
func persist(ctx context.Context, write func(ctx context.Context) error) error {
	pause := 50 * time.Millisecond
	for {
		err := write(ctx)
		if err == nil || !fault.Retryable(err) || pause > 2*time.Second {
			return err
		}
		if err := clock.Sleep(ctx, pause); err != nil {
			return err
		}
		pause *= 2
	}
}

func stepDone(in contract.StepInput, result json.RawMessage) store.StepDone {
	return store.StepDone{ExecutionID: in.ExecutionID, Key: in.Key, Output: result, EndsRun: in.EndsRun}
}

func completed(result json.RawMessage) contract.StepResult {
	return contract.StepResult{Status: models.StepCompleted, Output: preview(result)}
}

// left is what an earlier attempt left in the step's row.
func left(row *models.ExecutionStep) contract.StepResult {
	return contract.StepResult{
		Status: row.Status, Output: preview(row.Output), Error: row.Error, ErrorKind: row.ErrorKind, SkippedBecause: row.SkippedBecause,
	}
}

func deref(r *contract.StepResult) contract.StepResult {
	if r == nil {
		return contract.StepResult{}
	}
	return *r
}
