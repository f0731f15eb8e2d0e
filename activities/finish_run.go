package activities

import (
	"context"

	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/workflows/contract"
)

// FinishRun writes a run's end together with what the workflow still knew alone. A run that has ended keeps its end.
// Faults: NotFound for a run that was deleted.
func (a *Activities) FinishRun(ctx context.Context, in contract.FinishInput) (out contract.FinishResult, err error) {
	err = a.tenant(in.Run).InTx(ctx, func(ctx context.Context, tx *store.Tenant) error {
		if s := started(in.Before); s != nil {
			if err := tx.StartExecution(ctx, in.ExecutionID, *s); err != nil {
				return err
			}
		}
		if err := tx.RecordSteps(ctx, in.ExecutionID, records(in.Before.Steps)); err != nil {
			return err
		}
		out.Status, err = tx.EndExecution(ctx, store.Ending{ExecutionID: in.ExecutionID, Status: in.Status, Error: in.Error})
		return err
	})
	return out, err
}
