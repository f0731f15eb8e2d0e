package store

import (
	"context"
	"slices"

	"github.com/jackc/pgx/v5"
	"github.com/uptrace/bun"

	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/models"
)

// TieArtifacts makes indicators a case's: for each that exists whether it was not before. artifact.added is emitted for
// those. Faults: NotFound for the case.
func (t *Tenant) TieArtifacts(ctx context.Context, caseID int64, ids []int64) (fresh map[int64]bool, err error) {
	fresh = map[int64]bool{}
	err = t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		if _, err := t.Case(ctx, caseID); err != nil {
			return err
		}
		var there []int64
		sel := db.NewSelect().Model((*models.Artifact)(nil)).Column("id").Where("tenant_id = ?", t.id).Where("id IN (?)", bun.List(ids)).OrderExpr("id")
		if err := sel.Scan(ctx, &there); err != nil {
			return err
		}
		for _, id := range there {
			fresh[id] = false
		}
		tied, err := t.tieArtifacts(ctx, caseID, there)
		if err != nil {
			return err
		}
		for _, id := range tied {
			fresh[id] = true
		}
		return t.emitTied(ctx, db, caseID, tied)
	})
	return fresh, err
}

// UntieArtifacts takes indicators out of a case and says which were in it; they stay. Faults: NotFound for the case.
func (t *Tenant) UntieArtifacts(ctx context.Context, caseID int64, ids []int64) (gone map[int64]bool, err error) {
	gone = map[int64]bool{}
	err = t.run(ctx, func(ctx context.Context, t *Tenant, _ bun.IDB) error {
		if _, err := t.Case(ctx, caseID); err != nil {
			return err
		}
		const untie = `DELETE FROM case_artifacts WHERE tenant_id = $1 AND case_id = $2 AND artifact_id = ANY ($3::bigint[]) RETURNING artifact_id`
		return t.readIDs(ctx, untie, []any{t.id, caseID, ids}, func(id int64) { gone[id] = true })
	})
	return gone, err
}

// tieArtifacts makes indicators a case's, and says which were not before. Faults: Invalid for a case that does not exist.
func (t *Tenant) tieArtifacts(ctx context.Context, caseID int64, ids []int64) (fresh []int64, err error) {
	ids = slices.Clone(ids)
	slices.Sort(ids) // two that tie the same ones wait for each other in one order
	err = t.readIDs(ctx, tieArtifactsSQL, []any{t.id, caseID, ids, t.s.Now()}, func(id int64) { fresh = append(fresh, id) })
	return fresh, artifactFault(err)
}

// readIDs runs a prepared statement that gives ids.
func (t *Tenant) readIDs(ctx context.Context, sql string, args []any, each func(id int64)) error {
	return t.rows(ctx, sql, args, func(r pgx.Rows) error {
		var id int64
		err := r.Scan(&id)
		each(id)
		return err
	})
}

const tieArtifactsSQL = `INSERT INTO case_artifacts (tenant_id, case_id, artifact_id, added_at)
SELECT $1, $2, id, $4 FROM unnest($3::bigint[]) AS id ON CONFLICT DO NOTHING RETURNING artifact_id`

// UntieArtifact takes an indicator out of a case; it stays. Faults: NotFound when it is not one of the case's.
func (t *Tenant) UntieArtifact(ctx context.Context, caseID, id int64) error {
	return t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		res, err := db.NewRaw("DELETE FROM case_artifacts WHERE tenant_id = ? AND case_id = ? AND artifact_id = ?", t.id, caseID, id).Exec(ctx)
		if err != nil {
			return err
		}
		return mustAffect(res)
	})
}

// replaceArtifactCases makes an indicator's cases those of row; before says what they are now.
func (t *Tenant) replaceArtifactCases(ctx context.Context, row *models.Artifact, before []int64) error {
	var gone []int64
	for _, id := range before {
		if !slices.Contains(row.CaseIDs, id) {
			gone = append(gone, id)
		}
	}
	const untie = "DELETE FROM case_artifacts WHERE tenant_id = $1 AND artifact_id = $2 AND case_id = ANY ($3::bigint[])"
	if len(gone) > 0 {
		if err := t.exec(ctx, untie, t.id, row.ID, gone); err != nil {
			return err
		}
	}
	want := row.CaseIDs
	row.CaseIDs = slices.DeleteFunc(slices.Clone(before), func(id int64) bool { return slices.Contains(gone, id) })
	for _, id := range want {
		if slices.Contains(before, id) {
			continue
		}
		if _, err := t.tieArtifacts(ctx, id, []int64{row.ID}); err != nil {
			return err
		}
		row.CaseIDs = append(row.CaseIDs, id)
		if err := t.emitArtifactTied(ctx, row, id); err != nil {
			return err
		}
	}
	return nil
}

// replaceArtifactTags makes an indicator's tags what they shall be.
func (t *Tenant) replaceArtifactTags(ctx context.Context, id int64, before, tags []string) error {
	if slices.Equal(before, tags) {
		return nil
	}
	return t.exec(ctx, `WITH gone AS (DELETE FROM artifact_tags WHERE tenant_id = $1 AND artifact_id = $2 AND tag <> ALL ($3::text[]))
INSERT INTO artifact_tags (tenant_id, artifact_id, tag) SELECT $1, $2, g FROM unnest($3::text[]) AS g ON CONFLICT DO NOTHING`, t.id, id, tags)
}

// ArtifactCases pages through the cases of an indicator. Faults: NotFound for the indicator.
func (t *Tenant) ArtifactCases(ctx context.Context, id int64, q PageQuery) (rows []models.Case, p Page, err error) {
	err = t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		if err := t.artifactThere(ctx, db, id); err != nil {
			return err
		}
		rows, p, err = t.ListCases(ctx, CaseQuery{PageQuery: q, ArtifactID: id})
		return err
	})
	return rows, p, err
}

// artifactThere is a NotFound fault where the tenant has no such indicator.
func (t *Tenant) artifactThere(ctx context.Context, db bun.IDB, id int64) error {
	known, err := db.NewSelect().Model((*models.Artifact)(nil)).Where("tenant_id = ? AND id = ?", t.id, id).Exists(ctx)
	if err == nil && !known {
		err = fault.New(fault.NotFound, "not found")
	}
	return err
}
