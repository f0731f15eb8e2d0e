package store

import (
	"context"
	"encoding/base64"
	"encoding/json"

	"github.com/uptrace/bun"

	"github.com/velocicompanion/velocicompanion/internal/fault"
)

// The bounds of a list.
const (
	DefaultLimit = 50
	MaxLimit     = 500
	MaxSkip      = 10_000
	ExactTotal   = 10_000 // up to here totals are counted, beyond they are estimated
)

// PageQuery says which part of a list is wanted. Embed it in the query struct of an aggregate.
type PageQuery struct {
	Limit  int    // rows, 1 to MaxLimit; 0 means DefaultLimit
	Skip   int    // rows passed over, at most MaxSkip; ignored with a cursor
	Cursor string // Page.Next of the page before, with the same sort
	Sort   string // one of the aggregate's sort names; empty means its default
	Desc   bool
}

// Page tells where in a list an answer stands.
type Page struct {
	Next  string // cursor of the following page; empty on the last
	Total int    // rows that match
	Exact bool   // false: Total is an estimate
}

// sortKey is one order that a list may have: an SQL expression (a constant of this room, never input) and its type.
type sortKey struct{ expr, typ string }

// cursor is what Page.Next holds: the last row's sort value and id, and the total, which is counted once for all pages.
type cursor struct {
	Sort  string `json:"s"`
	Desc  bool   `json:"d,omitempty"`
	Value string `json:"v"`
	ID    int64  `json:"i"`
	Total int    `json:"t"`
	Exact bool   `json:"x,omitempty"`
}

// encode makes the opaque text of a cursor.
func (c cursor) encode() string {
	b, _ := json.Marshal(c) //nolint:errchkjson // strings, a bool and an integer always marshal
	return base64.RawURLEncoding.EncodeToString(b)
}

// normal fills in the defaults and refuses what is out of bounds. keys are the allowed sorts, def the default one.
func (q PageQuery) normal(keys map[string]sortKey, def string) (PageQuery, error) {
	if q.Limit == 0 {
		q.Limit = DefaultLimit
	}
	if q.Limit < 1 || q.Limit > MaxLimit {
		return q, fault.InvalidField("query.limit", "must be between 1 and %d", MaxLimit)
	}
	if q.Skip < 0 || q.Skip > MaxSkip {
		return q, fault.InvalidField("query.skip", "must be between 0 and %d; go further with cursor", MaxSkip)
	}
	if q.Sort == "" {
		q.Sort = def
	}
	if _, ok := keys[q.Sort]; !ok {
		return q, fault.InvalidField("query.sort", "this list has no such order")
	}
	return q, nil
}

// after reads the cursor; nil without one.
func (q PageQuery) after() (*cursor, error) {
	if q.Cursor == "" {
		return nil, nil //nolint:nilnil // no cursor is the normal case of a first page
	}
	b, err := base64.RawURLEncoding.DecodeString(q.Cursor)
	if err != nil {
		return nil, fault.InvalidField("query.cursor", "is not one of ours")
	}
	var c cursor
	if err := json.Unmarshal(b, &c); err != nil {
		return nil, fault.InvalidField("query.cursor", "is not one of ours")
	}
	if c.Sort != q.Sort || c.Desc != q.Desc {
		return nil, fault.InvalidField("query.cursor", "belongs to another order")
	}
	return &c, nil
}

// listing is one list query: sel holds the model and the filters, keys its orders, at the sort value and id of a row.
type listing[T any] struct {
	sel     *bun.SelectQuery
	count   *bun.SelectQuery // counts what sel finds, but cheaper; nil: sel does
	columns string           // what to read; empty: the model's columns
	keys    map[string]sortKey
	def     string // the default sort
	id      string // the column that breaks ties
	wide    bool   // reading a row costs much more than finding it, and id is the primary key
	at      func(row *T, sort string) (value string, id int64)

	search *search // finds and counts the rows instead of sel's filters; nil: the filters do
}

