package store

import (
	"context"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"github.com/velocicompanion/velocicompanion/models"
)

// AuditQuery filters a tenant's trail; zero values filter nothing. Sorts: created_at, id.
type AuditQuery struct {
	PageQuery

	Action       string // exactly; with * at its end every action that begins so
	ResourceType string
	ResourceID   string
	UserID       int64
	Username     string // in any case
	Outcome      string
	From, To     time.Time // From is in, To is out
	Q            string    // part of action, user name, resource id, address or request id; * for any run of characters
}

// ListAudit pages through the tenant's trail.
func (t *Tenant) ListAudit(ctx context.Context, q AuditQuery) (rows []models.AuditLog, p Page, err error) {
	err = t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		rows, p, err = page(ctx, db, q.PageQuery, listing[models.AuditLog]{
			sel:     t.filterAudit(db.NewSelect().Model((*models.AuditLog)(nil)).Join(auditIndex), q),
			count:   t.filterAudit(db.NewSelect().TableExpr("audit_index AS ai"), q),
			columns: auditColumns,
			keys:    map[string]sortKey{"created_at": {"ai.created_at", "timestamptz"}, "id": {"ai.audit_id", "bigint"}},
			def:     "created_at", id: "ai.audit_id", at: auditSortValue,
		})
		return err
	})
	return rows, p, err
}

// AuditLine reads one line. Faults: NotFound.
func (t *Tenant) AuditLine(ctx context.Context, id int64) (*models.AuditLog, error) {
	row := &models.AuditLog{}
	err := t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		return db.NewSelect().Model(row).Join(auditIndex).ColumnExpr(auditColumns).Where("ai.tenant_id = ? AND ai.audit_id = ?", t.id, id).Scan(ctx)
	})
	return row, err
}

// auditColumns are a line's with its place in the chain.
const auditColumns = `al.id, al.tenant_id, al.user_id, al.username, al.action, al.resource_type, al.resource_id, al.ip_address, al.user_agent,
al.request_id, al.outcome, al.before, al.after, al.created_at, ai.seq`

// auditIndex joins what a line is found by, which no index of the lines themselves does.
const auditIndex = "JOIN audit_index AS ai ON ai.tenant_id = al.tenant_id AND ai.audit_id = al.id"

func (t *Tenant) filterAudit(sel *bun.SelectQuery, q AuditQuery) *bun.SelectQuery {
	sel = sel.Where("ai.tenant_id = ?", t.id)
	for _, f := range []struct{ column, value string }{
		{"ai.resource_type", q.ResourceType}, {"ai.resource_id", q.ResourceID}, {"ai.outcome", q.Outcome},
	} {
		if f.value != "" {
			sel = sel.Where("? = ?", bun.Safe(f.column), f.value)
		}
	}
	if prefix, open := strings.CutSuffix(q.Action, "*"); open {
		sel = sel.Where("ai.action LIKE ?", likePattern(prefix)+"%")
	} else if q.Action != "" {
		sel = sel.Where("ai.action = ?", q.Action)
	}
	if q.UserID != 0 {
		sel = sel.Where("ai.user_id = ?", q.UserID)
	}
	if q.Username != "" {
		sel = sel.Where("lower(ai.username) = ?", lower(q.Username))
	}
	if !q.From.IsZero() {
		sel = sel.Where("ai.created_at >= ?", q.From)
	}
	if !q.To.IsZero() {
		sel = sel.Where("ai.created_at < ?", q.To)
	}
	if q.Q != "" {
		pattern := containing(q.Q)
		sel = sel.Where("(ai.action ILIKE ?0 OR ai.username ILIKE ?0 OR ai.resource_id ILIKE ?0 OR ai.ip_address ILIKE ?0 OR ai.request_id ILIKE ?0)", pattern)
	}
	return sel
}

func auditSortValue(row *models.AuditLog, sort string) (string, int64) {
	if sort == "created_at" {
		return row.CreatedAt.Format(time.RFC3339Nano), row.ID
	}
	return decimal(row.ID), row.ID
}
