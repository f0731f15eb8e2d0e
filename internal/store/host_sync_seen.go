package store

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/uptrace/bun"

	"github.com/velocicompanion/velocicompanion/models"
)

// heard are signs of life as arrays, a column each.
type heard struct {
	clients []string
	hosts   []int64
	online  []bool
	seen    []*time.Time
}

func (h *heard) add(c *models.VelociraptorClient, online bool, seen *time.Time) {
	h.clients, h.hosts, h.online, h.seen = append(h.clients, c.ClientID), append(h.hosts, c.HostID), append(h.online, online), append(h.seen, seen)
}

// hear writes down signs of life: who is online now and was not, or not any more, in the hosts as well; else only when they
// moved on a good deal.
func (p *syncPage) hear(ctx context.Context) error {
	var told, noted heard
	for _, c := range p.page.Clients {
		k := p.known[c.Sighting.ClientID]
		if k == nil {
			continue // it can't be a host
		}
		seen, online := moment(c.SeenAt), c.Sighting.Online
		switch {
		case k.Online != online, moved(k.ToldAt, seen, toldStep):
			told.add(k, online, seen)
		case k.MissedAt != nil, moved(k.SeenAt, seen, SeenStep):
			noted.add(k, online, seen)
		}
	}
	if err := p.t.tellHosts(ctx, &told); err != nil {
		return err
	}
	if len(noted.clients) == 0 {
		return nil
	}
	const sql = `UPDATE velociraptor_clients AS c SET seen_at = u.seen, missed_at = NULL FROM unnest($2::text[], $3::timestamptz[]) AS u (client, seen)
WHERE c.tenant_id = $1 AND c.client_id = u.client`
	return p.t.exec(ctx, sql, p.t.id, noted.clients, noted.seen)
}

// moved says whether a time is so much later than another.
func moved(from, to *time.Time, step time.Duration) bool {
	return to != nil && (from == nil || to.Sub(*from) >= step)
}

// tellHosts writes signs of life into hosts and into what is known of their clients. A host that somebody else has locked is
// left to the next pass: waiting for it could be crosswise. A host that goes by another of its clients stays as it is.
func (t *Tenant) tellHosts(ctx context.Context, h *heard) error {
	if len(h.clients) == 0 {
		return nil
	}
	free, err := t.lockFree(ctx, h.hosts)
	if err != nil || len(free) == 0 {
		return err
	}
	const tell = `UPDATE hosts AS h SET online = u.online, last_seen = greatest(h.last_seen, u.seen)
FROM unnest($2::text[], $3::bigint[], $4::boolean[], $5::timestamptz[]) AS u (client, host, online, seen)
WHERE h.tenant_id = $1 AND h.id = u.host AND h.client_id = u.client AND h.id = ANY ($6)`
	if err := t.exec(ctx, tell, t.id, h.clients, h.hosts, h.online, h.seen, free); err != nil {
		return err
	}
	const note = `UPDATE velociraptor_clients AS c SET online = u.online, seen_at = u.seen, told_at = u.seen, missed_at = NULL
FROM unnest($2::text[], $3::bigint[], $4::boolean[], $5::timestamptz[]) AS u (client, host, online, seen)
WHERE c.tenant_id = $1 AND c.client_id = u.client AND c.host_id = ANY ($6)`
	return t.exec(ctx, note, t.id, h.clients, h.hosts, h.online, h.seen, free)
}

// lockFree locks those of the hosts that nobody else has locked.
func (t *Tenant) lockFree(ctx context.Context, ids []int64) (free []int64, err error) {
	const sql = "SELECT h.id FROM hosts AS h WHERE h.tenant_id = $1 AND h.id = ANY ($2) ORDER BY h.id FOR NO KEY UPDATE SKIP LOCKED"
	err = t.rows(ctx, sql, []any{t.id, ids}, func(r pgx.Rows) error {
		var id int64
		err := r.Scan(&id)
		free = append(free, id)
		return err
	})
	return free, err
}

// miss marks the clients of the range that the server does not know any more: those that the pass before missed as well are
// gone. Once is not enough, a server that rebuilds its index leaves out many for a moment.
func (p *syncPage) miss(ctx context.Context, here map[string]bool) error {
	var missed, gone []string
	var hosts []int64
	for id, k := range p.known {
		switch {
		case here[id] || k.GoneAt != nil:
		case k.MissedAt == nil:
			missed = append(missed, id)
		case k.MissedAt.Before(*p.row.PassBegan):
			gone, hosts = append(gone, id), append(hosts, k.HostID)
		}
	}
	const first = "UPDATE velociraptor_clients SET missed_at = $2 WHERE tenant_id = $1 AND client_id = ANY ($3)"
	if err := p.t.exec(ctx, first, p.t.id, p.now, missed); err != nil || len(gone) == 0 {
		return err
	}
	return p.lose(ctx, gone, hosts)
}

// lose marks clients as gone, with the hosts that go by them. Those whose host is locked are left to the next pass.
func (p *syncPage) lose(ctx context.Context, clients []string, hosts []int64) error {
	free, err := p.t.lockFree(ctx, hosts)
	if err != nil {
		return err
	}
	var changed []int64
	const host = `UPDATE hosts AS h SET online = false, host_metadata = h.host_metadata || jsonb_build_object('client_gone_at', $2::text)
FROM unnest($3::text[], $4::bigint[]) AS u (client, host)
WHERE h.tenant_id = $1 AND h.id = u.host AND h.client_id = u.client AND h.id = ANY ($5) RETURNING h.id`
	err = p.t.rows(ctx, host, []any{p.t.id, p.now.UTC().Format(time.RFC3339), clients, hosts, free}, func(r pgx.Rows) error {
		var id int64
		err := r.Scan(&id)
		changed = append(changed, id)
		return err
	})
	if err != nil {
		return err
	}
	const client = `UPDATE velociraptor_clients SET gone_at = $2, online = false
WHERE tenant_id = $1 AND client_id = ANY ($3) AND host_id = ANY ($4) RETURNING 1`
	err = p.t.rows(ctx, client, []any{p.t.id, p.now, clients, free}, func(pgx.Rows) error {
		p.row.PassGone++
		return nil
	})
	if err != nil {
		return err
	}
	return p.changed(ctx, changed)
}

// SweepOffline ends the online state of at most limit clients, with their hosts, that gave no sign of life since a time, and
// says how many.
func (t *Tenant) SweepOffline(ctx context.Context, configID int64, since time.Time, limit int) (n int, err error) {
	err = t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		if row, err := t.lockSync(ctx, db); err != nil || row.ConfigID != configID {
			return err
		}
		var silent heard
		const sql = `SELECT client_id, host_id, seen_at FROM velociraptor_clients
WHERE tenant_id = $1 AND online AND (seen_at < $2 OR seen_at IS NULL) ORDER BY client_id LIMIT $3`
		err := t.rows(ctx, sql, []any{t.id, since, limit}, func(r pgx.Rows) error {
			c := &models.VelociraptorClient{}
			err := r.Scan(&c.ClientID, &c.HostID, &c.SeenAt)
			silent.add(c, false, c.SeenAt)
			return err
		})
		if err != nil {
			return err
		}
		n = len(silent.clients)
		return t.tellHosts(ctx, &silent)
	})
	return n, err
}
