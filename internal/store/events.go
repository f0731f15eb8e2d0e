package store

import (
	"context"
	"encoding/json"

	"github.com/jackc/pgx/v5"
	"github.com/uptrace/bun"

	"github.com/velocicompanion/velocicompanion/internal/fault"
)

// emitAll is Emit for many events of one type in one statement.
func (t *Tenant) emitAll(ctx context.Context, events []Event) error {
	if len(events) == 0 {
		return nil
	}
	return t.run(ctx, func(ctx context.Context, t *Tenant, _ bun.IDB) error {
		var heard bool
		if err := t.row(ctx, heardSQL, []any{t.id, events[0].Type}, &heard); err != nil || !heard {
			return err
		}
		payloads := make([]string, len(events))
		for i, e := range events {
			e.Time, e.Causation = t.s.Now(), append([]string{}, t.causation...)
			b, err := json.Marshal(e)
			if err != nil {
				return fault.Wrap(err, fault.Internal, "the event can't be written")
			}
			payloads[i] = string(b)
		}
		const sql = "INSERT INTO outbox (tenant_id, kind, payload) SELECT $1, 'event', e::jsonb FROM unnest($2::text[]) AS e RETURNING id"
		return t.rows(ctx, sql, []any{t.id, payloads}, func(r pgx.Rows) error {
			var id int64
			err := r.Scan(&id)
			t.left.Outbox = append(t.left.Outbox, id)
			return err
		})
	})
}

// heardSQL: tenant, type.
const heardSQL = `SELECT EXISTS (SELECT 1 FROM playbook_triggers
  WHERE tenant_id = $1 AND $2::text LIKE replace(replace(pattern, '_', '\_'), '*', '%'))`
