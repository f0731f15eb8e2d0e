package store

import (
	"context"

	"github.com/uptrace/bun"

	"github.com/velocicompanion/velocicompanion/models"
)

// isolationTold wakes the order that waits for a flow: its own, or the sign of life after it.
func (t *Tenant) isolationTold(ctx context.Context, db bun.IDB, clientID, flowID string) error {
	var ids []int64
	err := db.NewRaw(`UPDATE isolations SET polls = 0
WHERE tenant_id = ? AND client_id = ? AND finished_at IS NULL AND ? IN (flow_id, proof_flow_id) RETURNING id`, t.id, clientID, flowID).Scan(ctx, &ids)
	if err != nil || len(ids) == 0 {
		return err
	}
	return t.WakeJob(ctx, models.JobIsolation, ids[0])
}
