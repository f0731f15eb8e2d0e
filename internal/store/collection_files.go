package store

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"
	"github.com/uptrace/bun"

	"github.com/velocicompanion/velocicompanion/models"
)

// AddCollectionFiles writes down the files that a collection brought, in the transaction that marks them as listed.
func (t *Tenant) AddCollectionFiles(ctx context.Context, id int64, files []models.CollectionFile) error {
	if len(files) == 0 {
		return nil
	}
	return t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		for i := range files {
			files[i].TenantID, files[i].CollectionID, files[i].CreatedAt = t.id, id, t.s.Now()
			if files[i].Components == nil {
				files[i].Components = []string{}
			}
		}
		_, err := db.NewInsert().Model(&files).ExcludeColumn("id").Returning("NULL").Exec(ctx)
		return err
	})
}

// NextCollectionFile gives the next file of a collection that is to be fetched; nil when none is.
func (t *Tenant) NextCollectionFile(ctx context.Context, id int64) (row *models.CollectionFile, err error) {
	row = &models.CollectionFile{}
	err = t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		return orAbsent(&row, db.NewSelect().Model(row).Where("cf.tenant_id = ? AND cf.collection_id = ? AND cf.status = ?", t.id, id, models.FilePending).
			OrderExpr("cf.attempts, cf.number").Limit(1).Scan(ctx))
	})
	return row, err
}

// NoteCollectionFile counts a try that failed and keeps why; it gives the number of tries.
func (t *Tenant) NoteCollectionFile(ctx context.Context, fileID int64, reason string) (tries int, err error) {
	err = t.run(ctx, func(ctx context.Context, t *Tenant, _ bun.IDB) error {
		return t.row(ctx, "UPDATE collection_files SET attempts = attempts + 1, error = $3 WHERE tenant_id = $1 AND id = $2 RETURNING attempts",
			[]any{t.id, fileID, reason}, &tries)
	})
	return tries, err
}

// FileDone is what became of a file.
type FileDone struct {
	Status string // kept, too_large, failed, not_kept
	Error  string
	Ref    string // of internal/blob
	Size   int64  // bytes that are here
	SHA256 string
}

// FinishCollectionFile writes what became of a file; first is false where somebody else has.
func (t *Tenant) FinishCollectionFile(ctx context.Context, fileID int64, d FileDone) (first bool, err error) {
	const sql = `UPDATE collection_files SET status = $3, error = $4, file_ref = $5, kept_size = $6, sha256 = $7
WHERE tenant_id = $1 AND id = $2 AND status = 'pending' RETURNING id`
	err = t.run(ctx, func(ctx context.Context, t *Tenant, _ bun.IDB) error {
		var id int64
		err := t.row(ctx, sql, []any{t.id, fileID, d.Status, d.Error, d.Ref, d.Size, d.SHA256}, &id)
		if errors.Is(err, pgx.ErrNoRows) {
			return nil
		}
		first = err == nil
		return err
	})
	return first, err
}

// ListCollectionFiles pages through a collection's files in the server's order. Sorts: id. Faults: NotFound for the collection.
func (t *Tenant) ListCollectionFiles(ctx context.Context, id int64, q PageQuery) (rows []models.CollectionFile, p Page, err error) {
	err = t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		if _, err := t.Collection(ctx, id); err != nil {
			return err
		}
		rows, p, err = page(ctx, db, q, listing[models.CollectionFile]{
			sel:  db.NewSelect().Model((*models.CollectionFile)(nil)).Where("cf.tenant_id = ? AND cf.collection_id = ?", t.id, id),
			keys: map[string]sortKey{"id": {"cf.id", "bigint"}}, def: "id", id: "cf.id",
			at: func(row *models.CollectionFile, _ string) (string, int64) { return decimal(row.ID), row.ID },
		})
		return err
	})
	return rows, p, err
}

// CollectionFile reads one file of a collection. Faults: NotFound.
func (t *Tenant) CollectionFile(ctx context.Context, id, fileID int64) (row *models.CollectionFile, err error) {
	row = &models.CollectionFile{}
	err = t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		return db.NewSelect().Model(row).Where("cf.tenant_id = ? AND cf.collection_id = ? AND cf.id = ?", t.id, id, fileID).Scan(ctx)
	})
	return row, err
}
