package store

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/uptrace/bun"

	"github.com/velocicompanion/velocicompanion/models"
)

// AddCaseHosts ties hosts to a case together and answers which of them exist, and whether the tie is new. New ties emit one
// case.updated. Faults: NotFound for the case.
func (t *Tenant) AddCaseHosts(ctx context.Context, caseID int64, hostIDs []int64) (fresh map[int64]bool, err error) {
	err = t.changeCaseHosts(ctx, caseID, models.CaseHostAdded, func(ctx context.Context, t *Tenant) (changed []int64, err error) {
		fresh = make(map[int64]bool, len(hostIDs))
		err = t.rows(ctx, addCaseHostsSQL, []any{t.id, caseID, hostIDs, t.s.Now()}, func(r pgx.Rows) error {
			var id int64
			var added bool
			err := r.Scan(&id, &added)
			fresh[id] = added
			if added {
				changed = append(changed, id)
			}
			return err
		})
		return changed, err
	})
	return fresh, err
}

// RemoveCaseHosts unties hosts from a case together and answers which were tied. Faults: NotFound for the case.
func (t *Tenant) RemoveCaseHosts(ctx context.Context, caseID int64, hostIDs []int64) (removed map[int64]bool, err error) {
	err = t.changeCaseHosts(ctx, caseID, models.CaseHostRemoved, func(ctx context.Context, t *Tenant) (changed []int64, err error) {
		removed = make(map[int64]bool, len(hostIDs))
		err = t.rows(ctx, removeCaseHostsSQL, []any{t.id, caseID, hostIDs}, func(r pgx.Rows) error {
			var id int64
			err := r.Scan(&id)
			removed[id] = true
			changed = append(changed, id)
			return err
		})
		return changed, err
	})
	return removed, err
}

func (t *Tenant) changeCaseHosts(
	ctx context.Context, caseID int64, what string, act func(ctx context.Context, t *Tenant) (changed []int64, err error),
) error {
	return t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		row, err := t.lockCase(ctx, db, caseID, time.Time{})
		if err != nil {
			return err
		}
		changed, err := act(ctx, t)
		if err != nil || len(changed) == 0 {
			return err
		}
		return t.caseHostsChanged(ctx, db, row, hostsNote(what, changed))
	})
}

// The hosts are locked in the order of their ids against their removal meanwhile.
const (
	addCaseHostsSQL = `WITH there AS (
  SELECT id FROM hosts WHERE tenant_id = $1 AND id = ANY ($3::bigint[]) ORDER BY id FOR KEY SHARE),
put AS (
  INSERT INTO case_hosts (tenant_id, case_id, host_id, added_at) SELECT $1, $2, id, $4 FROM there
  ON CONFLICT DO NOTHING RETURNING host_id)
SELECT id, EXISTS (SELECT FROM put WHERE host_id = id) FROM there`
	removeCaseHostsSQL = `DELETE FROM case_hosts WHERE tenant_id = $1 AND case_id = $2 AND host_id = ANY ($3::bigint[]) RETURNING host_id`
)
