package api

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/velocicompanion/velocicompanion/internal/clock"
	"github.com/velocicompanion/velocicompanion/internal/store"
)

const (
	housekeepingEvery = 10 * time.Minute
	housekeepingWait  = time.Minute    // the longest one round may take
	deadTokenKept     = 24 * time.Hour // a token past its end still tells of reuse for a while
	attemptsKept      = 24 * time.Hour // longer than any brake looks back
	deliveriesKept    = 30 * 24 * time.Hour
	strayFileKept     = 24 * time.Hour // longer than it takes from a file to the row that refers to it
	purgeBatch        = 10_000
)

// Run removes what nobody can use any more: tokens, links, kept answers and counts past their end. It works until ctx ends and
// then waits for what requests left to be written.
func (a *API) Run(ctx context.Context) error {
	defer a.late.Wait()
	defer a.post.stop()
	var beside sync.WaitGroup
	beside.Go(func() { _ = a.tenancy.Run(ctx) }) // these errors are always nil
	beside.Go(func() {
		_ = a.flood.Run(ctx, a.store, func(err error) {
			a.log.ErrorContext(ctx, "refusals are not on record", slog.String("error", err.Error()))
		})
	})
	beside.Go(func() { a.countRows(ctx) })
	beside.Go(func() { a.keepRows(ctx) })
	defer beside.Wait()
	for {
		a.tidy(ctx)
		if clock.Sleep(ctx, housekeepingEvery) != nil {
			return nil
		}
	}
}

func (a *API) tidy(ctx context.Context) {
	work, cancel := context.WithTimeout(ctx, housekeepingWait)
	defer cancel()
	var errs []error
	attrs := make([]slog.Attr, 0, len(a.chores()))
	for _, c := range a.chores() {
		n, err := c.do(work)
		errs, attrs = append(errs, err), append(attrs, slog.Int64(c.name, n))
	}
	if err := errors.Join(errs...); err != nil && ctx.Err() == nil { // a process that stops leaves it to the next
		a.log.WarnContext(ctx, "what nobody can use any more was not removed", slog.String("error", err.Error()))
	}
	a.log.LogAttrs(ctx, slog.LevelDebug, "housekeeping", attrs...)
}

// chore removes one kind of thing and says how many there were.
type chore struct {
	name string
	do   func(context.Context) (int64, error)
}

func (a *API) chores() []chore {
	system, now := a.store.System(), a.clock.Now()
	links := func(kind store.Link) func(context.Context) (int64, error) {
		return func(ctx context.Context) (int64, error) { return system.PurgeLinks(ctx, kind, now) }
	}
	return []chore{
		{"sessions", func(ctx context.Context) (int64, error) { return system.PurgeTokens(ctx, now.Add(-deadTokenKept)) }},
		{"elevations", func(ctx context.Context) (int64, error) { return system.PurgeElevations(ctx, now) }},
		{"answers", system.PurgeKeys},
		{"resets", links(store.LinkReset)},
		{"verifications", links(store.LinkVerification)},
		{"invitations", links(store.LinkInvitation)},
		{"bulk", a.bulk.Tidy},
		{"certificates", a.fleet.TellOfExpiry},
		{"deliveries", func(ctx context.Context) (int64, error) {
			return system.PurgeDeliveries(ctx, now.Add(-deliveriesKept), purgeBatch)
		}},
		{"callbacks", func(ctx context.Context) (int64, error) {
			return system.PurgeCallbacks(ctx, now.Add(-callbacksKept), purgeBatch)
		}},
		{"callback_keys", system.PurgeCallbackKeys},
		{"files", func(ctx context.Context) (int64, error) {
			return a.files.Sweep(ctx, now.Add(-strayFileKept), system.FilesKept)
		}},
		{"indicator_keys", a.makeKeys},
		{"uploads", a.closeUploads},
		{"chunks", a.dropLeftChunks},
		{"attempts", func(ctx context.Context) (int64, error) { return system.PurgeAttempts(ctx, now.Add(-attemptsKept)) }},
	}
}

// keysAtOnce is how many indicators of an older version get their keys in one transaction.
const keysAtOnce = 500

// makeKeys gives the indicators of an older version their keys, as far as a round's time goes.
func (a *API) makeKeys(ctx context.Context) (n int64, err error) {
	tenants, err := a.store.System().TenantsWithoutKeys(ctx)
	for _, id := range tenants {
		for {
			done, err := a.store.Tenant(id).MakeKeys(ctx, keysAtOnce)
			if n += int64(done); err != nil {
				return n, err
			}
			if done < keysAtOnce {
				break
			}
		}
	}
	return n, err
}
