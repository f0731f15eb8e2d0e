package store

import (
	"context"
	"encoding/json"
	"time"

	"github.com/uptrace/bun"

	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/models"
)

// HostChange is a partial change of a host; nil fields stay.
type HostChange struct {
	Hostname     *string
	IPAddress    *string
	OS           *string
	ClientID     *string // empty: not enrolled any more
	Labels       *[]string
	HostMetadata json.RawMessage // replaces
	ThreatScore  *float64
	Online       *bool
	Criticality  *string
	Owner        *string
	Notes        *string
	CustomFields json.RawMessage // laid over the host's; null takes a value away

	Seen time.Time // the updated_at that the change was made on; zero: whatever it is now
}

// hostColumns are read with every host; labels and the tenant's own fields are tables of their own.
const hostColumns = `?TableColumns, ?TableAlias.hostname_key, ?TableAlias.os_key, ?TableAlias.owner_key,
ARRAY(SELECT hl.label FROM host_labels AS hl WHERE hl.tenant_id = ?TableAlias.tenant_id AND hl.host_id = ?TableAlias.id ORDER BY hl.label) AS labels,
(SELECT jsonb_object_agg(hv.key, hv.value) FROM host_field_values AS hv WHERE hv.tenant_id = ?TableAlias.tenant_id AND hv.host_id = ?TableAlias.id) AS custom_fields`

// CreateHost inserts a host with its labels, fills in what the database gives it and emits host.created. Faults: Invalid,
// Conflict (host_exists) for a client id or the hostname of an unmanaged host that is taken.
func (t *Tenant) CreateHost(ctx context.Context, row *models.Host) error {
	if err := normalHost(row); err != nil {
		return err
	}
	return t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		if err := t.lockHostNames(ctx, db, row.ClientID, row.Hostname); err != nil {
			return err
		}
		values, err := t.checkFieldValues(ctx, db, row.CustomFields)
		if err != nil {
			return err
		}
		if row.CustomFields, err = withFieldValues(nil, values); err != nil {
			return err
		}
		return t.insertHost(ctx, db, row, "api")
	})
}

// insertHost inserts a normal host whose names are locked.
func (t *Tenant) insertHost(ctx context.Context, db bun.IDB, row *models.Host, source string) error {
	row.TenantID = t.id
	if row.Isolation == "" {
		row.Isolation = "none"
	}
	row.CreatedAt = t.s.Now()
	row.UpdatedAt = row.CreatedAt
	if _, err := db.NewInsert().Model(row).ExcludeColumn("id").Returning("id").Exec(ctx); err != nil {
		return hostConflict(err)
	}
	if err := t.addLabels(ctx, db, row.ID, row.Labels); err != nil {
		return err
	}
	if err := t.replaceFieldValues(ctx, db, &models.Host{}, row); err != nil {
		return err
	}
	if err := t.takeClientID(ctx, db, nil, row); err != nil {
		return err
	}
	return t.emitHostCreated(ctx, row, source)
}

func hostConflict(err error) error {
	switch ConstraintOf(err) {
	case "hosts_client_key":
		return fault.Wrap(err, fault.Conflict, "there is a host with this client id already").WithCode("host_exists")
	case "hosts_unmanaged_key":
		return fault.Wrap(err, fault.Conflict, "there is a host of this name already").WithCode("host_exists")
	}
	return err
}

// Host reads one host with its labels. Faults: NotFound.
func (t *Tenant) Host(ctx context.Context, id int64) (*models.Host, error) {
	row := &models.Host{}
	err := t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		return t.selectHost(ctx, db, row, id, "")
	})
	return row, err
}

// selectHost reads a host, under a lock where lock is a mode of one like "UPDATE".
func (t *Tenant) selectHost(ctx context.Context, db bun.IDB, row *models.Host, id int64, lock string) error {
	if lock != "" {
		if err := t.lockHosts(ctx, []int64{id}, lock); err != nil {
			return err
		}
	}
	return db.NewSelect().Model(row).ColumnExpr(hostColumns).Where("h.tenant_id = ? AND h.id = ?", t.id, id).Scan(ctx)
}

