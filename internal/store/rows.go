package store

import (
	"context"
	"database/sql"
	"strconv"
	"strings"

	"github.com/uptrace/bun"

	"github.com/velocicompanion/velocicompanion/internal/fault"
)

// one reads the tenant's row of a table by its id. Faults: NotFound.
func one[T any](ctx context.Context, t *Tenant, id int64) (*T, error) {
	row := new(T)
	err := t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		return db.NewSelect().Model(row).Where("tenant_id = ? AND id = ?", t.id, id).Scan(ctx)
	})
	return row, err
}

// mustAffect turns an update or delete that met no row into NotFound.
func mustAffect(res sql.Result) error {
	n, err := res.RowsAffected()
	if err != nil {
		return err
	}
	if n == 0 {
		return fault.New(fault.NotFound, "not found")
	}
	return nil
}

// lower folds a text as PostgreSQL's lower() does under our locale, for cursors over lower(column).
func lower(s string) string { return strings.ToLower(s) }

func decimal(id int64) string { return strconv.FormatInt(id, 10) }
