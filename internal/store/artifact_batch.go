package store

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/models"
)

// MaxArtifacts bounds the indicators of one batch.
const MaxArtifacts = 5000

// BatchItem is what became of one indicator of a batch.
type BatchItem struct {
	ID      int64 // 0 when Err is set
	Created bool  // the indicator is new
	Updated bool  // it was there, and what the item says of it was new
	Tied    bool  // it is of the batch's case now, and was not before
	Err     error // an Invalid fault
}

// Batch says what to do with the indicators of a batch beside keeping them.
type Batch struct {
	CaseID int64 // they become this case's; 0: none
	Update bool  // what is there already takes over description, TLP, expiry and tags that the item has
}

// AddArtifacts keeps many indicators, in their order; what is wrong with one keeps none of the others out. What is there
// already stays as it is, unless b.Update. artifact.added is emitted as AddArtifact does. Faults: Invalid for too many, and
// for a case that does not exist.
func (t *Tenant) AddArtifacts(ctx context.Context, rows []*models.Artifact, b Batch) (items []BatchItem, err error) {
	if len(rows) > MaxArtifacts {
		return nil, fault.InvalidField("items", "at most %d at once", MaxArtifacts)
	}
	items = make([]BatchItem, len(rows))
	unique := make([]*models.Artifact, 0, len(rows))
	first := make(map[artifactKey]int, len(rows))
	unsaid := make(map[*models.Artifact]bool, len(rows)) // rows without a TLP of their own
	for i, row := range rows {
		unsaid[row] = row.TLP == ""
		if items[i].Err = normalArtifact(row); items[i].Err != nil {
			continue
		}
		k := artifactKey{row.ArtifactType, row.Key}
		if _, twice := first[k]; !twice {
			first[k], unique = i, append(unique, row)
		}
	}
	err = t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		if err := t.caseThere(ctx, db, b.CaseID); err != nil {
			return err
		}
		found, err := t.ensureArtifacts(ctx, unique)
		if err != nil {
			return err
		}
		for i, row := range rows {
			if items[i].Err != nil {
				continue
			}
			k := artifactKey{row.ArtifactType, row.Key}
			items[i].ID, items[i].Created = found[k].id, found[k].created && first[k] == i
			if row.ID = found[k].id; !items[i].Created && unsaid[row] {
				row.TLP = "" // what is there stays
			}
		}
		return t.finishBatch(ctx, db, b, rows, items)
	})
	return items, err
}

// caseThere is an Invalid fault where the tenant has no such case; 0 is none.
func (t *Tenant) caseThere(ctx context.Context, db bun.IDB, id int64) error {
	if id == 0 {
		return nil
	}
	known, err := db.NewSelect().Model((*models.Case)(nil)).Where("tenant_id = ? AND id = ?", t.id, id).Exists(ctx)
	if err == nil && !known {
		err = unknownCase()
	}
	return err
}

// finishBatch does what a batch asks for beside the indicators themselves, and tells of them.
func (t *Tenant) finishBatch(ctx context.Context, db bun.IDB, b Batch, rows []*models.Artifact, items []BatchItem) error {
	var created []*models.Artifact
	var tagged, known []*models.Artifact
	for i, row := range rows {
		switch {
		case items[i].Err != nil:
			continue
		case items[i].Created:
			created, tagged = append(created, row), append(tagged, row)
		case b.Update:
			known, tagged = append(known, row), append(tagged, row)
		}
	}
	if err := t.tagArtifacts(ctx, tagged); err != nil {
		return err
	}
	changed, err := t.takeOver(ctx, db, known)
	if err != nil {
		return err
	}
	for i := range items {
		items[i].Updated = !items[i].Created && changed[items[i].ID]
	}
	if b.CaseID != 0 {
		if err := t.tieBatch(ctx, db, b.CaseID, items, created); err != nil {
			return err
		}
	}
	return t.emitArtifactsAdded(ctx, created)
}

