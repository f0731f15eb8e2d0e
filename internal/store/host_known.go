package store

import (
	"strings"

	"github.com/velocicompanion/velocicompanion/models"
)

// knownHosts are the hosts of a call as its sightings find and change them.
type knownHosts struct {
	keys     map[string]nameKeys // by the name as it was said
	clients  map[string]knownClient
	names    map[string]*knownName     // by nameKeys.full
	families map[string][]*models.Host // by nameKeys.short; two are enough to know that there are many
}

type knownClient struct {
	row *models.Host
	how match
}

type knownName struct{ unmanaged, managed, alias *models.Host }

// knowHosts makes it of what was found and the rows as they are under lock; nil when a row is not what it was found as.
func knowHosts(f *foundHosts, rows map[int64]*models.Host) *knownHosts {
	k := &knownHosts{
		keys: map[string]nameKeys{}, clients: map[string]knownClient{}, names: map[string]*knownName{}, families: map[string][]*models.Host{},
	}
	for client, c := range f.clients {
		switch {
		case c.own != 0:
			row := rows[c.own]
			if row == nil || deref(row.ClientID) != client {
				return nil
			}
			k.clients[client] = knownClient{row, byClient}
		case c.alias != 0:
			if rows[c.alias] == nil {
				return nil
			}
			k.clients[client] = knownClient{rows[c.alias], byAlias}
		}
	}
	for name, n := range f.names {
		if !k.learn(name, n, rows) {
			return nil
		}
	}
	return k
}

// learn takes over what was found of one name; false when a row is not that any more.
func (k *knownHosts) learn(name string, n foundName, rows map[int64]*models.Host) bool {
	k.keys[name] = n.keys
	known := k.named(n.keys.full)
	known.unmanaged, known.managed, known.alias = rows[n.unmanaged], rows[n.managed], rows[n.alias]
	for id, row := range map[int64]*models.Host{n.unmanaged: known.unmanaged, n.managed: known.managed, n.alias: known.alias} {
		if id != 0 && row == nil {
			return false
		}
	}
	if known.unmanaged != nil && (known.unmanaged.ClientID != nil || known.unmanaged.HostnameKey != n.keys.full) ||
		known.managed != nil && (known.managed.ClientID == nil || known.managed.HostnameKey != n.keys.full) {
		return false
	}
	family := make([]*models.Host, 0, len(n.family))
	for _, id := range n.family {
		row := rows[id]
		if row == nil && len(n.family) == 1 {
			return false
		}
		family = append(family, row) // of two only the number matters
	}
	k.families[n.keys.short] = family
	return true
}

func (k *knownHosts) named(full string) *knownName {
	n := k.names[full]
	if n == nil {
		n = &knownName{}
		k.names[full] = n
	}
	return n
}

// keysOf are a name's keys, the database's where it was asked.
func (k *knownHosts) keysOf(name string) nameKeys {
	if keys, ok := k.keys[name]; ok {
		return keys
	}
	return nameKeys{lower(name), shortName(name)}
}

// find gives the host that a sighting is about, and how; nobody when it is a new one.
func (k *knownHosts) find(fresh *models.Host, keys nameKeys) (*models.Host, match) {
	if fresh.ClientID != nil {
		if c, ok := k.clients[*fresh.ClientID]; ok {
			return c.row, c.how
		}
	}
	n := k.named(keys.full)
	for _, row := range []*models.Host{n.unmanaged, n.managed, n.alias} {
		if row != nil && (fresh.ClientID == nil || row.ClientID == nil) {
			return row, byName
		}
	}
	family := k.families[keys.short]
	if len(family) != 1 || !nameVariants(keys.full, family[0].HostnameKey) || contradict(family[0], fresh) {
		return nil, byNobody
	}
	return family[0], byVariant
}

// add makes a new host known.
func (k *knownHosts) add(row *models.Host, keys nameKeys) {
	if row.ClientID != nil {
		k.clients[*row.ClientID] = knownClient{row, byClient}
		k.named(keys.full).managed = row
	} else {
		k.named(keys.full).unmanaged = row
	}
	k.families[keys.short] = append(k.families[keys.short], row)
}

// move makes known what a sighting changed about how a host is found. Under the name that it had when the call began it is
// still found by the rest of the call.
func (k *knownHosts) move(row, was *models.Host, keys nameKeys, how match) {
	if how == byVariant {
		k.named(keys.full).alias, k.named(was.HostnameKey).alias = row, row
	}
	renamed := row.Hostname != was.Hostname && !strings.EqualFold(row.Hostname, was.Hostname)
	if deref(row.ClientID) == deref(was.ClientID) && !renamed {
		return
	}
	if row.ClientID != nil {
		k.clients[*row.ClientID] = knownClient{row, byClient}
	}
	if n := k.named(was.HostnameKey); n.unmanaged == row && (row.ClientID != nil || renamed) {
		n.unmanaged = nil
		if how != byVariant {
			n.managed = row
		}
	}
	if !renamed {
		return
	}
	row.HostnameKey = keys.full
	if row.ClientID != nil {
		k.named(keys.full).managed = row
	} else {
		k.named(keys.full).unmanaged = row
	}
	if short := shortName(was.Hostname); short != keys.short {
		k.families[keys.short] = append(k.families[keys.short], row)
	}
}
