package store

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/uptrace/bun"

	"github.com/velocicompanion/velocicompanion/models"
)

// ArtifactChange is a partial change of an indicator; nil fields stay.
type ArtifactChange struct {
	ArtifactType     *string
	Value            *string
	Description      *string
	ArtifactMetadata json.RawMessage // replaces
	TLP              *string
	ExpiresAt        *time.Time // zero: never
	FalsePositive    *bool
	FPReason         *string
	Tags             *[]string // replaces
	CaseIDs          *[]int64  // replaces

	Seen time.Time // the updated_at that the change was made on; zero: whatever it is now
}

// Added says what AddArtifact did.
type Added struct {
	Created bool // the indicator is new
	Tied    bool // it is of the case now, and was not before
}

// AddArtifact gives the one indicator of this type and key: inserted now, or the one that is there already, as it is. Of
// the cases that row names it becomes one. artifact.added is emitted when it is new, and when it is new to a case, unless
// it is marked as a false positive. Faults: Invalid, also for a case that does not exist.
func (t *Tenant) AddArtifact(ctx context.Context, in *models.Artifact) (row *models.Artifact, did Added, err error) {
	in.TenantID = t.id
	if err := normalArtifact(in); err != nil {
		return nil, Added{}, err
	}
	err = t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		row = in
		row.CreatedAt = t.s.Now()
		row.UpdatedAt = row.CreatedAt
		var heard bool
		did.Created, heard, err = t.insertArtifact(ctx, row)
		if err != nil {
			return err
		}
		if did.Created {
			did.Tied = len(row.CaseIDs) > 0
			if !heard {
				return nil
			}
			return t.tellArtifactsAdded(ctx, []*models.Artifact{row})
		}
		row, did.Tied, err = t.tieKnown(ctx, db, in)
		return err
	})
	return row, did, err
}

// insertArtifact inserts an indicator unless one of its type and key is there; heard says whether somebody listens to that.
func (t *Tenant) insertArtifact(ctx context.Context, row *models.Artifact) (created, heard bool, err error) {
	sql, args := addArtifactSQL, []any{
		t.id, row.ArtifactType, row.Value, row.Key, row.Description, string(row.ArtifactMetadata), row.TLP, row.ExpiresAt, row.Origin,
		row.CreatedAt, row.FalsePositive, row.FPReason, artifactAdded,
	}
	if len(row.CaseIDs)+len(row.Tags) > 0 {
		sql, args = addTiedArtifactSQL, append(args, row.CaseIDs, row.Tags)
	}
	err = t.rows(ctx, sql, args, func(r pgx.Rows) error {
		created = true
		return r.Scan(&row.ID, &heard)
	})
	return created, heard, artifactFault(err)
}

// addArtifactSQL: tenant, what the indicator says, and the event's type; addTiedArtifactSQL also its cases and tags. Those are
// left out where there are none: making ready to write to their tables costs as much as another indicator.
const (
	addArtifactSQL     = freshArtifactSQL + heardArtifactSQL
	addTiedArtifactSQL = freshArtifactSQL + `,
tied AS (INSERT INTO case_artifacts (tenant_id, case_id, artifact_id, added_at) SELECT $1, c, id, $10 FROM fresh, unnest($14::bigint[]) AS c),
tagged AS (INSERT INTO artifact_tags (tenant_id, artifact_id, tag) SELECT $1, id, g FROM fresh, unnest($15::text[]) AS g)` + heardArtifactSQL
	freshArtifactSQL = `WITH fresh AS (
  INSERT INTO artifacts (tenant_id, artifact_type, value, key, description, artifact_metadata, tlp, expires_at, origin, created_at, updated_at,
    false_positive, fp_reason)
  VALUES ($1, $2, $3, $4, $5, $6::text::jsonb, $7, $8, $9, $10, $10, $11, $12)
  ON CONFLICT (tenant_id, key_digest, artifact_type) DO NOTHING RETURNING id),
counted AS (INSERT INTO artifact_counts (tenant_id, artifact_id) SELECT $1, id FROM fresh)`
	heardArtifactSQL = `
SELECT id, EXISTS (SELECT 1 FROM playbook_triggers WHERE tenant_id = $1 AND $13::text LIKE replace(replace(pattern, '_', '\_'), '*', '%')) FROM fresh`
)

// tieKnown reads the indicator that is there already and ties it to the cases that in names.
func (t *Tenant) tieKnown(ctx context.Context, db bun.IDB, in *models.Artifact) (row *models.Artifact, tied bool, err error) {
	row = &models.Artifact{}
	err = t.selectArtifact(db, row).Where("a.key_digest = ? AND a.artifact_type = ?", digestOf(in.Key), in.ArtifactType).Scan(ctx)
	if err != nil {
		return nil, false, err
	}
	for _, caseID := range in.CaseIDs {
		fresh, err := t.tieArtifacts(ctx, caseID, []int64{row.ID})
		if err != nil {
			return nil, false, err
		}
		if len(fresh) == 0 {
			continue
		}
		tied, row.CaseIDs = true, append(row.CaseIDs, caseID)
		if err := t.emitArtifactTied(ctx, row, caseID); err != nil {
			return nil, false, err
		}
	}
	return row, tied, nil
}