// tieBatch ties a batch's indicators to its case. Those that are new are told of with their case by what follows.
func (t *Tenant) tieBatch(ctx context.Context, db bun.IDB, caseID int64, items []BatchItem, created []*models.Artifact) error {
	ids := make([]int64, 0, len(items))
	for i := range items {
		if items[i].ID != 0 {
			ids = append(ids, items[i].ID)
		}
	}
	slices.Sort(ids)
	fresh, err := t.tieArtifacts(ctx, caseID, slices.Compact(ids))
	if err != nil {
		return err
	}
	tied, isNew := map[int64]bool{}, map[int64]bool{}
	for _, id := range fresh {
		tied[id] = true
	}
	for _, row := range created {
		row.CaseIDs, isNew[row.ID] = []int64{caseID}, true
	}
	var known []int64
	for i := range items {
		id := items[i].ID
		if items[i].Tied = tied[id]; tied[id] && !isNew[id] {
			known = append(known, id)
		}
		delete(tied, id) // a repeat within the batch is none of the case's news
	}
	return t.emitTied(ctx, db, caseID, known)
}

// emitTied tells of known indicators that are new to a case.
func (t *Tenant) emitTied(ctx context.Context, db bun.IDB, caseID int64, ids []int64) error {
	if len(ids) == 0 {
		return nil
	}
	var rows []models.Artifact
	if err := t.selectArtifact(db, &rows).Where("a.id IN (?)", bun.List(ids)).OrderExpr("a.id").Scan(ctx); err != nil {
		return err
	}
	for i := range rows {
		if err := t.emitArtifactTied(ctx, &rows[i], caseID); err != nil {
			return err
		}
	}
	return nil
}

// tagArtifacts adds tags to indicators; those that they have stay.
func (t *Tenant) tagArtifacts(ctx context.Context, rows []*models.Artifact) error {
	type tag struct {
		id  int64
		tag string
	}
	var all []tag
	for _, row := range rows {
		for _, g := range row.Tags {
			all = append(all, tag{row.ID, g})
		}
	}
	if len(all) == 0 {
		return nil
	}
	slices.SortFunc(all, func(a, b tag) int { return cmp.Or(cmp.Compare(a.id, b.id), cmp.Compare(a.tag, b.tag)) })
	ids, tags := make([]int64, len(all)), make([]string, len(all))
	for i, g := range all {
		ids[i], tags[i] = g.id, g.tag
	}
	return t.exec(ctx, `INSERT INTO artifact_tags (tenant_id, artifact_id, tag) SELECT $1, w.id, w.tag
FROM unnest($2::bigint[], $3::text[]) AS w (id, tag) ON CONFLICT DO NOTHING`, t.id, ids, tags)
}

// takeOver writes what items say about indicators that were there, and says which became different. Of two items about one
// indicator the last is right.
func (t *Tenant) takeOver(ctx context.Context, db bun.IDB, rows []*models.Artifact) (map[int64]bool, error) {
	changed := map[int64]bool{}
	if len(rows) == 0 {
		return changed, nil
	}
	last := map[int64]*models.Artifact{}
	for _, row := range rows {
		last[row.ID] = row
	}
	var ids []int64
	for id := range last {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	descriptions, tlps, expiries := make([]string, len(ids)), make([]string, len(ids)), make([]*time.Time, len(ids))
	for i, id := range ids {
		descriptions[i], tlps[i], expiries[i] = last[id].Description, last[id].TLP, last[id].ExpiresAt
	}
	lock := db.NewSelect().Model((*models.Artifact)(nil)).Column("id").Where("tenant_id = ?", t.id).Where("id IN (?)", bun.List(ids)).
		OrderExpr("id").For("NO KEY UPDATE")
	if _, err := lock.Exec(ctx); err != nil {
		return nil, err
	}
	return changed, t.readIDs(ctx, takeOverSQL, []any{t.id, ids, descriptions, tlps, expiries, t.s.Now()}, func(id int64) { changed[id] = true })
}

const takeOverSQL = `UPDATE artifacts AS a SET description = n.description, tlp = n.tlp, expires_at = n.expires_at, updated_at = $6
FROM (SELECT w.id, CASE WHEN w.description = '' THEN o.description ELSE w.description END AS description,
    CASE WHEN w.tlp = '' THEN o.tlp ELSE w.tlp END AS tlp, coalesce(w.expires_at, o.expires_at) AS expires_at
  FROM unnest($2::bigint[], $3::text[], $4::text[], $5::timestamptz[]) AS w (id, description, tlp, expires_at)
  JOIN artifacts AS o ON o.tenant_id = $1 AND o.id = w.id) AS n
WHERE a.tenant_id = $1 AND a.id = n.id
  AND (a.description, a.tlp, a.expires_at) IS DISTINCT FROM (n.description, n.tlp, n.expires_at) RETURNING a.id`
