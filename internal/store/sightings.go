package store

import (
	"cmp"
	"context"
	"encoding/json"
	"maps"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/velocicompanion/velocicompanion/models"
)

// Sighted is one indicator in one row, as the extraction found it.
type Sighted struct {
	Type  string // of models.ArtifactTypes
	Value string // canonical
	Key   string // what two spellings of the value share

	HostID        int64
	SourceID      int64
	CollectedAt   time.Time // the source's
	ObservationID int64     // the row's; 0: the row was known before, so that it is no further sighting
	Field         string    // where in the row, like Event.EventData.Hashes
	At            time.Time // when the row says it happened; zero: when it was collected
}

// sightedAt is what the rows of one source on one host say about one indicator.
type sightedAt struct {
	artifact, host, source int64
}

type sightedRows struct {
	fresh       int64 // rows that were not known before
	first, last time.Time
	field       string
	observation *int64
}

// RecordSightings keeps that indicators were seen: those that are new are created, of origin extracted, and
// artifact.added is emitted. created counts them, seen the rows that were not known. What is marked as false positive is
// passed over. Values and keys must come from the indicator room. Batches at once wait for each other where they share
// indicators, and never deadlock as long as each transaction calls this once, after what it does to hosts.
func (t *Tenant) RecordSightings(ctx context.Context, sighted []Sighted) (created, seen int, err error) {
	if len(sighted) == 0 {
		return 0, 0, nil
	}
	err = t.InTx(ctx, func(ctx context.Context, t *Tenant) error {
		rows := t.sightedArtifacts(sighted)
		found, err := t.ensureArtifacts(ctx, rows)
		if err != nil {
			return err
		}
		fresh := make([]*models.Artifact, 0, len(rows))
		for _, row := range rows {
			if found[artifactKey{row.ArtifactType, row.Key}].created {
				fresh = append(fresh, row)
			}
		}
		created = len(fresh)
		places := gather(sighted, found)
		if seen, err = t.keepSightings(ctx, places); err != nil {
			return err
		}
		return t.emitArtifactsAdded(ctx, fresh)
	})
	return created, seen, err
}

// sightedArtifacts lists the indicators, each once.
func (t *Tenant) sightedArtifacts(sighted []Sighted) []*models.Artifact {
	byKey := make(map[artifactKey]struct{}, len(sighted)/4)
	rows := make([]*models.Artifact, 0, len(sighted)/4)
	for i := range sighted {
		s := &sighted[i]
		k := artifactKey{s.Type, s.Key}
		if _, known := byKey[k]; known {
			continue
		}
		byKey[k] = struct{}{}
		rows = append(rows, &models.Artifact{
			ArtifactType: s.Type, Value: s.Value, Key: s.Key, TLP: models.TLPAmber, Origin: models.OriginExtracted, ArtifactMetadata: json.RawMessage("{}"),
		})
	}
	return rows
}

// gather adds up the sightings by indicator, host and source.
func gather(sighted []Sighted, found map[artifactKey]foundArtifact) map[sightedAt]*sightedRows {
	places := make(map[sightedAt]*sightedRows, len(sighted)/2)
	for i := range sighted {
		s := &sighted[i]
		artifact := found[artifactKey{s.Type, s.Key}]
		if artifact.id == 0 || artifact.falsePositive {
			continue
		}
		when := s.At
		if when.IsZero() {
			when = s.CollectedAt
		}
		at := sightedAt{artifact.id, s.HostID, s.SourceID}
		rows := places[at]
		if rows == nil {
			rows = &sightedRows{first: when, last: when, field: s.Field}
			places[at] = rows
		}
		if when.Before(rows.first) {
			rows.first = when
		}
		if when.After(rows.last) {
			rows.last = when
		}
		if s.ObservationID != 0 {
			rows.fresh++
			if rows.observation == nil {
				rows.observation, rows.field = &s.ObservationID, s.Field
			}
		}
	}
	return places
}

