package store

import (
	"context"

	"github.com/uptrace/bun"

	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/models"
)

// RequestCancel records that somebody wants a run ended and sends the wish on its way; a repeat changes nothing. A run
// that never started ends at once. Faults: NotFound; Conflict (execution_ended) when it has ended.
func (t *Tenant) RequestCancel(ctx context.Context, id int64, userID *int64, reason string) error {
	return t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		row := &models.Execution{}
		err := db.NewSelect().Model(row).Column("id", "status", "admitted_at").Where("tenant_id = ? AND id = ?", t.id, id).
			For("NO KEY UPDATE").Scan(ctx)
		if err != nil {
			return err
		}
		if models.ExecutionFinal(row.Status) {
			return fault.New(fault.Conflict, "the run has already ended").WithCode("execution_ended")
		}
		wish := &models.ExecutionRequest{TenantID: t.id, ExecutionID: id, Kind: models.RequestCancel, UserID: userID, Reason: reason}
		res, err := db.NewInsert().Model(wish).ExcludeColumn("id", "created_at").On("CONFLICT (tenant_id, execution_id, kind) DO NOTHING").
			Returning("id").Exec(ctx)
		if err != nil {
			return err
		}
		if n, err := res.RowsAffected(); err != nil || n == 0 {
			return err
		}
		if row.AdmittedAt == nil {
			_, err := t.EndExecution(ctx, Ending{ExecutionID: id, Status: models.ExecutionCancelled, Error: reason})
			return err
		}
		return t.enqueue(ctx, models.OutboxSignal, Signal{ExecutionID: id, RequestID: wish.ID, Kind: wish.Kind})
	})
}

// ExecutionRequest reads one wish about a run. Faults: NotFound.
func (t *Tenant) ExecutionRequest(ctx context.Context, id int64) (*models.ExecutionRequest, error) {
	return one[models.ExecutionRequest](ctx, t, id)
}
