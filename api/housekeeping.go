package api

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/velocicompanion/velocicompanion/internal/clock"
)

const (
	housekeepingEvery = 10 * time.Minute
	housekeepingWait  = time.Minute    // the longest one round may take
	deadTokenKept     = 24 * time.Hour // a token past its end still tells of reuse for a while
)

// Run removes what nobody can use any more: refresh tokens and idempotency keys past their end. It works until ctx ends and
// then waits for what requests left to be written.
func (a *API) Run(ctx context.Context) error {
	defer a.late.Wait()
	defer a.post.stop()
	var tenants sync.WaitGroup
	tenants.Go(func() { _ = a.tenancy.Run(ctx) }) // its error is always nil
	defer tenants.Wait()
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
	tokens, err := a.store.System().PurgeTokens(work, a.clock.Now().Add(-deadTokenKept))
	keys, keysErr := a.store.System().PurgeKeys(work)
	if err = errors.Join(err, keysErr); err != nil && ctx.Err() == nil { // a process that stops leaves it to the next
		a.log.WarnContext(ctx, "what nobody can use any more was not removed", slog.String("error", err.Error()))
	}
	a.log.DebugContext(ctx, "housekeeping", slog.Int64("tokens", tokens), slog.Int64("keys", keys))
}
