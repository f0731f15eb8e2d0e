package store

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/models"
)

// write brings what the sightings came to into the database: new hosts, changed ones, those only heard of, and the events.
func (b *sighted) write(ctx context.Context) error {
	var created, changed, heard []*touchedHost
	for _, h := range b.touched {
		switch {
		case h.created:
			created = append(created, h)
		case h.changed:
			changed = append(changed, h)
		case !sameTime(h.before.LastSeen, h.row.LastSeen) || !sameTime(h.before.FirstSeen, h.row.FirstSeen):
			heard = append(heard, h)
		}
	}
	if err := b.insert(ctx, created); err != nil {
		return err
	}
	if err := b.change(ctx, changed); err != nil {
		return err
	}
	if err := b.hear(ctx, heard); err != nil {
		return err
	}
	if err := b.label(ctx, append(created, changed...)); err != nil {
		return err
	}
	if err := b.alias(ctx); err != nil {
		return err
	}
	if err := b.t.emitHosts(ctx, "host.created", created); err != nil {
		return err
	}
	return b.t.emitHosts(ctx, "host.updated", changed)
}

// hostArrays are hosts as arrays, a column each.
type hostArrays struct{ names, ips, systems, clients, metadata []string }

func arraysOf(hosts []*touchedHost) (a hostArrays) {
	for _, h := range hosts {
		a.names, a.ips, a.systems = append(a.names, h.row.Hostname), append(a.ips, h.row.IPAddress), append(a.systems, h.row.OS)
		a.clients, a.metadata = append(a.clients, deref(h.row.ClientID)), append(a.metadata, string(h.row.HostMetadata))
	}
	return a
}

const insertHostsSQL = `INSERT INTO hosts (tenant_id, hostname, ip_address, os, client_id, host_metadata, created_at, updated_at, last_seen, first_seen, online)
SELECT $1, u.name, u.ip, u.os, nullif(u.client, ''), u.metadata::jsonb, $2, $2, u.last_seen, u.first_seen, u.online
FROM unnest($3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::timestamptz[], $9::timestamptz[], $10::boolean[])
  AS u (name, ip, os, client, metadata, last_seen, first_seen, online)
RETURNING id, coalesce(client_id, ''), hostname_key`

func (b *sighted) insert(ctx context.Context, hosts []*touchedHost) error {
	if len(hosts) == 0 {
		return nil
	}
	byClient, byKey := map[string]*models.Host{}, map[string]*models.Host{}
	for _, h := range hosts {
		if h.row.ClientID != nil {
			byClient[*h.row.ClientID] = h.row
		} else {
			byKey[h.row.HostnameKey] = h.row
		}
	}
	a := arraysOf(hosts)
	var last, first []*time.Time
	var online []bool
	for _, h := range hosts {
		last, first, online = append(last, h.row.LastSeen), append(first, h.row.FirstSeen), append(online, h.row.Online)
	}
	args := []any{b.t.id, hosts[0].row.CreatedAt, a.names, a.ips, a.systems, a.clients, a.metadata, last, first, online}
	err := b.t.rows(ctx, insertHostsSQL, args, func(r pgx.Rows) error {
		var id int64
		var client, key string
		if err := r.Scan(&id, &client, &key); err != nil {
			return err
		}
		row := byClient[client]
		if client == "" {
			row = byKey[key]
		}
		if row == nil {
			return fault.New(fault.Internal, "the database gave a host that was not asked for")
		}
		row.ID, row.HostnameKey = id, key
		return nil
	})
	return hostConflict(err)
}

const writeHostsSQL = `UPDATE hosts AS h SET hostname = u.name, ip_address = u.ip, os = u.os, client_id = nullif(u.client, ''), host_metadata = u.metadata::jsonb,
  last_seen = u.last_seen, first_seen = u.first_seen, updated_at = u.updated_at
FROM unnest($2::bigint[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::timestamptz[], $9::timestamptz[], $10::timestamptz[])
  AS u (id, name, ip, os, client, metadata, last_seen, first_seen, updated_at)
WHERE h.tenant_id = $1 AND h.id = u.id`

