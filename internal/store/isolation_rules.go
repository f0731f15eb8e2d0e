package store

import (
	"context"
	"slices"
	"strings"

	"github.com/uptrace/bun"

	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/models"
)

// The bounds of a tenant's rules.
const (
	maxRuleHosts = 10_000
	maxRuleTexts = 500
	maxRuleName  = 255
)

// IsolationRules reads which hosts of the tenant nobody may isolate; none where nobody wrote any.
func (t *Tenant) IsolationRules(ctx context.Context) (*models.IsolationRules, error) {
	row := &models.IsolationRules{}
	err := t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		err := orAbsent(&row, db.NewSelect().Model(row).Where("tenant_id = ?", t.id).Scan(ctx))
		if row == nil {
			row = &models.IsolationRules{TenantID: t.id}
		}
		return err
	})
	return row, err
}

// SaveIsolationRules replaces the tenant's rules. Faults: Invalid at body.never.host_ids, .labels, .hostnames.
func (t *Tenant) SaveIsolationRules(ctx context.Context, row *models.IsolationRules) error {
	row.TenantID, row.UpdatedAt = t.id, t.s.Now()
	if err := normalRules(row); err != nil {
		return err
	}
	return t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		if err := t.keepKnownHosts(ctx, db, row); err != nil {
			return err
		}
		_, err := db.NewInsert().Model(row).On("CONFLICT (tenant_id) DO UPDATE").Set("host_ids = EXCLUDED.host_ids").Set("labels = EXCLUDED.labels").
			Set("hostnames = EXCLUDED.hostnames").Set("updated_by = EXCLUDED.updated_by").Set("updated_at = EXCLUDED.updated_at").Returning("NULL").Exec(ctx)
		return err
	})
}

// keepKnownHosts leaves out hosts that stood in the rules and were deleted since. One that never stood there must exist.
func (t *Tenant) keepKnownHosts(ctx context.Context, db bun.IDB, row *models.IsolationRules) error {
	var known []int64
	err := db.NewSelect().Model((*models.Host)(nil)).Column("id").
		Where("h.tenant_id = ? AND h.id IN (?)", t.id, bun.List(append([]int64{0}, row.HostIDs...))).OrderExpr("h.id").Scan(ctx, &known)
	if err != nil {
		return err
	}
	before, err := t.IsolationRules(ctx)
	if err != nil {
		return err
	}
	for _, id := range row.HostIDs {
		if !slices.Contains(known, id) && !slices.Contains(before.HostIDs, id) {
			return fault.InvalidField("body.never.host_ids", "there is no host %d", id)
		}
	}
	row.HostIDs = append([]int64{}, known...)
	return nil
}

// normalRules brings rules into the form that rows have.
func normalRules(row *models.IsolationRules) error {
	row.HostIDs = slices.Compact(slices.AppendSeq([]int64{}, slices.Values(slices.Sorted(slices.Values(row.HostIDs)))))
	if len(row.HostIDs) > maxRuleHosts {
		return fault.InvalidField("body.never.host_ids", "are more than %d; give those hosts a label and name that", maxRuleHosts)
	}
	labels, err := normalLabels(row.Labels)
	if err != nil {
		return fault.InvalidField("body.never.labels", "must be up to %d labels of 1 to %d characters", maxLabels, maxLabelLength)
	}
	row.Labels = labels
	names := make([]string, 0, len(row.Hostnames))
	for _, n := range row.Hostnames {
		n = lower(strings.TrimSpace(n))
		if n == "" || models.TextProblem(n, maxRuleName) != "" || strings.Trim(n, "*") == "" {
			return fault.InvalidField("body.never.hostnames", "must be names of 1 to %d characters; * stands for any run of characters, but not alone", maxRuleName)
		}
		names = append(names, n)
	}
	slices.Sort(names)
	if row.Hostnames = slices.Compact(names); len(row.Hostnames) > maxRuleTexts {
		return fault.InvalidField("body.never.hostnames", "are more than %d; use a pattern, as dc-*", maxRuleTexts)
	}
	return nil
}

// RefusesIsolation says which rule keeps a host from being isolated; empty: none.
func RefusesIsolation(rules *models.IsolationRules, host *models.Host) string {
	if slices.Contains(rules.HostIDs, host.ID) {
		return "the host itself is on the list"
	}
	for _, l := range host.Labels {
		if slices.ContainsFunc(rules.Labels, func(rule string) bool { return strings.EqualFold(rule, l) }) {
			return "it has the label " + l
		}
	}
	name := lower(host.Hostname)
	for _, rule := range rules.Hostnames {
		if wildcardMatch(rule, name) || wildcardMatch(rule, shortName(name)) {
			return "its name is " + rule
		}
	}
	return ""
}

// wildcardMatch compares a text with a pattern in which * stands for any run of characters.
func wildcardMatch(pattern, text string) bool {
	parts := strings.Split(pattern, "*")
	if len(parts) == 1 {
		return pattern == text
	}
	rest, ok := strings.CutPrefix(text, parts[0])
	if !ok {
		return false
	}
	for _, part := range parts[1 : len(parts)-1] {
		_, after, found := strings.Cut(rest, part)
		if !found {
			return false
		}
		rest = after
	}
	return strings.HasSuffix(rest, parts[len(parts)-1])
}

// refuseIsolation asks the tenant's rules. Faults: Conflict (isolation_refused).
func (t *Tenant) refuseIsolation(ctx context.Context, host *models.Host) error {
	rules, err := t.IsolationRules(ctx)
	if err != nil {
		return err
	}
	if rule := RefusesIsolation(rules, host); rule != "" {
		return fault.New(fault.Conflict, "%s must not be isolated: %s. An administrator can change the rules", host.Hostname, rule).WithCode(CodeIsolationRefused)
	}
	return nil
}

// CheckIsolation asks the tenant's rules about a host as it is now: they may have changed since an order was given. Faults:
// NotFound, Conflict (isolation_refused).
func (t *Tenant) CheckIsolation(ctx context.Context, hostID int64) error {
	return t.run(ctx, func(ctx context.Context, t *Tenant, _ bun.IDB) error {
		host, err := t.Host(ctx, hostID)
		if err != nil {
			return err
		}
		return t.refuseIsolation(ctx, host)
	})
}
