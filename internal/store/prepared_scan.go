package store

import (
	"context"
	"database/sql"
	"errors"

	"github.com/jackc/pgx/v5"
	"github.com/uptrace/bun"
)

// scanPrepared reads the one row of a statement with $n parameters into dest. The connection keeps the statement's plan,
// which bun's inlined arguments would prevent; worth it only where a statement runs with every request.
func scanPrepared(ctx context.Context, db bun.IDB, dest any, query string, args ...any) (err error) {
	args = append([]any{pgx.QueryExecModeCacheStatement}, args...)
	var rows *sql.Rows
	var scan func(context.Context, *sql.Rows, ...any) error
	switch db := db.(type) {
	case *bun.DB:
		rows, err = db.DB.QueryContext(ctx, query, args...)
		scan = db.ScanRow
	case bun.Tx:
		rows, err = db.Tx.QueryContext(ctx, query, args...)
		scan = db.NewSelect().DB().ScanRow
	default:
		return errors.New("a handle without a connection")
	}
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	if !rows.Next() {
		if err := rows.Err(); err != nil {
			return err
		}
		return sql.ErrNoRows
	}
	return scan(ctx, rows, dest)
}
