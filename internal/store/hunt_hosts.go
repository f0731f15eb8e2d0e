package store

import (
	"context"
	"encoding/json"
	"time"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"

	"github.com/velocicompanion/velocicompanion/models"
)

// HuntSeen is an endpoint of a hunt as the server told of it.
type HuntSeen struct {
	ClientID  string     `json:"client_id"`
	FlowID    string     `json:"flow_id"`
	Status    string     `json:"status"` // scheduled, running, fetching, done, error
	ErrorKind string     `json:"error_kind"`
	Error     string     `json:"error"`
	Cause     string     `json:"cause"`
	Results   []string   `json:"results"`
	Expected  int64      `json:"expected"`
	StartedAt *time.Time `json:"started_at"`
	ActiveAt  *time.Time `json:"active_at"`
}

// quiet is the error kind of an endpoint that has said nothing for long: the only error that ends by itself.
const quiet = "silent"

// seenSQL: tenant, hunt, the endpoints as a JSON list, now. What is being read or has ended is left alone, and endpoints on
// which a collection of ours is under way: theirs is another flow.
const seenSQL = `INSERT INTO hunt_hosts AS hh (tenant_id, hunt_id, client_id, host_id, flow_id, status, error_kind, error, cause, results, expected, started_at, active_at, updated_at)
SELECT $1, $2, x.client_id,
  coalesce((SELECT h.id FROM hosts AS h WHERE h.tenant_id = $1 AND h.client_id = x.client_id),
    (SELECT a.host_id FROM host_aliases AS a WHERE a.tenant_id = $1 AND a.kind = 'client_id' AND a.value_key = x.client_id ORDER BY a.id DESC LIMIT 1)),
  x.flow_id, x.status, x.error_kind, x.error, x.cause, coalesce(x.results, '{}'), x.expected, x.started_at, x.active_at, $4
FROM jsonb_to_recordset($3::text::jsonb) AS x (client_id text, flow_id text, status text, error_kind text, error text, cause text, results text[],
  expected bigint, started_at timestamptz, active_at timestamptz)
ORDER BY x.client_id
ON CONFLICT (tenant_id, hunt_id, client_id) DO UPDATE SET flow_id = EXCLUDED.flow_id, status = EXCLUDED.status, error_kind = EXCLUDED.error_kind,
  error = EXCLUDED.error, cause = EXCLUDED.cause, results = EXCLUDED.results, expected = EXCLUDED.expected, started_at = EXCLUDED.started_at,
  active_at = EXCLUDED.active_at, updated_at = EXCLUDED.updated_at
WHERE NOT hh.own AND (hh.status IN ('scheduled', 'running') OR hh.status = 'error' AND hh.error_kind = '` + quiet + `')
  AND (hh.status, hh.error_kind, hh.active_at) IS DISTINCT FROM (EXCLUDED.status, EXCLUDED.error_kind, EXCLUDED.active_at)`

// SeeHuntHosts takes over what the server told of endpoints of its hunt. changed is how many are new or went on.
func (t *Tenant) SeeHuntHosts(ctx context.Context, huntID int64, seen []HuntSeen) (changed int, err error) {
	list, err := json.Marshal(seen)
	if err != nil || len(seen) == 0 {
		return 0, err
	}
	err = t.run(ctx, func(ctx context.Context, t *Tenant, _ bun.IDB) error {
		tag, err := t.conn.Exec(ctx, seenSQL, asPrepared([]any{t.id, huntID, string(list), t.s.Now()})...)
		changed = int(tag.RowsAffected())
		return err
	})
	return changed, err
}

// SeeHuntFlow takes over what the server told of a collection of ours, unless it is not the endpoint's any more. pollAt is
// when to look again; nil: it has ended.
func (t *Tenant) SeeHuntFlow(ctx context.Context, huntID int64, s HuntSeen, pollAt *time.Time) (changed bool, err error) {
	err = t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		results := s.Results
		if results == nil {
			results = []string{}
		}
		var was []string
		err := db.NewRaw(`WITH was AS (SELECT status FROM hunt_hosts WHERE tenant_id = ?0 AND hunt_id = ?1 AND client_id = ?2 AND flow_id = ?3 AND own
  AND status IN ('launching', 'scheduled', 'running') FOR UPDATE)
UPDATE hunt_hosts AS hh SET status = ?4, error_kind = ?5, error = ?6, cause = ?7, results = ?8, expected = ?9, started_at = ?10, active_at = ?11,
  poll_at = ?12, polls = CASE WHEN hh.status = ?4 THEN hh.polls + 1 ELSE 0 END, updated_at = ?13
FROM was WHERE hh.tenant_id = ?0 AND hh.hunt_id = ?1 AND hh.client_id = ?2 RETURNING was.status`,
			t.id, huntID, s.ClientID, s.FlowID, s.Status, s.ErrorKind, s.Error, s.Cause, pgdialect.Array(results), s.Expected, s.StartedAt, s.ActiveAt,
			pollAt, t.s.Now()).Scan(ctx, &was)
		changed = len(was) > 0 && was[0] != s.Status
		return err
	})
	return changed, err
}

