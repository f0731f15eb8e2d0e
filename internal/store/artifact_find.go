package store

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/velocicompanion/velocicompanion/models"
)

// artifactKey is what an indicator is known by.
type artifactKey struct{ typ, key string }

// foundArtifact is what the database has under a key.
type foundArtifact struct {
	id            int64
	falsePositive bool
	created       bool // by this transaction, just now
}

// FindArtifacts gives the indicators that are there already, by their place in wanted, which need type and key. The others
// are left out. Only ID, FalsePositive and FPReason are read.
func (t *Tenant) FindArtifacts(ctx context.Context, wanted []*models.Artifact) (map[int]*models.Artifact, error) {
	out := map[int]*models.Artifact{}
	err := t.InTx(ctx, func(ctx context.Context, t *Tenant) error {
		types, digests := make([]string, len(wanted)), make([][]byte, len(wanted))
		for i, row := range wanted {
			types[i], digests[i] = row.ArtifactType, digestOf(row.Key)
		}
		return t.rowsPlanned(ctx, findArtifactsSQL, []any{t.id, types, digests}, func(r pgx.Rows) error {
			var n int
			row := &models.Artifact{}
			err := r.Scan(&n, &row.ID, &row.FalsePositive, &row.FPReason)
			out[n-1] = row
			return err
		})
	})
	return out, err
}

const findArtifactsSQL = `SELECT w.n, a.id, a.false_positive, a.fp_reason FROM unnest($2::text[], $3::bytea[]) WITH ORDINALITY AS w (typ, digest, n)
JOIN artifacts AS a ON a.tenant_id = $1 AND a.key_digest = w.digest AND a.artifact_type = w.typ`

// ensureArtifacts gives the id of each indicator, which must be in its normal form and each there once; those that are
// missing are inserted. Everybody inserts in the order of the index, so that two who insert the same ones wait for each
// other and never in a circle. Nobody is told yet.
func (t *Tenant) ensureArtifacts(ctx context.Context, rows []*models.Artifact) (map[artifactKey]foundArtifact, error) {
	found := make(map[artifactKey]foundArtifact, len(rows))
	missing, err := t.lookUp(ctx, rows, found)
	if err != nil || len(missing) == 0 {
		return found, err
	}
	slices.SortFunc(missing, func(a, b *models.Artifact) int {
		return cmp.Or(slices.Compare(digestOf(a.Key), digestOf(b.Key)), cmp.Compare(a.ArtifactType, b.ArtifactType))
	})
	if err := t.insertArtifacts(ctx, missing, found); err != nil {
		return nil, err
	}
	if missing = unfound(missing, found); len(missing) > 0 { // somebody else was faster
		_, err = t.lookUp(ctx, missing, found)
	}
	return found, err
}

// lookUp adds to found what is there, and gives the others.
func (t *Tenant) lookUp(ctx context.Context, rows []*models.Artifact, found map[artifactKey]foundArtifact) ([]*models.Artifact, error) {
	there, err := t.FindArtifacts(ctx, rows)
	if err != nil {
		return nil, err
	}
	for i, row := range there {
		found[artifactKey{rows[i].ArtifactType, rows[i].Key}] = foundArtifact{id: row.ID, falsePositive: row.FalsePositive}
	}
	return unfound(rows, found), nil
}

func unfound(rows []*models.Artifact, found map[artifactKey]foundArtifact) []*models.Artifact {
	var out []*models.Artifact
	for _, row := range rows {
		if _, ok := found[artifactKey{row.ArtifactType, row.Key}]; !ok {
			out = append(out, row)
		}
	}
	return out
}

// insertArtifacts inserts what nobody else has inserted meanwhile, fills in ids and adds them to found.
func (t *Tenant) insertArtifacts(ctx context.Context, rows []*models.Artifact, found map[artifactKey]foundArtifact) error {
	var types, values, keys, descriptions, metadata, tlps, origins []string
	var expiries []*time.Time
	for _, row := range rows {
		types, values, keys = append(types, row.ArtifactType), append(values, row.Value), append(keys, row.Key)
		descriptions, tlps, origins = append(descriptions, row.Description), append(tlps, row.TLP), append(origins, row.Origin)
		metadata, expiries = append(metadata, string(row.ArtifactMetadata)), append(expiries, row.ExpiresAt)
	}
	now := t.s.Now()
	byKey := make(map[artifactKey]*models.Artifact, len(rows))
	for _, row := range rows {
		byKey[artifactKey{row.ArtifactType, row.Key}] = row
	}
	args := []any{t.id, types, values, keys, descriptions, metadata, tlps, origins, expiries, now}
	return t.rowsPlanned(ctx, insertArtifactsSQL, args, func(r pgx.Rows) error {
		var id int64
		var k artifactKey
		if err := r.Scan(&id, &k.typ, &k.key); err != nil {
			return err
		}
		row := byKey[k]
		row.ID, row.TenantID, row.CreatedAt, row.UpdatedAt = id, t.id, now, now
		found[k] = foundArtifact{id: id, created: true}
		return nil
	})
}

const insertArtifactsSQL = `WITH fresh AS (
  INSERT INTO artifacts (tenant_id, artifact_type, value, key, description, artifact_metadata, tlp, origin, expires_at, created_at, updated_at)
  SELECT $1, w.typ, w.value, w.key, w.description, w.metadata::jsonb, w.tlp, w.origin, w.expires_at, $10, $10
  FROM unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::timestamptz[])
    WITH ORDINALITY AS w (typ, value, key, description, metadata, tlp, origin, expires_at, n) ORDER BY w.n
  ON CONFLICT (tenant_id, key_digest, artifact_type) DO NOTHING RETURNING id, artifact_type, key),
counted AS (INSERT INTO artifact_counts (tenant_id, artifact_id) SELECT $1, id FROM fresh)
SELECT id, artifact_type, key FROM fresh`
