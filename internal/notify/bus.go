package notify

import (
	"context"
	"encoding/json"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/velocicompanion/velocicompanion/internal/clock"
	"github.com/velocicompanion/velocicompanion/internal/store"
)

const (
	channel        = "vc_wake"
	maxPayload     = 7500 // PostgreSQL allows 8000 bytes
	maxItems       = 40   // per list and message, so that a message stays under maxPayload
	defaultPublish = 50 * time.Millisecond
	reconnectAfter = time.Second
)

// Change is what happened here or in another process. Resync says that messages may have been missed: look at the rows.
type Change struct {
	store.Committed

	Local  bool
	Resync bool
}

// BusParams are what a bus needs.
type BusParams struct {
	Connect  func(ctx context.Context) (*pgx.Conn, error)
	Log      *slog.Logger
	Interval time.Duration // between two NOTIFYs of this process; 0 means 50 ms
}

// Bus joins the processes of one installation. Handlers run one after the other and must not block.
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
	return &Bus{p: p, self: clock.Token(9), kick: make(chan struct{}, 1)}
}

// Subscribe adds a handler; only before Run.
func (b *Bus) Subscribe(fn func(Change)) { b.handlers = append(b.handlers, fn) }

// Publish hands on what a commit of this process left: to this process's handlers at once, to the others within the
// interval. It never blocks on the database.
func (b *Bus) Publish(c store.Committed) {
	b.deliver(Change{Committed: c, Local: true})
	b.mu.Lock()
	b.pending.Outbox = append(b.pending.Outbox, c.Outbox...)
	b.pending.Notifications = append(b.pending.Notifications, c.Notifications...)
	b.pending.Executions = append(b.pending.Executions, c.Executions...)
	b.pending.Steps = append(b.pending.Steps, c.Steps...)
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
	for {
		n, err := conn.WaitForNotification(ctx)
		if err != nil {
			return err
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

func (b *Bus) publish(ctx context.Context, conn *pgx.Conn) error {
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-b.kick:
		}
		b.mu.Lock()
		c := b.pending
		b.pending = store.Committed{}
		b.mu.Unlock()
		for _, payload := range split(b.self, c) {
			if _, err := conn.Exec(ctx, "SELECT pg_notify($1, $2)", channel, payload); err != nil {
				return err // what was pending is found by the sweeps
			}
		}
		if err := clock.Sleep(ctx, b.p.Interval); err != nil {
			return err
		}
	}
}

// message is the wire form: short keys, lists of bounded length.
type message struct {
	From    string            `json:"f"`
	Outbox  bool              `json:"o,omitempty"`
	Tenants bool              `json:"t,omitempty"`
	Users   []int64           `json:"u,omitempty"`
	Notify  []store.UserRef   `json:"n,omitempty"`
	Runs    []store.Execution `json:"e,omitempty"`
	Steps   []store.Step      `json:"s,omitempty"`
}

func (m message) committed() store.Committed {
	c := store.Committed{Tenants: m.Tenants, Users: m.Users, Notifications: m.Notify, Executions: m.Runs, Steps: m.Steps}
	if m.Outbox {
		c.Outbox = []int64{0} // others only need to know that there is work; they look for it themselves
	}
	return c
}

// split cuts a commit's news into messages under PostgreSQL's limit. Progress is dropped rather than allowed to flood: the
// screen refetches after a gap, and the rows are the truth.
func split(self string, c store.Committed) []string {
	c.Notifications = compact(c.Notifications)
	c.Users = compact(c.Users)
	c.Executions = compact(c.Executions)
	c.Steps = compact(c.Steps)
	var out []string
	for first := true; first || len(c.Users)+len(c.Notifications)+len(c.Executions)+len(c.Steps) > 0; first = false {
		m := message{From: self, Outbox: first && len(c.Outbox) > 0, Tenants: first && c.Tenants}
		m.Users, c.Users = take(c.Users)
		m.Notify, c.Notifications = take(c.Notifications)
		m.Runs, c.Executions = take(c.Executions)
		m.Steps, c.Steps = take(c.Steps)
		payload, err := json.Marshal(m)
		if err == nil && len(payload) > maxPayload {
			m.Steps = nil
			payload, err = json.Marshal(m)
		}
		if err == nil && len(payload) <= maxPayload {
			out = append(out, string(payload))
		}
	}
	return out
}

func take[T any](list []T) (head, rest []T) {
	n := min(len(list), maxItems)
	return list[:n], list[n:]
}

// compact drops repeats and keeps the last place of each, so that the newest state of a thing comes last.
func compact[T comparable](list []T) []T {
	seen := make(map[T]bool, len(list))
	out := make([]T, 0, len(list))
	for _, v := range slices.Backward(list) {
		if !seen[v] {
			seen[v] = true
			out = append(out, v)
		}
	}
	slices.Reverse(out)
	return out
}
