package notify

import (
	"context"
	"encoding/json"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/models"
)

const (
	queueLength  = 256              // messages a slow reader may be behind before it is dropped
	maxCatchUp   = 200              // notifications sent one by one; beyond that the client is told to resync
	sweepEvery   = 10 * time.Second // how long a notification whose NOTIFY was lost can stay untold
	changeBuffer = 1024
)

// HubParams are what a hub needs.
type HubParams struct {
	Store   *store.Store
	Log     *slog.Logger
	Observe func(connections int) // told the number of connections; may be nil
}

// Hub brings news to this process's connections.
type Hub struct {
	p       HubParams
	mu      sync.Mutex
	tenants map[int64]map[*Subscriber]struct{}
	count   int
	changes chan Change
}

// NewHub makes a hub: subscribe its Handle to the bus and Run it.
func NewHub(p HubParams) *Hub {
	return &Hub{p: p, tenants: map[int64]map[*Subscriber]struct{}{}, changes: make(chan Change, changeBuffer)}
}

// Subscriber is one connection. Messages are JSON; C is closed when the hub drops it, after which Slow says why.
type Subscriber struct {
	TenantID, UserID int64
	C                chan []byte
	Recheck          chan struct{} // told when the user's account or a tenant changed: he may no longer be allowed to listen

	joined int64
	seq    int64 // told up to here
	slow   bool
	gone   bool
}

// Seq is up to where the connection had been told when it joined; call it before reading from C.
func (s *Subscriber) Seq() int64 { return s.joined }

// Slow says that the hub dropped the connection because it did not keep up.
func (s *Subscriber) Slow() bool { return s.slow }

// Subscribe joins a connection that has seen everything up to lastSeq; with lastSeq < 0 it starts at the present. What is
// newer than lastSeq comes first; if that is too much, one resync message stands for it.
func (h *Hub) Subscribe(ctx context.Context, tenantID, userID, lastSeq int64) (*Subscriber, error) {
	s := &Subscriber{TenantID: tenantID, UserID: userID, C: make(chan []byte, queueLength), Recheck: make(chan struct{}, 1), seq: lastSeq}
	seqs, err := h.p.Store.Tenant(tenantID).NotificationSeqs(ctx, []int64{userID})
	if err != nil {
		return nil, err
	}
	behind := seqs[userID] - lastSeq
	switch {
	case lastSeq < 0:
		s.seq = seqs[userID]
	case behind < 0 || behind > maxCatchUp:
		s.seq = seqs[userID]
		s.C <- resync(s.seq)
	}
	s.joined = s.seq
	h.mu.Lock()
	if h.tenants[tenantID] == nil {
		h.tenants[tenantID] = map[*Subscriber]struct{}{}
	}
	h.tenants[tenantID][s] = struct{}{}
	h.count++
	n := h.count
	h.mu.Unlock()
	h.observe(n)
	h.Handle(Change{Committed: store.Committed{Notifications: []store.UserRef{{TenantID: tenantID, UserID: userID}}}})
	return s, nil
}

// Unsubscribe ends a connection's part in the hub; calling it twice does no harm.
func (h *Hub) Unsubscribe(s *Subscriber) {
	h.mu.Lock()
	h.remove(s)
	n := h.count
	h.mu.Unlock()
	h.observe(n)
}

func (h *Hub) remove(s *Subscriber) {
	if s.gone {
		return
	}
	s.gone = true
	close(s.C)
	delete(h.tenants[s.TenantID], s)
	if len(h.tenants[s.TenantID]) == 0 {
		delete(h.tenants, s.TenantID)
	}
	h.count--
}

func (h *Hub) observe(n int) {
	if h.p.Observe != nil {
		h.p.Observe(n)
	}
}

// Handle takes a change from the bus without blocking. Whom it may have cost his place is told before anything else, and
// never left out; where the hub can't keep up with the rest, the sweep catches up.
func (h *Hub) Handle(c Change) {
	h.recheck(c)
	select {
	case h.changes <- c:
	default:
	}
}

// Run works off changes and sweeps until ctx ends, then closes every connection. The error is always nil.
func (h *Hub) Run(ctx context.Context) error {
	ticker := time.NewTicker(sweepEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			h.closeAll()
			return nil
		case c := <-h.changes:
			h.handle(ctx, c)
		case <-ticker.C:
			h.sweep(ctx, false)
		}
	}
}

func (h *Hub) closeAll() {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, subs := range h.tenants {
		for s := range subs {
			h.remove(s)
		}
	}
}

