package store

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/velocicompanion/velocicompanion/models"
)

// host_matches names the hosts of a page by pattern; the rows are read under the caller's own policy.
const searchHostsSQL = `SELECT h.id, h.tenant_id, h.hostname, h.ip_address, h.os, h.client_id, h.host_metadata, h.threat_score, h.online,
  h.isolation, h.created_at, h.updated_at, h.last_seen, h.first_seen, h.criticality, h.owner, h.notes, h.hostname_key, h.os_key, h.owner_key,
  ARRAY(SELECT hl.label FROM host_labels AS hl WHERE hl.tenant_id = h.tenant_id AND hl.host_id = h.id ORDER BY hl.label),
  (SELECT jsonb_object_agg(hv.key, hv.value) FROM host_field_values AS hv WHERE hv.tenant_id = h.tenant_id AND hv.host_id = h.id)
FROM host_matches(` + wantedSQL + `, $14, $15, $16, $17, $18, $19) WITH ORDINALITY AS m (id, n)
JOIN hosts AS h ON h.id = m.id WHERE h.tenant_id = $20 ORDER BY m.n`

// wantedSQL makes a host_wanted of searchArgs.
const wantedSQL = "ROW($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)::host_wanted"

func (t *Tenant) searchHosts(ctx context.Context, q HostQuery, p PageQuery, after *cursor) ([]models.Host, error) {
	value, id := any(nil), any(nil)
	if after != nil {
		value, id = after.Value, after.ID
	}
	hosts := make([]models.Host, 0, p.Limit+1)
	args := append(q.searchArgs(), p.Sort, p.Desc, value, id, p.Skip, p.Limit+1, t.id)
	err := t.rows(ctx, searchHostsSQL, args, func(r pgx.Rows) error {
		hosts = append(hosts, models.Host{})
		h := &hosts[len(hosts)-1]
		return r.Scan(&h.ID, &h.TenantID, &h.Hostname, &h.IPAddress, &h.OS, &h.ClientID, &h.HostMetadata, &h.ThreatScore, &h.Online,
			&h.Isolation, &h.CreatedAt, &h.UpdatedAt, &h.LastSeen, &h.FirstSeen, &h.Criticality,
			&h.Owner, &h.Notes, &h.HostnameKey, &h.OSKey, &h.OwnerKey, &h.Labels, &h.CustomFields)
	})
	return hosts, err
}

func (t *Tenant) searchTotal(ctx context.Context, q HostQuery) (p Page, err error) {
	const query = "SELECT total, exact FROM host_matches_total(" + wantedSQL + ", $14)"
	err = t.row(ctx, query, append(q.searchArgs(), ExactTotal), &p.Total, &p.Exact)
	return p, err
}

// searchArgs are the filters as wantedSQL takes them.
func (q HostQuery) searchArgs() []any {
	args := []any{
		orNull(lower(likePattern(q.Hostname))), orNull(lower(likePattern(q.IPAddress))), nil, orNull(lower(q.OS)), orNull(q.Label), nil, nil,
		nil, orNull(lower(q.Owner)), orNull(q.Isolation), nil, orNull(q.Field), orNull(lower(firstRunes(q.FieldValue, maxFieldKey))),
	}
	if q.Q != "" {
		args[2] = lower(containing(q.Q))
	}
	if q.ScoreMin != nil {
		args[5] = *q.ScoreMin
	}
	if q.Online != nil {
		args[6] = *q.Online
	}
	if q.Criticality != "" {
		args[7] = models.SeverityRank(q.Criticality)
	}
	if q.CaseID != 0 {
		args[10] = q.CaseID
	}
	return args
}
