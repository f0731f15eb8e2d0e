package outbox

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/models"
	"github.com/velocicompanion/velocicompanion/playbooks"
)

// maxDepth is how many events may have led to one before it starts nothing any more: a playbook must not feed itself for
// ever.
const maxDepth = 8

// event finds the playbooks that an event starts, and writes their runs in the transaction that consumes it.
func (d *Dispatcher) event(ctx context.Context, row models.OutboxRow) error {
	return d.p.Store.Tenant(row.TenantID).InTx(ctx, func(ctx context.Context, tx *store.Tenant) error {
		mine, err := tx.Consume(ctx, row.ID)
		if err != nil || !mine {
			return err
		}
		var many struct {
			Events []json.RawMessage `json:"events"`
		}
		if err := json.Unmarshal(row.Payload, &many); err != nil || len(many.Events) == 0 {
			many.Events = []json.RawMessage{row.Payload}
		}
		for _, raw := range many.Events {
			if err := d.oneEvent(ctx, tx, row.ID, raw); err != nil {
				return err
			}
		}
		return nil
	})
}

func (d *Dispatcher) oneEvent(ctx context.Context, tx *store.Tenant, outboxID int64, raw json.RawMessage) error {
	m := match{d: d, tx: tx, raw: raw}
	if err := json.Unmarshal(raw, &m.event); err != nil {
		d.p.Log.ErrorContext(ctx, "an event that can't be read is dropped", "tenant_id", tx.ID(), "outbox_id", outboxID, "error", err)
		return nil
	}
	if len(m.event.Causation) > maxDepth {
		return m.stop(ctx)
	}
	return m.all(ctx)
}

// match is one event on its way to its playbooks.
type match struct {
	d      *Dispatcher
	tx     *store.Tenant
	raw    json.RawMessage
	event  playbooks.Event
	fields map[string]any
}

func (m *match) all(ctx context.Context) error {
	listeners, err := m.tx.Listeners(ctx, m.event.Type)
	if err != nil || len(listeners) == 0 {
		return err
	}
	own, err := m.tx.Own(ctx)
	if err != nil {
		return err
	}
	m.fields = m.event.Fields()
	env := playbooks.Env{
		Now: m.d.p.Clock.Now(), Event: m.fields, Tenant: map[string]any{"id": own.ID, "name": own.Name},
	}
	for _, l := range listeners {
		if err := m.one(ctx, l, env); err != nil {
			return err
		}
	}
	return nil
}

// one starts a run of one playbook where its condition holds. What is wrong with one playbook doesn't stop the others.
func (m *match) one(ctx context.Context, l store.Listener, env playbooks.Env) error {
	plan, err := m.d.plans.get(ctx, m.tx, l.PlaybookID, l.Version)
	if err != nil {
		if fault.Retryable(err) {
			return err
		}
		return m.trouble(ctx, l, err)
	}
	fits, err := plan.Trigger.Matches(plan.ev, m.event.Type, env)
	if err != nil {
		return m.trouble(ctx, l, err)
	}
	if !fits {
		return nil
	}
	row := &models.Execution{
		PlaybookID: l.PlaybookID, PlaybookVersion: l.Version, TriggerType: models.TriggerEvent, EventID: &m.event.ID,
		Event: m.raw, Causation: append(append([]string{}, m.event.Causation...), m.event.ID), ActorID: l.PublisherID,
	}
	inputs, err := playbooks.CheckInputs(plan.Inputs, nil, m.fields)
	if err != nil {
		row.Status, row.Error = models.ExecutionFailed, "inputs: "+fault.Safe(err)
	} else if row.Inputs, err = json.Marshal(inputs); err != nil {
		row.Status, row.Error = models.ExecutionFailed, "inputs: can't be written as JSON"
	}
	_, err = m.tx.CreateExecution(ctx, row)
	return err
}

// trouble tells who published a playbook that its condition can't be decided; once, until they have read it.
func (m *match) trouble(ctx context.Context, l store.Listener, cause error) error {
	m.d.p.Log.WarnContext(ctx, "a playbook's condition can't be decided", "tenant_id", m.tx.ID(), "playbook_id", l.PlaybookID,
		"version", l.Version, "event_type", m.event.Type, "error", cause)
	if l.PublisherID == nil {
		return nil
	}
	_, err := m.tx.Notify(ctx, store.Notice{
		Users: []int64{*l.PublisherID}, Type: "playbook.condition", Severity: models.SeverityMedium, Once: true,
		Title:   fmt.Sprintf("%q could not be started by an event", l.Name),
		Message: fmt.Sprintf("Event %s: %s", m.event.Type, fault.Safe(cause)),
		Link:    fmt.Sprintf("/playbooks/%d", l.PlaybookID),
	})
	return err
}

// stop leaves an event without effect that too many others led to, and puts it on record.
func (m *match) stop(ctx context.Context) error {
	m.d.p.Log.WarnContext(ctx, "a chain of events was stopped", "tenant_id", m.tx.ID(), "event_type", m.event.Type,
		"event_id", m.event.ID, "depth", len(m.event.Causation))
	after, err := json.Marshal(map[string]any{"type": m.event.Type, "causation": m.event.Causation})
	if err != nil {
		return err
	}
	return m.tx.Audit(ctx, models.AuditLog{
		Action: "event.stopped", ResourceType: "event", ResourceID: m.event.ID, Outcome: "denied", After: after,
	})
}
