package store

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/models"
)

// HostSync reads where the tenant's synchronisation stands. Faults: NotFound where the tenant has no Velociraptor server.
func (t *Tenant) HostSync(ctx context.Context) (*models.HostSync, error) {
	row := &models.HostSync{}
	err := t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		return db.NewSelect().Model(row).Where("tenant_id = ?", t.id).Scan(ctx)
	})
	return row, err
}

// StartSync keeps the tenant's hosts in step with its server from now on, in the transaction that saves the connection. One
// that is at work begins anew: the connection may lead to other clients.
func (t *Tenant) StartSync(ctx context.Context, configID int64) error {
	return t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		row, err := t.lockSync(ctx, db)
		switch {
		case fault.Is(translate(err), fault.NotFound):
			row = &models.HostSync{TenantID: t.id, ConfigID: configID, Attempt: 1, Status: models.JobQueued, Wanted: true}
			if _, err := db.NewInsert().Model(row).Returning("NULL").Exec(ctx); err != nil {
				return err
			}
			return t.StartJob(ctx, models.JobSync, configID, row.Attempt)
		case err != nil:
			return err
		case row.ConfigID == configID:
			row.Pass, row.PassCursor, row.Mark, row.Wanted, row.Failures = "", "", nil, true, 0
			if _, err := db.NewUpdate().Model(row).Column("pass", "pass_cursor", "mark", "wanted", "failures").WherePK().Exec(ctx); err != nil {
				return err
			}
			return t.WakeJob(ctx, models.JobSync, configID)
		}
		if err := t.StopSync(ctx); err != nil {
			return err
		}
		return t.StartSync(ctx, configID)
	})
}

// StopSync ends the tenant's synchronisation, in the transaction that removes the connection. Its hosts stay as they are, but
// nobody knows any more which of them are online.
func (t *Tenant) StopSync(ctx context.Context) error {
	return t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		row, err := t.lockSync(ctx, db)
		if fault.Is(translate(err), fault.NotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		const offline = `UPDATE hosts AS h SET online = false FROM velociraptor_clients AS c
WHERE c.tenant_id = $1 AND h.tenant_id = $1 AND h.id = c.host_id AND h.online`
		if err := t.exec(ctx, offline, t.id); err != nil {
			return err
		}
		if err := t.exec(ctx, "UPDATE velociraptor_clients SET online = false, seen_at = NULL WHERE tenant_id = $1 AND online", t.id); err != nil {
			return err
		}
		if _, err := db.NewDelete().Model(row).WherePK().Exec(ctx); err != nil {
			return err
		}
		return t.FinishJob(ctx, models.JobSync, row.ConfigID)
	})
}

// WantSync has a full pass begin now. Faults: NotFound where the tenant has no Velociraptor server.
func (t *Tenant) WantSync(ctx context.Context) (row *models.HostSync, err error) {
	err = t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		if row, err = t.lockSync(ctx, db); err != nil {
			return err
		}
		if row.Pass != models.PassFull {
			row.Wanted = true
			if _, err := db.NewUpdate().Model(row).Column("wanted").WherePK().Exec(ctx); err != nil {
				return err
			}
		}
		return t.WakeJob(ctx, models.JobSync, row.ConfigID)
	})
	return row, err
}

// SaveSync changes where the synchronisation stands, under lock. change gives false to leave it. Faults: NotFound when the
// connection is gone, or is another than configID.
func (t *Tenant) SaveSync(ctx context.Context, configID int64, change func(row *models.HostSync) bool) (row *models.HostSync, err error) {
	err = t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		if row, err = t.lockSync(ctx, db); err != nil {
			return err
		}
		if row.ConfigID != configID {
			return fault.New(fault.NotFound, "this connection is gone")
		}
		if !change(row) {
			return nil
		}
		_, err := db.NewUpdate().Model(row).WherePK().Exec(ctx)
		return err
	})
	return row, err
}

func (t *Tenant) lockSync(ctx context.Context, db bun.IDB) (*models.HostSync, error) {
	row := &models.HostSync{}
	err := db.NewSelect().Model(row).Where("tenant_id = ?", t.id).For("UPDATE").Scan(ctx)
	return row, err
}

// endSync is called when the synchronisation's workflow failed, was ended in Temporal or is lost: it goes on as the next
// attempt, because it ends with the connection only.
func endSync(ctx context.Context, t *Tenant, db bun.IDB, e JobEnd) (string, error) {
	row, err := t.lockSync(ctx, db)
	if err != nil {
		return "", err
	}
	if row.ConfigID != e.ID {
		return "", fault.New(fault.NotFound, "this connection is gone")
	}
	now := t.s.Now()
	row.Attempt++
	row.Status, row.Error, row.ErrorCode, row.ErrorAt = models.JobQueued, e.Error, "sync_interrupted", &now
	if _, err := db.NewUpdate().Model(row).Column("attempt", "status", "error", "error_code", "error_at").WherePK().Exec(ctx); err != nil {
		return "", err
	}
	if err := t.FinishJob(ctx, models.JobSync, e.ID); err != nil {
		return "", err
	}
	return row.Status, t.StartJob(ctx, models.JobSync, e.ID, row.Attempt)
}

// OnlineFor is how long after a sign of life an endpoint counts as online: agents that have nothing to do ask every few
// minutes at most.
const OnlineFor = 10 * time.Minute
