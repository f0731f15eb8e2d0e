package store

import (
	"context"
	"database/sql"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"

	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/models"
)

// MaxBulk is how many rows one job may act on.
const MaxBulk = 100_000

const (
	bulkName    = 300    // characters of a row's name that an item keeps
	bulkChunk   = 10_000 // rows that a search by pattern gives at once
	sampleNames = 10
)

// Selection names the rows that a job acts on: those with these ids or, where IDs is nil, those that the query of the
// resource's list finds; paging and order of the query don't count.
type Selection struct {
	Resource  string
	IDs       []int64
	Hosts     HostQuery
	Artifacts ArtifactQuery
	Cases     CaseQuery
}

// BulkTarget is one row of a selection.
type BulkTarget struct {
	ID   int64  `bun:"id"`
	Name string `bun:"name"`
}

// Preview counts a selection, up to MaxBulk + 1, and names its first rows. Faults: Invalid.
func (t *Tenant) Preview(ctx context.Context, s Selection) (total int, sample []BulkTarget, err error) {
	err = t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		if s.searches() {
			total, sample, err = t.previewSearch(ctx, s.Hosts)
			return err
		}
		found := t.targets(db, s)
		count := db.NewSelect().TableExpr("(?) AS found", found.Clone().Limit(MaxBulk+1)).ColumnExpr("count(*)")
		if err := count.Scan(ctx, &total); err != nil {
			return err
		}
		return found.OrderExpr("1").Limit(sampleNames).Scan(ctx, &sample)
	})
	return total, sample, err
}

// previewSearch counts hosts by pattern: exactly as far as a search goes at once, then as the list of hosts does.
func (t *Tenant) previewSearch(ctx context.Context, q HostQuery) (int, []BulkTarget, error) {
	rows, err := t.searchHosts(ctx, q, PageQuery{Sort: "id", Limit: sampleNames}, nil)
	if err != nil {
		return 0, nil, err
	}
	var sample []BulkTarget
	for i := range rows[:min(len(rows), sampleNames)] {
		sample = append(sample, BulkTarget{rows[i].ID, rows[i].Hostname})
	}
	total := 0
	err = t.searchChunks(ctx, q, countSearchSQL, nil, func(n int) { total += n })
	return total, sample, err
}

func (s Selection) searches() bool {
	return s.IDs == nil && s.Resource == models.BulkHosts && s.Hosts.hasPattern()
}

// targets selects id and name of the rows that the query of a selection finds; with IDs, those of them that exist.
func (t *Tenant) targets(db bun.IDB, s Selection) *bun.SelectQuery {
	var sel *bun.SelectQuery
	name := "h.hostname"
	switch s.Resource {
	case models.BulkArtifacts:
		name, sel = "a.value", db.NewSelect().Model((*models.Artifact)(nil))
		if s.IDs == nil {
			sel = t.filterArtifacts(sel, s.Artifacts)
		}
	case models.BulkCases:
		name, sel = "c.title", db.NewSelect().Model((*models.Case)(nil))
		if s.IDs == nil {
			sel = t.filterCases(sel, s.Cases)
		}
	default:
		sel = db.NewSelect().Model((*models.Host)(nil))
		if s.IDs == nil {
			sel = t.filterHosts(sel, s.Hosts)
		}
	}
	if s.IDs != nil {
		sel = sel.Where("?TableAlias.tenant_id = ? AND ?TableAlias.id = ANY (?::bigint[])", t.id, pgdialect.Array(s.IDs))
	}
	return sel.ColumnExpr("?TableAlias.id").ColumnExpr("left(?, ?) AS name", bun.Safe(name), bulkName)
}

