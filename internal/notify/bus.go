package notify

import (
	"context"
	"encoding/json"
	"log/slog"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/velocicompanion/velocicompanion/internal/clock"
	"github.com/velocicompanion/velocicompanion/internal/store"
)

const (
	channel        = "vc_wake"
	defaultPublish = 50 * time.Millisecond
	defaultSilence = 10 * time.Second
	patience       = 5 * time.Second // with a database that doesn't answer
	reconnectAfter = time.Second
)

// Change is what happened here or in another process.
type Change struct {
	store.Committed

	Local  bool
	Resync bool // what others tell is heard from now on; messages may have been missed: look at the rows
	Lost   bool // what others tell is not heard until the next Resync
}

// BusParams are what a bus needs.
type BusParams struct {
	Connect  func(ctx context.Context) (*pgx.Conn, error)
	Log      *slog.Logger
	Interval time.Duration // between two NOTIFYs of this process; 0 means 50 ms
	Silence  time.Duration // after which the listening connection is tried; 0 means 10 s
}

// Bus joins the processes of one installation. Handlers are called in the order in which they subscribed, from several
// goroutines, and must not block.
type Bus struct {
	p        BusParams
	self     string
	handlers []func(Change)
	mu       sync.Mutex
	pending  store.Committed
	kick     chan struct{}
}

// NewBus makes a bus; Subscribe what listens, then Run it.
func NewBus(p BusParams) *Bus {
	if p.Interval <= 0 {
		p.Interval = defaultPublish
	}
	if p.Silence <= 0 {
		p.Silence = defaultSilence
	}
	return &Bus{p: p, self: clock.Token(9), kick: make(chan struct{}, 1)}
}

// Subscribe adds a handler; only before Run.
func (b *Bus) Subscribe(fn func(Change)) { b.handlers = append(b.handlers, fn) }

// Publish hands on what a commit of this process left: to this process's handlers at once, to the others within the
// interval. It never blocks on the database.
func (b *Bus) Publish(c store.Committed) {
	b.deliver(Change{Committed: c, Local: true})
	b.add(c)
}

// add puts news behind those that wait to be published.
func (b *Bus) add(c store.Committed) {
	b.mu.Lock()
	b.pending.Outbox = append(b.pending.Outbox, c.Outbox...)
	b.pending.Notifications = append(b.pending.Notifications, c.Notifications...)
	b.pending.Executions = append(b.pending.Executions, c.Executions...)
	b.pending.Steps = append(b.pending.Steps, c.Steps...)
	b.pending.Jobs = append(b.pending.Jobs, c.Jobs...)
	b.pending.Users = append(b.pending.Users, c.Users...)
	b.pending.Tenants = b.pending.Tenants || c.Tenants
	b.mu.Unlock()
	select {
	case b.kick <- struct{}{}:
	default:
	}
}

func (b *Bus) deliver(c Change) {
	for _, fn := range b.handlers {
		fn(c)
	}
}

// Run listens and publishes until ctx ends; it reconnects by itself. The error is always nil.
func (b *Bus) Run(ctx context.Context) error {
	var wg sync.WaitGroup
	wg.Go(func() { b.keep(ctx, "listen", b.listen) })
	wg.Go(func() { b.keep(ctx, "publish", b.publish) })
	wg.Wait()
	return nil
}

func (b *Bus) keep(ctx context.Context, what string, work func(context.Context, *pgx.Conn) error) {
	for ctx.Err() == nil {
		conn, err := b.p.Connect(ctx)
		if err == nil {
			err = work(ctx, conn)
			_ = conn.Close(context.WithoutCancel(ctx))
		}
		if ctx.Err() != nil {
			return
		}
		b.p.Log.WarnContext(ctx, "the connection to the database's notifications was lost", "part", what, "error", err)
		_ = clock.Sleep(ctx, reconnectAfter)
	}
}

func (b *Bus) listen(ctx context.Context, conn *pgx.Conn) error {
	if _, err := conn.Exec(ctx, "LISTEN "+channel); err != nil {
		return err
	}
	b.deliver(Change{Resync: true, Committed: store.Committed{Tenants: true}})
	defer b.deliver(Change{Lost: true})
	for {
		n, err := b.hear(ctx, conn)
		if err != nil {
			return err
		}
		if n == nil {
			continue
		}
		var m message
		if err := json.Unmarshal([]byte(n.Payload), &m); err != nil {
			b.p.Log.WarnContext(ctx, "a notification can't be read", "error", err)
			continue
		}
		if m.From != b.self {
			b.deliver(Change{Committed: m.committed()})
		}
	}
}

// hear waits for one notification; nil after a silence, in which the connection has proved that it still stands: one whose
// other end has vanished would be silent for ever.
func (b *Bus) hear(ctx context.Context, conn *pgx.Conn) (*pgconn.Notification, error) {
	wait, cancel := context.WithTimeout(ctx, b.p.Silence)
	defer cancel()
	n, err := conn.WaitForNotification(wait)
	if n != nil || err == nil {
		return n, nil
	}
	if ctx.Err() != nil || wait.Err() == nil || conn.IsClosed() {
		return nil, err
	}
	ask, stop := context.WithTimeout(ctx, patience)
	defer stop()
	return nil, conn.Ping(ask)
}

// publish sends what waits, at most once per interval, and at the end of ctx what is left.
func (b *Bus) publish(ctx context.Context, conn *pgx.Conn) error {
	for ctx.Err() == nil {
		select {
		case <-ctx.Done():
		case <-b.kick:
		}
		if err := b.send(ctx, conn); err != nil {
			return err
		}
		_ = clock.Sleep(ctx, b.p.Interval)
	}
	return b.send(ctx, conn)
}

// send publishes what waits, even when ctx has ended: others must hear of a session's end although this process stops.
// What can't be sent waits on.
func (b *Bus) send(ctx context.Context, conn *pgx.Conn) error {
	b.mu.Lock()
	c := b.pending
	b.pending = store.Committed{}
	b.mu.Unlock()
	if c.Empty() {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer cancel()
	for _, payload := range split(b.self, c) {
		if _, err := conn.Exec(ctx, "SELECT pg_notify($1, $2)", channel, payload); err != nil {
			b.add(c)
			return err
		}
	}
	return nil
}
