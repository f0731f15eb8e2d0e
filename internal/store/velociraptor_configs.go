package store

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/models"
)

// CodeNotConfigured is the stable code for a tenant that named no Velociraptor server.
const CodeNotConfigured = "velociraptor_not_configured"

// VelociraptorConfig reads the tenant's connection. Faults: Conflict (velociraptor_not_configured).
func (t *Tenant) VelociraptorConfig(ctx context.Context) (*models.VelociraptorConfig, error) {
	return t.velociraptorConfig(ctx, "")
}

// LockVelociraptorConfig is VelociraptorConfig for a change: others wait for this transaction's end.
func (t *Tenant) LockVelociraptorConfig(ctx context.Context) (*models.VelociraptorConfig, error) {
	return t.velociraptorConfig(ctx, "NO KEY UPDATE")
}

func (t *Tenant) velociraptorConfig(ctx context.Context, lock string) (*models.VelociraptorConfig, error) {
	row := &models.VelociraptorConfig{}
	err := t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		q := db.NewSelect().Model(row).Where("tenant_id = ?", t.id)
		if lock != "" {
			q = q.For(lock)
		}
		return q.Scan(ctx)
	})
	if fault.Is(translate(err), fault.NotFound) {
		err = fault.New(fault.Conflict, "no Velociraptor server is connected: an administrator does that on the page Velociraptor").WithCode(CodeNotConfigured)
	}
	return row, err
}

// SaveVelociraptorConfig makes the tenant's connection, or replaces its keys, address and org. A connection that was there
// keeps its id, its choices of artifacts and who made it; its version grows. The row is filled in.
func (t *Tenant) SaveVelociraptorConfig(ctx context.Context, row *models.VelociraptorConfig) error {
	now := t.s.Now()
	row.TenantID, row.Version, row.CreatedAt, row.UpdatedAt, row.StatusAt, row.ExpiryTold, row.CreatedBy = t.id, 1, now, now, &now, nil, nil
	if t.actor.UserID != 0 {
		row.CreatedBy = &t.actor.UserID
	}
	if row.Quarantine == nil {
		row.Quarantine = map[string]string{}
	}
	if row.AllowArtifacts == nil {
		row.AllowArtifacts = []string{}
	}
	return t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		q := db.NewInsert().Model(row).ExcludeColumn("id").On("CONFLICT (tenant_id) DO UPDATE").Set("version = vcfg.version + 1")
		for _, column := range []string{
			"transport", "address", "username", "org_id", "secret", "expires_at", "expiry_told", "server_version", "status", "last_error", "last_ok_at",
			"status_at", "updated_at",
		} {
			q = q.Set("? = EXCLUDED.?", bun.Ident(column), bun.Ident(column))
		}
		before, err := t.LockVelociraptorConfig(ctx)
		if err != nil && !fault.Is(err, fault.Conflict) {
			return err
		}
		if _, err := q.Returning("*").Exec(ctx); err != nil {
			return err
		}
		if before.ID != row.ID || before.OrgID != row.OrgID || before.Address != row.Address {
			if err := t.doubtClients(ctx); err != nil {
				return err
			}
		}
		return t.StartSync(ctx, row.ID)
	})
}

// doubtClients has the next full pass find all clients again, or take them for gone: they were another server's, or another
// org's.
func (t *Tenant) doubtClients(ctx context.Context) error {
	return t.exec(ctx, "UPDATE velociraptor_clients SET missed_at = $2 WHERE tenant_id = $1 AND missed_at IS NULL AND gone_at IS NULL", t.id, t.s.Now())
}

// VelociraptorChange is a partial change of a connection; nil fields stay.
type VelociraptorChange struct {
	OrgID          *string // another version: it is another fleet
	Quarantine     *map[string]string
	AllowArtifacts *[]string
}

// UpdateVelociraptorConfig changes the tenant's connection. Faults: Conflict (velociraptor_not_configured).
func (t *Tenant) UpdateVelociraptorConfig(ctx context.Context, c VelociraptorChange) (row *models.VelociraptorConfig, err error) {
	err = t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		if row, err = t.LockVelociraptorConfig(ctx); err != nil {
			return err
		}
		if c.OrgID != nil && *c.OrgID != row.OrgID {
			row.OrgID = *c.OrgID
			row.Version++
			if err := t.doubtClients(ctx); err != nil {
				return err
			}
		}
		if c.Quarantine != nil {
			row.Quarantine = *c.Quarantine
		}
		if c.AllowArtifacts != nil {
			row.AllowArtifacts = *c.AllowArtifacts
		}
		row.UpdatedAt = after(row.UpdatedAt, t.s.Now())
		_, err := db.NewUpdate().Model(row).Column("org_id", "version", "quarantine", "allow_artifacts", "updated_at").
			Where("tenant_id = ? AND id = ?", t.id, row.ID).Exec(ctx)
		if err != nil || c.OrgID == nil {
			return err
		}
		return t.StartSync(ctx, row.ID)
	})
	return row, err
}

// DeleteVelociraptorConfig forgets the tenant's connection and its keys. Faults: Conflict (velociraptor_not_configured).
func (t *Tenant) DeleteVelociraptorConfig(ctx context.Context) (row *models.VelociraptorConfig, err error) {
	err = t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		if row, err = t.LockVelociraptorConfig(ctx); err != nil {
			return err
		}
		if err := t.StopSync(ctx); err != nil {
			return err
		}
		_, err := db.NewDelete().Model(row).Where("tenant_id = ? AND id = ?", t.id, row.ID).Exec(ctx)
		return err
	})
	return row, err
}

// VelociraptorStatus is what a call of a connection showed.
type VelociraptorStatus struct {
	Version int    // of the connection that was used: a later one has its own
	Status  string // models.VelociraptorConnected …
	Error   string // why it is not connected
	At      time.Time
}

// NoteVelociraptorStatus keeps what a call showed. It never waits for anybody who changes the connection: then, and where
// the connection is another by now, noted is false.
func (t *Tenant) NoteVelociraptorStatus(ctx context.Context, s VelociraptorStatus) (noted bool, err error) {
	err = t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		q := db.NewUpdate().Model((*models.VelociraptorConfig)(nil)).Set("status_at = CASE WHEN status = ? THEN status_at ELSE ? END", s.Status, s.At).
			Set("status = ?", s.Status).Set("last_error = ?", s.Error)
		if s.Status == models.VelociraptorConnected {
			q = q.Set("last_ok_at = greatest(last_ok_at, ?)", s.At)
		}
		res, err := q.Where("id = (SELECT id FROM velociraptor_configs WHERE tenant_id = ? AND version = ? FOR NO KEY UPDATE SKIP LOCKED)", t.id, s.Version).Exec(ctx)
		if err != nil {
			return err
		}
		n, err := res.RowsAffected()
		noted = n > 0
		return err
	})
	return noted, err
}

// ResealVelociraptorConfig replaces the sealed keys by the same ones under another encryption key, unless they were rotated
// meanwhile.
func (t *Tenant) ResealVelociraptorConfig(ctx context.Context, version int, sealed []byte) error {
	return t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		_, err := db.NewUpdate().Model((*models.VelociraptorConfig)(nil)).Set("secret = ?", sealed).
			Where("tenant_id = ? AND version = ?", t.id, version).Exec(ctx)
		return err
	})
}
