package store

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"slices"

	"github.com/uptrace/bun"

	"github.com/velocicompanion/velocicompanion/models"
)

// TenantsWithoutKeys lists tenants with indicators that an older version kept, whose keys are not made yet.
func (y *System) TenantsWithoutKeys(ctx context.Context) (ids []int64, err error) {
	err = y.read(ctx, func(ctx context.Context, db bun.IDB) error {
		return db.NewRaw("SELECT DISTINCT tenant_id FROM artifacts WHERE NOT keyed ORDER BY 1").Scan(ctx, &ids)
	})
	return ids, err
}

// MakeKeys brings up to limit of the indicators that an older version kept into canonical form, and says how many. Where
// that makes it one that is there already, the older of the two takes over what the other has. What the rules of its type
// refuse stays as it was written. Many may work at once.
func (t *Tenant) MakeKeys(ctx context.Context, limit int) (done int, err error) {
	err = t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		var rows []models.Artifact
		err := db.NewSelect().Model(&rows).Where("tenant_id = ? AND NOT keyed", t.id).OrderExpr("id").Limit(int64(limit)).For("UPDATE SKIP LOCKED").Scan(ctx)
		if err != nil {
			return err
		}
		done = len(rows)
		slices.SortFunc(rows, func(a, b models.Artifact) int { return cmp.Compare(a.ID, b.ID) })
		for i := range rows {
			if err := t.makeKey(ctx, db, &rows[i]); err != nil {
				return err
			}
		}
		return nil
	})
	return done, err
}

func (t *Tenant) makeKey(ctx context.Context, db bun.IDB, row *models.Artifact) error {
	const keep = "UPDATE artifacts SET value = $3, key = $4, keyed = true WHERE tenant_id = $1 AND id = $2"
	in, err := CanonicalIndicator(row.ArtifactType, row.Value)
	if err != nil {
		return t.exec(ctx, keep, t.id, row.ID, row.Value, row.Key)
	}
	twin := &models.Artifact{}
	err = db.NewSelect().Model(twin).Where("tenant_id = ? AND artifact_type = ? AND key_digest = ? AND id <> ?",
		t.id, row.ArtifactType, digestOf(in.Key), row.ID).For("UPDATE").Scan(ctx)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return t.exec(ctx, keep, t.id, row.ID, in.Value, in.Key)
	case err != nil:
		return err
	}
	stays, goes := row, twin
	if twin.ID < row.ID {
		stays, goes = twin, row
	}
	if err := t.mergeArtifacts(ctx, stays, goes); err != nil {
		return err
	}
	return t.exec(ctx, keep, t.id, stays.ID, in.Value, in.Key)
}

// mergeArtifacts moves what one indicator has to another, of the same meaning, and removes it.
func (t *Tenant) mergeArtifacts(ctx context.Context, stays, goes *models.Artifact) error {
	if err := t.lockCounts(ctx, []int64{stays.ID, goes.ID}); err != nil {
		return err
	}
	for _, sql := range mergeArtifactsSQL() {
		if err := t.exec(ctx, sql, t.id, stays.ID, goes.ID); err != nil {
			return err
		}
	}
	return t.recount(ctx, []int64{stays.ID})
}

func mergeArtifactsSQL() []string {
	return []string{
		`UPDATE artifacts AS s SET artifact_metadata = g.artifact_metadata || s.artifact_metadata,
  description = CASE WHEN s.description = '' THEN g.description
    WHEN g.description = '' OR position(g.description IN s.description) > 0 THEN s.description
    ELSE left(s.description || E'\n\n' || g.description, 100000) END,
  false_positive = s.false_positive OR g.false_positive, fp_reason = CASE WHEN s.fp_reason = '' THEN g.fp_reason ELSE s.fp_reason END,
  expires_at = coalesce(s.expires_at, g.expires_at)
FROM artifacts AS g WHERE s.tenant_id = $1 AND s.id = $2 AND g.tenant_id = $1 AND g.id = $3`,
		`INSERT INTO case_artifacts (tenant_id, case_id, artifact_id, added_at)
SELECT tenant_id, case_id, $2, added_at FROM case_artifacts WHERE tenant_id = $1 AND artifact_id = $3 ON CONFLICT DO NOTHING`,
		`INSERT INTO artifact_tags (tenant_id, artifact_id, tag)
SELECT tenant_id, $2, tag FROM artifact_tags WHERE tenant_id = $1 AND artifact_id = $3 ON CONFLICT DO NOTHING`,
		`INSERT INTO sightings AS s (tenant_id, artifact_id, host_id, source_id, field, count, first_seen, last_seen, observation_id)
SELECT tenant_id, $2, host_id, source_id, field, count, first_seen, last_seen, observation_id FROM sightings WHERE tenant_id = $1 AND artifact_id = $3
ON CONFLICT (tenant_id, artifact_id, host_id, source_id) DO UPDATE SET count = s.count + EXCLUDED.count,
  first_seen = least(s.first_seen, EXCLUDED.first_seen), last_seen = greatest(s.last_seen, EXCLUDED.last_seen)`,
		"DELETE FROM sightings WHERE tenant_id = $1 AND artifact_id = $3 AND $2::bigint > 0",
		"DELETE FROM artifacts WHERE tenant_id = $1 AND id = $3 AND $2::bigint > 0",
	}
}
