package store

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"github.com/velocicompanion/velocicompanion/models"
)

// HostQuery filters a tenant's hosts; zero values filter nothing. Sorts: id, hostname, ip_address, os, threat_score,
// last_seen, created_at, criticality (by rank), owner. Text is compared without regard to case; * in Hostname, IPAddress and Q stands for any run of
// characters.
type HostQuery struct {
	PageQuery

	Hostname    string // the whole name
	IPAddress   string // the whole address
	OS          string // a family (windows, linux, darwin), or the whole text; no wildcards
	Q           string // part of the hostname or the address
	Label       string // exactly this label
	ScoreMin    *float64
	Online      *bool
	Criticality string
	Owner       string // the whole text
	Isolation   string
	CaseID      int64  // hosts of this case
	Field       string // the key of one of the tenant's own fields, which has FieldValue
	FieldValue  string // the whole value as text; the first 200 characters count
}

// ListHosts pages through the tenant's hosts. Patterns go through functions of the database that may use the trigram
// indexes; everything else is compared under row-level security itself.
func (t *Tenant) ListHosts(ctx context.Context, q HostQuery) (rows []models.Host, p Page, err error) {
	err = t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		l := listing[models.Host]{columns: hostColumns, keys: hostSorts(), def: "id", id: "h.id", wide: true, at: hostSortValue}
		if q.hasPattern() {
			l.search = &search[models.Host]{
				rows: func(ctx context.Context, p PageQuery, after *cursor) ([]models.Host, error) {
					return t.searchHosts(ctx, q, p, after)
				},
				total: func(ctx context.Context) (Page, error) { return t.searchTotal(ctx, q) },
			}
		} else {
			l.sel, l.count = t.filterHosts(db.NewSelect().Model((*models.Host)(nil)), q), t.countHostsBy(db, q)
		}
		rows, p, err = page(ctx, db, q.PageQuery, l)
		return err
	})
	return rows, p, err
}

func hostSorts() map[string]sortKey {
	return map[string]sortKey{
		"id": {"h.id", "bigint"}, "hostname": {"h.hostname_key", "text"}, "ip_address": {"h.ip_address", "text"},
		"os": {"h.os_key", "text"}, "threat_score": {"h.threat_score", "double precision"},
		"last_seen": {"h.seen_key", "timestamptz"}, "created_at": {"h.created_at", "timestamptz"},
		"criticality": {"h.criticality_rank", "smallint"}, "owner": {"h.owner_key", "text"},
	}
}

func (q HostQuery) hasPattern() bool {
	return strings.Contains(q.Hostname, "*") || strings.Contains(q.IPAddress, "*") || q.Q != ""
}

// filterHosts narrows a select by everything that has no pattern, by operators that row-level security trusts.
func (t *Tenant) filterHosts(sel *bun.SelectQuery, q HostQuery) *bun.SelectQuery {
	sel = sel.Where("h.tenant_id = ?", t.id)
	if q.Hostname != "" {
		sel = sel.Where("h.hostname_key = lower(?)", q.Hostname)
	}
	if q.IPAddress != "" {
		sel = sel.Where("h.ip_address = lower(?)", q.IPAddress)
	}
	if q.OS != "" {
		sel = filterOS(sel, q.OS)
	}
	if q.Label != "" {
		sel = sel.Where("EXISTS (SELECT 1 FROM host_labels AS l WHERE l.tenant_id = ? AND l.host_id = h.id AND l.label = ?)", t.id, q.Label)
	}
	if q.ScoreMin != nil {
		sel = sel.Where("h.threat_score >= ?", *q.ScoreMin)
	}
	if q.Online != nil {
		sel = sel.Where("h.online = ?", *q.Online)
	}
	return t.filterKept(sel, q)
}

// filterKept narrows a select by what people keep about hosts.
func (t *Tenant) filterKept(sel *bun.SelectQuery, q HostQuery) *bun.SelectQuery {
	if q.Criticality != "" {
		sel = sel.Where("h.criticality_rank = ?", models.SeverityRank(q.Criticality))
	}
	if q.Owner != "" {
		sel = sel.Where("h.owner_key = lower(?)", q.Owner)
	}
	if q.Isolation != "" {
		sel = sel.Where("h.isolation = ?", q.Isolation)
	}
	if q.Field != "" {
		sel = sel.Where(`EXISTS (SELECT 1 FROM host_field_values AS v WHERE v.tenant_id = ? AND v.host_id = h.id AND v.key = ?
AND v.value_key = lower(left(?, 200)))`, t.id, q.Field, q.FieldValue)
	}
	if q.CaseID != 0 {
		sel = sel.Where("h.id IN (SELECT c.host_id FROM case_hosts AS c WHERE c.tenant_id = ? AND c.case_id = ?)", t.id, q.CaseID)
	}
	return sel
}

// countHostsBy is a cheaper way to count where the label is the only filter: every label has its host.
func (t *Tenant) countHostsBy(db bun.IDB, q HostQuery) *bun.SelectQuery {
	q.PageQuery = PageQuery{}
	if q.Label == "" || q != (HostQuery{Label: q.Label}) {
		return nil
	}
	return db.NewSelect().Model((*models.HostLabel)(nil)).Where("hl.tenant_id = ? AND hl.label = ?", t.id, q.Label)
}

func hostSortValue(row *models.Host, sort string) (string, int64) {
	switch sort {
	case "hostname":
		return row.HostnameKey, row.ID
	case "ip_address":
		return row.IPAddress, row.ID
	case "os":
		return row.OSKey, row.ID
	case "criticality":
		return decimal(int64(models.SeverityRank(row.Criticality))), row.ID
	case "owner":
		return row.OwnerKey, row.ID
	case "threat_score":
		return strconv.FormatFloat(row.ThreatScore, 'g', -1, 64), row.ID
	case "last_seen":
		if row.LastSeen == nil {
			return "-infinity", row.ID
		}
		return row.LastSeen.Format(time.RFC3339Nano), row.ID
	case "created_at":
		return row.CreatedAt.Format(time.RFC3339Nano), row.ID
	}
	return decimal(row.ID), row.ID
}
