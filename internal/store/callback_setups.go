package store

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/models"
)

// callbackKeyKept is how long a replaced key stays good once the new one is used: calls on their way are tried again.
const callbackKeyKept = 10 * time.Minute

// CallbackSetup reads what was set up on the tenant's server. Faults: NotFound.
func (t *Tenant) CallbackSetup(ctx context.Context) (*models.CallbackSetup, error) {
	row := &models.CallbackSetup{}
	err := t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		return db.NewSelect().Model(row).Where("tenant_id = ?", t.id).Scan(ctx)
	})
	return row, err
}

// SaveCallbackSetup writes what was set up.
func (t *Tenant) SaveCallbackSetup(ctx context.Context, row *models.CallbackSetup) error {
	row.TenantID, row.InstalledAt, row.InstalledBy = t.id, t.s.Now(), nil
	if t.actor.UserID != 0 {
		row.InstalledBy = &t.actor.UserID
	}
	return t.run(ctx, func(ctx context.Context, _ *Tenant, db bun.IDB) error {
		q := db.NewInsert().Model(row).On("CONFLICT (tenant_id) DO UPDATE")
		for _, column := range []string{"suffix", "status", "base_url", "root_ca", "org_id", "checks", "installed_at", "installed_by"} {
			q = q.Set("? = EXCLUDED.?", bun.Ident(column), bun.Ident(column))
		}
		_, err := q.Exec(ctx)
		return err
	})
}

// AddCallbackKey keeps an installation's address and key.
func (t *Tenant) AddCallbackKey(ctx context.Context, row *models.CallbackKey) error {
	row.TenantID, row.CreatedAt = t.id, t.s.Now()
	return t.run(ctx, func(ctx context.Context, _ *Tenant, db bun.IDB) error {
		_, err := db.NewInsert().Model(row).ExcludeColumn("id").Returning("id").Exec(ctx)
		return err
	})
}

// CurrentCallbackKey is the key of the last installation. Faults: NotFound.
func (t *Tenant) CurrentCallbackKey(ctx context.Context) (*models.CallbackKey, error) {
	row := &models.CallbackKey{}
	err := t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		return db.NewSelect().Model(row).Where("tenant_id = ?", t.id).OrderExpr("id DESC").Limit(1).Scan(ctx)
	})
	return row, err
}

// UseCallbackKey notes the first use of a key: those before it are good for a few minutes more.
func (t *Tenant) UseCallbackKey(ctx context.Context, id int64) error {
	return t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		now := t.s.Now()
		res, err := db.NewUpdate().Model((*models.CallbackKey)(nil)).Set("first_used_at = ?", now).
			Where("tenant_id = ? AND id = ? AND first_used_at IS NULL", t.id, id).Exec(ctx)
		if err != nil {
			return err
		}
		if n, err := res.RowsAffected(); n == 0 || err != nil {
			return err
		}
		_, err = db.NewUpdate().Model((*models.CallbackKey)(nil)).Set("expires_at = ?", now.Add(callbackKeyKept)).
			Where("tenant_id = ? AND id < ? AND expires_at IS NULL", t.id, id).Exec(ctx)
		return err
	})
}

// RemoveCallbacks forgets what was set up: no call is taken any more. Faults: NotFound where nothing was.
func (t *Tenant) RemoveCallbacks(ctx context.Context) (row *models.CallbackSetup, err error) {
	err = t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		if row, err = t.CallbackSetup(ctx); err != nil {
			return err
		}
		if _, err := db.NewDelete().Model((*models.CallbackKey)(nil)).Where("tenant_id = ?", t.id).Exec(ctx); err != nil {
			return err
		}
		_, err := db.NewDelete().Model((*models.CallbackSetup)(nil)).Where("tenant_id = ?", t.id).Exec(ctx)
		return err
	})
	return row, err
}

// CallbackKeyRef names an installation's key with its tenant.
type CallbackKeyRef struct{ TenantID, ID int64 }

// CallbackKeyByToken finds whose an address is, by its hash. Faults: NotFound, also for one that is no longer good.
func (y *System) CallbackKeyByToken(ctx context.Context, hash []byte) (ref CallbackKeyRef, err error) {
	err = y.read(ctx, func(ctx context.Context, db bun.IDB) error {
		return db.NewSelect().Table("velociraptor_callback_keys").Column("tenant_id", "id").
			Where("token_hash = ? AND (expires_at IS NULL OR expires_at > ?)", hash, y.s.Now()).Scan(ctx, &ref.TenantID, &ref.ID)
	})
	return ref, err
}

// CalledCallbackKey reads a key with its tenant's status and the org that it was set up for. Faults: NotFound.
func (t *Tenant) CalledCallbackKey(ctx context.Context, id int64) (*models.CallbackKey, error) {
	row := &models.CallbackKey{}
	err := t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		return db.NewSelect().Model(row).ColumnExpr("vck.*").ColumnExpr("t.status AS tenant_status").ColumnExpr("coalesce(vcs.org_id, '') AS org_id").
			Join("JOIN tenants AS t ON t.id = vck.tenant_id").Join("LEFT JOIN velociraptor_callback_setups AS vcs ON vcs.tenant_id = vck.tenant_id").
			Where("vck.tenant_id = ? AND vck.id = ?", t.id, id).Scan(ctx)
	})
	if err == nil && row.ID == 0 {
		err = fault.New(fault.NotFound, "not found")
	}
	return row, err
}
