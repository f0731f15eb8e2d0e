package outbox

import (
	"context"
	"encoding/json"

	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/models"
	"github.com/velocicompanion/velocicompanion/playbooks"
	"github.com/velocicompanion/velocicompanion/workflows/contract"
)

// maxRefusals is how often Temporal may refuse a start as such before the run is given up.
const maxRefusals = 10

// ready is a run that got a slot, with what it is started with.
type ready struct {
	row models.OutboxRow
	in  contract.RunInput
}

// starts gives one tenant's runs slots and sets those that got one going.
func (d *Dispatcher) starts(ctx context.Context, tenantID int64, rows []models.OutboxRow) {
	chosen, err := d.admit(ctx, tenantID, rows)
	if err != nil {
		for _, r := range rows {
			d.settle(ctx, r, err)
		}
		return
	}
	for _, r := range chosen {
		d.calls <- struct{}{}
		d.work.Go(func() {
			defer func() { <-d.calls }()
			d.start(ctx, r)
		})
	}
}

// start makes one call to Temporal.
func (d *Dispatcher) start(ctx context.Context, r ready) {
	runID, err := d.p.Runs.Start(ctx, r.in)
	d.temporal.saw(err)
	if err != nil {
		d.refused(ctx, r, err)
		return
	}
	d.started.add(ctx, &d.work, r.in.TenantID, []store.Dispatched{{
		OutboxID: r.row.ID, ExecutionID: r.in.ExecutionID, RunID: runID,
		WorkflowID: contract.WorkflowID(r.in.TenantID, r.in.ExecutionID),
	}})
}

// noteStarted consumes the rows of runs that Temporal has accepted, even when this process is ending.
func (d *Dispatcher) noteStarted(ctx context.Context, tenantID int64, done []store.Dispatched) {
	if err := d.p.Store.Tenant(tenantID).MarkDispatched(context.WithoutCancel(ctx), done); err != nil {
		d.p.Log.WarnContext(ctx, "starts could not be noted; they are found started when their lease ends", "tenant_id", tenantID, "error", err)
		return
	}
	d.p.Observe(Delivered, len(done))
}

// admit decides in one transaction which of the runs start now, and consumes the rows of those that don't.
func (d *Dispatcher) admit(ctx context.Context, tenantID int64, rows []models.OutboxRow) (out []ready, err error) {
	byRun := make(map[int64]models.OutboxRow, len(rows))
	var ids, broken []int64
	for _, r := range rows {
		var s store.Start
		if err := json.Unmarshal(r.Payload, &s); err != nil || s.ExecutionID == 0 {
			broken = append(broken, r.ID)
			continue
		}
		byRun[s.ExecutionID] = r
		ids = append(ids, s.ExecutionID)
	}
	var over, failed []int64
	err = d.p.Store.Tenant(tenantID).InTx(ctx, func(ctx context.Context, tx *store.Tenant) error {
		out, over, failed = nil, nil, broken
		a, err := tx.AdmitExecutions(ctx, ids)
		if err != nil {
			return err
		}
		for _, id := range append(a.Parked, a.Gone...) {
			over = append(over, byRun[id].ID)
		}
		for i := range a.Start {
			e := &a.Start[i]
			in, err := d.input(ctx, tx, a.TenantName, e)
			if err == nil {
				out = append(out, ready{byRun[e.ID], in})
				continue
			}
			if fault.Retryable(err) {
				return err
			}
			if _, err := tx.EndExecution(ctx, store.Ending{ExecutionID: e.ID, Status: models.ExecutionFailed, Error: fault.Safe(err)}); err != nil {
				return err
			}
			failed = append(failed, byRun[e.ID].ID)
		}
		return tx.ConsumeAll(ctx, append(over, failed...))
	})
	if err == nil {
		d.p.Observe(Delivered, len(over))
		d.p.Observe(Failed, len(failed))
	}
	return out, err
}

// input pins everything that a run needs.
func (d *Dispatcher) input(ctx context.Context, tx *store.Tenant, tenantName string, e *models.Execution) (in contract.RunInput, err error) {
	plan, err := d.plans.get(ctx, tx, e.PlaybookID, e.PlaybookVersion)
	if err != nil {
		return in, err
	}
	in = contract.RunInput{
		Run:        contract.Run{TenantID: tx.ID(), ExecutionID: e.ID, Causation: e.Causation},
		TenantName: tenantName, PlaybookID: e.PlaybookID, Version: e.PlaybookVersion, TriggerType: e.TriggerType, Plan: plan.Plan,
	}
	if e.ActorID != nil {
		in.ActorID = *e.ActorID
	}
	if err := json.Unmarshal(e.Inputs, &in.Inputs); err != nil {
		return in, fault.Wrap(err, fault.Invalid, "the run's inputs can't be read")
	}
	if len(e.Event) > 0 {
		in.Event = &playbooks.Event{}
		if err := json.Unmarshal(e.Event, in.Event); err != nil {
			return in, fault.Wrap(err, fault.Invalid, "the run's event can't be read")
		}
	}
	return in, nil
}

// refused puts a start off, for as long as it takes; only what Temporal refuses as such again and again is given up.
func (d *Dispatcher) refused(ctx context.Context, r ready, err error) {
	if !fault.Is(err, fault.Invalid) || r.row.Attempts < maxRefusals {
		d.settle(ctx, r.row, err)
		return
	}
	err = d.p.Store.Tenant(r.in.TenantID).InTx(ctx, func(ctx context.Context, tx *store.Tenant) error {
		end := store.Ending{ExecutionID: r.in.ExecutionID, Status: models.ExecutionFailed, Error: "Temporal refused the start of this run"}
		if _, err := tx.EndExecution(ctx, end); err != nil {
			return err
		}
		_, err := tx.Consume(ctx, r.row.ID)
		return err
	})
	if err != nil {
		d.settle(ctx, r.row, err)
		return
	}
	d.p.Observe(Failed, 1)
}
