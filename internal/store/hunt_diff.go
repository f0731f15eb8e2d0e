package store

import (
	"context"
	"encoding/json"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"

	"github.com/velocicompanion/velocicompanion/models"
)

// HuntDiffQuery says which two hunts are compared, and how.
type HuntDiffQuery struct {
	From, To int64    // hunts
	Artifact string   // A or A/Source; empty: all
	Ignore   []string // columns that differ each time
	Limit    int      // rows shown of each sort
}

// HuntDiffRow is a row that one hunt has and the other doesn't.
type HuntDiffRow struct {
	ID       int64
	HostID   int64
	Hostname string
	Artifact string
	Data     json.RawMessage
}

// HuntDiff is what changed between two hunts on the hosts that answered to both.
type HuntDiff struct {
	New, Gone                      []HuntDiffRow
	NewCount, GoneCount, SameCount int64
	HostsBoth, HostsFrom, HostsTo  int // that answered to both, to the first only, to the second only
	Artifacts                      []string
}

// DiffHunts compares the rows of two hunts, host by host. Hosts that answered to one of them only are counted, not compared:
// what they don't say has not gone.
func (t *Tenant) DiffHunts(ctx context.Context, q HuntDiffQuery) (out *HuntDiff, err error) {
	out = &HuntDiff{}
	err = t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		for _, id := range []int64{q.From, q.To} {
			if _, err := t.Hunt(ctx, id); err != nil {
				return err
			}
		}
		sides, err := t.diffSides(ctx, db, q)
		if err != nil {
			return err
		}
		out.Artifacts = sides.artifacts
		err = db.NewRaw(`SELECT count(*) FILTER (WHERE a AND b), count(*) FILTER (WHERE a AND NOT b), count(*) FILTER (WHERE b AND NOT a) FROM (
  SELECT bool_or(hunt_id = ?) AS a, bool_or(hunt_id = ?) AS b FROM hunt_hosts
  WHERE tenant_id = ? AND hunt_id IN (?, ?) AND status = ? AND host_id IS NOT NULL GROUP BY host_id) AS h`,
			q.From, q.To, t.id, q.From, q.To, models.HuntHostDone).Scan(ctx, &out.HostsBoth, &out.HostsFrom, &out.HostsTo)
		if err != nil {
			return err
		}
		args := []any{t.id, sides.from, sides.to, sides.times, q.Ignore, q.From, q.To, models.HuntHostDone}
		if err := t.row(ctx, diffSQL+diffCountSQL, args, &out.NewCount, &out.GoneCount, &out.SameCount); err != nil {
			return err
		}
		if out.New, err = t.diffRows(ctx, db, args, false, q.Limit); err != nil {
			return err
		}
		out.Gone, err = t.diffRows(ctx, db, args, true, q.Limit)
		return err
	})
	return out, err
}

// diffSides are the sources of the two hunts.
type diffSides struct {
	from, to  []int64
	times     []time.Time
	artifacts []string
}

func (t *Tenant) diffSides(ctx context.Context, db bun.IDB, q HuntDiffQuery) (s diffSides, err error) {
	s.from, s.to, s.times, s.artifacts = []int64{}, []int64{}, []time.Time{}, []string{}
	var rows []struct {
		HuntID      int64
		Artifact    string
		SourceID    int64
		CollectedAt time.Time
	}
	err = db.NewRaw(`SELECT hs.hunt_id, hs.artifact, hs.source_id, s.collected_at FROM hunt_sources hs JOIN sources s ON s.tenant_id = hs.tenant_id AND s.id = hs.source_id
WHERE hs.tenant_id = ? AND hs.hunt_id IN (?, ?) AND (? = '' OR hs.artifact = ?) ORDER BY hs.artifact, hs.hunt_id`,
		t.id, q.From, q.To, q.Artifact, q.Artifact).Scan(ctx, &rows)
	for _, r := range rows {
		if n := len(s.artifacts); n == 0 || s.artifacts[n-1] != r.Artifact {
			s.artifacts = append(s.artifacts, r.Artifact)
		}
		s.times = append(s.times, r.CollectedAt)
		if r.HuntID == q.From {
			s.from = append(s.from, r.SourceID)
		} else {
			s.to = append(s.to, r.SourceID)
		}
	}
	return s, err
}

// diffSQL: tenant, sources of the first and of the second, their times, columns to be left out, the hunts, the status of a
// host that answered. The same row of a host is one, however often a hunt has it.
const diffSQL = `WITH both_hosts AS MATERIALIZED (
  SELECT host_id FROM hunt_hosts WHERE tenant_id = $1 AND hunt_id IN ($6, $7) AND status = $8 AND host_id IS NOT NULL
  GROUP BY host_id HAVING count(DISTINCT hunt_id) = 2),
seen AS MATERIALIZED (
  SELECT o.id, o.host_id, s.name AS artifact, o.source_id = ANY ($3::bigint[]) AS later,
    CASE WHEN cardinality($5::text[]) > 0 THEN decode(md5((o.data - $5::text[])::text), 'hex') ELSE o.content_hash END AS digest
  FROM observations o JOIN both_hosts b ON b.host_id = o.host_id JOIN sources s ON s.tenant_id = o.tenant_id AND s.id = o.source_id
  WHERE o.tenant_id = $1 AND o.source_id = ANY ($2::bigint[] || $3::bigint[]) AND o.collected_at = ANY ($4::timestamptz[])),
folded AS (
  SELECT min(id) AS id, host_id, artifact, digest, bool_or(later) AS now, bool_or(NOT later) AS before FROM seen GROUP BY host_id, artifact, digest)
`

const (
	diffCountSQL = `SELECT count(*) FILTER (WHERE now AND NOT before), count(*) FILTER (WHERE before AND NOT now), count(*) FILTER (WHERE now AND before) FROM folded`
	diffListSQL  = `SELECT id, host_id, artifact FROM folded WHERE before = $9 AND now = NOT $9 ORDER BY host_id, artifact, id LIMIT $10`
)

func (t *Tenant) diffRows(ctx context.Context, db bun.IDB, args []any, gone bool, limit int) ([]HuntDiffRow, error) {
	out := []HuntDiffRow{}
	err := t.rows(ctx, diffSQL+diffListSQL, append(append([]any{}, args...), gone, limit), func(r pgx.Rows) error {
		var row HuntDiffRow
		err := r.Scan(&row.ID, &row.HostID, &row.Artifact)
		out = append(out, row)
		return err
	})
	if err != nil || len(out) == 0 {
		return out, err
	}
	ids := make([]int64, len(out))
	at := make(map[int64]int, len(out))
	for i := range out {
		ids[i], at[out[i].ID] = out[i].ID, i
	}
	var found []struct {
		ID       int64
		Hostname string
		Data     json.RawMessage
	}
	err = db.NewRaw(`SELECT o.id, h.hostname, o.data FROM observations o JOIN hosts h ON h.tenant_id = o.tenant_id AND h.id = o.host_id
WHERE o.tenant_id = ? AND o.collected_at = ANY (?::timestamptz[]) AND o.id = ANY (?::bigint[])`, t.id, pgdialect.Array(args[3]), pgdialect.Array(ids)).Scan(ctx, &found)
	for _, f := range found {
		out[at[f.ID]].Hostname, out[at[f.ID]].Data = f.Hostname, f.Data
	}
	return out, err
}
