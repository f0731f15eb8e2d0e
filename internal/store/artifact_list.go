package store

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"github.com/velocicompanion/velocicompanion/models"
)

// ArtifactQuery filters a tenant's indicators; zero values filter nothing. Sorts: id, artifact_type, value, created_at.
type ArtifactQuery struct {
	PageQuery

	ArtifactType string
	CaseID       *int64 // 0: of no case
	Q            string // part of value or description, * for any run of characters
}

// ListArtifacts pages through the tenant's indicators.
func (t *Tenant) ListArtifacts(ctx context.Context, q ArtifactQuery) (rows []models.Artifact, p Page, err error) {
	err = t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		rows, p, err = page(ctx, db, q.PageQuery, listing[models.Artifact]{
			sel: t.filterArtifacts(db.NewSelect().Model((*models.Artifact)(nil)), q),
			keys: map[string]sortKey{
				"id": {"a.id", "bigint"}, "artifact_type": {"a.artifact_type", "text"}, "value": {"a.value", "text"},
				"created_at": {"a.created_at", "timestamptz"},
			},
			def: "id", id: "a.id", at: artifactSortValue,
		})
		return err
	})
	return rows, p, err
}

func (t *Tenant) filterArtifacts(sel *bun.SelectQuery, q ArtifactQuery) *bun.SelectQuery {
	sel = sel.Where("a.tenant_id = ?", t.id)
	if q.ArtifactType != "" {
		sel = sel.Where("a.artifact_type = ?", q.ArtifactType)
	}
	if q.CaseID != nil {
		if *q.CaseID == 0 {
			sel = sel.Where("a.case_id IS NULL")
		} else {
			sel = sel.Where("a.case_id = ?", *q.CaseID)
		}
	}
	if q.Q != "" {
		sel = sel.Where("(a.value ILIKE ? OR a.description ILIKE ?)", containing(q.Q), containing(q.Q))
	}
	return sel
}

func artifactSortValue(row *models.Artifact, sort string) (string, int64) {
	switch sort {
	case "artifact_type":
		return row.ArtifactType, row.ID
	case "value":
		return row.Value, row.ID
	case "created_at":
		return row.CreatedAt.Format(time.RFC3339Nano), row.ID
	}
	return decimal(row.ID), row.ID
}
