package store

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/uptrace/bun"

	"github.com/velocicompanion/velocicompanion/models"
)

// ReceiveCallback keeps a word of the tenant's server and, in the same transaction, wakes what waits for it. The same word
// again changes nothing: fresh is false. A word that comes behind its own end wakes nobody.
func (t *Tenant) ReceiveCallback(ctx context.Context, c *models.Callback) (fresh bool, err error) {
	err = t.run(ctx, func(ctx context.Context, t *Tenant, _ bun.IDB) error {
		c.ReceivedAt = t.s.Now()
		if c.Outcome == "" {
			c.Outcome = models.CallbackTold
		}
		err := t.row(ctx, insertCallbackSQL, []any{
			t.id, c.Kind, c.OrgID, c.ClientID, c.Subject, c.State, c.Outcome, c.OccurredAt, c.ReceivedAt, c.Kind == models.CallbackFlowCompleted && !c.Over(),
		}, &c.ID, &c.Outcome)
		if errors.Is(err, pgx.ErrNoRows) {
			return t.exec(ctx, repeatedCallbackSQL, t.id, c.Subject, c.ClientID, c.Kind, c.OrgID, c.State)
		}
		if err != nil {
			return err
		}
		fresh = true
		if c.Outcome != models.CallbackTold {
			return nil
		}
		return t.callbackTold(ctx, c)
	})
	return fresh, err
}

// The unique index makes a word one: of two deliveries at once the second waits for the first.
const (
	insertCallbackSQL = `INSERT INTO velociraptor_callbacks (tenant_id, kind, org_id, client_id, subject, state, outcome, occurred_at, received_at)
SELECT $1, $2, $3, $4, $5, $6, CASE WHEN $10::boolean AND $7 = 'told' AND EXISTS (
    SELECT FROM velociraptor_callbacks WHERE tenant_id = $1 AND subject = $5 AND client_id = $4 AND kind = $2 AND org_id = $3 AND state IN ('FINISHED', 'ERROR'))
  THEN 'late' ELSE $7 END, $8, $9
ON CONFLICT (tenant_id, subject, client_id, kind, org_id, state) DO NOTHING RETURNING id, outcome`
	repeatedCallbackSQL = `UPDATE velociraptor_callbacks SET repeats = repeats + 1
WHERE tenant_id = $1 AND subject = $2 AND client_id = $3 AND kind = $4 AND org_id = $5 AND state = $6`
)

// CallbackCounts say what came from the tenant's server of late.
type CallbackCounts struct {
	Count   int64      // words that are still kept
	Repeats int64      // deliveries of words that were known
	LastAt  *time.Time // of the last word
}

// CallbackCounts counts the words of the tenant's server.
func (t *Tenant) CallbackCounts(ctx context.Context) (c CallbackCounts, err error) {
	err = t.run(ctx, func(ctx context.Context, t *Tenant, _ bun.IDB) error {
		return t.row(ctx, "SELECT count(*), coalesce(sum(repeats), 0), max(received_at) FROM velociraptor_callbacks WHERE tenant_id = $1 AND kind <> 'ping'",
			[]any{t.id}, &c.Count, &c.Repeats, &c.LastAt)
	})
	return c, err
}

// CallbackCame says whether a word is there: of a ping, its nonce is the subject.
func (t *Tenant) CallbackCame(ctx context.Context, kind, subject string) (came bool, err error) {
	err = t.run(ctx, func(ctx context.Context, t *Tenant, _ bun.IDB) error {
		return t.row(ctx, "SELECT EXISTS (SELECT FROM velociraptor_callbacks WHERE tenant_id = $1 AND subject = $2 AND kind = $3)", []any{t.id, subject, kind}, &came)
	})
	return came, err
}

// PurgeCallbacks removes words from before the moment given, at most limit: housekeeping.
func (y *System) PurgeCallbacks(ctx context.Context, before time.Time, limit int) (n int64, err error) {
	err = y.run(ctx, func(ctx context.Context, _ *System, db bun.IDB) error {
		res, err := db.NewRaw(`DELETE FROM velociraptor_callbacks AS c USING (
  SELECT tenant_id, id FROM velociraptor_callbacks WHERE received_at < ? ORDER BY received_at LIMIT ?) AS old
WHERE c.tenant_id = old.tenant_id AND c.id = old.id`, before, limit).Exec(ctx)
		if err != nil {
			return err
		}
		n, err = res.RowsAffected()
		return err
	})
	return n, err
}

// PurgeCallbackKeys removes keys that are no longer good: housekeeping.
func (y *System) PurgeCallbackKeys(ctx context.Context) (n int64, err error) {
	err = y.run(ctx, func(ctx context.Context, y *System, db bun.IDB) error {
		res, err := db.NewRaw("DELETE FROM velociraptor_callback_keys WHERE expires_at < ?", y.s.Now()).Exec(ctx)
		if err != nil {
			return err
		}
		n, err = res.RowsAffected()
		return err
	})
	return n, err
}
