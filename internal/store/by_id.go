package store

import (
	"context"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"

	"github.com/velocicompanion/velocicompanion/models"
)

// HostsByID reads those of the hosts that exist, with their labels.
func (t *Tenant) HostsByID(ctx context.Context, ids []int64) (rows []models.Host, err error) {
	err = t.byID(ctx, &rows, hostColumns, ids)
	return rows, err
}

// CasesByID reads those of the cases that exist.
func (t *Tenant) CasesByID(ctx context.Context, ids []int64) (rows []models.Case, err error) {
	err = t.byID(ctx, &rows, "?TableColumns", ids)
	return rows, err
}

// ArtifactsByID reads those of the indicators that exist.
func (t *Tenant) ArtifactsByID(ctx context.Context, ids []int64) (rows []models.Artifact, err error) {
	err = t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		return t.selectArtifact(db, &rows).Where("a.id = ANY (?::bigint[])", pgdialect.Array(ids)).Scan(ctx)
	})
	return rows, err
}

func (t *Tenant) byID(ctx context.Context, rows any, columns string, ids []int64) error {
	return t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		return db.NewSelect().Model(rows).ColumnExpr(columns).
			Where("?TableAlias.tenant_id = ? AND ?TableAlias.id = ANY (?::bigint[])", t.id, pgdialect.Array(ids)).Scan(ctx)
	})
}
