package store

import (
	"context"
	"encoding/json"

	"github.com/uptrace/bun"

	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/models"
)

// emitAll is EmitAll for events that are there; all are of one type.
func (t *Tenant) emitAll(ctx context.Context, events []Event) error {
	if len(events) == 0 {
		return nil
	}
	return t.EmitAll(ctx, events[0].Type, len(events), func(i int) Event { return events[i] })
}

// The bounds of one outbox row of many events.
const (
	maxEvents     = 1000
	maxEventBytes = 1 << 20
)

// EmitAll writes n events of one type for the dispatcher, many in one row, but only when an enabled playbook of the tenant
// listens to the type: otherwise none is even made. Type, time and causation are filled in.
func (t *Tenant) EmitAll(ctx context.Context, eventType string, n int, event func(i int) Event) error {
	if n == 0 {
		return nil
	}
	return t.run(ctx, func(ctx context.Context, t *Tenant, _ bun.IDB) error {
		var heard bool
		if err := t.row(ctx, heardSQL, []any{t.id, eventType}, &heard); err != nil || !heard {
			return err
		}
		var packed []json.RawMessage
		size := 0
		flush := func() error {
			if len(packed) == 0 {
				return nil
			}
			err := t.enqueue(ctx, models.OutboxEvent, map[string]any{"type": eventType, "events": packed})
			packed, size = packed[:0], 0
			return err
		}
		for i := range n {
			e := event(i)
			e.Type, e.Time, e.Causation = eventType, t.s.Now(), append([]string{}, t.causation...)
			b, err := json.Marshal(e)
			if err != nil {
				return fault.Wrap(err, fault.Internal, "the event can't be written")
			}
			packed, size = append(packed, b), size+len(b)
			if len(packed) == maxEvents || size >= maxEventBytes {
				if err := flush(); err != nil {
					return err
				}
			}
		}
		return flush()
	})
}

// heardSQL: tenant, event type.
const heardSQL = `SELECT EXISTS (
  SELECT 1 FROM playbook_triggers WHERE tenant_id = $1 AND $2::text LIKE replace(replace(pattern, '_', '\_'), '*', '%'))`
