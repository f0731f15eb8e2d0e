package store

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/models"
)

// LockOut is what a failure led to.
type LockOut struct {
	Until time.Time // zero: the account is not locked
	New   bool      // the owner has not been told of this series of failures
}

// Admit counts an attempt against each limit before it is made, or refuses it where one asks to wait. What is counted
// beforehand can't be passed by doing much at once, in any number of processes; AttemptSucceeded gives it back,
// AttemptFailed lets it stand. A refused attempt is not counted. Faults: TooMany (too_many_attempts) with the time to wait.
func (y *System) Admit(ctx context.Context, limits []models.Limit) error {
	return y.run(ctx, func(ctx context.Context, y *System, db bun.IDB) error {
		now := y.s.Now()
		rows, err := holdAttempts(ctx, db, limits, now)
		if err != nil {
			return err
		}
		var wait time.Duration
		for i := range rows {
			wait = max(wait, rows[i].wait(now))
		}
		if wait > 0 {
			return fault.New(fault.TooMany, "too many attempts; wait a while").WithCode("too_many_attempts").WithRetryAfter(wait)
		}
		for i := range rows {
			rows[i].set(rows[i].Failures+1, now)
			if err := rows[i].save(ctx, db); err != nil {
				return err
			}
		}
		return nil
	})
}

// AttemptFailed lets an admitted attempt of userID (zero: there is no such user) stand as a failure, and says whether the
// account is locked out by it.
func (y *System) AttemptFailed(ctx context.Context, limits []models.Limit, userID int64) (out LockOut, err error) {
	err = y.run(ctx, func(ctx context.Context, y *System, db bun.IDB) error {
		out = LockOut{}
		rows, err := holdAttempts(ctx, db, limits, y.s.Now())
		if err != nil {
			return err
		}
		for i := range rows {
			if _, locked := rows[i].brake.Delay(rows[i].Failures); !locked || rows[i].BlockedUntil == nil {
				continue
			}
			out = LockOut{Until: rows[i].BlockedUntil.UTC(), New: !rows[i].Told}
			rows[i].Told = true
			if err := rows[i].save(ctx, db); err != nil {
				return err
			}
		}
		if out.Until.IsZero() {
			return nil
		}
		return y.setLocked(ctx, db, userID, &out.Until)
	})
	return out, err
}

// AttemptSucceeded forgets the account's failures and gives the address the attempt back. userID is who succeeded.
func (y *System) AttemptSucceeded(ctx context.Context, limits []models.Limit, userID int64) error {
	return y.run(ctx, func(ctx context.Context, y *System, db bun.IDB) error {
		now := y.s.Now()
		rows, err := holdAttempts(ctx, db, limits, now)
		if err != nil {
			return err
		}
		for i := range rows {
			left := rows[i].Failures - 1
			if rows[i].Scope == models.ScopeAccount {
				left, rows[i].Told = 0, false
			}
			rows[i].set(left, now)
			if err := rows[i].save(ctx, db); err != nil {
				return err
			}
		}
		return y.setLocked(ctx, db, userID, nil)
	})
}

// AttemptWithdrawn gives an admitted attempt back that was never checked, because the process was too busy for it. The
// failures before it stay, and so does the wait that they lead to.
func (y *System) AttemptWithdrawn(ctx context.Context, limits []models.Limit) error {
	return y.run(ctx, func(ctx context.Context, y *System, db bun.IDB) error {
		now := y.s.Now()
		rows, err := holdAttempts(ctx, db, limits, now)
		if err != nil {
			return err
		}
		for i := range rows {
			rows[i].set(rows[i].Failures-1, now)
			if err := rows[i].save(ctx, db); err != nil {
				return err
			}
		}
		return nil
	})
}

// Unlock lifts limits from a user: what an administrator does. The caller has made sure that the user is his.
func (y *System) Unlock(ctx context.Context, limits []models.Limit, userID int64) error {
	return y.run(ctx, func(ctx context.Context, y *System, db bun.IDB) error {
		for _, l := range inOrder(limits) {
			_, err := db.NewDelete().Model((*models.AuthAttempt)(nil)).
				Where("action = ? AND scope = ? AND subject = ?", l.Action, l.Scope, l.Subject).Exec(ctx)
			if err != nil {
				return err
			}
		}
		return y.setLocked(ctx, db, userID, nil)
	})
}

// PurgeAttempts forgets subjects that did nothing since the moment given: housekeeping.
func (y *System) PurgeAttempts(ctx context.Context, before time.Time) (n int64, err error) {
	err = y.run(ctx, func(ctx context.Context, _ *System, db bun.IDB) error {
		res, err := db.NewDelete().Model((*models.AuthAttempt)(nil)).
			Where("last_at < ? AND (blocked_until IS NULL OR blocked_until < ?)", before, before).Exec(ctx)
		if err != nil {
			return err
		}
		n, err = res.RowsAffected()
		return err
	})
	return n, err
}
