package store

import (
	"context"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/models"
)

// meet finds or makes the hosts of clients that are new or changed, and remembers them.
func (p *syncPage) meet(ctx context.Context, fresh []ClientSeen) error {
	if len(fresh) == 0 {
		return nil
	}
	found, err := p.findHosts(ctx, fresh)
	if err != nil {
		return err
	}
	var met metClients
	for i, c := range fresh {
		f := found[i]
		if f.Err != nil {
			p.row.PassRefused++
			p.row.Refusal = c.Sighting.ClientID + ": " + fault.Safe(f.Err)
			continue
		}
		if k := p.known[c.Sighting.ClientID]; k == nil {
			p.row.PassFresh++
		} else {
			p.row.PassChanged++
		}
		met.add(f, c, p)
	}
	if err := p.t.exec(ctx, meetSQL, p.t.id, met.clients, met.hosts, met.digests, met.seen, met.told, met.online); err != nil {
		return err
	}
	if err := p.quarantined(ctx, fresh); err != nil {
		return err
	}
	if err := p.labelled(ctx, fresh); err != nil {
		return err
	}
	const back = "UPDATE hosts SET host_metadata = host_metadata - 'client_gone_at' WHERE tenant_id = $1 AND id = ANY ($2)"
	return p.t.exec(ctx, back, p.t.id, met.back)
}

// findHosts asks for the hosts of clients. A host that would have too many labels is found without the server's.
func (p *syncPage) findHosts(ctx context.Context, fresh []ClientSeen) ([]HostFound, error) {
	sightings := make([]Sighting, len(fresh))
	for i := range fresh {
		sightings[i] = fresh[i].Sighting
		if k := p.known[sightings[i].ClientID]; k != nil { // those that it had: a person may have taken them off
			sightings[i].Labels = slices.DeleteFunc(slices.Clone(sightings[i].Labels), func(l string) bool { return slices.Contains(k.Labels, l) })
		}
	}
	found, err := p.t.FindOrCreateHosts(ctx, sightings)
	if err != nil {
		return nil, err
	}
	var again []int
	var bare []Sighting
	for i, f := range found {
		if f.Err != nil && len(sightings[i].Labels) > 0 {
			s := sightings[i]
			s.Labels = nil
			again, bare = append(again, i), append(bare, s)
		}
	}
	if len(again) == 0 {
		return found, nil
	}
	second, err := p.t.FindOrCreateHosts(ctx, bare)
	for i, f := range second {
		found[again[i]] = f
	}
	return found, err
}

// metClients are clients with their hosts as arrays, a column each.
type metClients struct {
	clients    []string
	hosts      []int64
	digests    [][]byte
	seen, told []*time.Time
	online     []bool
	back       []int64 // hosts whose client was gone
}

// add remembers a client. A host that was made now says what the client does; one that was there is told by hear.
func (m *metClients) add(f HostFound, c ClientSeen, p *syncPage) {
	k := p.known[c.Sighting.ClientID]
	now := models.VelociraptorClient{ClientID: c.Sighting.ClientID, HostID: f.Host.ID}
	switch {
	case f.Created:
		now.SeenAt, now.ToldAt, now.Online = moment(c.SeenAt), moment(c.SeenAt), c.Sighting.Online
	case k != nil && k.HostID == f.Host.ID:
		now.SeenAt, now.ToldAt, now.Online = k.SeenAt, k.ToldAt, k.Online
	default:
		now.Online = f.Host.Online && deref(f.Host.ClientID) == c.Sighting.ClientID
	}
	if k != nil && k.GoneAt != nil {
		m.back = append(m.back, f.Host.ID)
	}
	m.clients, m.hosts, m.digests = append(m.clients, now.ClientID), append(m.hosts, now.HostID), append(m.digests, c.Digest)
	m.seen, m.told, m.online = append(m.seen, now.SeenAt), append(m.told, now.ToldAt), append(m.online, now.Online)
	if k != nil {
		now.Labels = k.Labels
	}
	p.known[now.ClientID] = &now
}