func (b *sighted) change(ctx context.Context, hosts []*touchedHost) error {
	if len(hosts) == 0 {
		return nil
	}
	var ids []int64
	var last, first []*time.Time
	var updated []time.Time
	for _, h := range hosts {
		h.row.UpdatedAt = after(h.before.UpdatedAt, b.t.s.Now())
		ids, last, first, updated = append(ids, h.row.ID), append(last, h.row.LastSeen), append(first, h.row.FirstSeen), append(updated, h.row.UpdatedAt)
	}
	a := arraysOf(hosts)
	return hostConflict(b.t.exec(ctx, writeHostsSQL, b.t.id, ids, a.names, a.ips, a.systems, a.clients, a.metadata, last, first, updated))
}

// hear writes down that hosts were seen.
func (b *sighted) hear(ctx context.Context, hosts []*touchedHost) error {
	if len(hosts) == 0 {
		return nil
	}
	ids, last, first := make([]int64, len(hosts)), make([]*time.Time, len(hosts)), make([]*time.Time, len(hosts))
	for i, h := range hosts {
		ids[i], last[i], first[i] = h.row.ID, h.row.LastSeen, h.row.FirstSeen
	}
	const sql = `UPDATE hosts AS h SET last_seen = u.last_seen, first_seen = least(h.first_seen, u.first_seen)
FROM unnest($2::bigint[], $3::timestamptz[], $4::timestamptz[]) AS u (id, last_seen, first_seen) WHERE h.tenant_id = $1 AND h.id = u.id`
	return b.t.exec(ctx, sql, b.t.id, ids, last, first)
}

// label adds the labels that hosts had not.
func (b *sighted) label(ctx context.Context, hosts []*touchedHost) error {
	var ids []int64
	var labels, origins []string
	for _, h := range hosts {
		for _, l := range h.row.Labels {
			if !containsAll(h.before.Labels, []string{l}) {
				ids, labels, origins = append(ids, h.row.ID), append(labels, l), append(origins, h.origin)
			}
		}
	}
	if len(ids) == 0 {
		return nil
	}
	const sql = `INSERT INTO host_labels (tenant_id, host_id, label, origin)
SELECT $1, u.id, u.label, u.origin FROM unnest($2::bigint[], $3::text[], $4::text[]) AS u (id, label, origin) ON CONFLICT DO NOTHING`
	return b.t.exec(ctx, sql, b.t.id, ids, labels, origins)
}

// alias keeps the names that were found to mean a host but for the domain.
func (b *sighted) alias(ctx context.Context) error {
	if len(b.variants) == 0 {
		return nil
	}
	ids, names := make([]int64, len(b.variants)), make([]string, len(b.variants))
	for i, v := range b.variants {
		ids[i], names[i] = v.row.ID, v.name
	}
	const sql = `INSERT INTO host_aliases (tenant_id, host_id, kind, value, from_host_id, created_at)
SELECT $1, u.id, 'hostname', u.name, u.id, $2 FROM unnest($3::bigint[], $4::text[]) AS u (id, name) ON CONFLICT DO NOTHING`
	return b.t.exec(ctx, sql, b.t.id, b.t.s.Now(), ids, names)
}

// emitHosts tells of hosts that were made or changed.
func (t *Tenant) emitHosts(ctx context.Context, typ string, hosts []*touchedHost) error {
	event := func(i int) Event {
		id := often(typ, hosts[i].row.ID)
		if hosts[i].created {
			id = once(typ, hosts[i].row.ID)
		}
		return hostEvent(id, typ, hosts[i].row, hosts[i].source)
	}
	if len(hosts) == 1 {
		return t.Emit(ctx, event(0))
	}
	return t.EmitAll(ctx, typ, len(hosts), event)
}
