package store

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"github.com/velocicompanion/velocicompanion/models"
)

// CaseQuery filters a tenant's cases; zero values filter nothing. Sorts: id, title, status, severity (by rank),
// created_at, updated_at.
type CaseQuery struct {
	PageQuery

	Status     string
	Severity   string
	AssigneeID *int64 // 0: nobody's
	Tag        string // exactly this tag
	Q          string // part of title or description, * for any run of characters
	HostID     int64  // cases about this host
	ArtifactID int64  // cases that this indicator is of
}

// severityRank orders severities as people do.
const severityRank = "CASE c.severity WHEN 'low' THEN 1 WHEN 'medium' THEN 2 WHEN 'high' THEN 3 ELSE 4 END"

// ListCases pages through the tenant's cases.
func (t *Tenant) ListCases(ctx context.Context, q CaseQuery) (rows []models.Case, p Page, err error) {
	err = t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		rows, p, err = page(ctx, db, q.PageQuery, listing[models.Case]{
			sel: t.filterCases(db.NewSelect().Model((*models.Case)(nil)), q),
			keys: map[string]sortKey{
				"id": {"c.id", "bigint"}, "title": {"c.title", "text"}, "status": {"c.status", "text"}, "severity": {severityRank, "integer"},
				"created_at": {"c.created_at", "timestamptz"}, "updated_at": {"c.updated_at", "timestamptz"},
			},
			def: "id", id: "c.id", at: caseSortValue,
		})
		return err
	})
	return rows, p, err
}

func (t *Tenant) filterCases(sel *bun.SelectQuery, q CaseQuery) *bun.SelectQuery {
	sel = sel.Where("c.tenant_id = ?", t.id)
	if q.Status != "" {
		sel = sel.Where("c.status = ?", q.Status)
	}
	if q.Severity != "" {
		sel = sel.Where("c.severity = ?", q.Severity)
	}
	if q.AssigneeID != nil {
		if *q.AssigneeID == 0 {
			sel = sel.Where("c.assignee_id IS NULL")
		} else {
			sel = sel.Where("c.assignee_id = ?", *q.AssigneeID)
		}
	}
	if q.Tag != "" {
		sel = sel.Where("? = ANY (c.tags)", q.Tag)
	}
	if q.Q != "" {
		sel = sel.Where("(c.title ILIKE ? OR c.description ILIKE ?)", containing(q.Q), containing(q.Q))
	}
	if q.HostID != 0 {
		sel = sel.Where("c.id IN (SELECT ch.case_id FROM case_hosts AS ch WHERE ch.tenant_id = ? AND ch.host_id = ?)", t.id, q.HostID)
	}
	if q.ArtifactID != 0 {
		sel = sel.Where("c.id IN (SELECT ca.case_id FROM case_artifacts AS ca WHERE ca.tenant_id = ? AND ca.artifact_id = ?)", t.id, q.ArtifactID)
	}
	return sel
}

func caseSortValue(row *models.Case, sort string) (string, int64) {
	switch sort {
	case "title":
		return row.Title, row.ID
	case "status":
		return row.Status, row.ID
	case "severity":
		return decimal(int64(models.SeverityRank(row.Severity))), row.ID
	case "created_at":
		return row.CreatedAt.Format(time.RFC3339Nano), row.ID
	case "updated_at":
		return row.UpdatedAt.Format(time.RFC3339Nano), row.ID
	}
	return decimal(row.ID), row.ID
}