// search is a pair of database functions that find and count where the filters of a select could use no index.
type search struct {
	page  func(sel *bun.SelectQuery, q PageQuery, after *cursor) *bun.SelectQuery // the rows in order, up to q.Limit + 1
	total func(db bun.IDB) *bun.SelectQuery                                       // the number, and whether it is exact
}

// page runs a listing into rows and counts what matches.
func page[T any](ctx context.Context, db bun.IDB, q PageQuery, l listing[T]) ([]T, Page, error) {
	q, err := q.normal(l.keys, l.def)
	if err != nil {
		return nil, Page{}, err
	}
	after, err := q.after()
	if err != nil {
		return nil, Page{}, err
	}
	rows := make([]T, 0, q.Limit+1)
	if err := l.pageQuery(db, q, after).Scan(ctx, &rows); err != nil {
		if after != nil && fault.Is(translate(err), fault.Invalid) {
			return nil, Page{}, fault.InvalidField("query.cursor", "is not one of ours")
		}
		return nil, Page{}, err
	}
	p, err := l.total(ctx, db, q, after, len(rows))
	if err != nil {
		return nil, Page{}, err
	}
	if len(rows) > q.Limit {
		rows = rows[:q.Limit]
		value, id := l.at(&rows[q.Limit-1], q.Sort)
		p.Next = cursor{Sort: q.Sort, Desc: q.Desc, Value: value, ID: id, Total: p.Total, Exact: p.Exact}.encode()
	}
	return rows, p, nil
}

func (l listing[T]) pageQuery(db bun.IDB, q PageQuery, after *cursor) *bun.SelectQuery {
	if l.search != nil {
		return l.search.page(l.read(l.sel.Clone()), q, after)
	}
	key, cmp, dir := l.keys[q.Sort], ">", "ASC"
	if q.Desc {
		cmp, dir = "<", "DESC"
	}
	ordered := func(sel *bun.SelectQuery) *bun.SelectQuery {
		return sel.OrderExpr("? ?, ? ?", bun.Safe(key.expr), bun.Safe(dir), bun.Safe(l.id), bun.Safe(dir))
	}
	sel := ordered(l.sel.Clone()).Limit(int64(q.Limit) + 1)
	switch {
	case after != nil:
		sel = sel.Where("(?, ?) ? (?::?, ?)", bun.Safe(key.expr), bun.Safe(l.id), bun.Safe(cmp), after.Value, bun.Safe(key.typ), after.ID)
	case q.Skip > 0 && l.wide: // find the ids first: a row that is passed over is then never read
		ids := sel.ColumnExpr("?", bun.Safe(l.id)).Offset(int64(q.Skip))
		sel = ordered(db.NewSelect().Model((*T)(nil)).Where("? IN (?)", bun.Safe(l.id), ids))
	default:
		sel = sel.Offset(int64(q.Skip))
	}
	return l.read(sel)
}

// read adds what a page reads of each row.
func (l listing[T]) read(sel *bun.SelectQuery) *bun.SelectQuery {
	if l.columns == "" {
		return sel
	}
	return sel.ColumnExpr(l.columns)
}

// total counts what matches, unless a short first page or the cursor says it already.
func (l listing[T]) total(ctx context.Context, db bun.IDB, q PageQuery, after *cursor, got int) (p Page, err error) {
	switch {
	case after != nil:
		return Page{Total: after.Total, Exact: after.Exact}, nil
	case q.Skip == 0 && got <= q.Limit:
		return Page{Total: got, Exact: true}, nil
	case l.search != nil:
		err = l.search.total(db).Scan(ctx, &p.Total, &p.Exact)
	case l.count != nil:
		p.Total, p.Exact, err = countRows(ctx, db, l.count)
	default:
		p.Total, p.Exact, err = countRows(ctx, db, l.sel)
	}
	return p, err
}

// countRows counts what a select finds, exactly up to ExactTotal; beyond, the planner's estimate stands in.
func countRows(ctx context.Context, db bun.IDB, sel *bun.SelectQuery) (total int, exact bool, err error) {
	err = db.NewSelect().TableExpr("count_rows(?, ?)", sel.Clone().ColumnExpr("1").String(), ExactTotal).Scan(ctx, &total, &exact)
	return total, exact, err
}
