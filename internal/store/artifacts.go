package store

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/uptrace/bun"

	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/models"
)

const maxArtifactValue = 4096 // characters

// ArtifactChange is a partial change of an indicator; nil fields stay.
type ArtifactChange struct {
	ArtifactType     *string
	Value            *string
	Description      *string
	ArtifactMetadata json.RawMessage // replaces
	CaseID           *int64          // 0: of no case

	Seen time.Time // the updated_at that the change was made on; zero: whatever it is now
}

// AddArtifact gives the one indicator with this case, type and value: inserted now, and artifact.added emitted, or the
// one that is there already, unchanged. Faults: Invalid, also for a case that does not exist.
func (t *Tenant) AddArtifact(ctx context.Context, in *models.Artifact) (row *models.Artifact, created bool, err error) {
	in.TenantID = t.id
	if err := normalArtifact(in); err != nil {
		return nil, false, err
	}
	err = t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		row = in
		row.CreatedAt = t.s.Now()
		row.UpdatedAt = row.CreatedAt
		err := t.rows(ctx, addArtifactSQL, []any{
			t.id, row.CaseID, row.ArtifactType, row.Value, row.Description, string(row.ArtifactMetadata), row.CreatedAt,
		}, func(r pgx.Rows) error {
			created = true
			return r.Scan(&row.ID)
		})
		if err != nil {
			return artifactFault(err)
		}
		if !created {
			row = &models.Artifact{}
			return t.selectArtifact(ctx, db, row, in)
		}
		return t.emitArtifactAdded(ctx, row)
	})
	return row, created, err
}

const addArtifactSQL = `INSERT INTO artifacts (tenant_id, case_id, artifact_type, value, description, artifact_metadata, created_at, updated_at)
VALUES ($1, $2, $3, $4, $5, $6::text::jsonb, $7, $7)
ON CONFLICT (tenant_id, case_id, artifact_type, value_digest) DO NOTHING RETURNING id`

func (t *Tenant) selectArtifact(ctx context.Context, db bun.IDB, row, like *models.Artifact) error {
	digest := sha256.Sum256([]byte(like.Value))
	q := db.NewSelect().Model(row).Where("tenant_id = ? AND artifact_type = ? AND value_digest = ?", t.id, like.ArtifactType, digest[:])
	if like.CaseID == nil {
		q = q.Where("case_id IS NULL")
	} else {
		q = q.Where("case_id = ?", *like.CaseID)
	}
	return q.Scan(ctx)
}

func normalArtifact(row *models.Artifact) error {
	if !slices.Contains(models.ArtifactTypes(), row.ArtifactType) {
		return fault.InvalidField("artifact_type", "must be one of %s", strings.Join(models.ArtifactTypes(), ", "))
	}
	row.Value = strings.TrimSpace(row.Value)
	if row.Value == "" {
		return fault.InvalidField("value", "must not be empty")
	}
	if p := longTextProblem(row.Value, maxArtifactValue); p != "" {
		return fault.InvalidField("value", "%s", p)
	}
	if p := longTextProblem(row.Description, maxDescription); p != "" {
		return fault.InvalidField("description", "%s", p)
	}
	if row.CaseID != nil && *row.CaseID == 0 {
		row.CaseID = nil
	}
	var err error
	row.ArtifactMetadata, err = freeObject(row.ArtifactMetadata, "artifact_metadata")
	return err
}

func artifactFault(err error) error {
	switch ConstraintOf(err) {
	case "artifacts_tenant_id_case_id_fkey":
		return fault.InvalidField("case_id", "there is no such case").WithCode("unknown_reference")
	case "artifacts_value_key":
		return fault.Wrap(err, fault.Conflict, "there is such an indicator already").WithCode("artifact_exists")
	}
	return err
}

// Artifact reads one indicator. Faults: NotFound.
func (t *Tenant) Artifact(ctx context.Context, id int64) (*models.Artifact, error) {
	return one[models.Artifact](ctx, t, id)
}

// UpdateArtifact changes an indicator. Faults: NotFound, Invalid, Conflict (artifact_exists), Stale when it changed after
// c.Seen.
func (t *Tenant) UpdateArtifact(ctx context.Context, id int64, c ArtifactChange) (*models.Artifact, error) {
	row := &models.Artifact{}
	err := t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		if err := t.lockArtifact(ctx, db, row, id, c.Seen); err != nil {
			return err
		}
		c.apply(row)
		if err := normalArtifact(row); err != nil {
			return err
		}
		row.UpdatedAt = after(row.UpdatedAt, t.s.Now())
		_, err := db.NewUpdate().Model(row).ExcludeColumn("id", "tenant_id", "created_at").
			Where("tenant_id = ? AND id = ?", t.id, id).Exec(ctx)
		return artifactFault(err)
	})
	return row, err
}

func (c ArtifactChange) apply(row *models.Artifact) {
	assign(&row.ArtifactType, c.ArtifactType)
	assign(&row.Value, c.Value)
	assign(&row.Description, c.Description)
	if c.ArtifactMetadata != nil {
		row.ArtifactMetadata = c.ArtifactMetadata
	}
	if c.CaseID != nil {
		row.CaseID = c.CaseID
	}
}

func (t *Tenant) lockArtifact(ctx context.Context, db bun.IDB, row *models.Artifact, id int64, seen time.Time) error {
	err := db.NewSelect().Model(row).Where("tenant_id = ? AND id = ?", t.id, id).For("NO KEY UPDATE").Scan(ctx)
	if err != nil {
		return err
	}
	return unchangedSince(row.UpdatedAt, seen)
}

// DeleteArtifact removes an indicator. Faults: NotFound, Stale when it changed after seen (zero: any).
func (t *Tenant) DeleteArtifact(ctx context.Context, id int64, seen time.Time) error {
	return t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		if err := t.lockArtifact(ctx, db, &models.Artifact{}, id, seen); err != nil {
			return err
		}
		_, err := db.NewDelete().Model((*models.Artifact)(nil)).Where("tenant_id = ? AND id = ?", t.id, id).Exec(ctx)
		return err
	})
}
