package store

import (
	"context"

	"github.com/uptrace/bun"

	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/models"
)

// HuntHostQuery filters the endpoints of a hunt; zero values filter nothing. Sort: client_id.
type HuntHostQuery struct {
	PageQuery

	Statuses []string
	Cause    string
}

// huntHostColumns are read with every endpoint.
const huntHostColumns = `?TableColumns, (SELECT h.hostname FROM hosts AS h WHERE h.tenant_id = hh.tenant_id AND h.id = hh.host_id) AS hostname,
coalesce((SELECT h.online FROM hosts AS h WHERE h.tenant_id = hh.tenant_id AND h.id = hh.host_id), false) AS online`

// ListHuntHosts pages through the endpoints of a hunt. Faults: NotFound for the hunt.
func (t *Tenant) ListHuntHosts(ctx context.Context, huntID int64, q HuntHostQuery) (rows []models.HuntHost, p Page, err error) {
	err = t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		if _, err := t.Hunt(ctx, huntID); err != nil {
			return err
		}
		sel := db.NewSelect().Model((*models.HuntHost)(nil)).Where("hh.tenant_id = ? AND hh.hunt_id = ?", t.id, huntID)
		if len(q.Statuses) > 0 {
			sel = sel.Where("hh.status IN (?)", bun.List(q.Statuses))
		}
		if q.Cause != "" {
			sel = sel.Where("hh.status = 'error' AND hh.cause = ?", q.Cause)
		}
		rows, p, err = page(ctx, db, q.PageQuery, listing[models.HuntHost]{
			sel: sel, columns: huntHostColumns, def: "client_id", id: "hh.hunt_id",
			keys: map[string]sortKey{"client_id": {"hh.client_id", "text"}},
			at:   func(row *models.HuntHost, _ string) (string, int64) { return row.ClientID, row.HuntID },
		})
		return err
	})
	return rows, p, err
}

// causeHosts is how many endpoints of a cause are named with it.
const causeHosts = 100

// HuntCauses groups the endpoints of a hunt that failed by why, the most frequent cause first, at most 200. Faults: NotFound
// for the hunt.
func (t *Tenant) HuntCauses(ctx context.Context, huntID int64) (rows []models.HuntCause, err error) {
	err = t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		if _, err := t.Hunt(ctx, huntID); err != nil {
			return err
		}
		return db.NewRaw(`SELECT cause, min(error_kind) AS error_kind, min(error) AS example, count(*) AS hosts,
  (array_agg(client_id ORDER BY client_id))[1:?2] AS client_ids,
  (array_agg(coalesce(h.hostname, '') ORDER BY client_id))[1:?2] AS hostnames,
  (array_agg(coalesce(h.id, 0) ORDER BY client_id))[1:?2] AS host_ids
FROM (SELECT hh.tenant_id, hh.cause, hh.error_kind, hh.error, hh.client_id AS client_id, hh.host_id FROM hunt_hosts AS hh
  WHERE hh.tenant_id = ?0 AND hh.hunt_id = ?1 AND hh.status = 'error') AS e
LEFT JOIN LATERAL (SELECT h.id, h.hostname FROM hosts AS h WHERE h.tenant_id = e.tenant_id AND h.id = e.host_id) AS h ON true
GROUP BY cause ORDER BY count(*) DESC, cause LIMIT 200`, t.id, huntID, causeHosts).Scan(ctx, &rows)
	})
	return rows, err
}

// RetryHuntErrors has endpoints that failed collected from once more, those of one cause or all: a hunt that has ended goes
// on. Faults: NotFound; Conflict: nothing_to_retry; hunt_stopping.
func (t *Tenant) RetryHuntErrors(ctx context.Context, id int64, cause string) (row *models.Hunt, n int, err error) {
	err = t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		if row, err = t.LockHunt(ctx, id); err != nil {
			return err
		}
		if row.Status == models.JobCancelling {
			return fault.New(fault.Conflict, "the hunt is being stopped; try again when it has ended").WithCode("hunt_stopping")
		}
		upd := db.NewUpdate().Model((*models.HuntHost)(nil)).
			Set("status = 'pending', own = true, error_kind = '', error = '', cause = '', results = '{}', reading = 0, next_row = 0").
			Set("poll_at = NULL, polls = 0, started_at = NULL, active_at = NULL, updated_at = ?", t.s.Now()).
			Where("hh.tenant_id = ? AND hh.hunt_id = ? AND hh.status = 'error'", t.id, id)
		if cause != "" {
			upd = upd.Where("hh.cause = ?", cause)
		}
		res, err := upd.Exec(ctx)
		if n = affected(res, err); err != nil {
			return err
		}
		if n == 0 {
			return fault.New(fault.Conflict, "no host of this hunt failed so").WithCode("nothing_to_retry")
		}
		return t.reopenHunt(ctx, row)
	})
	return row, n, err
}

// reopenHunt has a hunt that the caller has locked go on.
func (t *Tenant) reopenHunt(ctx context.Context, row *models.Hunt) error {
	if err := t.RecountHunt(ctx, row); err != nil {
		return err
	}
	now := t.s.Now()
	row.ChangedAt = &now
	if !models.JobFinal(row.Status) {
		if err := t.SaveHunt(ctx, row, "changed_at"); err != nil {
			return err
		}
		return t.WakeJob(ctx, models.JobHunt, row.ID)
	}
	row.Status, row.Ended, row.Error, row.ErrorKind, row.FinishedAt = models.JobQueued, "", "", "", nil
	row.Attempt++
	err := t.SaveHunt(ctx, row, "status", "ended", "error", "error_kind", "finished_at", "attempt", "changed_at")
	if err != nil {
		return err
	}
	if err := t.TellHunt(ctx, row); err != nil {
		return err
	}
	return t.StartJob(ctx, models.JobHunt, row.ID, row.Attempt)
}
