package api

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/velocicompanion/velocicompanion/internal/clock"
)

const (
	countEvery  = 2 * time.Second
	expireEvery = 10 * time.Minute
	expireWait  = 30 * time.Minute // the longest one round may take
)

// countRows folds what new rows add into the stacks, for all tenants, until ctx ends.
func (a *API) countRows(ctx context.Context) {
	for {
		if err := a.countSome(ctx); err != nil && ctx.Err() == nil {
			a.log.WarnContext(ctx, "rows could not be counted; trying again", slog.String("error", err.Error()))
		}
		if clock.Sleep(ctx, countEvery) != nil {
			return
		}
	}
}

// countSome folds a part of each tenant's changes, in turns, until none waits: a flood of one doesn't hold up the others.
func (a *API) countSome(ctx context.Context) error {
	for {
		tenants, err := a.store.System().TenantsWithStackChanges(ctx)
		if err != nil || len(tenants) == 0 {
			return err
		}
		for _, id := range tenants {
			if _, err := a.store.Tenant(id).FoldStacks(ctx); err != nil {
				return fmt.Errorf("tenant %d: %w", id, err)
			}
		}
	}
}

// keepRows makes the partitions that are needed next and removes rows past their retention, until ctx ends. Many processes
// may do so at once.
func (a *API) keepRows(ctx context.Context) {
	for {
		round, cancel := context.WithTimeout(ctx, expireWait)
		if err := a.expireRows(round); err != nil && ctx.Err() == nil {
			a.log.WarnContext(ctx, "old rows could not be removed; trying again", slog.String("error", err.Error()))
		}
		cancel()
		if clock.Sleep(ctx, expireEvery) != nil {
			return
		}
	}
}

// expireRows is one round of keepRows. Whole months go first: what they hold need not be removed row by row then.
func (a *API) expireRows(ctx context.Context) error {
	system := a.store.System()
	made, err := system.MakeMonths(ctx)
	errs := []error{err}
	dropped, err := system.DropMonths(ctx)
	errs = append(errs, err)
	due, err := system.ObservationsToExpire(ctx)
	errs = append(errs, err)
	var removed int64
	for _, k := range due {
		n, err := a.store.Tenant(k.TenantID).ExpireObservations(ctx, k.Before)
		removed += n
		if err != nil {
			errs = append(errs, fmt.Errorf("tenant %d: %w", k.TenantID, err))
		}
	}
	if made+dropped+removed > 0 {
		a.log.InfoContext(ctx, "rows past their retention removed", slog.Int64("months_made", made), slog.Int64("months_dropped", dropped), slog.Int64("rows", removed))
	}
	return errors.Join(errs...)
}
