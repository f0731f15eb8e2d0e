package store

import (
	"context"

	"github.com/uptrace/bun"

	"github.com/velocicompanion/velocicompanion/models"
)

// HostAliases lists what else means a host: client ids and names of hosts that were merged into it. Faults: NotFound.
func (t *Tenant) HostAliases(ctx context.Context, hostID int64) (rows []models.HostAlias, err error) {
	err = t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		if err := t.selectHost(ctx, db, &models.Host{}, hostID, ""); err != nil {
			return err
		}
		return db.NewSelect().Model(&rows).Where("tenant_id = ? AND host_id = ?", t.id, hostID).OrderExpr("kind, value_key").Scan(ctx)
	})
	return rows, err
}

// DeleteHostAlias forgets an alias: the next sighting of it makes a host of its own. Faults: NotFound.
func (t *Tenant) DeleteHostAlias(ctx context.Context, hostID, id int64) (*models.HostAlias, error) {
	row := &models.HostAlias{}
	err := t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		res, err := db.NewDelete().Model(row).Where("tenant_id = ? AND host_id = ? AND id = ?", t.id, hostID, id).Returning("id, tenant_id, host_id, kind, value, from_host_id, created_at").Exec(ctx)
		if err != nil {
			return err
		}
		return mustAffect(res)
	})
	return row, err
}

// takeClientID makes a client id that a host was given mean this host alone: an alias of it ends.
func (t *Tenant) takeClientID(ctx context.Context, db bun.IDB, before, row *models.Host) error {
	if row.ClientID == nil || before != nil && deref(before.ClientID) == *row.ClientID {
		return nil
	}
	_, err := db.NewDelete().Model((*models.HostAlias)(nil)).
		Where("tenant_id = ? AND kind = ? AND value_key = ?", t.id, models.AliasClientID, *row.ClientID).Exec(ctx)
	return err
}