const artifactColumns = `?TableColumns, a.value_key, k.sightings, k.hosts, k.first_seen, k.last_seen,
ARRAY(SELECT ca.case_id FROM case_artifacts AS ca WHERE ca.tenant_id = a.tenant_id AND ca.artifact_id = a.id ORDER BY ca.added_at, ca.case_id) AS case_ids,
ARRAY(SELECT g.tag FROM artifact_tags AS g WHERE g.tenant_id = a.tenant_id AND g.artifact_id = a.id ORDER BY g.tag) AS tags`

// selectArtifact begins a query for whole indicators.
func (t *Tenant) selectArtifact(db bun.IDB, model any) *bun.SelectQuery {
	return db.NewSelect().Model(model).ColumnExpr(artifactColumns).
		Join("JOIN artifact_counts AS k ON k.tenant_id = a.tenant_id AND k.artifact_id = a.id").Where("a.tenant_id = ?", t.id)
}

// Artifact reads one indicator. Faults: NotFound.
func (t *Tenant) Artifact(ctx context.Context, id int64) (row *models.Artifact, err error) {
	row = &models.Artifact{}
	err = t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		return t.selectArtifact(db, row).Where("a.id = ?", id).Scan(ctx)
	})
	return row, err
}

// UpdateArtifact changes an indicator. Faults: NotFound, Invalid, Conflict (artifact_exists), Stale when it changed after
// c.Seen.
func (t *Tenant) UpdateArtifact(ctx context.Context, id int64, c ArtifactChange) (row *models.Artifact, err error) {
	err = t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		if row, err = t.lockArtifact(ctx, db, id, c.Seen); err != nil {
			return err
		}
		before := *row
		c.apply(row)
		if c.Value == nil && c.ArtifactType == nil {
			row.Value = before.Value
		}
		if err := normalArtifact(row); err != nil {
			return err
		}
		row.UpdatedAt = after(row.UpdatedAt, t.s.Now())
		_, err := db.NewUpdate().Model(row).ExcludeColumn("id", "tenant_id", "origin", "created_at").Set("keyed = true").
			Where("tenant_id = ? AND id = ?", t.id, id).Exec(ctx)
		if err != nil {
			return artifactFault(err)
		}
		if err := t.replaceArtifactTags(ctx, id, before.Tags, row.Tags); err != nil {
			return err
		}
		if before.Key != row.Key || before.ArtifactType != row.ArtifactType {
			if err := t.forgetSightings(ctx, row); err != nil {
				return err
			}
		}
		if c.CaseIDs == nil {
			row.CaseIDs = before.CaseIDs
			return nil
		}
		return t.replaceArtifactCases(ctx, row, before.CaseIDs)
	})
	return row, err
}

func (c ArtifactChange) apply(row *models.Artifact) {
	assign(&row.ArtifactType, c.ArtifactType)
	assign(&row.Value, c.Value)
	assign(&row.Description, c.Description)
	assign(&row.TLP, c.TLP)
	assign(&row.FalsePositive, c.FalsePositive)
	assign(&row.FPReason, c.FPReason)
	row.Tags, row.CaseIDs = slices.Clone(row.Tags), slices.Clone(row.CaseIDs)
	assign(&row.Tags, c.Tags)
	assign(&row.CaseIDs, c.CaseIDs)
	if c.ArtifactMetadata != nil {
		row.ArtifactMetadata = c.ArtifactMetadata
	}
	if c.ExpiresAt != nil {
		if row.ExpiresAt = c.ExpiresAt; c.ExpiresAt.IsZero() {
			row.ExpiresAt = nil
		}
	}
}

// lockArtifact reads an indicator and keeps others from changing it until the transaction ends.
func (t *Tenant) lockArtifact(ctx context.Context, db bun.IDB, id int64, seen time.Time) (*models.Artifact, error) {
	row := &models.Artifact{}
	err := t.selectArtifact(db, row).Where("a.id = ?", id).For("NO KEY UPDATE OF a").Scan(ctx)
	if err != nil {
		return nil, err
	}
	return row, unchangedSince(row.UpdatedAt, seen)
}

// DeleteArtifact removes an indicator with its sightings. Faults: NotFound, Stale when it changed after seen (zero: any).
func (t *Tenant) DeleteArtifact(ctx context.Context, id int64, seen time.Time) error {
	return t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		if _, err := t.lockArtifact(ctx, db, id, seen); err != nil {
			return err
		}
		// The counts go first: a batch that is about to count a sighting waits for their row and then finds none.
		for _, sql := range []string{
			"DELETE FROM artifact_counts WHERE tenant_id = $1 AND artifact_id = $2", "DELETE FROM sightings WHERE tenant_id = $1 AND artifact_id = $2",
			"DELETE FROM artifacts WHERE tenant_id = $1 AND id = $2",
		} {
			if err := t.exec(ctx, sql, t.id, id); err != nil {
				return err
			}
		}
		return nil
	})
}
