package store

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"github.com/velocicompanion/velocicompanion/internal/indicator"
	"github.com/velocicompanion/velocicompanion/models"
)

// ArtifactQuery filters a tenant's indicators; zero values filter nothing. Sorts: id, artifact_type, value, created_at,
// last_seen, hosts, sightings.
type ArtifactQuery struct {
	PageQuery

	ArtifactType  string
	Value         string // the whole value in any spelling, defanged too; with * a pattern
	Q             string // part of value or description, * for any run of characters
	TLP           string
	Origin        string
	Tag           string // exactly this tag
	CaseID        *int64 // 0: of no case
	Expired       *bool
	FalsePositive *bool
	SeenAfter     time.Time
	HostsMin      int
}

// ListArtifacts pages through the tenant's indicators. The database finds them by functions that may use every index;
// the rows are read under the caller's own policy.
func (t *Tenant) ListArtifacts(ctx context.Context, q ArtifactQuery) (rows []models.Artifact, p Page, err error) {
	filter := q.filter(t.s.Now())
	err = t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		rows, p, err = page(ctx, db, q.PageQuery, listing[models.Artifact]{
			keys: artifactSorts(), def: "id", id: "a.id", at: artifactSortValue,
			search: &search[models.Artifact]{
				rows: func(ctx context.Context, p PageQuery, after *cursor) ([]models.Artifact, error) {
					return t.searchArtifacts(ctx, db, filter, p, after)
				},
				total: func(ctx context.Context) (p Page, err error) {
					err = t.row(ctx, "SELECT total, exact FROM artifact_matches_total($1::text::jsonb, $2)", []any{filter, ExactTotal}, &p.Total, &p.Exact)
					return p, err
				},
			},
		})
		return err
	})
	return rows, p, err
}

func (t *Tenant) searchArtifacts(ctx context.Context, db bun.IDB, filter string, p PageQuery, after *cursor) ([]models.Artifact, error) {
	value, id := any(nil), any(nil)
	if after != nil {
		value, id, p.Skip = after.Value, after.ID, 0
	}
	rows := make([]models.Artifact, 0, p.Limit+1)
	err := t.selectArtifact(db, &rows).
		Join("JOIN artifact_matches(?::jsonb, ?, ?, ?, ?, ?, ?) WITH ORDINALITY AS m (id, n) ON m.id = a.id",
			filter, p.Sort, p.Desc, value, id, p.Skip, p.Limit+1).
		OrderExpr("m.n").Scan(ctx)
	return rows, err
}

func artifactSorts() map[string]sortKey {
	return map[string]sortKey{
		"id": {"a.id", "bigint"}, "artifact_type": {"a.artifact_type", "text"}, "value": {"a.value_key", "text"},
		"created_at": {"a.created_at", "timestamptz"}, "last_seen": {"k.seen_key", "timestamptz"}, "hosts": {"k.hosts", "integer"},
		"sightings": {"k.sightings", "bigint"},
	}
}

// filterArtifacts narrows a select to what a query finds, up to MaxBulk + 1.
func (t *Tenant) filterArtifacts(sel *bun.SelectQuery, q ArtifactQuery) *bun.SelectQuery {
	return sel.Where("a.tenant_id = ?", t.id).
		Where("a.id IN (SELECT m.id FROM artifact_matches(?::jsonb, 'id', false, NULL, NULL, 0, ?) AS m)", q.filter(t.s.Now()), MaxBulk+1)
}

// filter is the query as the database's functions take it, as JSON.
func (q ArtifactQuery) filter(now time.Time) string {
	f := map[string]any{}
	for name, value := range map[string]string{"type": q.ArtifactType, "tlp": q.TLP, "origin": q.Origin, "tag": q.Tag} {
		if value != "" {
			f[name] = value
		}
	}
	switch {
	case strings.Contains(q.Value, "*"):
		f["pattern"] = lower(likePattern(q.Value))
	case q.Value != "":
		f["keys"] = keysOf(q.ArtifactType, q.Value)
	}
	if q.Q != "" {
		f["q"] = lower(containing(indicator.Refang(q.Q)))
	}
	if q.CaseID != nil {
		f["case_id"] = decimal(*q.CaseID)
	}
	if q.Expired != nil {
		f["expired"], f["now"] = *q.Expired, now
	}
	if q.FalsePositive != nil {
		f["false_positive"] = *q.FalsePositive
	}
	if !q.SeenAfter.IsZero() {
		f["seen_after"] = q.SeenAfter
	}
	if q.HostsMin > 0 {
		f["hosts_min"] = q.HostsMin
	}
	b, _ := json.Marshal(f) //nolint:errchkjson // texts, truths, numbers and moments always marshal
	return string(b)
}

// keysOf lists what a value may be kept under: its key as each type that it can be, and itself.
func keysOf(typ, value string) []string {
	keys := []string{strings.TrimSpace(value)}
	for _, known := range models.ArtifactTypes() {
		if typ != "" && typ != known {
			continue
		}
		if in, err := CanonicalIndicator(known, value); err == nil && !slices.Contains(keys, in.Key) {
			keys = append(keys, in.Key)
		}
	}
	return keys
}

func artifactSortValue(row *models.Artifact, sort string) (string, int64) {
	switch sort {
	case "artifact_type":
		return row.ArtifactType, row.ID
	case "value":
		return row.ValueKey, row.ID
	case "created_at":
		return row.CreatedAt.Format(time.RFC3339Nano), row.ID
	case "last_seen":
		if row.LastSeen == nil {
			return "-infinity", row.ID
		}
		return row.LastSeen.Format(time.RFC3339Nano), row.ID
	case "hosts":
		return decimal(int64(row.Hosts)), row.ID
	case "sightings":
		return decimal(row.Sightings), row.ID
	}
	return decimal(row.ID), row.ID
}
