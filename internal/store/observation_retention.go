package store

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"github.com/velocicompanion/velocicompanion/models"
)

const (
	expireRows   = 5_000 // observations that one transaction removes
	expireValues = 500   // values whose hosts one transaction looks at
	monthsAhead  = 2     // partitions made before their month begins
	byTheDay     = 90    // days; who keeps rows at least so long has them removed by the month, which costs next to nothing
)

// MakeMonths makes the partitions of this month and the next ones, and says how many there were to make.
func (y *System) MakeMonths(ctx context.Context) (made int64, err error) {
	first := monthOf(y.s.Now())
	for i := range monthsAhead + 1 {
		var fresh bool
		err := y.run(ctx, func(ctx context.Context, _ *System, db bun.IDB) error {
			return db.NewRaw("SELECT observations_month(?::date)", first.AddDate(0, i, 0).Format(time.DateOnly)).Scan(ctx, &fresh)
		})
		if err != nil {
			return made, err
		}
		if fresh {
			made++
		}
	}
	return made, nil
}

// DropMonths drops the partitions of months whose rows nobody keeps any more, and says how many there were. The database
// decides which those are.
func (y *System) DropMonths(ctx context.Context) (dropped int64, err error) {
	var months []time.Time
	err = y.read(ctx, func(ctx context.Context, db bun.IDB) error {
		return db.NewRaw("SELECT month FROM observations_months()").Scan(ctx, &months)
	})
	if err != nil {
		return 0, err
	}
	for _, m := range months {
		if !m.AddDate(0, 1, 0).Before(y.s.Now()) {
			break
		}
		var gone bool
		err := y.run(ctx, func(ctx context.Context, _ *System, db bun.IDB) error {
			return db.NewRaw("SELECT observations_drop(?::date)", m.Format(time.DateOnly)).Scan(ctx, &gone)
		})
		if err != nil {
			return dropped, err
		}
		if gone {
			dropped++
		}
	}
	return dropped, nil
}

// Keeping is until when a tenant's rows are kept.
type Keeping struct {
	TenantID int64
	Before   time.Time // rows collected before go
}

// ObservationsToExpire says for each tenant that doesn't keep its rows for ever which are too old.
func (y *System) ObservationsToExpire(ctx context.Context) (out []Keeping, err error) {
	var rows []models.Tenant
	err = y.read(ctx, func(ctx context.Context, db bun.IDB) error {
		return db.NewSelect().Model(&rows).Column("id", "settings").Where("status <> ?", models.TenantDeleting).OrderExpr("id").Scan(ctx)
	})
	for i := range rows {
		if days := rows[i].Chosen().ObservationRetentionDays; days > 0 {
			out = append(out, Keeping{TenantID: rows[i].ID, Before: keptFrom(y.s.Now(), days)})
		}
	}
	return out, err
}

// keptFrom is the day from which rows are kept: by the month where they are kept for long.
func keptFrom(now time.Time, days int) time.Time {
	day := now.UTC().AddDate(0, 0, -days)
	if days >= byTheDay {
		return monthOf(day)
	}
	return time.Date(day.Year(), day.Month(), day.Day(), 0, 0, 0, 0, time.UTC)
}

func monthOf(at time.Time) time.Time {
	at = at.UTC()
	return time.Date(at.Year(), at.Month(), 1, 0, 0, 0, 0, time.UTC)
}

// ExpireObservations removes the tenant's rows collected before a time, what they count for, and their sources, in many
// transactions, and says how many rows and sources there were. An end in between is made good by the next call.
func (t *Tenant) ExpireObservations(ctx context.Context, before time.Time) (removed int64, err error) {
	due, err := t.hasOldSource(ctx, before)
	if err != nil || !due {
		return 0, err
	}
	for _, part := range []func(context.Context, time.Time) (int64, error){t.expireRows, t.expireStacks, t.expireSources} {
		n, err := part(ctx, before)
		removed += n
		if err != nil {
			return removed, err
		}
	}
	return removed, nil
}

// hasOldSource says whether there is anything to do: every row has a source of its time, which goes last.
func (t *Tenant) hasOldSource(ctx context.Context, before time.Time) (due bool, err error) {
	err = t.run(ctx, func(ctx context.Context, t *Tenant, _ bun.IDB) error {
		return t.row(ctx, "SELECT EXISTS (SELECT 1 FROM sources WHERE tenant_id = $1 AND collected_at < $2)", []any{t.id, before}, &due)
	})
	return due, err
}

// until repeats a statement with $1 the tenant, $2 the time and $3 a number until it affects nothing.
func (t *Tenant) until(ctx context.Context, sql string, before time.Time, limit int) (n int64, err error) {
	for {
		var some int64
		err := t.run(ctx, func(ctx context.Context, t *Tenant, _ bun.IDB) error {
			return t.row(ctx, sql, []any{t.id, before, limit}, &some)
		})
		n += some
		if err != nil || some == 0 {
			return n, err
		}
	}
}

