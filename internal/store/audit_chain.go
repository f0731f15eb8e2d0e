package store

import (
	"context"

	"github.com/jackc/pgx/v5"
	"github.com/uptrace/bun"

	"github.com/velocicompanion/velocicompanion/models"
)

// UnsealedTenants gives the tenants that have lines to seal: committed ones, after which no line of an older transaction
// can come any more. It also gives those whose chain was sealed by a database that counted its transactions otherwise,
// because this one was restored from a dump.
func (y *System) UnsealedTenants(ctx context.Context) (ids []int64, err error) {
	err = y.read(ctx, func(ctx context.Context, db bun.IDB) error { return db.NewRaw(unsealedTenantsSQL).Scan(ctx, &ids) })
	return ids, err
}

// The first line that waits is looked for tenant by tenant, so that what was sealed long ago is not read: a plain EXISTS
// would be planned as a join of all lines with all seals.
const unsealedTenantsSQL = `SELECT t.id FROM tenants t LEFT JOIN audit_heads h ON h.tenant_id = t.id
LEFT JOIN LATERAL (SELECT l.id FROM audit_logs l WHERE l.tenant_id = t.id
    AND (l.xact_id, l.id) > (coalesce(h.xact_id, '0'), coalesce(h.audit_id, 0)) AND l.xact_id < pg_snapshot_xmin(pg_current_snapshot())
    AND NOT EXISTS (SELECT FROM audit_seals s WHERE s.tenant_id = l.tenant_id AND s.audit_id = l.id)
  ORDER BY l.xact_id, l.id LIMIT 1) AS waiting ON true
WHERE h.xact_id >= pg_snapshot_xmax(pg_current_snapshot()) OR waiting.id IS NOT NULL
ORDER BY t.id`

// HoldAuditHead locks the end of the tenant's chain until the transaction ends, so that one sealer works at a time; nil
// while another does.
func (t *Tenant) HoldAuditHead(ctx context.Context) (head *models.AuditHead, err error) {
	err = t.run(ctx, func(ctx context.Context, t *Tenant, _ bun.IDB) error {
		if head, err = t.auditHead(ctx, selectHeadSQL+" FOR UPDATE SKIP LOCKED"); err != nil || head != nil {
			return err
		}
		head, err = t.auditHead(ctx, `INSERT INTO audit_heads (tenant_id) VALUES ($1) ON CONFLICT (tenant_id) DO NOTHING RETURNING `+headColumns)
		return err
	})
	return head, err
}

// AuditHead reads the end of the tenant's chain; nil where there is none yet.
func (t *Tenant) AuditHead(ctx context.Context) (head *models.AuditHead, err error) {
	err = t.run(ctx, func(ctx context.Context, t *Tenant, _ bun.IDB) error {
		head, err = t.auditHead(ctx, selectHeadSQL)
		return err
	})
	return head, err
}

const (
	headColumns   = `tenant_id, seq, mac, xact_id::text::bigint, audit_id, key_id, coalesce(sealed_at, 'epoch'), signature`
	selectHeadSQL = `SELECT ` + headColumns + ` FROM audit_heads WHERE tenant_id = $1`
)

func (t *Tenant) auditHead(ctx context.Context, sql string) (head *models.AuditHead, err error) {
	err = t.rows(ctx, sql, []any{t.id}, func(r pgx.Rows) error {
		head = &models.AuditHead{}
		return r.Scan(&head.TenantID, &head.Seq, &head.MAC, &head.XactID, &head.AuditID, &head.KeyID, &head.SealedAt, &head.Signature)
	})
	if head != nil {
		head.SealedAt = head.SealedAt.UTC()
	}
	return head, err
}

// lineColumns are a line's, in the order of scanLine.
const lineColumns = `l.id, l.tenant_id, l.user_id, l.username, l.action, l.resource_type, l.resource_id, l.ip_address, l.user_agent,
l.request_id, l.outcome, l.before::text, l.after::text, l.created_at, l.stamp, l.xact_id::text::bigint`

// Horizon parts transactions: those before Oldest are over, and none at or after Next has begun.
type Horizon struct{ Oldest, Next int64 }

// Horizon is where the database stands now. What is over by then is seen by every later statement.
func (t *Tenant) Horizon(ctx context.Context) (h Horizon, err error) {
	err = t.run(ctx, func(ctx context.Context, t *Tenant, _ bun.IDB) error {
		return t.row(ctx, "SELECT pg_snapshot_xmin(s)::text::bigint, pg_snapshot_xmax(s)::text::bigint FROM pg_current_snapshot() AS s", nil, &h.Oldest, &h.Next)
	})
	return h, err
}

