package store

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/models"
)

// Audit appends one line to the tenant's trail, in the handle's transaction: what it tells of and the line commit or
// fail together. Nothing is waited for: the line takes its place in the chain later.
func (t *Tenant) Audit(ctx context.Context, row models.AuditLog) error {
	row.TenantID = t.id
	return t.run(ctx, func(ctx context.Context, t *Tenant, _ bun.IDB) error {
		if err := t.s.complete(&row); err != nil {
			return err
		}
		return t.atCommit(ctx, insertAuditSQL, row.TenantID, row.UserID, row.Username, row.Action, row.ResourceType, row.ResourceID,
			row.IPAddress, row.UserAgent, row.RequestID, row.Outcome, jsonText(row.Before), jsonText(row.After), row.CreatedAt, row.Stamp)
	})
}

// maxLast is how many writes wait for the commit.
const maxLast = 100

// atCommit lets a write go out together with the commit, which saves every writer a round trip. Nothing in the transaction
// may look for what it writes.
func (t *Tenant) atCommit(ctx context.Context, sql string, args ...any) error {
	t.begun.last = append(t.begun.last, lastWrite{sql, args})
	if len(t.begun.last) < maxLast {
		return nil
	}
	return t.begun.flush(ctx)
}

const insertAuditSQL = `INSERT INTO audit_logs (tenant_id, user_id, username, action, resource_type, resource_id, ip_address,
  user_agent, request_id, outcome, before, after, created_at, stamp)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11::json, $12::json, $13, $14)`

// Audit appends one line to the trail of row.TenantID, for acts that cross tenants.
func (y *System) Audit(ctx context.Context, row models.AuditLog) error {
	return y.run(ctx, func(ctx context.Context, y *System, db bun.IDB) error {
		if err := y.s.complete(&row); err != nil {
			return err
		}
		_, err := db.NewInsert().Model(&row).ExcludeColumn("id").Returning("NULL").Exec(ctx)
		return err
	})
}

// complete gives a line what it lacks: outcome, time and stamp. Faults: Internal (no outcome there is).
func (s *Store) complete(row *models.AuditLog) error {
	switch row.Outcome {
	case "":
		row.Outcome = "success"
	case "success", "failure", "denied":
	default:
		return fault.New(fault.Internal, "an audit line can't have the outcome %.20q", row.Outcome)
	}
	if row.CreatedAt.IsZero() {
		row.CreatedAt = s.Now()
	}
	row.CreatedAt = row.CreatedAt.UTC().Truncate(time.Microsecond) // what PostgreSQL keeps
	if s.stamp != nil {
		row.Stamp = s.stamp(row)
	}
	return nil
}