func (h *Hub) handle(ctx context.Context, c Change) {
	if c.Resync {
		h.sweep(ctx, true)
		return
	}
	byTenant := map[int64]map[int64]bool{}
	for _, ref := range c.Notifications {
		if byTenant[ref.TenantID] == nil {
			byTenant[ref.TenantID] = map[int64]bool{}
		}
		byTenant[ref.TenantID][ref.UserID] = true
	}
	for tenant, users := range byTenant {
		h.tell(ctx, tenant, users)
	}
	for _, e := range c.Executions {
		h.broadcast(e.TenantID, map[string]any{"type": "execution.updated", "id": e.ID, "status": e.Status})
	}
	for _, s := range c.Steps {
		h.broadcast(s.TenantID, map[string]any{"type": "execution.step", "execution_id": s.ExecutionID, "key": s.Key, "status": s.Status})
	}
	for _, j := range c.Jobs {
		h.broadcast(j.TenantID, jobMessage(j))
	}
}

// jobMessage is how far a job is: its kind is the message's type, its counters stand beside the progress.
func jobMessage(j store.JobNews) map[string]any {
	m := map[string]any{}
	if j.Counters != "" {
		_ = json.Unmarshal([]byte(j.Counters), &m) // counters that can't be read are left out
	}
	m["type"], m["id"], m["status"], m["progress"] = j.Kind, j.ID, j.Status, j.Progress
	return m
}

// recheck has connections look again whether they may stay: those of the users that changed, and all when a tenant changed
// or something may have been missed.
func (h *Hub) recheck(c Change) {
	all := c.Tenants || c.Resync
	if !all && len(c.Users) == 0 {
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, subs := range h.tenants {
		for s := range subs {
			if all || slices.Contains(c.Users, s.UserID) {
				s.LookAgain()
			}
		}
	}
}

// LookAgain has the connection ask whether it may stay; it never blocks.
func (s *Subscriber) LookAgain() {
	select {
	case s.Recheck <- struct{}{}:
	default:
	}
}

// sweep tells every connection what its user has not been told; after a lost listen connection progress messages may be
// missing too, so everybody is told to look again.
func (h *Hub) sweep(ctx context.Context, lost bool) {
	h.mu.Lock()
	tenants := make([]int64, 0, len(h.tenants))
	for id := range h.tenants {
		tenants = append(tenants, id)
	}
	h.mu.Unlock()
	for _, id := range tenants {
		h.tell(ctx, id, nil)
		if lost {
			h.broadcast(id, map[string]any{"type": "resync"})
		}
	}
}

// tell reads what the tenant's connected users (all, or only these) have beyond what they were told, in one query.
func (h *Hub) tell(ctx context.Context, tenantID int64, only map[int64]bool) {
	least := map[int64]int64{}
	h.mu.Lock()
	for s := range h.tenants[tenantID] {
		if only != nil && !only[s.UserID] {
			continue
		}
		if seq, ok := least[s.UserID]; !ok || s.seq < seq {
			least[s.UserID] = s.seq
		}
	}
	h.mu.Unlock()
	if len(least) == 0 {
		return
	}
	cursors := make([]store.Cursor, 0, len(least))
	for user, seq := range least {
		cursors = append(cursors, store.Cursor{UserID: user, Seq: seq})
	}
	rows, err := h.p.Store.Tenant(tenantID).NotificationsAfter(ctx, cursors, maxCatchUp*len(cursors))
	if err != nil {
		h.p.Log.WarnContext(ctx, "notifications can't be read", "tenant_id", tenantID, "error", err)
		return
	}
	byUser := map[int64][]models.Notification{}
	for _, n := range rows {
		byUser[n.UserID] = append(byUser[n.UserID], n)
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	for s := range h.tenants[tenantID] {
		for _, n := range byUser[s.UserID] {
			if n.Seq > s.seq && h.send(s, encode(n)) {
				s.seq = n.Seq
			}
		}
	}
}

func (h *Hub) broadcast(tenantID int64, m map[string]any) {
	b, err := json.Marshal(m)
	if err != nil {
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	for s := range h.tenants[tenantID] {
		h.send(s, b)
	}
}

// send queues one message, or drops a connection that is too far behind. The lock is held.
func (h *Hub) send(s *Subscriber, b []byte) bool {
	if s.gone {
		return false
	}
	select {
	case s.C <- b:
		return true
	default:
		s.slow = true
		h.remove(s)
		return false
	}
}

func resync(seq int64) []byte {
	b, _ := json.Marshal(map[string]any{"type": "resync", "seq": seq}) //nolint:errchkjson // a map of plain values
	return b
}

// encode gives the message of one notification: its seq and type first, then the fields of api.md.
func encode(n models.Notification) []byte {
	b, _ := json.Marshal(map[string]any{ //nolint:errchkjson // a map of plain values
		"seq": n.Seq, "type": "notification", "notification": map[string]any{
			"id": n.ID, "seq": n.Seq, "type": n.Type, "title": n.Title, "message": n.Message, "severity": n.Severity,
			"link": n.Link, "is_read": n.IsRead, "created_at": n.CreatedAt.UTC(),
		},
	})
	return b
}
