package outbox

import (
	"context"
	"encoding/json"

	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/models"
	"github.com/velocicompanion/velocicompanion/workflows/contract"
)

// jobStart says whether an outbox row of kind start starts a job, and which.
func jobStart(row models.OutboxRow) (contract.JobInput, bool) {
	var s store.Start
	if err := json.Unmarshal(row.Payload, &s); err != nil || s.Job == "" {
		return contract.JobInput{}, false
	}
	return contract.JobInput{TenantID: row.TenantID, Kind: s.Job, ID: s.ID, Attempt: max(s.Attempt, 1)}, true
}

// job starts the workflow of a job. Jobs have no limit of their own: each is one workflow that does one slice at a time, and
// the tenant's queue has its share of the worker.
func (d *Dispatcher) job(ctx context.Context, row models.OutboxRow, in contract.JobInput) error {
	tenant := d.p.Store.Tenant(row.TenantID)
	if _, err := tenant.Job(ctx, in.Kind, in.ID); fault.Is(err, fault.NotFound) {
		return tenant.ConsumeAll(ctx, []int64{row.ID}) // it has ended, or was deleted
	} else if err != nil {
		return err
	}
	if _, _, known := contract.JobWorkflow(in.Kind); !known {
		return errUnknownKind
	}
	err := d.p.Runs.StartJob(ctx, in)
	d.temporal.saw(err)
	if fault.Is(err, fault.Invalid) && row.Attempts >= maxRefusals {
		return d.refusedJob(ctx, tenant, row, in)
	}
	if err != nil {
		return err
	}
	return tenant.MarkJobStarted(context.WithoutCancel(ctx), row.ID, in.Kind, in.ID)
}

// wake ends a job's wait. One that isn't in Temporal yet looks at its row when it starts, and one that has ended needs nothing.
func (d *Dispatcher) wake(ctx context.Context, row models.OutboxRow) error {
	var s store.Start
	if err := json.Unmarshal(row.Payload, &s); err == nil {
		err := d.p.Runs.WakeJob(ctx, contract.JobInput{TenantID: row.TenantID, Kind: s.Job, ID: s.ID, Attempt: max(s.Attempt, 1)})
		d.temporal.saw(err)
		if err != nil && !fault.Is(err, fault.NotFound) {
			return err
		}
	}
	_, err := d.p.Store.Tenant(row.TenantID).Consume(ctx, row.ID)
	return err
}

func (d *Dispatcher) refusedJob(ctx context.Context, tenant *store.Tenant, row models.OutboxRow, in contract.JobInput) error {
	return tenant.InTx(ctx, func(ctx context.Context, tx *store.Tenant) error {
		end := store.JobEnd{Kind: in.Kind, ID: in.ID, Status: models.JobFailed, Error: "Temporal refused to start it"}
		if _, err := tx.EndJob(ctx, end); err != nil {
			return err
		}
		return tx.ConsumeAll(ctx, []int64{row.ID})
	})
}