// HuntWork gives endpoints of a hunt with one of these statuses, in the order of their client ids. due: only collections of
// ours that are to be looked at by then.
func (t *Tenant) HuntWork(ctx context.Context, huntID int64, statuses []string, due *time.Time, limit int) (rows []models.HuntHost, err error) {
	err = t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		sel := db.NewSelect().Model(&rows).Where("hh.tenant_id = ? AND hh.hunt_id = ? AND hh.status IN (?)", t.id, huntID, bun.List(statuses)).
			Where("hh.status NOT IN ('done', 'error')")
		if due != nil {
			sel = sel.Where("hh.own AND (hh.poll_at IS NULL OR hh.poll_at <= ?)", *due).OrderExpr("hh.poll_at NULLS FIRST")
		}
		return sel.OrderExpr("hh.client_id").Limit(int64(limit)).Scan(ctx)
	})
	return rows, err
}

// NextHuntPoll is when the next collection of ours is to be looked at; zero: there is none.
func (t *Tenant) NextHuntPoll(ctx context.Context, huntID int64) (at time.Time, err error) {
	err = t.run(ctx, func(ctx context.Context, t *Tenant, _ bun.IDB) error {
		var next *time.Time
		err := t.row(ctx, `SELECT min(poll_at) FROM hunt_hosts
WHERE tenant_id = $1 AND hunt_id = $2 AND own AND status IN ('scheduled', 'running')`, []any{t.id, huntID}, &next)
		if next != nil {
			at = *next
		}
		return err
	})
	return at, err
}

// MarkHuntLaunching notes that collections are about to be started: from now on each is looked for before it is started
// again. Each endpoint's flow_id is that of its next collection.
func (t *Tenant) MarkHuntLaunching(ctx context.Context, huntID int64, rows []models.HuntHost) error {
	return t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		for i := range rows {
			r := &rows[i]
			_, err := db.NewUpdate().Model(r).Set("status = 'launching', flow_id = ?, updated_at = ?", r.FlowID, t.s.Now()).
				Set("tries = CASE WHEN hh.status = 'pending' THEN hh.tries + 1 ELSE hh.tries END").
				Where("hh.tenant_id = ? AND hh.hunt_id = ? AND hh.client_id = ? AND hh.status IN ('pending', 'launching')", t.id, huntID, r.ClientID).Exec(ctx)
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// QuietHuntHosts gives up waiting for endpoints that have said nothing since a time: they are errors until they say something.
func (t *Tenant) QuietHuntHosts(ctx context.Context, huntID int64, own bool, statuses []string, since time.Time, kind, text string) (n int, err error) {
	err = t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		res, err := db.NewUpdate().Model((*models.HuntHost)(nil)).
			Set("status = 'error', error_kind = ?, error = ?, cause = ?, poll_at = NULL, updated_at = ?", kind, text, text, t.s.Now()).
			Where("hh.tenant_id = ? AND hh.hunt_id = ? AND hh.own = ? AND hh.status IN (?)", t.id, huntID, own, bun.List(statuses)).
			Where("greatest(coalesce(hh.active_at, '-infinity'), coalesce(hh.started_at, hh.updated_at)) < ?", since).Exec(ctx)
		n = affected(res, err)
		return err
	})
	return n, err
}

// RecountHunt counts a hunt's endpoints anew into a row that the caller has locked, and writes the counts.
func (t *Tenant) RecountHunt(ctx context.Context, row *models.Hunt) error {
	return t.run(ctx, func(ctx context.Context, t *Tenant, _ bun.IDB) error {
		return t.row(ctx, `WITH c AS (SELECT count(*) AS n, count(*) FILTER (WHERE status NOT IN ('done', 'error')) AS running,
  count(*) FILTER (WHERE status = 'error') AS errors FROM hunt_hosts WHERE tenant_id = $1 AND hunt_id = $2)
UPDATE hunts SET scheduled = c.n, running = c.running, finished = c.n - c.running, errors = c.errors FROM c
WHERE tenant_id = $1 AND id = $2 RETURNING scheduled, hunts.running, finished, hunts.errors`, []any{t.id, row.ID},
			&row.Scheduled, &row.Running, &row.Finished, &row.Errors)
	})
}
