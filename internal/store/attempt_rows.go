package store

import (
	"bytes"
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"github.com/velocicompanion/velocicompanion/models"
)

// counted is one limit with its row, which this transaction holds.
type counted struct {
	models.AuthAttempt

	brake models.Brake
}

// holdAttempts reads the rows of the limits, made where missing, and locks them in one order, so that no two transactions
// wait for each other.
func holdAttempts(ctx context.Context, db bun.IDB, limits []models.Limit, now time.Time) ([]counted, error) {
	limits = inOrder(limits)
	out := make([]counted, len(limits))
	for i, l := range limits {
		out[i] = counted{AuthAttempt: models.AuthAttempt{Action: l.Action, Scope: l.Scope, Subject: l.Subject, LastAt: now}, brake: l.Brake}
		_, err := db.NewInsert().Model(&out[i].AuthAttempt).On("CONFLICT (action, scope, subject) DO UPDATE").
			Set("failures = at.failures").Returning("*").Exec(ctx)
		if err != nil {
			return nil, err
		}
		out[i].forget(now)
	}
	return out, nil
}

func inOrder(limits []models.Limit) []models.Limit {
	return slices.SortedFunc(slices.Values(limits), func(a, b models.Limit) int {
		return cmp.Or(cmp.Compare(a.Action, b.Action), cmp.Compare(a.Scope, b.Scope), bytes.Compare(a.Subject, b.Subject))
	})
}

// forget wipes what is past: a wait that is over, and everything once the window has gone by in peace.
func (c *counted) forget(now time.Time) {
	quiet := c.LastAt
	if b := c.BlockedUntil; b != nil && b.After(quiet) {
		quiet = *b
	}
	if c.brake.Window > 0 && !now.Before(quiet.Add(c.brake.Window)) {
		c.Failures, c.BlockedUntil, c.Told = 0, nil, false
	}
	if b := c.BlockedUntil; b != nil && !b.After(now) {
		c.BlockedUntil = nil
	}
}

// wait is how long the row asks to wait.
func (c *counted) wait(now time.Time) time.Duration {
	if c.BlockedUntil == nil {
		return 0
	}
	return c.BlockedUntil.Sub(now)
}

// set puts a number of failures and the wait it leads to.
func (c *counted) set(failures int, now time.Time) {
	c.Failures, c.LastAt, c.BlockedUntil = max(failures, 0), now, nil
	if wait, _ := c.brake.Delay(c.Failures); wait > 0 {
		until := now.Add(wait)
		c.BlockedUntil = &until
	}
}

func (c *counted) save(ctx context.Context, db bun.IDB) error {
	_, err := db.NewUpdate().Model(&c.AuthAttempt).Column("failures", "last_at", "blocked_until", "told").WherePK().Exec(ctx)
	return err
}

// setLocked shows people how long an account is locked; nil: not any more.
func (y *System) setLocked(ctx context.Context, db bun.IDB, userID int64, until *time.Time) error {
	res, err := db.NewUpdate().Model((*models.User)(nil)).Set("locked_until = ?", until).
		Where("id = ? AND locked_until IS DISTINCT FROM ?", userID, until).Exec(ctx)
	if err != nil {
		return err
	}
	n, err := res.RowsAffected()
	if n > 0 {
		y.left.Users = append(y.left.Users, userID)
	}
	return err
}
