package store

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
)

// Statements of the hot path (a run's every step passes them) are prepared once a connection: planning one of them costs
// three times its execution. They bypass bun, which inlines arguments, and run on the connection of its transaction.

// row runs a prepared statement that gives one row. Arguments are $1, $2 and so on.
func (t *Tenant) row(ctx context.Context, sql string, args []any, dest ...any) error {
	defer t.s.observed(t.s.Now())
	return t.conn.QueryRow(ctx, sql, asPrepared(args)...).Scan(dest...)
}

// exec runs a prepared statement.
func (t *Tenant) exec(ctx context.Context, sql string, args ...any) error {
	defer t.s.observed(t.s.Now())
	_, err := t.conn.Exec(ctx, sql, asPrepared(args)...)
	return err
}

// rows runs a prepared statement that gives rows, each read by scan.
func (t *Tenant) rows(ctx context.Context, sql string, args []any, scan func(pgx.Rows) error) error {
	defer t.s.observed(t.s.Now())
	rows, err := t.conn.Query(ctx, sql, asPrepared(args)...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// rowsPlanned is rows for a statement about as many things as its arguments have: it is planned for those each time, where
// a kept plan would take them for ten and the tables for as small as they once were.
func (t *Tenant) rowsPlanned(ctx context.Context, sql string, args []any, scan func(pgx.Rows) error) error {
	defer t.s.observed(t.s.Now())
	rows, err := t.conn.Query(ctx, sql, append([]any{pgx.QueryExecModeDescribeExec}, args...)...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// each runs a prepared statement once for every list of arguments, all in one round trip.
func (t *Tenant) each(ctx context.Context, sql string, lists [][]any) error {
	defer t.s.observed(t.s.Now())
	if _, err := t.conn.Prepare(ctx, sql, sql); err != nil {
		return err
	}
	b := &pgx.Batch{}
	for _, args := range lists {
		b.Queue(sql, args...)
	}
	return t.conn.SendBatch(ctx, b).Close()
}

func asPrepared(args []any) []any {
	return append([]any{pgx.QueryExecModeCacheStatement}, args...)
}

// observed tells how long a prepared statement took.
func (s *Store) observed(since time.Time) {
	if s.observe != nil {
		s.observe("PREPARED", s.Now().Sub(since))
	}
}
