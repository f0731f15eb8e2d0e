package store

import (
	"context"

	"github.com/uptrace/bun"

	"github.com/velocicompanion/velocicompanion/models"
)

// forgetSightings removes what is known of an indicator's sightings.
func (t *Tenant) forgetSightings(ctx context.Context, row *models.Artifact) error {
	if err := t.lockCounts(ctx, []int64{row.ID}); err != nil {
		return err
	}
	if err := t.exec(ctx, "DELETE FROM sightings WHERE tenant_id = $1 AND artifact_id = $2", t.id, row.ID); err != nil {
		return err
	}
	row.Sightings, row.Hosts, row.FirstSeen, row.LastSeen = 0, 0, nil, nil
	return t.recount(ctx, []int64{row.ID})
}

// recount makes the counts of indicators what their sightings say. Their rows must be locked.
func (t *Tenant) recount(ctx context.Context, artifacts []int64) error {
	return t.exec(ctx, `UPDATE artifact_counts AS k SET sightings = s.sightings, hosts = s.hosts, first_seen = s.first_seen, last_seen = s.last_seen
FROM (SELECT w.id, coalesce(sum(i.count), 0) AS sightings, count(DISTINCT i.host_id) AS hosts, min(i.first_seen) AS first_seen, max(i.last_seen) AS last_seen
  FROM unnest($2::bigint[]) AS w (id) LEFT JOIN sightings AS i ON i.tenant_id = $1 AND i.artifact_id = w.id GROUP BY w.id) AS s
WHERE k.tenant_id = $1 AND k.artifact_id = s.id`, t.id, artifacts)
}

// sightedOn lists the indicators that were seen on a host, with their counts locked.
func (t *Tenant) sightedOn(ctx context.Context, db bun.IDB, hostID int64) (artifacts []int64, err error) {
	err = db.NewRaw("SELECT DISTINCT artifact_id FROM sightings WHERE tenant_id = ? AND host_id = ? ORDER BY 1", t.id, hostID).Scan(ctx, &artifacts)
	if err != nil || len(artifacts) == 0 {
		return nil, err
	}
	return artifacts, t.lockCounts(ctx, artifacts)
}

// removeSightings forgets what was seen on a host, which the transaction has locked; indicators stay.
func (t *Tenant) removeSightings(ctx context.Context, db bun.IDB, hostID int64) error {
	artifacts, err := t.sightedOn(ctx, db, hostID)
	if err != nil || len(artifacts) == 0 {
		return err
	}
	return t.exec(ctx, removeSightingsSQL, t.id, hostID)
}

// removeSightingsSQL counts down; only where the host was the first or the last to see an indicator the others are looked at.
const removeSightingsSQL = `WITH gone AS (DELETE FROM sightings WHERE tenant_id = $1 AND host_id = $2 RETURNING artifact_id, count, first_seen, last_seen)
UPDATE artifact_counts AS k SET sightings = k.sightings - g.n, hosts = k.hosts - 1,
  first_seen = CASE WHEN g.first_seen > k.first_seen THEN k.first_seen ELSE (
    SELECT min(s.first_seen) FROM sightings AS s WHERE s.tenant_id = $1 AND s.artifact_id = k.artifact_id AND s.host_id <> $2) END,
  last_seen = CASE WHEN g.last_seen < k.last_seen THEN k.last_seen ELSE (
    SELECT max(s.last_seen) FROM sightings AS s WHERE s.tenant_id = $1 AND s.artifact_id = k.artifact_id AND s.host_id <> $2) END
FROM (SELECT artifact_id, sum(count) AS n, min(first_seen) AS first_seen, max(last_seen) AS last_seen FROM gone GROUP BY artifact_id) AS g
WHERE k.tenant_id = $1 AND k.artifact_id = g.artifact_id`

// moveSightings makes what was seen on one host seen on another, both of which the transaction has locked, and says how
// many rows there were. What a source saw on both adds up; what both saw has a host less.
func (t *Tenant) moveSightings(ctx context.Context, db bun.IDB, from, to int64) (moved int, err error) {
	artifacts, err := t.sightedOn(ctx, db, from)
	if err != nil || len(artifacts) == 0 {
		return 0, err
	}
	err = t.row(ctx, moveSightingsSQL, []any{t.id, from, to}, &moved)
	return moved, err
}

const moveSightingsSQL = `WITH gone AS (DELETE FROM sightings WHERE tenant_id = $1 AND host_id = $2 RETURNING *),
kept AS (
  INSERT INTO sightings AS s (tenant_id, artifact_id, host_id, source_id, field, count, first_seen, last_seen, observation_id)
  SELECT $1, artifact_id, $3, source_id, field, count, first_seen, last_seen, observation_id FROM gone ORDER BY artifact_id, source_id
  ON CONFLICT (tenant_id, artifact_id, host_id, source_id) DO UPDATE SET count = s.count + EXCLUDED.count,
    first_seen = least(s.first_seen, EXCLUDED.first_seen), last_seen = greatest(s.last_seen, EXCLUDED.last_seen)),
fewer AS (
  UPDATE artifact_counts AS k SET hosts = k.hosts - 1 FROM (SELECT DISTINCT artifact_id FROM gone) AS g
  WHERE k.tenant_id = $1 AND k.artifact_id = g.artifact_id
    AND EXISTS (SELECT 1 FROM sightings AS s WHERE s.tenant_id = $1 AND s.artifact_id = k.artifact_id AND s.host_id = $3))
SELECT count(*) FROM gone`
