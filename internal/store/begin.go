package store

import (
	"context"
	"database/sql/driver"
	"errors"
	"strconv"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
)

// tenantConnector opens connections whose transactions begin as a tenant: BEGIN and the setting that row-level security
// reads go in one round trip, because every request pays for it.
type tenantConnector struct{ driver.Connector }

// Connect opens one connection.
func (c tenantConnector) Connect(ctx context.Context) (driver.Conn, error) {
	dc, err := c.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	std, ok := dc.(*stdlib.Conn)
	if !ok {
		return nil, errors.New("the database driver is not pgx")
	}
	return &tenantConn{std}, nil
}

// beginning is handed from Tenant.InTx through database/sql to the connection, which has no other way to be told, and
// brings back the connection that the transaction runs on.
type beginning struct {
	tenant   int64
	snapshot bool // all statements see the same moment, and change nothing
	conn     *pgx.Conn
	last     []lastWrite // goes out with the commit
}

// lastWrite is a prepared statement after which nothing is asked any more.
type lastWrite struct {
	sql  string
	args []any
}

// sql is the statement that begins.
func (b *beginning) sql() string {
	begin := "BEGIN"
	if b.snapshot {
		begin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
	}
	return begin + "; SELECT set_config('app.tenant_id', '" + strconv.FormatInt(b.tenant, 10) + "', true)"
}

type beginningKey struct{}

func (b *beginning) in(ctx context.Context) context.Context {
	return context.WithValue(ctx, beginningKey{}, b)
}

type tenantConn struct{ *stdlib.Conn }

// BeginTx begins as the tenant that the context's beginning names, or plainly where there is none.
func (c *tenantConn) BeginTx(ctx context.Context, opts driver.TxOptions) (driver.Tx, error) {
	b, ok := ctx.Value(beginningKey{}).(*beginning)
	if !ok {
		return c.Conn.BeginTx(ctx, opts)
	}
	conn := c.Conn.Conn()
	if conn.IsClosed() {
		return nil, driver.ErrBadConn
	}
	tx, err := conn.BeginTx(ctx, pgx.TxOptions{BeginQuery: b.sql()})
	if err != nil {
		return nil, err
	}
	b.conn = conn
	return tenantTx{ctx, tx, b}, nil
}

// tenantTx is a driver.Tx; the context is the transaction's own, which database/sql does not hand to Commit.
type tenantTx struct {
	ctx   context.Context //nolint:containedctx // driver.Tx has no context of its own
	tx    pgx.Tx
	begun *beginning
}

// Commit ends the transaction for good. Lines of the trail, and a step's end, go out in the same round trip.
func (t tenantTx) Commit() error {
	if len(t.begun.last) == 0 {
		return t.tx.Commit(t.ctx)
	}
	err := t.begun.commit(t.ctx)
	if err != nil {
		err = errors.Join(err, t.tx.Rollback(context.WithoutCancel(t.ctx)))
	}
	return err
}

// Rollback takes the transaction back.
func (t tenantTx) Rollback() error { return t.tx.Rollback(t.ctx) }

// commit sends the waiting writes and COMMIT; when one fails PostgreSQL leaves out what follows it.
func (b *beginning) commit(ctx context.Context) error {
	tag, err := b.send(ctx, append(b.last, lastWrite{sql: "COMMIT"}))
	if err == nil && tag.String() != "COMMIT" {
		err = pgx.ErrTxCommitRollback
	}
	return err
}

// flush sends the waiting writes before the commit. Those that can't be sent go on waiting: a commit without them fails.
func (b *beginning) flush(ctx context.Context) error {
	if _, err := b.send(ctx, b.last); err != nil {
		return err
	}
	b.last = nil
	return nil
}

// send has statements executed in one round trip, and gives the last one's tag. Every change pays for it: hence pgconn, and
// none of what pgx's batches and their results put in between.
func (b *beginning) send(ctx context.Context, writes []lastWrite) (tag pgconn.CommandTag, err error) {
	batch := &pgconn.Batch{}
	for _, w := range writes {
		statement, err := b.conn.Prepare(ctx, w.sql, w.sql) // once a connection
		if err != nil {
			return tag, err
		}
		var params pgx.ExtendedQueryBuilder
		if err := params.Build(b.conn.TypeMap(), statement, w.args); err != nil {
			return tag, err
		}
		batch.ExecPrepared(statement.Name, params.ParamValues, params.ParamFormats, params.ResultFormats)
	}
	results := b.conn.PgConn().ExecBatch(ctx, batch)
	for results.NextResult() {
		tag, _ = results.ResultReader().Close() // the whole batch's Close tells the first error
	}
	return tag, results.Close()
}
