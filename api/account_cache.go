package api

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/internal/notify"
	"github.com/velocicompanion/velocicompanion/internal/store"
)

const (
	accountAge      = 1500 * time.Millisecond // the longest an account is believed without having been asked for anew
	accountRoom     = 4096                    // accounts kept; the oldest go first
	accountPatience = 5 * time.Second         // the longest one look-up may take
)

// accountKey is what a token speaks for: a user in one session (its family; empty where there is none).
type accountKey struct {
	user    int64
	session string
}

// accountCache spares the database the look-up that every request begins with. What it knows is dropped as soon as any
// process of the installation commits a change of the account, which the bus tells; while the bus is deaf nothing is kept.
//
// A look-up that was under way when a change was told may have read the state before it: it answers those who asked before
// and is not kept, and nobody who asks later joins it. That is what generation and the emptied flights are for.
type accountCache struct {
	load func(ctx context.Context, key accountKey) (*store.Account, error)
	now  func() time.Time

	mu         sync.Mutex
	hearing    bool // changes made elsewhere are told
	generation int  // of changes told
	known      map[accountKey]*knownAccount
	order      []*knownAccount // as they were read, the oldest first; dropped ones stay until their turn
	flights    map[accountKey]*accountFlight
}

// knownAccount must not be changed: many requests share it.
type knownAccount struct {
	key     accountKey
	account *store.Account
	asked   time.Time // when its look-up began
}

// accountFlight is a look-up under way; account and err are set when done is closed.
type accountFlight struct {
	done    chan struct{}
	account *store.Account
	err     error
}

func newAccountCache(now func() time.Time, load func(ctx context.Context, key accountKey) (*store.Account, error)) *accountCache {
	return &accountCache{load: load, now: now, known: map[accountKey]*knownAccount{}, flights: map[accountKey]*accountFlight{}}
}

// get gives an account that is at most accountAge old, and never older than the last change that was told; it must not be
// changed, and has no password hash. Many who ask at once cause one look-up. Faults: NotFound, Unavailable.
func (c *accountCache) get(ctx context.Context, key accountKey) (*store.Account, error) {
	now := c.now()
	c.mu.Lock()
	if !c.hearing {
		c.mu.Unlock()
		return c.load(ctx, key)
	}
	if k := c.known[key]; k != nil && k.freshAt(now) {
		c.mu.Unlock()
		return k.account, nil
	}
	f, underway := c.flights[key]
	if underway {
		c.mu.Unlock()
		return f.wait(ctx)
	}
	f = &accountFlight{done: make(chan struct{}), err: fault.New(fault.Internal, "the account could not be looked up")}
	c.flights[key] = f
	generation := c.generation
	c.mu.Unlock()
	defer c.land(key, f, generation, now)
	// Others may wait for it: it must not fail because this one's client has left.
	load, cancel := context.WithTimeout(context.WithoutCancel(ctx), accountPatience)
	defer cancel()
	f.account, f.err = c.load(load, key)
	if f.err == nil {
		bare := *f.account
		bare.PasswordHash = ""
		f.account = &bare
	}
	return f.account, f.err
}

func (k *knownAccount) freshAt(now time.Time) bool {
	age := now.Sub(k.asked)
	return age >= 0 && age < accountAge // a clock that was set back proves nothing
}

func (f *accountFlight) wait(ctx context.Context) (*store.Account, error) {
	select {
	case <-f.done:
		return f.account, f.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// land ends a look-up and keeps what it read, unless a change was told meanwhile.
func (c *accountCache) land(key accountKey, f *accountFlight, generation int, asked time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	close(f.done)
	if c.flights[key] == f {
		delete(c.flights, key)
	}
	if f.err != nil || c.generation != generation {
		return
	}
	k := &knownAccount{key: key, account: f.account, asked: asked}
	c.known[key] = k
	c.order = append(c.order, k)
	for len(c.order) > accountRoom || !c.order[0].freshAt(asked) {
		c.dropOldest()
	}
}

// dropOldest forgets the account that was read first. The lock is held.
func (c *accountCache) dropOldest() {
	k := c.order[0]
	c.order[0] = nil
	c.order = c.order[1:]
	if c.known[k.key] == k {
		delete(c.known, k.key)
	}
}

// handle takes what the bus tells.
func (c *accountCache) handle(ch notify.Change) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case ch.Lost, ch.Resync:
		c.hearing = ch.Resync
		c.forget(func(accountKey) bool { return true })
	case ch.Tenants:
		c.forget(func(accountKey) bool { return true })
	case len(ch.Users) > 0:
		c.forget(func(k accountKey) bool { return slices.Contains(ch.Users, k.user) })
	}
}

// forget drops the accounts that changed, and every look-up under way: what those have read, nobody knows. The lock is held.
func (c *accountCache) forget(changed func(accountKey) bool) {
	c.generation++
	clear(c.flights)
	for key := range c.known {
		if changed(key) {
			delete(c.known, key)
		}
	}
}
