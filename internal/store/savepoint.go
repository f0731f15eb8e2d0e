package store

import (
	"context"
	"database/sql"
	"errors"

	"github.com/uptrace/bun"
)

// Try runs fn inside the handle's transaction so that its failure takes back what fn did and nothing else: for a row among
// many. It needs a handle inside InTx.
func (t *Tenant) Try(ctx context.Context, fn func(ctx context.Context, t *Tenant) error) error {
	return t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		left := *t.left
		if len(t.begun.last) > 0 {
			if err := t.begun.flush(ctx); err != nil { // lines of before must not go with what fn does
				return err
			}
		}
		if _, err := db.ExecContext(ctx, "SAVEPOINT try"); err != nil {
			return err
		}
		if err := fn(ctx, t); err != nil {
			*t.left, t.begun.last = left, nil
			_, back := db.ExecContext(ctx, "ROLLBACK TO SAVEPOINT try; RELEASE SAVEPOINT try")
			if back != nil {
				return errors.Join(back, err)
			}
			return translate(err)
		}
		_, err := db.ExecContext(ctx, "RELEASE SAVEPOINT try")
		return err
	})
}

// orAbsent makes nil of a row that was not found.
func orAbsent[T any](row **T, err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		*row = nil
		return nil
	}
	return err
}
