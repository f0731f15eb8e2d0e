package store

import (
	"context"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"

	"github.com/velocicompanion/velocicompanion/models"
)

// HuntScope says which hosts a hunt is about. Empty fields limit nothing.
type HuntScope struct {
	OS      string   // a family: windows, linux, darwin
	Include []string // labels of which a host must have one
	Exclude []string // labels of which it must have none
	HostIDs []int64
}

// HuntTargets are the hosts that a hunt would be about.
type HuntTargets struct {
	Hosts    int // that have an agent
	Online   int // of them
	HighRisk int // of them: threat score of 0.7 and more
	Of       int // hosts of the tenant that have an agent
	ByOS     map[string]int
	Missing  int // of the hosts named, those that don't exist or have no agent
	// OwnLabels are hosts whose labels here and on the server differ in one that the scope names: somebody gave it or took
	// it off here only. The server's own hunt would not see that.
	OwnLabels int
}

const highRisk = 0.7 // where the band "high" begins

func (t *Tenant) scoped(sel *bun.SelectQuery, q HuntScope) *bun.SelectQuery {
	const labelled = "EXISTS (SELECT 1 FROM host_labels AS l WHERE l.tenant_id = ? AND l.host_id = h.id AND l.label = ANY (?::text[]))"
	const gone = "EXISTS (SELECT 1 FROM velociraptor_clients AS c WHERE c.tenant_id = ? AND c.client_id = h.client_id COLLATE \"C\" AND c.gone_at IS NOT NULL)"
	sel = sel.Where("h.tenant_id = ? AND h.client_id IS NOT NULL", t.id).Where("NOT "+gone, t.id)
	if q.OS != "" {
		sel = filterOS(sel, q.OS)
	}
	if len(q.Include) > 0 {
		sel = sel.Where(labelled, t.id, pgdialect.Array(q.Include))
	}
	if len(q.Exclude) > 0 {
		sel = sel.Where("NOT "+labelled, t.id, pgdialect.Array(q.Exclude))
	}
	if len(q.HostIDs) > 0 {
		sel = sel.Where("h.id = ANY (?::bigint[])", pgdialect.Array(q.HostIDs))
	}
	return sel
}

// HuntTargets counts the hosts that a hunt would be about.
func (t *Tenant) HuntTargets(ctx context.Context, q HuntScope) (out HuntTargets, err error) {
	out.ByOS = map[string]int{}
	err = t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		var groups []struct {
			Family                  string
			Hosts, Online, HighRisk int
		}
		family := `CASE WHEN h.os_key >= 'windows' AND h.os_key < 'windowt' THEN 'windows' WHEN h.os_key >= 'linux' AND h.os_key < 'linuy' THEN 'linux'
WHEN h.os_key >= 'darwin' AND h.os_key < 'darwio' OR h.os_key >= 'macos' AND h.os_key < 'macot' OR h.os_key >= 'mac os' AND h.os_key < 'mac ot' THEN 'darwin' ELSE 'other' END`
		err := t.scoped(db.NewSelect().TableExpr("hosts AS h"), q).
			ColumnExpr("? AS family, count(*) AS hosts, count(*) FILTER (WHERE h.online) AS online", bun.Safe(family)).
			ColumnExpr("count(*) FILTER (WHERE h.threat_score >= ?) AS high_risk", highRisk).GroupExpr("1").Scan(ctx, &groups)
		if err != nil {
			return err
		}
		for _, g := range groups {
			out.Hosts, out.Online, out.HighRisk = out.Hosts+g.Hosts, out.Online+g.Online, out.HighRisk+g.HighRisk
			out.ByOS[g.Family] = g.Hosts
		}
		if len(q.HostIDs) > 0 {
			known, err := t.scoped(db.NewSelect().TableExpr("hosts AS h"), HuntScope{HostIDs: q.HostIDs}).Count(ctx)
			if err != nil {
				return err
			}
			out.Missing = len(q.HostIDs) - int(known)
		}
		if out.OwnLabels, err = t.ownLabels(ctx, db, q); err != nil {
			return err
		}
		all, err := t.scoped(db.NewSelect().TableExpr("hosts AS h"), HuntScope{}).Count(ctx)
		out.Of = int(all)
		return err
	})
	return out, err
}

func (t *Tenant) ownLabels(ctx context.Context, db bun.IDB, q HuntScope) (int, error) {
	labels := append(append([]string{}, q.Include...), q.Exclude...)
	if len(labels) == 0 {
		return 0, nil
	}
	const differ = `EXISTS (SELECT 1 FROM unnest(?::text[]) AS n(label) WHERE
  EXISTS (SELECT 1 FROM host_labels AS l WHERE l.tenant_id = h.tenant_id AND l.host_id = h.id AND l.label = n.label) <>
  EXISTS (SELECT 1 FROM velociraptor_clients AS c WHERE c.tenant_id = h.tenant_id AND c.client_id = h.client_id COLLATE "C" AND n.label = ANY (c.labels)))`
	sel := t.scoped(db.NewSelect().TableExpr("hosts AS h"), HuntScope{OS: q.OS, HostIDs: q.HostIDs})
	n, err := sel.Where(differ, pgdialect.Array(labels)).Count(ctx)
	return int(n), err
}

// ChooseHuntHosts writes down the endpoints of a hunt that is carried out by collections: the online ones first, at most its
// limit. The answer is how many there are.
func (t *Tenant) ChooseHuntHosts(ctx context.Context, row *models.Hunt) (n int, err error) {
	q := HuntScope{OS: row.OS, Include: row.IncludeLabels, Exclude: row.ExcludeLabels, HostIDs: row.HostIDs}
	err = t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		sel := t.scoped(db.NewSelect().TableExpr("hosts AS h"), q).OrderExpr("h.online DESC, h.seen_key DESC, h.id").
			ColumnExpr("h.tenant_id, ?::bigint, h.client_id, h.id, true, ?, 0, ?::timestamptz", row.ID, models.HuntHostPending, t.s.Now())
		if row.ClientLimit > 0 {
			sel = sel.Limit(int64(row.ClientLimit))
		}
		res, err := db.NewRaw(`INSERT INTO hunt_hosts (tenant_id, hunt_id, client_id, host_id, own, status, tries, updated_at) (?) ON CONFLICT DO NOTHING`, sel).Exec(ctx)
		n = affected(res, err)
		return err
	})
	return n, err
}
