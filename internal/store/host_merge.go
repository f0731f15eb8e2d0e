package store

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/models"
)

// MaxMerged is how many hosts can be merged into one at once.
const MaxMerged = 50

// Moved counts what came to a host from those merged into it. Cases and labels that it had already don't count.
type Moved struct {
	Observations int
	Cases        int
	Labels       int
	Sightings    int
	Executions   int
}

// MergeHosts makes several hosts one: what is known of them moves to the host id, their client ids and names become its
// aliases, and they are gone. Client id, address, system and whether it is online are those of whichever was seen last: that
// is the agent which answers. Everything else is the host's own, with its gaps filled from the others, the latest first;
// criticality and threat score are the highest. dry only says what would come of it. Faults: NotFound for any of them,
// Invalid, Conflict (host_isolated) for one that is isolated.
func (t *Tenant) MergeHosts(ctx context.Context, id int64, from []int64, dry bool) (row *models.Host, moved Moved, err error) {
	from = slices.Compact(slices.Sorted(slices.Values(from)))
	switch {
	case len(from) == 0 || len(from) > MaxMerged:
		return nil, moved, fault.InvalidField("from_ids", "name 1 to %d hosts", MaxMerged)
	case slices.Contains(from, id):
		return nil, moved, fault.InvalidField("from_ids", "a host can't be merged into itself")
	}
	err = t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		m := &merge{t: t, db: db, from: from}
		if err := m.lock(ctx, id); err != nil {
			return err
		}
		if err := m.combine(); err != nil {
			return err
		}
		if err := m.count(ctx); err != nil {
			return err
		}
		row, moved = m.to, m.moved
		if dry {
			return nil
		}
		return m.carryOut(ctx)
	})
	return row, moved, err
}

// merge is one merge at work.
type merge struct {
	t      *Tenant
	db     bun.IDB
	from   []int64
	before models.Host   // the survivor as it was
	to     *models.Host  // the survivor as it will be
	gone   []models.Host // the others, the last seen first
	moved  Moved
}

// lock takes all names, then all rows, so that no sighting of any of them comes in between.
func (m *merge) lock(ctx context.Context, id int64) error {
	ids := append([]int64{id}, m.from...)
	read := func() (rows []models.Host, err error) {
		err = m.db.NewSelect().Model(&rows).ColumnExpr(hostColumns).Where("h.tenant_id = ? AND h.id IN (?)", m.t.id, bun.List(ids)).
			OrderExpr("h.id").Scan(ctx)
		return rows, err
	}
	rows, err := read()
	if err != nil {
		return err
	}
	if err := m.t.lockNamesOf(ctx, rows); err != nil {
		return err
	}
	if err := m.t.lockHosts(ctx, ids, "UPDATE"); err != nil {
		return err
	}
	if rows, err = read(); err != nil {
		return err
	}
	if len(rows) != len(ids) {
		return fault.New(fault.NotFound, "one of the hosts is not there")
	}
	for i := range rows {
		if rows[i].ID == id {
			m.before = rows[i]
			continue
		}
		m.gone = append(m.gone, rows[i])
	}
	slices.SortStableFunc(m.gone, func(a, b models.Host) int { return seenAt(&b).Compare(seenAt(&a)) })
	return nil
}

func seenAt(row *models.Host) time.Time { return deref(row.LastSeen) }

// combine makes the survivor what it will be.
func (m *merge) combine() error {
	to := m.before
	m.to = &to
	to.Labels = slices.Clone(to.Labels)
	if to.Isolation != "none" {
		return isolatedFault(&to)
	}
	for i := range m.gone {
		g := &m.gone[i]
		if g.Isolation != "none" {
			return isolatedFault(g)
		}
		if err := fillGaps(&to, g); err != nil {
			return err
		}
	}
	m.latest(&to)
	return normalHost(&to)
}

func isolatedFault(row *models.Host) error {
	return fault.New(fault.Conflict, "the host %s is isolated or about to be; release it first", row.Hostname).WithCode("host_isolated")
}

// latest gives the survivor what the host that was seen last says of itself.
func (m *merge) latest(to *models.Host) {
	all := append([]models.Host{m.before}, m.gone...)
	slices.SortStableFunc(all, func(a, b models.Host) int { return seenAt(&b).Compare(seenAt(&a)) })
	to.LastSeen, to.Online = all[0].LastSeen, all[0].Online
	for _, h := range slices.Backward(all) { // the last to write is the one seen last
		if h.ClientID != nil {
			to.ClientID = h.ClientID
		}
		if h.IPAddress != "" {
			to.IPAddress = h.IPAddress
		}
		if h.OS != "" {
			to.OS = h.OS
		}
	}
}

