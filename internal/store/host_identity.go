package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"github.com/velocicompanion/velocicompanion/models"
)

// Sighting is what somebody reports about a machine. Only Hostname is required; empty fields say nothing.
type Sighting struct {
	Hostname     string
	ClientID     string
	IPAddress    string
	OS           string
	Labels       []string        // added to the host's
	HostMetadata json.RawMessage // its top-level fields are laid over the host's
	Source       string          // who reports it
}

// FindOrCreateHost gives the one host that a sighting is about, brought up to date: by client id, else an unmanaged host
// of the same name that is adopted when a client id comes, else by name, else a new host. Many sightings of one machine
// at once make one host. It emits host.created or, when anything became different, host.updated. Faults: Invalid.
func (t *Tenant) FindOrCreateHost(ctx context.Context, s Sighting) (row *models.Host, created bool, err error) {
	err = t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		fresh := s.host(t.s.Now())
		if err := normalHost(fresh); err != nil {
			return err
		}
		if err := t.lockHostNames(ctx, db, fresh.ClientID, fresh.Hostname); err != nil {
			return err
		}
		row, err = t.identify(ctx, db, fresh)
		if err != nil {
			return err
		}
		if row == nil {
			row, created = fresh, true
			return t.insertHost(ctx, db, row, s.Source)
		}
		before := *row
		if err := absorb(row, fresh); err != nil {
			return err
		}
		return t.saveHost(ctx, db, &before, row, s.Source)
	})
	return row, created, err
}

func (s Sighting) host(now time.Time) *models.Host {
	row := &models.Host{
		Hostname: s.Hostname, IPAddress: s.IPAddress, OS: s.OS, Labels: s.Labels, HostMetadata: s.HostMetadata, LastSeen: &now, FirstSeen: &now,
	}
	if s.ClientID != "" {
		row.ClientID = &s.ClientID
	}
	return row
}

// identify finds the host that a sighting is about and locks it; nil when there is none.
func (t *Tenant) identify(ctx context.Context, db bun.IDB, fresh *models.Host) (*models.Host, error) {
	find := func(where string, args ...any) (*models.Host, error) {
		row := &models.Host{}
		err := db.NewSelect().Model(row).ColumnExpr(hostColumns).Where("h.tenant_id = ?", t.id).Where(where, args...).
			OrderExpr("h.client_id IS NULL DESC, h.seen_key DESC, h.id").Limit(1).For("NO KEY UPDATE OF h").Scan(ctx)
		if errors.Is(err, sql.ErrNoRows) {
			return nil, nil //nolint:nilnil // no such host is an ordinary answer here
		}
		return row, err
	}
	if fresh.ClientID == nil {
		return find("h.hostname_key = lower(?)", fresh.Hostname)
	}
	row, err := find("h.client_id = ?", *fresh.ClientID)
	if row != nil || err != nil {
		return row, err
	}
	return find("h.hostname_key = lower(?) AND h.client_id IS NULL", fresh.Hostname)
}

// absorb lays what a sighting knows over a host.
func absorb(row, fresh *models.Host) error {
	if fresh.ClientID != nil {
		row.ClientID = fresh.ClientID
	}
	if !strings.EqualFold(row.Hostname, fresh.Hostname) {
		row.Hostname = fresh.Hostname
	}
	if fresh.IPAddress != "" {
		row.IPAddress = fresh.IPAddress
	}
	if fresh.OS != "" {
		row.OS = fresh.OS
	}
	row.LastSeen = fresh.LastSeen
	if row.FirstSeen == nil {
		row.FirstSeen = fresh.FirstSeen
	}
	row.Labels = append(slices.Clone(row.Labels), fresh.Labels...)
	var err error
	row.HostMetadata, err = mergeObjects(row.HostMetadata, fresh.HostMetadata)
	return err
}
