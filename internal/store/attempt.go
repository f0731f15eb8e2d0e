package store

import (
	"context"
	"errors"
)

// Attempt runs fn inside the handle's transaction so that what it did can be taken back alone: when fn fails, the
// transaction stands where it stood before, and goes on. It needs a transaction.
func (t *Tenant) Attempt(ctx context.Context, fn func(ctx context.Context, t *Tenant) error) error {
	if _, err := t.conn.Exec(ctx, "SAVEPOINT attempt"); err != nil {
		return translate(err)
	}
	before := *t.left
	if err := fn(ctx, t); err != nil {
		*t.left = before
		if _, e := t.conn.Exec(ctx, "ROLLBACK TO SAVEPOINT attempt"); e != nil {
			return errors.Join(translate(err), e)
		}
		return translate(err)
	}
	_, err := t.conn.Exec(ctx, "RELEASE SAVEPOINT attempt")
	return translate(err)
}