func moment(at time.Time) *time.Time {
	if at.IsZero() {
		return nil
	}
	return &at
}

const meetSQL = `INSERT INTO velociraptor_clients AS c (tenant_id, client_id, host_id, digest, seen_at, told_at, online)
SELECT $1, u.client, u.host, u.digest, u.seen, u.told, u.online
FROM unnest($2::text[], $3::bigint[], $4::bytea[], $5::timestamptz[], $6::timestamptz[], $7::boolean[]) AS u (client, host, digest, seen, told, online)
ON CONFLICT (tenant_id, client_id) DO UPDATE SET host_id = EXCLUDED.host_id, digest = EXCLUDED.digest, seen_at = EXCLUDED.seen_at,
  told_at = EXCLUDED.told_at, online = EXCLUDED.online, missed_at = NULL, gone_at = NULL`

// labelled keeps which labels the server gives, and takes off hosts those that it gave and has taken.
func (p *syncPage) labelled(ctx context.Context, fresh []ClientSeen) error {
	var clients, lists []string // clients whose labels are to be kept, a line a label
	var texts []string
	var hosts []int64 // likewise of those to be taken off
	var gone []string
	for _, c := range fresh {
		k := p.known[c.Sighting.ClientID]
		if k == nil || slices.Equal(k.Labels, c.Sighting.Labels) {
			continue
		}
		clients = append(clients, c.Sighting.ClientID)
		for _, l := range c.Sighting.Labels {
			lists, texts = append(lists, c.Sighting.ClientID), append(texts, l)
		}
		for _, l := range k.Labels {
			if !slices.Contains(c.Sighting.Labels, l) {
				hosts, gone = append(hosts, k.HostID), append(gone, l)
			}
		}
	}
	if len(clients) == 0 {
		return nil
	}
	if err := p.t.exec(ctx, keepLabelsSQL, p.t.id, clients, lists, texts); err != nil {
		return err
	}
	if len(hosts) == 0 {
		return nil
	}
	var changed []int64
	err := p.t.rows(ctx, takeLabelsSQL, []any{p.t.id, hosts, gone, models.LabelOfServer}, func(r pgx.Rows) error {
		var id int64
		err := r.Scan(&id)
		changed = append(changed, id)
		return err
	})
	if err != nil {
		return err
	}
	return p.changed(ctx, changed)
}

const (
	keepLabelsSQL = `UPDATE velociraptor_clients AS c
SET labels = ARRAY(SELECT u.label FROM unnest($3::text[], $4::text[]) AS u (client, label) WHERE u.client = c.client_id ORDER BY u.label COLLATE "C")
WHERE c.tenant_id = $1 AND c.client_id = ANY ($2)`
	takeLabelsSQL = `DELETE FROM host_labels AS l USING unnest($2::bigint[], $3::text[]) AS d (id, label)
WHERE l.tenant_id = $1 AND l.host_id = d.id AND l.label = d.label AND l.origin = $4 RETURNING l.host_id`
)

// changed tells of hosts that became different, and of when.
func (p *syncPage) changed(ctx context.Context, ids []int64) error {
	if len(ids) == 0 {
		return nil
	}
	const sql = "UPDATE hosts SET updated_at = greatest($2, updated_at + interval '1 microsecond') WHERE tenant_id = $1 AND id = ANY ($3)"
	if err := p.t.exec(ctx, sql, p.t.id, p.now, ids); err != nil {
		return err
	}
	rows, err := p.t.HostsByID(ctx, ids)
	if err != nil {
		return err
	}
	return p.t.EmitAll(ctx, "host.updated", len(rows), func(i int) Event {
		return hostEvent(often("host.updated", rows[i].ID), "host.updated", &rows[i], models.LabelOfServer)
	})
}
