package store

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/models"
)

// StackHostsQuery asks on which hosts a field has a value. Sorts: host_id, rows, first_seen, last_seen.
type StackHostsQuery struct {
	PageQuery

	Field  string // dotted path; needed
	Value  string // the whole value, in any case; needed
	Source string // the name of the sources; empty: of all together
}

// StackHosts pages through the hosts on which a field has a value. Faults: Invalid without field or value.
func (t *Tenant) StackHosts(ctx context.Context, q StackHostsQuery) (rows []models.StackHost, p Page, err error) {
	switch {
	case q.Field == "":
		return nil, p, fault.InvalidField("query.field", "is needed")
	case q.Value == "":
		return nil, p, fault.InvalidField("query.value", "is needed")
	}
	err = t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		ids, err := t.stackValueIDs(ctx, db, q)
		if err != nil {
			return err
		}
		each := db.NewSelect().TableExpr("stack_hosts AS x").ColumnExpr("x.host_id, x.rows, x.first_seen, x.last_seen").Where("x.tenant_id = ?", t.id)
		if len(ids) == 1 {
			each = each.Where("x.value_id = ?", ids[0])
		} else {
			each = db.NewSelect().TableExpr("stack_hosts AS x").Where("x.tenant_id = ? AND x.value_id IN (?)", t.id, bun.List(append(ids, 0))).GroupExpr("x.host_id").
				ColumnExpr("x.host_id, sum(x.rows)::bigint AS rows, min(x.first_seen) AS first_seen, max(x.last_seen) AS last_seen")
		}
		rows, p, err = page(ctx, db, q.PageQuery, listing[models.StackHost]{
			sel: db.NewSelect().TableExpr("(?) AS x", each), def: "host_id", id: "x.host_id", at: stackHostSortValue,
			columns: "x.*, (SELECT h.hostname FROM hosts AS h WHERE h.tenant_id = " + decimal(t.id) + " AND h.id = x.host_id) AS hostname",
			keys: map[string]sortKey{
				"host_id": {"x.host_id", "bigint"}, "rows": {"x.rows", "bigint"}, "first_seen": {"x.first_seen", "timestamptz"},
				"last_seen": {"x.last_seen", "timestamptz"},
			},
		})
		return err
	})
	return rows, p, err
}

// stackValueIDs finds a value in the stacks of a field.
func (t *Tenant) stackValueIDs(ctx context.Context, db bun.IDB, q StackHostsQuery) (ids []int64, err error) {
	sel := db.NewSelect().TableExpr("stacks AS k").Join("JOIN stack_values AS v ON v.tenant_id = k.tenant_id AND v.stack_id = k.id").
		ColumnExpr("v.id").Where("k.tenant_id = ? AND k.field = ? AND v.digest = ?", t.id, q.Field, valueDigest(q.Value).String())
	if q.Source != "" {
		sel = sel.Where("k.source = ?", q.Source)
	}
	err = sel.Scan(ctx, &ids)
	return ids, err
}

func stackHostSortValue(row *models.StackHost, sort string) (string, int64) {
	switch sort {
	case "rows":
		return decimal(row.Rows), row.HostID
	case "first_seen":
		return row.FirstSeen.Format(time.RFC3339Nano), row.HostID
	case "last_seen":
		return row.LastSeen.Format(time.RFC3339Nano), row.HostID
	}
	return decimal(row.HostID), row.HostID
}