// UpdateHost changes a host and emits host.updated when anything became different. Faults: NotFound, Invalid, Conflict
// (host_exists), Stale when it changed after c.Seen.
func (t *Tenant) UpdateHost(ctx context.Context, id int64, c HostChange) (*models.Host, error) {
	row := &models.Host{}
	err := t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		if err := t.lockHostNames(ctx, db, c.ClientID, deref(c.Hostname)); err != nil {
			return err
		}
		if err := t.selectHost(ctx, db, row, id, "NO KEY UPDATE"); err != nil {
			return err
		}
		if err := unchangedSince(row.UpdatedAt, c.Seen); err != nil {
			return err
		}
		before := *row
		values, err := t.checkFieldValues(ctx, db, c.CustomFields)
		if err != nil {
			return err
		}
		c.apply(row)
		if row.CustomFields, err = withFieldValues(before.CustomFields, values); err != nil {
			return err
		}
		return t.saveHost(ctx, db, &before, row, "api")
	})
	return row, err
}

func (c HostChange) apply(row *models.Host) {
	assign(&row.Hostname, c.Hostname)
	assign(&row.IPAddress, c.IPAddress)
	assign(&row.OS, c.OS)
	assign(&row.Labels, c.Labels)
	assign(&row.ThreatScore, c.ThreatScore)
	assign(&row.Online, c.Online)
	assign(&row.Criticality, c.Criticality)
	assign(&row.Owner, c.Owner)
	assign(&row.Notes, c.Notes)
	if c.ClientID != nil {
		row.ClientID = c.ClientID
	}
	if c.HostMetadata != nil {
		row.HostMetadata = c.HostMetadata
	}
}

// saveHost writes what became different about a host that the transaction has locked; nothing different writes nothing
// but last_seen.
func (t *Tenant) saveHost(ctx context.Context, db bun.IDB, before, row *models.Host, source string) error {
	if err := normalHost(row); err != nil {
		return err
	}
	if sameHost(before, row) {
		return t.touchHost(ctx, db, before, row)
	}
	row.UpdatedAt = after(before.UpdatedAt, t.s.Now())
	_, err := db.NewUpdate().Model(row).ExcludeColumn("id", "tenant_id", "created_at").
		Where("tenant_id = ? AND id = ?", t.id, row.ID).Exec(ctx)
	if err != nil {
		return hostConflict(err)
	}
	if err := t.replaceLabels(ctx, db, before, row); err != nil {
		return err
	}
	if err := t.replaceFieldValues(ctx, db, before, row); err != nil {
		return err
	}
	if err := t.takeClientID(ctx, db, before, row); err != nil {
		return err
	}
	return t.emitHostUpdated(ctx, row, source)
}

// touchHost writes when a host was seen, alone: being heard of again is no change that anybody must be told.
func (t *Tenant) touchHost(ctx context.Context, db bun.IDB, before, row *models.Host) error {
	if sameTime(before.LastSeen, row.LastSeen) && sameTime(before.FirstSeen, row.FirstSeen) {
		return nil
	}
	_, err := db.NewUpdate().Model(row).Column("last_seen", "first_seen").Where("tenant_id = ? AND id = ?", t.id, row.ID).Exec(ctx)
	return err
}

func sameTime(a, b *time.Time) bool {
	return a == b || a != nil && b != nil && a.Equal(*b)
}

// DeleteHost removes a host with its observations. Faults: NotFound, Stale when it changed after seen (zero: any).
func (t *Tenant) DeleteHost(ctx context.Context, id int64, seen time.Time) error {
	return t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		row := &models.Host{}
		if err := t.selectHost(ctx, db, row, id, "UPDATE"); err != nil {
			return err
		}
		if err := unchangedSince(row.UpdatedAt, seen); err != nil {
			return err
		}
		if err := t.forgetRows(ctx, id); err != nil {
			return err
		}
		if err := t.removeSightings(ctx, db, id); err != nil {
			return err
		}
		_, err := db.NewDelete().Model((*models.Host)(nil)).Where("tenant_id = ? AND id = ?", t.id, id).Exec(ctx)
		return err
	})
}
