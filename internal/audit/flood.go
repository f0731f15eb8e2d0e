package audit

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/velocicompanion/velocicompanion/internal/clock"
	"github.com/velocicompanion/velocicompanion/internal/store"
)

// The bounds of what one process writes of events that anybody can cause as often as he likes.
const (
	floodWindow = time.Minute
	floodSame   = 5      // lines of a kind in a window
	floodTenant = 60     // lines of a tenant in a window
	floodKinds  = 10_000 // kinds of events that are told apart at once
)

// Flood writes lines about refusals and failures without letting whoever repeats them fill a trail. The first five of a
// kind (same user, action, resource and outcome) within a minute are written at once; the others are counted, and one line
// at its end says how many there were. A tenant gets at most 60 lines a minute from this process: what is past them is
// counted by action.
type Flood struct {
	clock clock.Clock

	mu    sync.Mutex
	kinds map[floodKind]*held
	spent map[int64]int // lines of each tenant in this window
}

type floodKind struct {
	tenant, user                  int64
	action, resource, id, outcome string
}

// held is a kind that came in this window, and what of it was not written one by one.
type held struct {
	written     int
	last        Entry
	from        Request
	count       int
	first, upto time.Time
}

// NewFlood makes one; Flush must be called every so often.
func NewFlood(c clock.Clock) *Flood {
	return &Flood{clock: c, kinds: map[floodKind]*held{}, spent: map[int64]int{}}
}

// Write writes the line to the tenant's trail, or counts it.
func (f *Flood) Write(ctx context.Context, t *store.Tenant, e Entry) error {
	if !f.passes(ctx, t.ID(), e) {
		return nil
	}
	return Write(ctx, t, e)
}

// passes says whether a line is to be written now; otherwise it is counted.
func (f *Flood) passes(ctx context.Context, tenant int64, e Entry) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	now := f.clock.Now()
	kind := floodKind{tenant, e.UserID, e.Action, e.ResourceType, e.ResourceID, e.Outcome}
	h, known := f.kinds[kind]
	if !known && len(f.kinds) < floodKinds && f.spent[tenant] < floodTenant {
		h, known = &held{}, true
		f.kinds[kind] = h
	}
	if known && h.written < floodSame && f.spent[tenant] < floodTenant {
		h.written++
		f.spent[tenant]++
		return true
	}
	if !known {
		kind = floodKind{tenant: tenant, action: e.Action, outcome: e.Outcome}
		e = Entry{Action: e.Action, Outcome: e.Outcome, After: map[string]any{"several": true}}
		if h = f.kinds[kind]; h == nil {
			h = &held{}
			f.kinds[kind] = h
		}
	}
	if h.count == 0 {
		h.first = now
	}
	h.count++
	h.last, h.from, h.upto = e, RequestFrom(ctx), now
	return false
}

// Flush writes what was counted and begins anew.
func (f *Flood) Flush(ctx context.Context, s *store.Store) error {
	f.mu.Lock()
	kinds := f.kinds
	f.kinds, f.spent = map[floodKind]*held{}, map[int64]int{}
	f.mu.Unlock()
	var errs []error
	for kind, h := range kinds {
		if h.count == 0 {
			continue
		}
		e := h.last
		e.After = map[string]any{"repeated": h.count, "first": h.first, "last": h.upto, "what": h.last.After}
		errs = append(errs, Write(WithRequest(ctx, h.from), s.Tenant(kind.tenant), e))
	}
	return errors.Join(errs...)
}

// Run flushes every minute until ctx ends, and then once more. The error is always nil; complain is told what went wrong.
func (f *Flood) Run(ctx context.Context, s *store.Store, complain func(error)) error {
	for {
		_ = clock.Sleep(ctx, floodWindow)
		work, cancel := context.WithTimeout(context.WithoutCancel(ctx), lastSweep)
		if err := f.Flush(work, s); err != nil {
			complain(err)
		}
		cancel()
		if ctx.Err() != nil {
			return nil //nolint:nilerr // to be stopped is no error
		}
	}
}
