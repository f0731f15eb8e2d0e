package store

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/models"
)

// StackQuery asks for the values of a field. Sorts: hosts, rows, value, first_seen.
type StackQuery struct {
	PageQuery

	Field  string // dotted path; needed
	Source string // the name of the sources; empty: of any, each by itself
	Q      string // part of the value, in any case; * for any run of characters
}

// StackPage is one page of values.
type StackPage struct {
	Rows []models.StackValue
	Page

	// Truncated says that the look for Q ended at ScanBudget values: Next goes on from there.
	Truncated bool
}

// StackFields pages through the fields whose values are counted: of the sources of one name, or of all of them together.
// Sorts: field, values, rows.
func (t *Tenant) StackFields(ctx context.Context, source string, q PageQuery) (rows []models.StackField, p Page, err error) {
	err = t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		each := db.NewSelect().TableExpr("stacks AS k").Where("k.tenant_id = ?", t.id).GroupExpr("k.field").
			ColumnExpr("k.field, min(k.id) AS id, sum(k.value_count)::bigint AS values, sum(k.rows)::bigint AS rows, count(*) AS sources")
		if source != "" {
			each = each.Where("k.source = ?", source)
		}
		rows, p, err = page(ctx, db, q, listing[models.StackField]{
			sel: db.NewSelect().TableExpr("(?) AS f", each), columns: "f.*", def: "field", id: "f.id",
			keys: map[string]sortKey{"field": {"f.field", "text"}, "values": {"f.values", "bigint"}, "rows": {"f.rows", "bigint"}},
			at: func(row *models.StackField, sort string) (string, int64) {
				switch sort {
				case "values":
					return decimal(row.Values), row.ID
				case "rows":
					return decimal(row.Rows), row.ID
				}
				return row.Field, row.ID
			},
		})
		return err
	})
	return rows, p, err
}

// Stack pages through the values of a field: which there are, on how many hosts, since when. Faults: Invalid without a
// field.
func (t *Tenant) Stack(ctx context.Context, q StackQuery) (out StackPage, err error) {
	if q.Field == "" {
		return out, fault.InvalidField("query.field", "is needed")
	}
	err = t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		s := &stackScan{t: t, db: db, q: q}
		out.Rows, out.Page, err = page(ctx, db, q.PageQuery, listing[models.StackValue]{
			keys: stackSorts(), def: "hosts", id: "v.id", at: stackSortValue,
			search: &search[models.StackValue]{rows: s.rows, total: s.total},
		})
		if err != nil {
			return err
		}
		return s.finish(ctx, &out)
	})
	return out, err
}

func stackSorts() map[string]sortKey {
	return map[string]sortKey{
		"hosts": {"v.hosts", "bigint"}, "rows": {"v.rows", "bigint"}, "value": {"v.value_key", "text"}, "first_seen": {"v.first_seen", "timestamptz"},
	}
}

func stackSortValue(row *models.StackValue, sort string) (string, int64) {
	switch sort {
	case "rows":
		return strconv.FormatInt(row.Rows, 10), row.ID
	case "value":
		return row.ValueKey, row.ID
	case "first_seen":
		return row.FirstSeen.Format(time.RFC3339Nano), row.ID
	}
	return decimal(row.Hosts), row.ID
}

// stackScan answers one page: of each stack the values behind the cursor, in order by an index, and of those the first.
type stackScan struct {
	t  *Tenant
	db bun.IDB
	q  StackQuery

	wanted PageQuery
	after  *cursor
}

func (s *stackScan) stacks() *bun.SelectQuery {
	sel := s.db.NewSelect().TableExpr("stacks AS k").Where("k.tenant_id = ? AND k.field = ?", s.t.id, s.q.Field)
	if s.q.Source != "" {
		sel = sel.Where("k.source = ?", s.q.Source)
	}
	return sel
}

func (s *stackScan) order(table string) string {
	dir := " ASC"
	if s.wanted.Desc {
		dir = " DESC"
	}
	column := strings.TrimPrefix(stackSorts()[s.wanted.Sort].expr, "v.")
	return table + "." + column + dir + ", " + table + ".id" + dir
}

// base finds values in order.
func (s *stackScan) base(limit, offset int) *bun.SelectQuery {
	key, cmp := stackSorts()[s.wanted.Sort], ">"
	if s.wanted.Desc {
		cmp = "<"
	}
	each := s.db.NewSelect().TableExpr("stack_values AS v").ColumnExpr("v.id, v.value, v.value_key, v.hosts, v.rows, v.first_seen, v.last_seen").
		Where("v.tenant_id = ? AND v.stack_id = k.id AND v.hosts > 0", s.t.id).OrderExpr(s.order("v")).Limit(int64(limit + offset))
	if s.after != nil {
		each = each.Where("(?, v.id) ? (?::?, ?)", bun.Safe(key.expr), bun.Safe(cmp), s.after.Value, bun.Safe(key.typ), s.after.ID)
	}
	return s.stacks().Join("CROSS JOIN LATERAL (?) AS v", each).ColumnExpr("v.*, k.source").OrderExpr(s.order("v")).
		Limit(int64(limit)).Offset(int64(offset))
}

func (s *stackScan) rows(ctx context.Context, q PageQuery, after *cursor) ([]models.StackValue, error) {
	s.wanted, s.after = q, after
	rows := make([]models.StackValue, 0, q.Limit+1)
	if s.q.Q == "" {
		err := s.base(q.Limit+1, q.Skip).Scan(ctx, &rows)
		return rows, err
	}
	err := s.db.NewSelect().TableExpr("(?) AS v", s.base(ScanBudget, 0)).ColumnExpr("v.*").Where("lower(v.value) LIKE lower(?)", containing(s.q.Q)).
		OrderExpr(s.order("v")).Limit(int64(q.Limit+1)).Offset(int64(q.Skip)).Scan(ctx, &rows)
	return rows, err
}

func (s *stackScan) total(ctx context.Context) (p Page, err error) {
	if s.q.Q != "" {
		return Page{Total: s.wanted.Skip + s.wanted.Limit}, nil
	}
	err = s.stacks().ColumnExpr("coalesce(sum(k.value_count), 0)::bigint").Scan(ctx, &p.Total)
	p.Exact = true
	return p, err
}

func (s *stackScan) finish(ctx context.Context, out *StackPage) error {
	if s.q.Q == "" || out.Next != "" {
		return nil
	}
	var last []models.StackValue
	err := s.base(1, ScanBudget-1).Scan(ctx, &last)
	if err != nil || len(last) == 0 {
		return err
	}
	value, id := stackSortValue(&last[0], s.wanted.Sort)
	out.Truncated, out.Exact = true, false
	out.Total = max(out.Total, len(out.Rows))
	out.Next = cursor{Sort: s.wanted.Sort, Desc: s.wanted.Desc, Value: value, ID: id, Total: out.Total}.encode()
	return nil
}