// UnsealedAudit reads the next lines to seal behind the head, up to limit, in the order in which they are sealed: that of
// the transactions that are over.
func (t *Tenant) UnsealedAudit(ctx context.Context, head *models.AuditHead, h Horizon, limit int) ([]models.AuditLog, error) {
	return t.unsealed(ctx, `(l.xact_id, l.id) > ($3::bigint::text::xid8, $4) AND l.xact_id < $5::bigint::text::xid8
ORDER BY l.xact_id, l.id`, limit, head.XactID, head.AuditID, h.Oldest)
}

// UnsealedAfterRestore is UnsealedAudit for a database that was restored from a dump, where transactions count from the
// beginning again: lines of its former life are from transactions that have not begun, and come first.
func (t *Tenant) UnsealedAfterRestore(ctx context.Context, h Horizon, limit int) ([]models.AuditLog, error) {
	return t.unsealed(ctx, `(l.xact_id < $3::bigint::text::xid8 OR l.xact_id >= $4::bigint::text::xid8)
ORDER BY l.xact_id < $4::bigint::text::xid8, l.xact_id, l.id`, limit, h.Oldest, h.Next)
}

// unsealed reads lines that have no seal: condition and order are constants of this file.
func (t *Tenant) unsealed(ctx context.Context, which string, limit int, args ...any) (lines []models.AuditLog, err error) {
	err = t.run(ctx, func(ctx context.Context, t *Tenant, _ bun.IDB) error {
		lines = nil
		return t.rows(ctx, unsealedSQL+which+" LIMIT $2", append([]any{t.id, limit}, args...), func(r pgx.Rows) error {
			line, err := scanLine(r)
			lines = append(lines, *line)
			return err
		})
	})
	return lines, err
}

const unsealedSQL = `SELECT ` + lineColumns + ` FROM audit_logs l WHERE l.tenant_id = $1
AND NOT EXISTS (SELECT FROM audit_seals s WHERE s.tenant_id = l.tenant_id AND s.audit_id = l.id) AND `

// AppendSeals adds seals to the chain and moves its end, which the caller holds.
func (t *Tenant) AppendSeals(ctx context.Context, seals []models.AuditSeal, head *models.AuditHead) error {
	return t.run(ctx, func(ctx context.Context, t *Tenant, _ bun.IDB) error {
		n := len(seals)
		seqs, ids, lines, macs, keys := make([]int64, n), make([]int64, n), make([][]byte, n), make([][]byte, n), make([][]byte, n)
		for i, s := range seals {
			seqs[i], ids[i], lines[i], macs[i], keys[i] = s.Seq, s.AuditID, s.LineMAC, s.MAC, s.KeyID
		}
		if n > 0 {
			err := t.exec(ctx, insertSealsSQL, t.id, seqs, ids, lines, macs, keys, head.SealedAt)
			if err != nil {
				return err
			}
		}
		return t.exec(ctx, `UPDATE audit_heads SET seq = $2, mac = $3, xact_id = $4::bigint::text::xid8, audit_id = $5, key_id = $6,
sealed_at = $7, signature = $8 WHERE tenant_id = $1`,
			t.id, head.Seq, head.MAC, head.XactID, head.AuditID, head.KeyID, head.SealedAt, head.Signature)
	})
}

// foundBy is what a seal tells of its line, so that the line is found. An entry of an index takes 2,704 bytes, that is two texts of 300
// characters: a line with longer ones, which is none of ours, must not keep the chain from going on.
const foundBy = `l.created_at, l.user_id, l.username, left(l.action, 300), left(l.resource_type, 300), left(l.resource_id, 300), l.outcome,
l.ip_address, l.request_id`

const insertSealsSQL = `INSERT INTO audit_seals (tenant_id, seq, audit_id, line_mac, mac, key_id, sealed_at, created_at, user_id, username,
  action, resource_type, resource_id, outcome, ip_address, request_id)
SELECT $1, u.seq, u.audit_id, u.line_mac, u.mac, u.key_id, $7, ` + foundBy + `
FROM unnest($2::bigint[], $3::bigint[], $4::bytea[], $5::bytea[], $6::bytea[]) AS u (seq, audit_id, line_mac, mac, key_id)
LEFT JOIN audit_logs l ON l.tenant_id = $1 AND l.id = u.audit_id`

func scanLine(r pgx.Rows) (*models.AuditLog, error) {
	var l models.AuditLog
	var before, after *string
	err := r.Scan(&l.ID, &l.TenantID, &l.UserID, &l.Username, &l.Action, &l.ResourceType, &l.ResourceID, &l.IPAddress, &l.UserAgent,
		&l.RequestID, &l.Outcome, &before, &after, &l.CreatedAt, &l.Stamp, &l.XactID)
	l.Before, l.After, l.CreatedAt = rawJSON(before), rawJSON(after), l.CreatedAt.UTC()
	return &l, err
}

func rawJSON(text *string) []byte {
	if text == nil {
		return nil
	}
	return []byte(*text)
}