// keepSightings writes what was gathered and says how many rows were new.
func (t *Tenant) keepSightings(ctx context.Context, places map[sightedAt]*sightedRows) (seen int, err error) {
	if len(places) == 0 {
		return 0, nil
	}
	keys := slices.SortedFunc(maps.Keys(places), func(a, b sightedAt) int {
		return cmp.Or(cmp.Compare(a.artifact, b.artifact), cmp.Compare(a.host, b.host), cmp.Compare(a.source, b.source))
	})
	var artifacts, hosts, sources, fresh []int64
	var observations []*int64
	var first, last []time.Time
	var fields []string
	for _, k := range keys {
		rows := places[k]
		artifacts, hosts, sources = append(artifacts, k.artifact), append(hosts, k.host), append(sources, k.source)
		fresh, observations, fields = append(fresh, rows.fresh), append(observations, rows.observation), append(fields, rows.field)
		first, last = append(first, rows.first), append(last, rows.last)
		seen += int(rows.fresh)
	}
	if err := t.lockCounts(ctx, slices.Compact(slices.Clone(artifacts))); err != nil {
		return 0, err
	}
	args := []any{t.id, artifacts, hosts, sources, fresh, first, last, fields, observations}
	return seen, t.rowsPlanned(ctx, keepSightingsSQL, args, func(pgx.Rows) error { return nil })
}

// lockCounts makes others who count the same indicators wait, in one order.
func (t *Tenant) lockCounts(ctx context.Context, artifacts []int64) error {
	return t.rowsPlanned(ctx, `SELECT artifact_id FROM artifact_counts WHERE tenant_id = $1 AND artifact_id = ANY ($2::bigint[])
ORDER BY artifact_id FOR NO KEY UPDATE`, []any{t.id, artifacts}, func(pgx.Rows) error { return nil })
}

// keepSightingsSQL relies on the locks: nobody else writes sightings of these indicators meanwhile. An indicator that was
// removed since has no counts, and nothing is kept. A row that was known counts only where nothing was kept yet. What is
// there is looked up row by row: joins between parts of thousands of rows would be planned as if they had ten.
const keepSightingsSQL = `WITH incoming AS MATERIALIZED (
  SELECT w.*, EXISTS (SELECT 1 FROM sightings AS s WHERE s.tenant_id = $1 AND s.artifact_id = w.artifact_id AND s.host_id = w.host_id
      AND s.source_id = w.source_id) AS known,
    EXISTS (SELECT 1 FROM sightings AS s WHERE s.tenant_id = $1 AND s.artifact_id = w.artifact_id AND s.host_id = w.host_id) AS met
  FROM unnest($2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::timestamptz[], $7::timestamptz[], $8::text[], $9::bigint[])
    AS w (artifact_id, host_id, source_id, fresh, first_seen, last_seen, field, observation_id)
  JOIN artifact_counts AS k ON k.tenant_id = $1 AND k.artifact_id = w.artifact_id),
kept AS (
  INSERT INTO sightings AS s (tenant_id, artifact_id, host_id, source_id, field, count, first_seen, last_seen, observation_id)
  SELECT $1, artifact_id, host_id, source_id, field, CASE WHEN known THEN fresh ELSE greatest(fresh, 1) END, first_seen, last_seen, observation_id
  FROM incoming WHERE NOT known OR fresh > 0
  ON CONFLICT (tenant_id, artifact_id, host_id, source_id) DO UPDATE SET count = s.count + EXCLUDED.count,
    first_seen = least(s.first_seen, EXCLUDED.first_seen), last_seen = greatest(s.last_seen, EXCLUDED.last_seen),
    observation_id = coalesce(s.observation_id, EXCLUDED.observation_id))
UPDATE artifact_counts AS k SET sightings = k.sightings + i.more, hosts = k.hosts + i.hosts,
  first_seen = least(k.first_seen, i.first_seen), last_seen = greatest(k.last_seen, i.last_seen)
FROM (SELECT artifact_id, sum(CASE WHEN known THEN fresh ELSE greatest(fresh, 1) END) AS more, min(first_seen) AS first_seen,
    max(last_seen) AS last_seen, count(DISTINCT host_id) FILTER (WHERE NOT met) AS hosts
  FROM incoming WHERE NOT known OR fresh > 0 GROUP BY artifact_id) AS i
WHERE k.tenant_id = $1 AND k.artifact_id = i.artifact_id`
