package store

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"github.com/velocicompanion/velocicompanion/models"
)

// HostCounts are numbers of hosts. Above ExactTotal a number is the planner's estimate.
type HostCounts struct {
	Total, Online int
	ByBand        map[string]int // threat band to hosts, see models.ThreatBands
	Exact         bool           // none of the numbers is an estimate
}

// CaseCounts are numbers of cases; BySeverity counts those that are not closed.
type CaseCounts struct {
	Open, Investigating, Closed int
	BySeverity                  map[string]int
}

// ExecutionCounts are numbers of runs; the finished ones are those of the last 24 hours.
type ExecutionCounts struct {
	Running, Failed24h, Completed24h int
}

// NeedsYou counts what waits for one user.
type NeedsYou struct {
	UnreadNotifications, CasesAssigned, FailedExecutions24h int
}

// Dashboard is a tenant at a glance.
type Dashboard struct {
	Hosts            HostCounts
	Cases            CaseCounts
	Executions       ExecutionCounts
	NeedsYou         NeedsYou
	TopHosts         []models.Host // by threat score, those without one left out
	RecentExecutions []models.Execution
}

// The sizes of the dashboard's lists, and how many runs of a status it counts at most.
const (
	topHosts         = 5
	recentExecutions = 10
	countedRuns      = 100_000
)

// Dashboard gathers a tenant's numbers for one of its users. Its cost does not grow with the number of hosts: what is
// many is counted up to ExactTotal and estimated beyond.
func (t *Tenant) Dashboard(ctx context.Context, userID int64) (*Dashboard, error) {
	d := &Dashboard{}
	err := t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		for _, part := range []func(context.Context, bun.IDB, *Dashboard) error{
			t.countHosts, t.countCases, t.countExecutions, t.readLists,
		} {
			if err := part(ctx, db, d); err != nil {
				return err
			}
		}
		return t.countNeeds(ctx, db, d, userID)
	})
	return d, err
}

func (t *Tenant) countHosts(ctx context.Context, db bun.IDB, d *Dashboard) error {
	d.Hosts = HostCounts{ByBand: map[string]int{}, Exact: true}
	count := func(where string, args ...any) (int, error) {
		n, exact, err := countRows(ctx, db, db.NewSelect().Model((*models.Host)(nil)).Where("h.tenant_id = ?", t.id).Where(where, args...))
		d.Hosts.Exact = d.Hosts.Exact && exact
		return n, err
	}
	for _, b := range models.ThreatBands() {
		n, err := count("h.threat_score >= ? AND h.threat_score < ?", b.From, b.Below)
		if err != nil {
			return err
		}
		d.Hosts.ByBand[b.Name] = n
	}
	var err error
	if d.Hosts.Total, err = count("true"); err != nil {
		return err
	}
	d.Hosts.Online, err = count("h.online")
	return err
}

func (t *Tenant) countCases(ctx context.Context, db bun.IDB, d *Dashboard) error {
	var groups []struct {
		Status, Severity string
		N                int
	}
	err := db.NewSelect().Model((*models.Case)(nil)).Column("status", "severity").ColumnExpr("count(*) AS n").
		Where("tenant_id = ?", t.id).Group("status", "severity").Scan(ctx, &groups)
	if err != nil {
		return err
	}
	d.Cases.BySeverity = map[string]int{}
	for _, s := range models.CaseSeverities() {
		d.Cases.BySeverity[s] = 0
	}
	for _, g := range groups {
		switch g.Status {
		case models.CaseOpen:
			d.Cases.Open += g.N
		case models.CaseInvestigating:
			d.Cases.Investigating += g.N
		case models.CaseClosed:
			d.Cases.Closed += g.N
			continue
		}
		d.Cases.BySeverity[g.Severity] += g.N
	}
	return nil
}

func (t *Tenant) countExecutions(ctx context.Context, db bun.IDB, d *Dashboard) error {
	runs := func(where string, args ...any) *bun.SelectQuery {
		some := db.NewSelect().Model((*models.Execution)(nil)).Column("status").Where("tenant_id = ?", t.id).Where(where, args...).Limit(countedRuns)
		return db.NewSelect().TableExpr("(?) AS found", some)
	}
	if err := runs("finished_at IS NULL").ColumnExpr("count(*)").Scan(ctx, &d.Executions.Running); err != nil {
		return err
	}
	since := t.s.Now().Add(-24 * time.Hour)
	return runs("finished_at > ?", since).
		ColumnExpr("count(*) FILTER (WHERE status IN (?))", bun.List([]string{models.ExecutionFailed, models.ExecutionTimedOut})).
		ColumnExpr("count(*) FILTER (WHERE status = ?)", models.ExecutionCompleted).
		Scan(ctx, &d.Executions.Failed24h, &d.Executions.Completed24h)
}

func (t *Tenant) readLists(ctx context.Context, db bun.IDB, d *Dashboard) error {
	d.TopHosts = make([]models.Host, 0, topHosts)
	err := db.NewSelect().Model(&d.TopHosts).ColumnExpr(hostColumns).Where("h.tenant_id = ?", t.id).Where("h.threat_score > 0").
		OrderExpr("h.threat_score DESC, h.id DESC").Limit(topHosts).Scan(ctx)
	if err != nil {
		return err
	}
	d.RecentExecutions = make([]models.Execution, 0, recentExecutions)
	return db.NewSelect().Model(&d.RecentExecutions).ExcludeColumn("event").Where("tenant_id = ?", t.id).
		OrderExpr("id DESC").Limit(recentExecutions).Scan(ctx)
}

func (t *Tenant) countNeeds(ctx context.Context, db bun.IDB, d *Dashboard, userID int64) error {
	d.NeedsYou.FailedExecutions24h = d.Executions.Failed24h
	unread := db.NewSelect().Model((*models.Notification)(nil)).ColumnExpr("1").
		Where("tenant_id = ? AND user_id = ? AND NOT is_read", t.id, userID).Limit(ExactTotal)
	if err := db.NewSelect().TableExpr("(?) AS found", unread).ColumnExpr("count(*)").Scan(ctx, &d.NeedsYou.UnreadNotifications); err != nil {
		return err
	}
	n, err := db.NewSelect().Model((*models.Case)(nil)).
		Where("tenant_id = ? AND assignee_id = ? AND status <> ?", t.id, userID, models.CaseClosed).Count(ctx)
	d.NeedsYou.CasesAssigned = int(n)
	return err
}
