package hosts

import (
	"fmt"
	"strconv"
	"strings"
)

// page is one request and the SQL that answers it, as somebody would send it by hand: $1 is the tenant.
type page struct {
	name  string
	path  string
	rows  string // the page
	total string // the count, up to 10,001; empty: the page is short enough
}

const columns = `SELECT h.id, h.hostname, h.ip_address, h.os, h.client_id, h.host_metadata, h.threat_score, h.online, h.isolation,
h.created_at, h.updated_at, h.last_seen, h.first_seen, h.criticality, h.owner, h.notes,
ARRAY(SELECT l.label FROM host_labels l WHERE l.tenant_id = h.tenant_id AND l.host_id = h.id ORDER BY l.label),
(SELECT jsonb_object_agg(v.key, v.value) FROM host_field_values v WHERE v.tenant_id = h.tenant_id AND v.host_id = h.id) `

// wanted is a search for a pattern of names and nothing else.
func wanted(pattern string) string {
	return "ROW('" + pattern + "'" + strings.Repeat(", NULL", 12) + ")::host_wanted"
}

// pages are what is measured.
func pages(tenant int64, size Size) []page {
	count := func(where string) string {
		return "SELECT total, $1::bigint FROM count_rows('" + strings.ReplaceAll("SELECT 1 "+strings.ReplaceAll(where, "$1", strconv.FormatInt(tenant, 10)), "'", "''") + "', 10000)"
	}
	whole := "FROM hosts h WHERE h.tenant_id = $1"
	filtered := whole + " AND h.os_key = 'windows' AND h.threat_score >= 0.5"
	labelled := whole + " AND EXISTS (SELECT 1 FROM host_labels l WHERE l.tenant_id = $1 AND l.host_id = h.id AND l.label = 'vip')"
	search := func(pattern, order string) string {
		return columns + `FROM hosts h JOIN host_matches(` + wanted(pattern) + `, ` + order +
			`, NULL, NULL, 0, 51) WITH ORDINALITY AS m (id, n) ON m.id = h.id WHERE h.tenant_id = $1 ORDER BY m.n`
	}
	searched := func(pattern string) string {
		return `SELECT total, $1::bigint FROM host_matches_total(` + wanted(pattern) + `, 10000)`
	}
	one := fmt.Sprintf("%07d", size.Tenants*size.Each+size.Hosts/2)
	return []page{
		{"filtered and sorted", "?os=windows&score_min=0.5&sort=-threat_score", columns + filtered + " ORDER BY h.threat_score DESC, h.id DESC LIMIT 51", count(filtered)},
		{"sorted by name", "?sort=hostname", columns + whole + " ORDER BY h.hostname_key, h.id LIMIT 51", count(whole)},
		{"skip 10,000", "?sort=-last_seen&skip=10000", columns + "FROM hosts h WHERE h.id IN (SELECT h.id " + whole + " ORDER BY h.seen_key DESC, h.id DESC LIMIT 51 OFFSET 10000) ORDER BY h.seen_key DESC, h.id DESC", count(whole)},
		{
			"label, by score", "?label=vip&sort=-threat_score", columns + labelled + " ORDER BY h.threat_score DESC, h.id DESC LIMIT 51",
			count("FROM host_labels l WHERE l.tenant_id = $1 AND l.label = 'vip'"),
		},
		{"pattern *-*, by score", "?hostname=*-*&sort=-threat_score", search("%-%", "'threat_score', true"), searched("%-%")},
		{"pattern of one host", "?hostname=*" + one + "*", search("%"+one+"%", "'id', false"), ""},
	}
}
