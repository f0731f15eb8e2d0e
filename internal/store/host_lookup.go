package store

import (
	"context"
	"slices"

	"github.com/jackc/pgx/v5"
	"github.com/uptrace/bun"

	"github.com/velocicompanion/velocicompanion/models"
)

// foundHosts are the ids of hosts that sightings may be about, by what the sightings say; 0 is none.
type foundHosts struct {
	clients map[string]foundClient
	names   map[string]foundName // by the name as it was said
}

type foundClient struct{ own, alias int64 }

type foundName struct {
	keys      nameKeys
	unmanaged int64   // of this name, without a client id: there is at most one
	managed   int64   // of this name, with a client id, seen last
	alias     int64   // that one of this name was merged into
	family    []int64 // up to two whose names are the same but for the domain
}

// nameKeys are a name as the database compares it: in lower case, whole and without the domain.
type nameKeys struct{ full, short string }

const findClientsSQL = `SELECT c, coalesce((SELECT h.id FROM hosts AS h WHERE h.tenant_id = $1 AND h.client_id = c), 0),
  coalesce((SELECT a.host_id FROM host_aliases AS a WHERE a.tenant_id = $1 AND a.kind = 'client_id' AND a.value_key = c ORDER BY a.id DESC LIMIT 1), 0)
FROM unnest($2::text[]) AS u (c)`

// The names are put into lower case apart, because a comparison with the result of lower() could use no index.
const findNamesSQL = `WITH s AS MATERIALIZED (SELECT name, lower(name) AS k, split_part(lower(name), '.', 1) AS short FROM unnest($2::text[]) AS u (name))
SELECT s.name, s.k, s.short,
  coalesce((SELECT h.id FROM hosts AS h WHERE h.tenant_id = $1 AND h.hostname_key = s.k AND h.client_id IS NULL), 0),
  coalesce((SELECT h.id FROM hosts AS h WHERE h.tenant_id = $1 AND h.hostname_key = s.k AND h.client_id IS NOT NULL
    ORDER BY h.seen_key DESC, h.id LIMIT 1), 0),
  coalesce((SELECT a.host_id FROM host_aliases AS a WHERE a.tenant_id = $1 AND a.kind = 'hostname' AND a.value_key = s.k ORDER BY a.id DESC LIMIT 1), 0),
  ARRAY(SELECT h.id FROM hosts AS h WHERE h.tenant_id = $1 AND h.short_key = s.short ORDER BY h.id LIMIT 2)
FROM s`

// lookUp asks which hosts the sightings may be about: by client ids, then by the names of those that this doesn't settle.
func (b *sighted) lookUp(ctx context.Context) (*foundHosts, error) {
	f := &foundHosts{clients: map[string]foundClient{}, names: map[string]foundName{}}
	var clients, names []string
	for _, row := range b.fresh {
		if row != nil && row.ClientID != nil {
			clients = append(clients, *row.ClientID)
		}
	}
	if len(clients) > 0 {
		err := b.t.rows(ctx, findClientsSQL, []any{b.t.id, distinct(clients)}, func(r pgx.Rows) error {
			var client string
			var found foundClient
			err := r.Scan(&client, &found.own, &found.alias)
			f.clients[client] = found
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	for _, row := range b.fresh {
		if row != nil && (row.ClientID == nil || f.clients[*row.ClientID] == foundClient{}) {
			names = append(names, row.Hostname)
		}
	}
	if len(names) == 0 {
		return f, nil
	}
	err := b.t.rows(ctx, findNamesSQL, []any{b.t.id, distinct(names)}, func(r pgx.Rows) error {
		var name string
		var found foundName
		err := r.Scan(&name, &found.keys.full, &found.keys.short, &found.unmanaged, &found.managed, &found.alias, &found.family)
		f.names[name] = found
		return err
	})
	return f, err
}

func distinct(texts []string) []string {
	slices.Sort(texts)
	return slices.Compact(texts)
}

// certain says whether a sighting's host is surely found, so that nothing needs to be made or named.
func (f *foundHosts) certain(row *models.Host) bool {
	if row.ClientID != nil {
		return f.clients[*row.ClientID] != foundClient{}
	}
	n := f.names[row.Hostname]
	return n.unmanaged != 0 || n.managed != 0
}

// ids are all hosts that were found.
func (f *foundHosts) ids() []int64 {
	var ids []int64
	for _, c := range f.clients {
		ids = append(ids, c.own, c.alias)
	}
	for _, n := range f.names {
		ids = append(ids, n.unmanaged, n.managed, n.alias)
		if len(n.family) == 1 {
			ids = append(ids, n.family[0])
		}
	}
	slices.Sort(ids)
	return slices.DeleteFunc(slices.Compact(ids), func(id int64) bool { return id == 0 })
}

// lockFound locks what was found, in the order of ids, and reads it. Nothing when one of the hosts is not any more what it
// was found as.
func (t *Tenant) lockFound(ctx context.Context, db bun.IDB, f *foundHosts) (*knownHosts, error) {
	ids := f.ids()
	rows := map[int64]*models.Host{}
	if len(ids) > 0 {
		var list []models.Host
		if err := t.lockHosts(ctx, ids, "NO KEY UPDATE"); err != nil {
			return nil, err
		}
		err := db.NewSelect().Model(&list).ColumnExpr(hostColumns).Where("h.tenant_id = ? AND h.id IN (?)", t.id, bun.List(ids)).Scan(ctx)
		if err != nil {
			return nil, err
		}
		for i := range list {
			rows[list[i].ID] = &list[i]
		}
	}
	return knowHosts(f, rows), nil
}

// lockHosts keeps others from changing hosts until the transaction ends. Their labels are to be read in a statement after it,
// which sees what the one before waited for.
func (t *Tenant) lockHosts(ctx context.Context, ids []int64, mode string) error {
	return t.exec(ctx, "SELECT FROM hosts AS h WHERE h.tenant_id = $1 AND h.id = ANY ($2) ORDER BY h.id FOR "+mode, t.id, ids)
}