func (t *Tenant) expireRows(ctx context.Context, before time.Time) (int64, error) {
	return t.until(ctx, `WITH old AS (SELECT collected_at, source_id, host_id, content_hash FROM observations
  WHERE tenant_id = $1 AND collected_at < $2 ORDER BY collected_at LIMIT $3),
gone AS (DELETE FROM observations AS o USING old WHERE o.tenant_id = $1 AND o.collected_at = old.collected_at AND o.collected_at < $2
  AND o.source_id = old.source_id AND o.host_id = old.host_id AND o.content_hash = old.content_hash RETURNING 1)
SELECT count(*) FROM gone`, before, expireRows)
}

// expireSources removes sources without rows. The first statement waits for whoever adds rows to one, the second then sees
// them.
func (t *Tenant) expireSources(ctx context.Context, before time.Time) (n int64, err error) {
	for {
		var ids []int64
		var some int64
		err := t.run(ctx, func(ctx context.Context, t *Tenant, _ bun.IDB) error {
			err := t.row(ctx, `SELECT coalesce(array_agg(id), '{}') FROM (SELECT id FROM sources WHERE tenant_id = $1 AND collected_at < $2
ORDER BY id LIMIT $3 FOR UPDATE SKIP LOCKED) AS s`, []any{t.id, before, expireRows}, &ids)
			if err != nil || len(ids) == 0 {
				return err
			}
			return t.row(ctx, `WITH gone AS (DELETE FROM sources AS s WHERE s.tenant_id = $1 AND s.id = ANY($2::bigint[]) AND NOT EXISTS (
  SELECT 1 FROM observations AS o WHERE o.tenant_id = $1 AND o.collected_at = s.collected_at AND o.source_id = s.id) RETURNING s.id),
hosts AS (DELETE FROM source_hosts AS h USING gone WHERE h.tenant_id = $1 AND h.source_id = gone.id)
SELECT count(*) FROM gone`, []any{t.id, ids}, &some)
		})
		n += some
		if err != nil || some == 0 {
			return n, err
		}
	}
}

// expireStacks takes out of the stacks what was last seen before: who has a value is then exact. Since when a value is known
// and how often it was seen stays what it was, as long as anybody has it.
func (t *Tenant) expireStacks(ctx context.Context, before time.Time) (n int64, err error) {
	for { // what still waits must not come back afterwards
		folded, err := t.FoldStacks(ctx)
		if err != nil {
			return 0, err
		}
		if folded == 0 {
			break
		}
	}
	for after := int64(0); ; {
		var ids []int64
		err := t.run(ctx, func(ctx context.Context, t *Tenant, _ bun.IDB) error {
			if err := t.holdStacks(ctx); err != nil {
				return err
			}
			err := t.row(ctx, `SELECT coalesce(array_agg(id), '{}') FROM (SELECT id FROM stack_values
WHERE tenant_id = $1 AND id > $2 AND (first_seen < $3 OR hosts <= 0) ORDER BY id LIMIT $4) AS v`, []any{t.id, after, before, expireValues}, &ids)
			if err != nil || len(ids) == 0 {
				return err
			}
			return t.expireValues(ctx, before, ids)
		})
		if err != nil || len(ids) == 0 {
			return n, err
		}
		after = ids[len(ids)-1]
	}
}

func (t *Tenant) expireValues(ctx context.Context, before time.Time, ids []int64) error {
	err := t.exec(ctx, `WITH gone AS (DELETE FROM stack_hosts WHERE tenant_id = $1 AND value_id = ANY($2::bigint[]) AND last_seen < $3 RETURNING value_id),
sum AS (SELECT value_id, count(*) AS n FROM gone GROUP BY value_id)
UPDATE stack_values AS v SET hosts = greatest(v.hosts - sum.n, 0) FROM sum WHERE v.tenant_id = $1 AND v.id = sum.value_id`, t.id, ids, before)
	if err != nil {
		return err
	}
	err = t.exec(ctx, `WITH gone AS (DELETE FROM stack_values WHERE tenant_id = $1 AND id = ANY($2::bigint[]) AND hosts <= 0 RETURNING stack_id, rows),
sum AS (SELECT stack_id, count(*) AS n, sum(rows) AS rows FROM gone GROUP BY stack_id)
UPDATE stacks AS s SET value_count = greatest(s.value_count - sum.n, 0), rows = greatest(s.rows - sum.rows, 0)
FROM sum WHERE s.tenant_id = $1 AND s.id = sum.stack_id`, t.id, ids)
	if err != nil {
		return err
	}
	return t.exec(ctx, "DELETE FROM stacks WHERE tenant_id = $1 AND value_count <= 0", t.id)
}
