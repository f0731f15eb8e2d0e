package store

import (
	"context"
	"encoding/json"

	"github.com/uptrace/bun"

	"github.com/velocicompanion/velocicompanion/models"
)

// HuntRead is what was read of one endpoint's rows: from where its row stands, up to where it stands then.
type HuntRead struct {
	ClientID string `json:"client_id"`
	FlowID   string `json:"flow_id"`
	Reading  int    `json:"reading"`
	NextRow  int64  `json:"next_row"`

	ToReading int    `json:"to_reading"`
	ToNextRow int64  `json:"to_next_row"`
	Rows      int64  `json:"rows"` // that were kept
	Refused   int64  `json:"refused"`
	Status    string `json:"status"` // fetching, done, error
	Lost      string `json:"lost"`   // why the rest will never come; empty: all of it has
}

// huntLock keeps these advisory locks apart from others with one number.
const huntLock = 7_305

// movedSQL: tenant, hunt, what was read as a JSON list, now.
const movedSQL = `WITH x AS MATERIALIZED (SELECT * FROM jsonb_to_recordset($3::text::jsonb) AS x (client_id text, flow_id text, reading integer, next_row bigint,
  to_reading integer, to_next_row bigint, rows bigint, refused bigint, status text, lost text))
UPDATE hunt_hosts AS hh SET reading = x.to_reading, next_row = x.to_next_row, rows = hh.rows + x.rows, refused = hh.refused + x.refused,
  status = CASE WHEN x.status = 'fetching' THEN 'fetching' WHEN hh.error_kind <> '' OR x.lost <> '' THEN 'error' ELSE 'done' END, updated_at = $4,
  error_kind = CASE WHEN x.lost <> '' THEN 'gone' ELSE hh.error_kind END, error = CASE WHEN x.lost <> '' THEN x.lost ELSE hh.error END,
  cause = CASE WHEN x.lost <> '' THEN 'gone: ' || x.lost ELSE hh.cause END
FROM x WHERE hh.tenant_id = $1 AND hh.hunt_id = $2 AND hh.client_id = x.client_id AND hh.flow_id = x.flow_id AND hh.status = 'fetching'
  AND hh.reading = x.reading AND hh.next_row = x.next_row`

// MoveHuntReads moves the places up to which endpoints' rows are here, in the transaction that keeps the rows: either all of
// them stand where reads began, or nothing is changed and ok is false, because somebody else has read the same.
func (t *Tenant) MoveHuntReads(ctx context.Context, huntID int64, reads []HuntRead) (ok bool, err error) {
	list, err := json.Marshal(reads)
	if err != nil {
		return false, err
	}
	err = t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		// Not the hunt's row is locked: who wants to stop it must not wait for rows.
		if _, err := db.ExecContext(ctx, "SELECT pg_advisory_xact_lock(?)", huntLock<<40|huntID); err != nil {
			return err
		}
		tag, err := t.conn.Exec(ctx, movedSQL, asPrepared([]any{t.id, huntID, string(list), t.s.Now()})...)
		ok = tag.RowsAffected() == int64(len(reads))
		return err
	})
	return ok, err
}

// HuntGain is what came of a transaction that kept rows of a hunt.
type HuntGain struct {
	Finished      int // endpoints whose rows are all here
	Errors        int // of them
	Rows          int64
	RowsNew       int64
	Refused       int64
	RefusedReason string
	Indicators    int
	Sources       []models.HuntSource // with the rows that they gained
}

// AddHuntGain counts what was kept. The answer is the hunt as it stands.
func (t *Tenant) AddHuntGain(ctx context.Context, huntID int64, g HuntGain) (row *models.Hunt, err error) {
	err = t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		for i := range g.Sources {
			s := &g.Sources[i]
			s.TenantID, s.HuntID = t.id, huntID
			_, err := db.NewInsert().Model(s).On("CONFLICT (tenant_id, hunt_id, artifact) DO UPDATE").
				Set("source_id = EXCLUDED.source_id, rows = hs.rows + EXCLUDED.rows").Exec(ctx)
			if err != nil {
				return err
			}
		}
		row = &models.Hunt{}
		return db.NewUpdate().Model(row).
			Set("running = greatest(hu.running - ?, 0), finished = hu.finished + ?, errors = hu.errors + ?", g.Finished, g.Finished, g.Errors).
			Set("rows = hu.rows + ?, rows_new = hu.rows_new + ?, rows_refused = hu.rows_refused + ?", g.Rows, g.RowsNew, g.Refused).
			Set("refused_reason = CASE WHEN hu.refused_reason = '' THEN ? ELSE hu.refused_reason END", g.RefusedReason).
			Set("indicators = hu.indicators + ?, changed_at = ?", g.Indicators, t.s.Now()).
			Where("hu.tenant_id = ? AND hu.id = ?", t.id, huntID).Returning("*").Scan(ctx)
	})
	return row, err
}

// SetHuntHosts ties endpoints to hosts: client id → host.
func (t *Tenant) SetHuntHosts(ctx context.Context, huntID int64, hosts map[string]int64) error {
	return t.run(ctx, func(ctx context.Context, t *Tenant, _ bun.IDB) error {
		clients, ids := make([]string, 0, len(hosts)), make([]int64, 0, len(hosts))
		for client, id := range hosts {
			clients, ids = append(clients, client), append(ids, id)
		}
		return t.exec(ctx, `UPDATE hunt_hosts AS hh SET host_id = x.host FROM unnest($3::text[], $4::bigint[]) AS x (client, host)
WHERE hh.tenant_id = $1 AND hh.hunt_id = $2 AND hh.client_id = x.client`, t.id, huntID, clients, ids)
	})
}

// FailHuntHosts ends endpoints with an error, whatever they are at.
func (t *Tenant) FailHuntHosts(ctx context.Context, huntID int64, clients []string, kind, text, cause string) error {
	return t.run(ctx, func(ctx context.Context, t *Tenant, _ bun.IDB) error {
		return t.exec(ctx, `UPDATE hunt_hosts AS hh SET status = 'error', error_kind = $4, error = $5, cause = $6, poll_at = NULL, updated_at = $7
WHERE hh.tenant_id = $1 AND hh.hunt_id = $2 AND hh.client_id = ANY ($3::text[]) AND hh.status NOT IN ('done', 'error')`,
			t.id, huntID, clients, kind, text, cause, t.s.Now())
	})
}