// fix writes a job's items: what it acts on from now on, whatever changes. Rows named by id that don't exist are skipped
// from the start. Faults: Invalid for more than MaxBulk rows, or none.
func (t *Tenant) fix(ctx context.Context, db bun.IDB, job *models.BulkJob, s Selection) (err error) {
	switch {
	case s.searches():
		err = t.fixSearch(ctx, job, s.Hosts)
	case s.IDs != nil:
		err = t.fixIDs(ctx, db, job, s)
	default:
		var res sql.Result
		res, err = db.NewRaw("INSERT INTO bulk_items (tenant_id, job_id, resource_id, name) SELECT ?, ?, id, name FROM (?) AS found",
			t.id, job.ID, t.targets(db, s).Limit(MaxBulk+1)).Exec(ctx)
		job.Total = affected(res, err)
	}
	switch {
	case err != nil:
		return err
	case job.Total > MaxBulk:
		return fault.New(fault.Invalid, "this selects more than %d %s; narrow it", MaxBulk, s.Resource).WithCode("too_many_selected")
	case job.Total == job.Skipped && s.IDs != nil:
		return fault.New(fault.NotFound, "there are no such %s", s.Resource)
	case job.Total == 0:
		return fault.New(fault.Invalid, "this selects no %s", s.Resource).WithCode("nothing_selected")
	}
	return nil
}

func (t *Tenant) fixIDs(ctx context.Context, db bun.IDB, job *models.BulkJob, s Selection) error {
	return db.NewRaw(`WITH put AS (INSERT INTO bulk_items (tenant_id, job_id, resource_id, name, status, error)
  SELECT ?, ?, u.id, coalesce(r.name, ''), CASE WHEN r.id IS NULL THEN 'skipped' ELSE 'pending' END, CASE WHEN r.id IS NULL THEN ? ELSE '' END
  FROM (SELECT DISTINCT unnest(?::bigint[]) AS id) AS u LEFT JOIN (?) AS r ON r.id = u.id RETURNING status)
SELECT count(*), count(*) FILTER (WHERE status = 'skipped') FROM put`,
		t.id, job.ID, BulkGone, pgdialect.Array(s.IDs), t.targets(db, s)).Scan(ctx, &job.Total, &job.Skipped)
}

func (t *Tenant) fixSearch(ctx context.Context, job *models.BulkJob, q HostQuery) error {
	return t.searchChunks(ctx, q, fixSearchSQL, []any{job.ID, t.id, bulkName}, func(n int) { job.Total += n })
}

// A chunk of the ids that a search by pattern finds, counted or fixed as the items of a job: $20, of tenant $21, with names
// of $22 characters.
const (
	foundSQL       = "WITH found AS (SELECT id FROM host_matches(" + wantedSQL + ", $14, $15, $16, $17, $18, $19))"
	countSearchSQL = foundSQL + " SELECT count(*), max(id) FROM found"
	fixSearchSQL   = foundSQL + `, put AS (INSERT INTO bulk_items (tenant_id, job_id, resource_id, name)
  SELECT h.tenant_id, $20, h.id, left(h.hostname, $22) FROM found JOIN hosts AS h ON h.id = found.id WHERE h.tenant_id = $21)
SELECT count(*), max(id) FROM found`
)

// searchChunks runs a statement over all hosts that a search by pattern finds, up to MaxBulk + 1 and a chunk at a time.
func (t *Tenant) searchChunks(ctx context.Context, q HostQuery, query string, more []any, each func(n int)) error {
	var value, after any
	for total := 0; total <= MaxBulk; {
		var n int
		var last *int64
		args := append(q.searchArgs(), "id", false, value, after, 0, min(bulkChunk, MaxBulk+1-total))
		if err := t.row(ctx, query, append(args, more...), &n, &last); err != nil {
			return err
		}
		each(n)
		if total += n; n < bulkChunk || last == nil {
			return nil
		}
		value, after = decimal(*last), *last
	}
	return nil
}

func affected(res sql.Result, err error) int {
	if err != nil {
		return 0
	}
	n, _ := res.RowsAffected()
	return int(n)
}
