package store

import (
	"context"
	"slices"
	"time"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"

	"github.com/velocicompanion/velocicompanion/models"
)

// ChangeHosts changes many hosts in few statements: alter is told of each that exists, in the order of their ids, and may
// change its labels, criticality and owner; other fields are not written. The answer has an entry for each host that exists: nil, or the
// fault for which alter or a host's rules refused its change, which is then left as it was. It emits host.updated for each
// that became different.
func (t *Tenant) ChangeHosts(ctx context.Context, ids []int64, alter func(h *models.Host) error) (results map[int64]error, err error) {
	err = t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		var rows []models.Host
		err := db.NewSelect().Model(&rows).ColumnExpr(hostColumns).Where("h.tenant_id = ? AND h.id = ANY (?::bigint[])", t.id, pgdialect.Array(ids)).
			OrderExpr("h.id").For("NO KEY UPDATE OF h").Scan(ctx)
		if err != nil {
			return err
		}
		results = make(map[int64]error, len(rows))
		var changed []hostChanged
		for i := range rows {
			c := hostChanged{before: rows[i], row: &rows[i]}
			c.before.Labels = slices.Clone(c.before.Labels)
			problem := alter(c.row)
			if problem == nil {
				problem = normalHost(c.row)
			}
			if results[c.row.ID] = problem; problem == nil && !sameHost(&c.before, c.row) {
				changed = append(changed, c)
			}
		}
		return t.saveHosts(ctx, changed)
	})
	return results, err
}

type hostChanged struct {
	before models.Host
	row    *models.Host
}

// saveHosts writes what became different about locked hosts.
func (t *Tenant) saveHosts(ctx context.Context, changed []hostChanged) error {
	if len(changed) == 0 {
		return nil
	}
	now := t.s.Now()
	var ids, gone, come []int64
	var times []time.Time
	var goneLabels, comeLabels, criticality, owner []string
	events := make([]Event, 0, len(changed))
	for _, c := range changed {
		c.row.UpdatedAt = after(c.before.UpdatedAt, now)
		ids, times = append(ids, c.row.ID), append(times, c.row.UpdatedAt)
		criticality, owner = append(criticality, c.row.Criticality), append(owner, c.row.Owner)
		for _, l := range c.before.Labels {
			if !slices.Contains(c.row.Labels, l) {
				gone, goneLabels = append(gone, c.row.ID), append(goneLabels, l)
			}
		}
		for _, l := range c.row.Labels {
			if !slices.Contains(c.before.Labels, l) {
				come, comeLabels = append(come, c.row.ID), append(comeLabels, l)
			}
		}
		events = append(events, hostEvent(often("host.updated", c.row.ID), "host.updated", c.row, "api"))
	}
	if err := t.exec(ctx, changeManySQL, t.id, ids, times, criticality, owner); err != nil {
		return err
	}
	if err := t.exec(ctx, dropLabelsSQL, t.id, gone, goneLabels); err != nil {
		return err
	}
	if err := t.exec(ctx, putLabelsSQL, t.id, come, comeLabels); err != nil {
		return err
	}
	return t.emitAll(ctx, events)
}

const (
	changeManySQL = `UPDATE hosts AS h SET updated_at = d.at, criticality = d.criticality, owner = d.owner
FROM unnest($2::bigint[], $3::timestamptz[], $4::text[], $5::text[]) AS d (id, at, criticality, owner)
WHERE h.tenant_id = $1 AND h.id = d.id`
	dropLabelsSQL = `DELETE FROM host_labels AS l USING unnest($2::bigint[], $3::text[]) AS d (id, label)
WHERE l.tenant_id = $1 AND l.host_id = d.id AND l.label = d.label`
	putLabelsSQL = `INSERT INTO host_labels (tenant_id, host_id, label)
SELECT $1, d.id, d.label FROM unnest($2::bigint[], $3::text[]) AS d (id, label) ON CONFLICT DO NOTHING`
)

// NormalLabels trims, sorts and removes repetitions. Faults: Invalid on the field "labels".
func NormalLabels(labels []string) ([]string, error) { return normalLabels(labels) }
