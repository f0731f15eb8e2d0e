package store

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/uptrace/bun"

	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/models"
)

// Event is a domain event as the outbox keeps it; types and payloads are those of playbooks/events.go.
type Event struct {
	ID        string         `json:"id"` // the same fact has the same id: one run per playbook and event id
	Type      string         `json:"type"`
	Time      time.Time      `json:"time"`
	Causation []string       `json:"causation"` // ids of the events that led here, oldest first
	Payload   map[string]any `json:"payload"`
}

// Start is the payload of an outbox row of kind start: of a run, or of a job.
type Start struct {
	ExecutionID int64  `json:"execution_id,omitempty"`
	Job         string `json:"job,omitempty"` // its kind; then ID and Attempt say which
	ID          int64  `json:"id,omitempty"`
	Attempt     int    `json:"attempt,omitempty"`
}

// Signal is the payload of an outbox row of kind signal.
type Signal struct {
	ExecutionID int64  `json:"execution_id"`
	RequestID   int64  `json:"request_id,omitempty"`
	Kind        string `json:"kind"`

	Work *WorkRef `json:"work,omitempty"` // of kind work_done: what has ended
}

// Emit writes the event for the dispatcher, but only when an enabled playbook of the tenant listens to its type.
func (t *Tenant) Emit(ctx context.Context, e Event) error {
	if e.Time.IsZero() {
		e.Time = t.s.Now()
	}
	if e.Causation == nil {
		e.Causation = append([]string{}, t.causation...)
	}
	payload, err := json.Marshal(e)
	if err != nil {
		return fault.Wrap(err, fault.Internal, "the event can't be written")
	}
	return t.run(ctx, func(ctx context.Context, t *Tenant, _ bun.IDB) error {
		return t.rows(ctx, emitSQL, []any{t.id, string(payload), e.Type}, func(r pgx.Rows) error {
			var id int64
			err := r.Scan(&id)
			t.left.Outbox = append(t.left.Outbox, id)
			return err
		})
	})
}

// emitSQL: tenant, event, its type.
const emitSQL = `INSERT INTO outbox (tenant_id, kind, payload)
SELECT $1, 'event', $2::text::jsonb WHERE EXISTS (
  SELECT 1 FROM playbook_triggers WHERE tenant_id = $1 AND $3::text LIKE replace(replace(pattern, '_', '\_'), '*', '%'))
RETURNING id`

// enqueue writes one outbox row in the handle's transaction.
func (t *Tenant) enqueue(ctx context.Context, kind string, payload any) error {
	b, err := json.Marshal(payload)
	if err != nil {
		return fault.Wrap(err, fault.Internal, "the outbox row can't be written")
	}
	var id int64
	const sql = "INSERT INTO outbox (tenant_id, kind, payload) VALUES ($1, $2, $3::text::jsonb) RETURNING id"
	if err := t.row(ctx, sql, []any{t.id, kind, string(b)}, &id); err != nil {
		return err
	}
	t.left.Outbox = append(t.left.Outbox, id)
	return nil
}

// Consume removes an outbox row in the handle's transaction; false means that somebody else already did its work.
func (t *Tenant) Consume(ctx context.Context, id int64) (bool, error) {
	var gone bool
	err := t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		res, err := db.NewDelete().Model((*models.OutboxRow)(nil)).Where("tenant_id = ? AND id = ?", t.id, id).Exec(ctx)
		if err != nil {
			return err
		}
		n, err := res.RowsAffected()
		gone = n == 1
		return err
	})
	return gone, err
}

// Claim says which outbox rows somebody wants to work on.
type Claim struct {
	IDs   []int64  // these; empty: the oldest
	Kinds []string // of these kinds; empty: any
	Limit int
	Lease time.Duration
}

// ClaimOutbox leases due rows of tenants that may work, oldest first; what a suspended tenant has waits for its resumption.
// Rows leased by others are passed over; a lease that runs out (its holder
// died) makes the row due again.
func (y *System) ClaimOutbox(ctx context.Context, c Claim) (rows []models.OutboxRow, err error) {
	sql, now := claimOldestSQL, y.s.Now()
	args := []any{pgx.QueryExecModeCacheStatement, now, now.Add(c.Lease), c.Limit, c.Kinds}
	if len(c.IDs) > 0 {
		sql, args = claimNamedSQL, append(args, c.IDs)
	}
	defer y.s.observed(now)
	found, err := y.s.sys.DB.QueryContext(ctx, sql, args...)
	if err != nil {
		return nil, translate(err)
	}
	defer func() { _ = found.Close() }()
	for found.Next() {
		var r models.OutboxRow
		if err := found.Scan(&r.ID, &r.TenantID, &r.Kind, &r.Payload, &r.Attempts, &r.CreatedAt); err != nil {
			return nil, translate(err)
		}
		rows = append(rows, r)
	}
	slices.SortFunc(rows, func(a, b models.OutboxRow) int { return cmp.Compare(a.ID, b.ID) }) // an UPDATE answers in any order
	return rows, translate(found.Err())
}

// claimSQL: now, the lease's end, limit, kinds or nothing; the second form also the ids.
const (
	claimOldestSQL = claimHead + claimTail
	claimNamedSQL  = claimHead + " AND id = ANY ($5::bigint[])" + claimTail
	claimHead      = `UPDATE outbox SET locked_until = $2, attempts = attempts + 1 WHERE id IN (
  SELECT id FROM outbox WHERE available_at <= $1 AND (locked_until IS NULL OR locked_until < $1)
    AND (SELECT status FROM tenants WHERE tenants.id = outbox.tenant_id) = 'active'
    AND (cardinality($4::text[]) IS NULL OR cardinality($4::text[]) = 0 OR kind = ANY ($4::text[]))`
	claimTail = `
  ORDER BY available_at, id LIMIT $3 FOR UPDATE SKIP LOCKED)
RETURNING id, tenant_id, kind, payload, attempts, created_at`
)

// DelayOutbox makes a row due again at a later time, with the reason why it could not be done now.
func (y *System) DelayOutbox(ctx context.Context, id int64, until time.Time, reason string) error {
	return y.run(ctx, func(ctx context.Context, _ *System, db bun.IDB) error {
		_, err := db.NewUpdate().Model((*models.OutboxRow)(nil)).Set("available_at = ?", until).Set("locked_until = NULL").
			Set("last_error = ?", reason).Where("id = ?", id).Exec(ctx)
		return err
	})
}

// OutboxLag is the number of waiting rows of tenants that may work, and the age of the oldest.
func (y *System) OutboxLag(ctx context.Context) (pending int, oldest time.Duration, err error) {
	err = y.run(ctx, func(ctx context.Context, y *System, db bun.IDB) error {
		var first *time.Time
		err := db.NewSelect().Model((*models.OutboxRow)(nil)).ColumnExpr("count(*), min(ob.created_at)").
			Join("JOIN tenants AS t ON t.id = ob.tenant_id AND t.status = ?", models.TenantActive).Scan(ctx, &pending, &first)
		if first != nil {
			oldest = y.s.Now().Sub(*first)
		}
		return err
	})
	return pending, oldest, err
}
