package store

import (
	"context"
	"database/sql"

	"github.com/jackc/pgx/v5"
	"github.com/uptrace/bun"

	"github.com/velocicompanion/velocicompanion/internal/fault"
)

// Tenant is the only way to a tenant's rows. Its zero value is useless; get one from Store.Tenant. A handle inside InTx
// carries that transaction; methods of both kinds are the same.
type Tenant struct {
	id    int64
	s     *Store
	tx    bun.IDB    // nil outside InTx
	conn  *pgx.Conn  // the connection under tx, for COPY; nil outside InTx
	left  *Committed // nil outside InTx
	begun *beginning // nil outside InTx
	// causation are the ids of the events that led to what this handle does, oldest first; its events carry them on.
	causation []string
	// actor is who the changes of this handle are put down to.
	actor Actor
}

// Actor is who changes something; its zero value is nobody in particular.
type Actor struct {
	UserID      int64  // 0: no user
	Name        string // as people know him; empty for a run: it goes by its playbook's name
	ExecutionID int64  // the run that acts; 0: none
}

// As gives a handle whose changes are put down to somebody, where they are kept with who made them.
func (t *Tenant) As(a Actor) *Tenant {
	c := *t
	c.actor = a
	return &c
}

// Tenant gives the handle on one tenant's rows.
func (s *Store) Tenant(id int64) *Tenant { return &Tenant{id: id, s: s} }

// ID is the tenant's id.
func (t *Tenant) ID() int64 { return t.id }

// WithCausation gives a handle whose events say that these events led to them, oldest first: how a run keeps its
// playbook from feeding itself for ever.
func (t *Tenant) WithCausation(ids []string) *Tenant {
	c := *t
	c.causation = ids
	return &c
}

// InTx runs fn in one transaction as this tenant; everything done through the handle that fn gets commits or fails
// together. Inside another InTx it joins. After the commit the store's OnCommit handler is told what was left to do.
func (t *Tenant) InTx(ctx context.Context, fn func(ctx context.Context, t *Tenant) error) error {
	if t.tx != nil {
		return translate(fn(ctx, t)) // who calls from inside a transaction decides by faults as well
	}
	return t.begin(ctx, &beginning{tenant: t.id}, fn)
}

// InSnapshot runs fn in a transaction that changes nothing and whose statements all see the same moment: for reading much,
// page by page. It can't join another transaction.
func (t *Tenant) InSnapshot(ctx context.Context, fn func(ctx context.Context, t *Tenant) error) error {
	if t.tx != nil {
		return fault.New(fault.Internal, "a snapshot inside a transaction")
	}
	return t.begin(ctx, &beginning{tenant: t.id, snapshot: true}, fn)
}

func (t *Tenant) begin(ctx context.Context, begin *beginning, fn func(ctx context.Context, t *Tenant) error) error {
	if t.id <= 0 {
		return fault.New(fault.Internal, "a tenant handle without a tenant")
	}
	left := &Committed{}
	err := t.s.app.RunInTx(begin.in(ctx), nil, func(_ context.Context, tx bun.Tx) error {
		return fn(ctx, &Tenant{id: t.id, s: t.s, tx: tx, conn: begin.conn, begun: begin, left: left, causation: t.causation, actor: t.actor})
	})
	if err != nil {
		return translate(err)
	}
	t.s.committed(left)
	return nil
}

// run gives a statement its transaction: the handle's own, or a new one.
func (t *Tenant) run(ctx context.Context, fn func(ctx context.Context, t *Tenant, db bun.IDB) error) error {
	return t.InTx(ctx, func(ctx context.Context, t *Tenant) error { return fn(ctx, t, t.tx) })
}

// System is the handle for work that crosses tenants, as the system role.
type System struct {
	s    *Store
	tx   bun.IDB
	left *Committed
}

// System gives the cross-tenant handle.
func (s *Store) System() *System { return &System{s: s} }

// InTx runs fn in one transaction as the system role; inside another InTx it joins.
func (y *System) InTx(ctx context.Context, fn func(ctx context.Context, y *System) error) error {
	if y.tx != nil {
		return translate(fn(ctx, y))
	}
	left := &Committed{}
	err := y.s.sys.RunInTx(ctx, &sql.TxOptions{}, func(ctx context.Context, tx bun.Tx) error {
		return fn(ctx, &System{s: y.s, tx: tx, left: left})
	})
	if err != nil {
		return translate(err)
	}
	y.s.committed(left)
	return nil
}

func (y *System) run(ctx context.Context, fn func(ctx context.Context, y *System, db bun.IDB) error) error {
	return y.InTx(ctx, func(ctx context.Context, y *System) error { return fn(ctx, y, y.tx) })
}

// read runs one look-up without a transaction of its own: one round trip, for what every request asks.
func (y *System) read(ctx context.Context, fn func(ctx context.Context, db bun.IDB) error) error {
	if y.tx != nil {
		return translate(fn(ctx, y.tx))
	}
	return translate(fn(ctx, y.s.sys))
}
