package store

import (
	"context"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/models"
)

// SuspendTenant keeps a tenant from working: its sessions and every visit from or to it end in the same transaction, its
// worker stops and its work waits. The visits that ended come back. Faults: NotFound, Conflict (tenant_suspended, tenant_deleting).
func (y *System) SuspendTenant(ctx context.Context, id int64, reason string) (row *models.Tenant, ended []models.Visit, err error) {
	err = y.run(ctx, func(ctx context.Context, y *System, db bun.IDB) error {
		row, err = y.moveTenant(ctx, db, id, []string{models.TenantActive}, func(upd *bun.UpdateQuery, _ *models.Tenant) *bun.UpdateQuery {
			return upd.Set("status = ?", models.TenantSuspended).Set("suspended_reason = ?", reason)
		})
		if err != nil {
			return err
		}
		ended, err = y.stopPeople(ctx, db, id)
		return err
	})
	return row, ended, err
}

// ResumeTenant lets a suspended tenant work again. Faults: NotFound, Conflict (tenant_active, tenant_deleting).
func (y *System) ResumeTenant(ctx context.Context, id int64) (row *models.Tenant, err error) {
	err = y.run(ctx, func(ctx context.Context, y *System, db bun.IDB) error {
		row, err = y.moveTenant(ctx, db, id, []string{models.TenantSuspended}, func(upd *bun.UpdateQuery, _ *models.Tenant) *bun.UpdateQuery {
			return upd.Set("status = ?", models.TenantActive).Set("suspended_reason = ''")
		})
		return err
	})
	return row, err
}

// Deletion says why and when a tenant goes for good.
type Deletion struct {
	Reason string
	By     int64 // the super_admin; his tenant's trail keeps the last line
	At     time.Time
}

// DeleteTenant suspends a tenant and sets the moment from which on it is removed; until then it can be restored. Faults:
// NotFound, Conflict (tenant_deleting).
func (y *System) DeleteTenant(ctx context.Context, id int64, d Deletion) (row *models.Tenant, ended []models.Visit, err error) {
	from := []string{models.TenantActive, models.TenantSuspended}
	err = y.run(ctx, func(ctx context.Context, y *System, db bun.IDB) error {
		row, err = y.moveTenant(ctx, db, id, from, func(upd *bun.UpdateQuery, _ *models.Tenant) *bun.UpdateQuery {
			return upd.Set("status = ?", models.TenantDeleting).Set("deleted_reason = ?", d.Reason).Set("deleted_by = ?", d.By).
				Set("delete_at = ?", d.At)
		})
		if err != nil {
			return err
		}
		ended, err = y.stopPeople(ctx, db, id)
		return err
	})
	return row, ended, err
}

// RestoreTenant takes a deletion back whose moment has not come: the tenant is what it was before, active or suspended.
// Faults: NotFound, Conflict (tenant_active, tenant_suspended; tenant_gone once the removal may have begun).
func (y *System) RestoreTenant(ctx context.Context, id int64) (row *models.Tenant, err error) {
	err = y.run(ctx, func(ctx context.Context, y *System, db bun.IDB) error {
		late := false
		row, err = y.moveTenant(ctx, db, id, []string{models.TenantDeleting}, func(upd *bun.UpdateQuery, was *models.Tenant) *bun.UpdateQuery {
			late = !was.DeleteAt.After(y.s.Now())
			status := models.TenantActive
			if was.SuspendedReason != "" {
				status = models.TenantSuspended
			}
			return upd.Set("status = ?", status).Set("deleted_reason = ''").Set("deleted_by = NULL").Set("delete_at = NULL")
		})
		if err == nil && late {
			return fault.New(fault.Conflict, "the grace period is over; the tenant is being removed").WithCode("tenant_gone")
		}
		return err
	})
	return row, err
}

// moveTenant changes a tenant's status when it has one of those named in from.
func (y *System) moveTenant(
	ctx context.Context, db bun.IDB, id int64, from []string, set func(upd *bun.UpdateQuery, was *models.Tenant) *bun.UpdateQuery,
) (*models.Tenant, error) {
	was, row := &models.Tenant{}, &models.Tenant{}
	if err := db.NewSelect().Model(was).Where("id = ?", id).For("UPDATE").Scan(ctx); err != nil {
		return nil, err
	}
	if !slices.Contains(from, was.Status) {
		return nil, wrongStatus(was.Status)
	}
	upd := db.NewUpdate().Model(row).Set("updated_at = ?", after(was.UpdatedAt, y.s.Now())).Where("id = ?", id).Returning("*")
	if err := set(upd, was).Scan(ctx); err != nil {
		return nil, err
	}
	y.left.Tenants = true
	return row, nil
}

// wrongStatus says what a tenant is that is not what it should be.
func wrongStatus(status string) error {
	switch status {
	case models.TenantActive:
		return fault.New(fault.Conflict, "the tenant is active").WithCode("tenant_active")
	case models.TenantSuspended:
		return fault.New(fault.Conflict, "the tenant is suspended").WithCode(CodeTenantSuspended)
	default:
		return fault.New(fault.Conflict, "the tenant is being deleted").WithCode("tenant_deleting")
	}
}

// stopPeople ends every session of a tenant's users and every visit from or to it.
func (y *System) stopPeople(ctx context.Context, db bun.IDB, id int64) ([]models.Visit, error) {
	_, err := db.NewUpdate().Model((*models.RefreshToken)(nil)).Set("revoked_at = ?", y.s.Now()).
		Where("tenant_id = ? AND revoked_at IS NULL", id).Exec(ctx)
	if err != nil {
		return nil, err
	}
	return y.endVisits(ctx, db, models.VisitTenant, func(upd *bun.UpdateQuery) *bun.UpdateQuery {
		return upd.Where("tenant_id = ? OR home_tenant_id = ?", id, id)
	})
}
