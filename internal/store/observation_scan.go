package store

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"github.com/velocicompanion/velocicompanion/models"
)

// observationScan answers one page in two layers: base finds rows in order by an index, at most as many as the budget says;
// around it stand the conditions that no index answers.
type observationScan struct {
	t  *Tenant
	db bun.IDB
	q  ObservationQuery

	sourceAt *time.Time                                    // the time of q.SourceID; nil: there is no such source
	wanted   PageQuery                                     // as page made it
	after    *cursor                                       // nil on the first page
	residual []func(sel *bun.SelectQuery) *bun.SelectQuery // conditions around base
}

// prepare decides what base answers and what is left.
func (s *observationScan) prepare(ctx context.Context) error {
	if s.q.SourceID != 0 {
		var at []time.Time
		err := s.db.NewSelect().Model((*models.Source)(nil)).Column("collected_at").Where("s.tenant_id = ? AND s.id = ?", s.t.id, s.q.SourceID).Scan(ctx, &at)
		if err != nil {
			return err
		}
		if len(at) > 0 {
			s.sourceAt = &at[0]
		}
	}
	if s.q.Field != "" {
		s.residual = append(s.residual, fieldCondition(s.q.Field, s.q.Value))
	}
	if s.q.Q != "" {
		s.residual = append(s.residual, textCondition(s.q.Q))
	}
	if s.rangeIsLeft() {
		s.residual = append(s.residual, func(sel *bun.SelectQuery) *bun.SelectQuery { return s.within(sel, "o."+s.q.rangeColumn()) })
	}
	if s.namesSource() && !s.bySources() && s.q.HostID == 0 {
		s.residual = append(s.residual, s.fromSources)
	}
	return nil
}

func (s *observationScan) sort() string {
	if s.q.Sort == "" {
		return "collected_at"
	}
	return s.q.Sort
}

// rangeIsLeft says whether From and To are about another time than the order.
func (s *observationScan) rangeIsLeft() bool {
	return (!s.q.From.IsZero() || !s.q.To.IsZero()) && s.q.rangeColumn() != s.sort()
}

func (s *observationScan) namesSource() bool {
	return s.q.Source != "" || s.q.SourceKind != "" || len(s.q.SourceIDs) > 0
}

// bySources says whether rows are found source after source: all rows of one have its time, so that their order is kept.
func (s *observationScan) bySources() bool {
	return s.namesSource() && s.q.HostID == 0 && s.q.SourceID == 0 && s.sort() == "collected_at"
}

// sources are those that the query names, without columns.
func (s *observationScan) sources() *bun.SelectQuery {
	sel := s.db.NewSelect().TableExpr("sources AS s").Where("s.tenant_id = ?", s.t.id)
	if s.q.Source != "" {
		sel = sel.Where("s.name = ?", s.q.Source)
	}
	if s.q.SourceKind != "" {
		sel = sel.Where("s.kind = ?", s.q.SourceKind)
	}
	if len(s.q.SourceIDs) > 0 {
		sel = sel.Where("s.id IN (?)", bun.List(s.q.SourceIDs))
	}
	return sel
}

func (s *observationScan) fromSources(sel *bun.SelectQuery) *bun.SelectQuery {
	return sel.Where("o.source_id IN (?)", s.sources().ColumnExpr("s.id"))
}

func (s *observationScan) within(sel *bun.SelectQuery, column string) *bun.SelectQuery {
	if !s.q.From.IsZero() {
		sel = sel.Where("? >= ?", bun.Safe(column), s.q.From)
	}
	if !s.q.To.IsZero() {
		sel = sel.Where("? < ?", bun.Safe(column), s.q.To)
	}
	return sel
}

// plain selects from observations by what an index answers.
func (s *observationScan) plain() *bun.SelectQuery {
	sel := s.db.NewSelect().TableExpr("observations AS o").Where("o.tenant_id = ?", s.t.id)
	if s.q.HostID != 0 {
		sel = sel.Where("o.host_id = ?", s.q.HostID)
		if s.namesSource() { // among one host's rows
			sel = s.fromSources(sel)
		}
	}
	if s.q.SourceID != 0 {
		sel = sel.Where("o.source_id = ? AND o.collected_at = ?", s.q.SourceID, s.sourceAt)
	}
	if s.q.Among != nil {
		sel = s.among(sel)
	}
	if s.sort() == "event_time" {
		sel = sel.Where("o.event_time IS NOT NULL")
	}
	if !s.rangeIsLeft() {
		sel = s.within(sel, "o."+s.q.rangeColumn())
	}
	return sel
}

// among keeps to some sources. Their times go with them, because the index begins with the time.
func (s *observationScan) among(sel *bun.SelectQuery) *bun.SelectQuery {
	ids, times := []int64{0}, []time.Time{{}}
	for i := range s.q.Among {
		ids = append(ids, s.q.Among[i].ID)
		times = append(times, s.q.Among[i].CollectedAt)
	}
	return sel.Where("o.collected_at IN (?) AND o.source_id IN (?)", bun.List(times), bun.List(ids))
}

