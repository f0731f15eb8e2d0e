package store

import (
	"context"

	"github.com/jackc/pgx/v5"
	"github.com/uptrace/bun"

	"github.com/velocicompanion/velocicompanion/models"
)

// SealedLines reads the tenant's chain after a place, with the lines that are still there, up to limit.
func (t *Tenant) SealedLines(ctx context.Context, after int64, limit int) (out []models.SealedLine, err error) {
	err = t.run(ctx, func(ctx context.Context, t *Tenant, _ bun.IDB) error {
		out = make([]models.SealedLine, 0, limit)
		return t.rows(ctx, sealedLinesSQL, []any{t.id, after, limit}, func(r pgx.Rows) error {
			one, err := scanSealed(r)
			out = append(out, one)
			return err
		})
	})
	return out, err
}

const sealedLinesSQL = `SELECT s.seq, s.audit_id, s.line_mac, s.mac, s.key_id, s.sealed_at, l.id IS NOT NULL,
  coalesce(l.id, 0), s.tenant_id, l.user_id, coalesce(l.username, ''), coalesce(l.action, ''), coalesce(l.resource_type, ''),
  coalesce(l.resource_id, ''), coalesce(l.ip_address, ''), coalesce(l.user_agent, ''), coalesce(l.request_id, ''),
  coalesce(l.outcome, ''), l.before::text, l.after::text, coalesce(l.created_at, 'epoch'), l.stamp, coalesce(l.xact_id, '0')::text::bigint,
  (s.created_at, s.user_id, s.username, s.action, s.resource_type, s.resource_id, s.outcome, s.ip_address, s.request_id)
  IS DISTINCT FROM (` + foundBy + `)
FROM audit_seals s LEFT JOIN audit_logs l ON l.tenant_id = s.tenant_id AND l.id = s.audit_id
WHERE s.tenant_id = $1 AND s.seq > $2 ORDER BY s.seq LIMIT $3`

func scanSealed(r pgx.Rows) (out models.SealedLine, err error) {
	var l models.AuditLog
	var before, after *string
	var there bool
	err = r.Scan(&out.Seq, &out.AuditID, &out.LineMAC, &out.MAC, &out.KeyID, &out.SealedAt, &there, &l.ID, &l.TenantID, &l.UserID, &l.Username,
		&l.Action, &l.ResourceType, &l.ResourceID, &l.IPAddress, &l.UserAgent, &l.RequestID, &l.Outcome, &before, &after, &l.CreatedAt,
		&l.Stamp, &l.XactID, &out.Misfiled)
	out.TenantID, out.SealedAt = l.TenantID, out.SealedAt.UTC()
	if there {
		l.Before, l.After, l.CreatedAt = rawJSON(before), rawJSON(after), l.CreatedAt.UTC()
		out.Line = &l
	}
	return out, err
}

// LinesWithoutSeal reads the lines behind an id that have no seal, up to limit, oldest first.
func (t *Tenant) LinesWithoutSeal(ctx context.Context, after int64, limit int) (lines []models.AuditLog, err error) {
	err = t.run(ctx, func(ctx context.Context, t *Tenant, _ bun.IDB) error {
		lines = nil
		return t.rows(ctx, `SELECT `+lineColumns+` FROM audit_logs l WHERE l.tenant_id = $1 AND l.id > $2
AND NOT EXISTS (SELECT FROM audit_seals s WHERE s.tenant_id = l.tenant_id AND s.audit_id = l.id) ORDER BY l.id LIMIT $3`,
			[]any{t.id, after, limit}, func(r pgx.Rows) error {
				line, err := scanLine(r)
				lines = append(lines, *line)
				return err
			})
	})
	return lines, err
}

// RepeatedLines gives the ids of lines that have the stamp of an older line: copies. At most limit.
func (t *Tenant) RepeatedLines(ctx context.Context, limit int) (ids []int64, err error) {
	err = t.run(ctx, func(ctx context.Context, t *Tenant, _ bun.IDB) error {
		ids = nil
		return t.rows(ctx, `SELECT unnest((array_agg(id ORDER BY id))[2:]) FROM audit_logs WHERE tenant_id = $1 AND stamp IS NOT NULL
GROUP BY stamp HAVING count(*) > 1 ORDER BY 1 LIMIT $2`, []any{t.id, limit}, func(r pgx.Rows) error {
			var id int64
			err := r.Scan(&id)
			ids = append(ids, id)
			return err
		})
	})
	return ids, err
}

// AuditCheckpoints reads the seams of the tenant's chain, oldest first: the last retirement, and the breaks behind it.
func (t *Tenant) AuditCheckpoints(ctx context.Context) (out []models.AuditCheckpoint, err error) {
	err = t.run(ctx, func(ctx context.Context, t *Tenant, _ bun.IDB) error {
		out = nil
		return t.rows(ctx, `WITH last AS (SELECT max(seq) AS seq FROM audit_checkpoints WHERE tenant_id = $1 AND kind = 'retired')
SELECT c.id, c.tenant_id, c.kind, c.seq, c.mac, c.reason, c.created_at, c.key_id, c.signature FROM audit_checkpoints c, last
WHERE c.tenant_id = $1 AND (c.kind = 'retired' AND c.seq = last.seq OR c.kind = 'broken' AND c.seq >= coalesce(last.seq, 0))
ORDER BY c.seq, c.id`, []any{t.id}, func(r pgx.Rows) error {
			var c models.AuditCheckpoint
			err := r.Scan(&c.ID, &c.TenantID, &c.Kind, &c.Seq, &c.MAC, &c.Reason, &c.CreatedAt, &c.KeyID, &c.Signature)
			c.CreatedAt = c.CreatedAt.UTC()
			out = append(out, c)
			return err
		})
	})
	return out, err
}

// LastSeal is the seal with the highest place; nil where there is none.
func (t *Tenant) LastSeal(ctx context.Context) (last *models.AuditSeal, err error) {
	err = t.run(ctx, func(ctx context.Context, t *Tenant, _ bun.IDB) error {
		last = nil
		return t.rows(ctx, `SELECT tenant_id, seq, audit_id, line_mac, mac, key_id, sealed_at FROM audit_seals
WHERE tenant_id = $1 ORDER BY seq DESC LIMIT 1`, []any{t.id}, func(r pgx.Rows) error {
			last = &models.AuditSeal{}
			return r.Scan(&last.TenantID, &last.Seq, &last.AuditID, &last.LineMAC, &last.MAC, &last.KeyID, &last.SealedAt)
		})
	})
	return last, err
}
