package store

import (
	"context"

	"github.com/uptrace/bun"

	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/models"
)

// HostFound is what became of one sighting.
type HostFound struct {
	Host    *models.Host // as it is after all sightings of the call; sightings of one machine share it
	Created bool         // this sighting made it
	Changed bool         // this sighting changed more than when it was seen
	Err     error        // a fault (Invalid) of the sighting itself, which then changed nothing and has no Host
}

// FindOrCreateHosts gives the hosts that sightings are about, brought up to date, as if they came one after the other; the
// answer has one entry a sighting. A sighting is about:
//
//  1. the host with its client id, or that a host with this client id was merged into;
//  2. a host of its name in any case: without a client id any, those without one and those seen last first; with a client id
//     only one that has none, and now gets it;
//  3. the host that has this name as an alias, with the same condition on client ids;
//  4. the only host whose name is the same but for the domain (ws-1, ws-1.corp.example), when nothing contradicts: client ids,
//     families of systems, addresses. The other name becomes its alias, so that it stays so. Where there are more hosts, or
//     anything differs, it is safer to have two that somebody merges than one that nobody can divide;
//  5. else a new host.
//
// Many sightings of one machine at once, in one call or many, make one host. They emit host.created or, when anything became
// different, host.updated, once a host and call. A sighting that is invalid by itself is told in its entry and keeps nobody up.
// It takes a handful of statements however many there are.
func (t *Tenant) FindOrCreateHosts(ctx context.Context, sightings []Sighting) (found []HostFound, err error) {
	err = t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		b := &sighted{t: t, db: db, found: make([]HostFound, len(sightings)), fresh: make([]*models.Host, len(sightings)), sightings: sightings}
		b.read()
		if err := b.resolve(ctx); err != nil {
			return err
		}
		if err := b.settle(); err != nil {
			return err
		}
		found = b.found
		return b.write(ctx)
	})
	return found, err
}

// sighted are the sightings of one call at work.
type sighted struct {
	t         *Tenant
	db        bun.IDB
	sightings []Sighting
	fresh     []*models.Host // what each says; nil where it is invalid
	found     []HostFound
	known     *knownHosts
	touched   []*touchedHost // in the order of their first sighting
	byHost    map[*models.Host]*touchedHost
	variants  []variant
}

// variant is a name that was found to mean a host but for the domain.
type variant struct {
	row  *models.Host
	name string
}

// touchedHost is a host of the call.
type touchedHost struct {
	before  models.Host // as it was read
	row     *models.Host
	source  string // of the last sighting that changed it
	origin  string // likewise, of the labels that it brought
	created bool
	changed bool
}

// read brings the sightings into the form that rows have.
func (b *sighted) read() {
	now := b.t.s.Now()
	for i, s := range b.sightings {
		row := s.host(now)
		if err := normalHost(row); err != nil {
			b.found[i].Err = err
			continue
		}
		b.fresh[i] = row
	}
}

// resolve finds the hosts that the sightings may be about and locks them. Where a host is to be made or gets a new name, the
// names are locked first and everything is looked up again, with what others committed meanwhile.
func (b *sighted) resolve(ctx context.Context) error {
	const attempts = 5 // each but the first follows on somebody's merging, removing or renaming in between
	locked := false
	for range attempts {
		found, err := b.lookUp(ctx)
		if err != nil {
			return err
		}
		if locks := b.locksFor(found); len(locks) > 0 && !locked {
			if err := b.t.lockNames(ctx, locks...); err != nil {
				return err
			}
			locked = true
			continue
		}
		b.known, err = b.t.lockFound(ctx, b.db, found)
		if err != nil || b.known != nil {
			return err
		}
		locked = false // somebody changed one of them before we had it: other names may have to be locked
	}
	return fault.New(fault.Unavailable, "hosts are being changed by others; try again").WithCode("try_again")
}

// locksFor gives the locks of the names whose sightings find nothing that is surely theirs.
func (b *sighted) locksFor(found *foundHosts) []int64 {
	var locks []int64
	for _, row := range b.fresh {
		if row == nil || found.certain(row) {
			continue
		}
		locks = append(locks, b.t.nameLock("client", deref(row.ClientID)), b.t.nameLock("hostname", shortName(row.Hostname)))
	}
	return locks
}

// settle lets the sightings act one after the other on the hosts in memory.
func (b *sighted) settle() error {
	b.byHost = make(map[*models.Host]*touchedHost, len(b.sightings))
	for i, fresh := range b.fresh {
		if fresh == nil {
			continue
		}
		keys := b.known.keysOf(fresh.Hostname)
		row, how := b.known.find(fresh, keys)
		if row == nil {
			b.create(i, keys)
			continue
		}
		if err := b.update(i, row, how, keys); err != nil {
			return err
		}
	}
	return nil
}

// create makes a sighting's host.
func (b *sighted) create(i int, keys nameKeys) {
	row := b.fresh[i]
	row.TenantID, row.Isolation = b.t.id, "none"
	row.CreatedAt = b.t.s.Now()
	row.UpdatedAt = row.CreatedAt
	row.HostnameKey = keys.full
	h := &touchedHost{row: row, created: true, source: b.sightings[i].Source, origin: b.sightings[i].LabelOrigin}
	b.touched, b.byHost[row] = append(b.touched, h), h
	b.known.add(row, keys)
	b.found[i] = HostFound{Host: row, Created: true}
}

// update lays a sighting over its host. One whose labels are too many together is told so and changes nothing.
func (b *sighted) update(i int, row *models.Host, how match, keys nameKeys) error {
	h := b.byHost[row]
	if h == nil {
		h = &touchedHost{row: row, before: *row}
		b.touched, b.byHost[row] = append(b.touched, h), h
	}
	was := *row
	changed, err := absorb(row, b.fresh[i], how)
	if err != nil {
		*row = was
		if !fault.Is(err, fault.Invalid) {
			return err
		}
		b.found[i].Err = err
		return nil
	}
	if how == byVariant {
		other := b.fresh[i].Hostname
		if row.Hostname == other {
			other = was.Hostname
		}
		b.variants = append(b.variants, variant{row, other})
	}
	b.known.move(row, &was, keys, how)
	if changed {
		h.changed, h.source, h.origin = true, b.sightings[i].Source, b.sightings[i].LabelOrigin
	}
	b.found[i] = HostFound{Host: row, Changed: changed}
	return nil
}