// fillGaps gives a host what it lacks and another has.
func fillGaps(to, from *models.Host) (err error) {
	to.Labels = append(to.Labels, from.Labels...)
	if to.Owner == "" {
		to.Owner = from.Owner
	}
	if from.Notes != "" && from.Notes != to.Notes {
		to.Notes = strings.TrimSpace(to.Notes + "\n\n" + from.Notes)
	}
	if models.SeverityRank(from.Criticality) > models.SeverityRank(to.Criticality) {
		to.Criticality = from.Criticality
	}
	to.ThreatScore = max(to.ThreatScore, from.ThreatScore)
	if from.FirstSeen != nil && (to.FirstSeen == nil || from.FirstSeen.Before(*to.FirstSeen)) {
		to.FirstSeen = from.FirstSeen
	}
	if to.HostMetadata, err = mergeObjects(from.HostMetadata, to.HostMetadata); err != nil {
		return err
	}
	to.CustomFields, err = mergeObjects(orEmptyObject(from.CustomFields), orEmptyObject(to.CustomFields))
	return err
}

// count says what will move.
func (m *merge) count(ctx context.Context) error {
	m.moved.Labels = len(m.to.Labels) - len(m.before.Labels)
	return m.db.NewRaw(`SELECT
  (SELECT count(*) FROM observations WHERE tenant_id = ?0 AND host_id IN (?2)),
  (SELECT count(DISTINCT case_id) FROM case_hosts AS f WHERE tenant_id = ?0 AND host_id IN (?2)
    AND NOT EXISTS (SELECT FROM case_hosts AS o WHERE o.tenant_id = ?0 AND o.case_id = f.case_id AND o.host_id = ?1)),
  (SELECT count(*) FROM sightings WHERE tenant_id = ?0 AND host_id IN (?2)),
  (SELECT count(*) FROM playbook_executions WHERE tenant_id = ?0 AND host_id IN (?2))`,
		m.t.id, m.to.ID, bun.List(m.from)).Scan(ctx, &m.moved.Observations, &m.moved.Cases, &m.moved.Sightings, &m.moved.Executions)
}

// carryOut moves the rows, removes the hosts that are gone and writes the survivor.
func (m *merge) carryOut(ctx context.Context) error {
	for i := range m.gone {
		if err := m.moveRows(ctx, m.gone[i].ID); err != nil {
			return err
		}
	}
	for _, sql := range []string{
		`INSERT INTO case_hosts (tenant_id, case_id, host_id, added_at)
SELECT tenant_id, case_id, ?1, min(added_at) FROM case_hosts WHERE tenant_id = ?0 AND host_id IN (?2) GROUP BY 1, 2 ON CONFLICT DO NOTHING`,
		"UPDATE playbook_executions SET host_id = ?1 WHERE tenant_id = ?0 AND host_id IN (?2)",
		"UPDATE collections SET host_id = ?1 WHERE tenant_id = ?0 AND host_id IN (?2)",
		"UPDATE host_aliases SET host_id = ?1 WHERE tenant_id = ?0 AND host_id IN (?2)",
		"UPDATE hunt_hosts SET host_id = ?1 WHERE tenant_id = ?0 AND host_id IN (?2)",
		"DELETE FROM hosts WHERE tenant_id = ?0 AND id IN (?2)",
	} {
		if _, err := m.db.NewRaw(sql, m.t.id, m.to.ID, bun.List(m.from)).Exec(ctx); err != nil {
			return err
		}
	}
	if err := m.aliases(ctx); err != nil {
		return err
	}
	return m.t.saveHost(ctx, m.db, &m.before, m.to, "merge")
}

// moveRows gives what was reported about one of the hosts to the survivor.
func (m *merge) moveRows(ctx context.Context, from int64) error {
	if err := m.t.moveObservations(ctx, m.db, from, m.to.ID); err != nil {
		return err
	}
	if err := m.t.moveStacks(ctx, m.db, from, m.to.ID); err != nil {
		return err
	}
	_, err := m.t.moveSightings(ctx, m.db, from, m.to.ID)
	return err
}

// aliases keeps the names of the hosts that are gone, and the client ids that none has any more.
func (m *merge) aliases(ctx context.Context) error {
	now := m.t.s.Now()
	var rows []models.HostAlias
	add := func(kind, value string, from int64) {
		rows = append(rows, models.HostAlias{TenantID: m.t.id, HostID: m.to.ID, Kind: kind, Value: value, FromHostID: from, CreatedAt: now})
	}
	for _, h := range append([]models.Host{m.before}, m.gone...) {
		if h.ClientID != nil && *h.ClientID != deref(m.to.ClientID) {
			add(models.AliasClientID, *h.ClientID, h.ID)
		}
		if h.ID != m.to.ID {
			add(models.AliasHostname, h.Hostname, h.ID)
		}
	}
	_, err := m.db.NewInsert().Model(&rows).ExcludeColumn("id").On("CONFLICT (tenant_id, kind, value_key, from_host_id) DO UPDATE").
		Set("host_id = EXCLUDED.host_id").Returning("NULL").Exec(ctx)
	return err
}