// base finds rows in order behind the cursor.
func (s *observationScan) base(columns string, limit, offset int) *bun.SelectQuery {
	if !s.bySources() {
		return s.behind(s.plain(), "o."+s.sort()).ColumnExpr(columns).OrderExpr(s.order()).Limit(int64(limit)).Offset(int64(offset))
	}
	each := s.behind(s.db.NewSelect().TableExpr("observations AS o"), "o.collected_at").ColumnExpr("o.*").
		Where("o.tenant_id = ? AND o.collected_at = s.collected_at AND o.source_id = s.id", s.t.id).OrderExpr(s.order()).Limit(int64(limit + offset))
	from := s.within(s.sources(), "s.collected_at")
	if s.after != nil {
		from = from.Where("s.collected_at ? ?::timestamptz", bun.Safe(s.direction(">=", "<=")), s.after.Value)
	}
	return from.Join("CROSS JOIN LATERAL (?) AS o", each).ColumnExpr(columns).
		OrderExpr("s.collected_at ?, o.id ?", bun.Safe(s.direction("ASC", "DESC")), bun.Safe(s.direction("ASC", "DESC"))).Limit(int64(limit)).Offset(int64(offset))
}

func (s *observationScan) direction(up, down string) string {
	if s.wanted.Desc {
		return down
	}
	return up
}

func (s *observationScan) order() string {
	dir := s.direction(" ASC", " DESC")
	return "o." + s.sort() + dir + ", o.id" + dir
}

func (s *observationScan) behind(sel *bun.SelectQuery, column string) *bun.SelectQuery {
	if s.after == nil {
		return sel
	}
	return sel.Where("(?, o.id) ? (?::timestamptz, ?)", bun.Safe(column), bun.Safe(s.direction(">", "<")), s.after.Value, s.after.ID)
}

const observationColumns = `o.id, o.tenant_id, o.host_id, o.source_id, o.collected_at, o.event_time, o.data,
(SELECT h.hostname FROM hosts AS h WHERE h.tenant_id = o.tenant_id AND h.id = o.host_id) AS hostname,
(SELECT s.name FROM sources AS s WHERE s.tenant_id = o.tenant_id AND s.id = o.source_id) AS source_name,
(SELECT s.kind FROM sources AS s WHERE s.tenant_id = o.tenant_id AND s.id = o.source_id) AS source_kind`

// rows reads a page and, where there is one, the row behind it.
func (s *observationScan) rows(ctx context.Context, q PageQuery, after *cursor) ([]models.Observation, error) {
	s.wanted, s.after = q, after
	rows := make([]models.Observation, 0, q.Limit+1)
	if s.q.SourceID != 0 && s.sourceAt == nil {
		return rows, nil
	}
	found := s.base("o.*", q.Limit+1, q.Skip)
	if len(s.residual) > 0 {
		found = s.db.NewSelect().TableExpr("(?) AS o", s.base("o.*", s.q.budget(), 0)).ColumnExpr("o.*").OrderExpr(s.order()).
			Limit(int64(q.Limit + 1)).Offset(int64(q.Skip))
		for _, narrow := range s.residual {
			found = narrow(found)
		}
	}
	err := s.db.NewSelect().TableExpr("(?) AS o", found).ColumnExpr(observationColumns).OrderExpr(s.order()).Scan(ctx, &rows)
	return rows, err
}

// total counts what base finds; with conditions around it, what is known of so far.
func (s *observationScan) total(ctx context.Context) (p Page, err error) {
	if len(s.residual) > 0 {
		return Page{Total: s.wanted.Skip + s.wanted.Limit}, nil
	}
	sel := s.plain()
	if s.bySources() {
		sel = s.within(s.sources(), "s.collected_at").
			Join("JOIN observations AS o ON o.tenant_id = ? AND o.collected_at = s.collected_at AND o.source_id = s.id", s.t.id)
	}
	p.Total, p.Exact, err = countRows(ctx, s.db, sel)
	return p, err
}

// finish says whether the budget ended the page, and where the next one begins then.
func (s *observationScan) finish(ctx context.Context, out *Observations) error {
	if len(s.residual) == 0 || out.Next != "" || s.q.SourceID != 0 && s.sourceAt == nil {
		return nil
	}
	var last []models.Observation
	err := s.base("o.id, o.collected_at, o.event_time", 1, s.q.budget()-1).Scan(ctx, &last)
	if err != nil || len(last) == 0 {
		return err
	}
	value, id := observationSortValue(&last[0], s.sort())
	out.Truncated, out.Exact = true, false
	out.Total = max(out.Total, len(out.Rows))
	out.Next = cursor{Sort: s.sort(), Desc: s.wanted.Desc, Value: value, ID: id, Total: out.Total}.encode()
	return nil
}
