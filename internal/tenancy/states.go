package tenancy

import (
	"context"
	"strconv"
	"time"

	"github.com/velocicompanion/velocicompanion/internal/audit"
	"github.com/velocicompanion/velocicompanion/internal/auth"
	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/models"
)

// Suspend keeps a tenant from working until Resume: its people's sessions end, its worker stops, its work waits. Faults:
// NotFound, Conflict (own_tenant, tenant_suspended, tenant_deleting).
func (s *Service) Suspend(ctx context.Context, by auth.Principal, id int64, reason string) (row *models.Tenant, err error) {
	if err := notOwn(by, id); err != nil {
		return nil, err
	}
	err = s.store.System().InTx(ctx, func(ctx context.Context, y *store.System) error {
		var ended []models.Visit
		if row, ended, err = y.SuspendTenant(ctx, id, reason); err != nil {
			return err
		}
		if err := s.noteEnds(ctx, y, ended); err != nil {
			return err
		}
		return s.noteState(ctx, y, by, row, "tenant.suspend", map[string]any{"status": row.Status, "reason": reason})
	})
	return row, err
}

// Resume lets a suspended tenant work again. Faults: NotFound, Conflict (tenant_active, tenant_deleting).
func (s *Service) Resume(ctx context.Context, by auth.Principal, id int64, reason string) (row *models.Tenant, err error) {
	err = s.store.System().InTx(ctx, func(ctx context.Context, y *store.System) error {
		if row, err = y.ResumeTenant(ctx, id); err != nil {
			return err
		}
		return s.noteState(ctx, y, by, row, "tenant.resume", map[string]any{"status": row.Status, "reason": reason})
	})
	return row, err
}

// Delete suspends a tenant and has it removed, with everything it has, when the grace period is over. confirm must be its
// name. Faults: NotFound, Invalid (confirm), Conflict (own_tenant, tenant_deleting).
func (s *Service) Delete(ctx context.Context, by auth.Principal, id int64, reason, confirm string) (row *models.Tenant, err error) {
	if err := notOwn(by, id); err != nil {
		return nil, err
	}
	err = s.store.System().InTx(ctx, func(ctx context.Context, y *store.System) error {
		was, err := y.TenantByID(ctx, id)
		if err != nil {
			return err
		}
		if confirm != was.Name {
			return fault.InvalidField("confirm", "must be the tenant's name, exactly as it is")
		}
		var ended []models.Visit
		row, ended, err = y.DeleteTenant(ctx, id, store.Deletion{Reason: reason, By: by.UserID, At: s.store.Now().Add(s.grace)})
		if err != nil {
			return err
		}
		if err := s.noteEnds(ctx, y, ended); err != nil {
			return err
		}
		return s.noteState(ctx, y, by, row, "tenant.delete", map[string]any{
			"status": row.Status, "name": row.Name, "reason": reason, "delete_at": row.DeleteAt.UTC().Format(time.RFC3339),
		})
	})
	return row, err
}

// Restore takes a deletion back before its moment has come. Faults: NotFound, Conflict (tenant_active, tenant_suspended,
// tenant_gone).
func (s *Service) Restore(ctx context.Context, by auth.Principal, id int64, reason string) (row *models.Tenant, err error) {
	err = s.store.System().InTx(ctx, func(ctx context.Context, y *store.System) error {
		if row, err = y.RestoreTenant(ctx, id); err != nil {
			return err
		}
		return s.noteState(ctx, y, by, row, "tenant.restore", map[string]any{"status": row.Status, "reason": reason})
	})
	return row, err
}

// notOwn keeps somebody from taking away the ground he stands on: of an installation's super_admins one is always left.
func notOwn(by auth.Principal, id int64) error {
	if by.Home().TenantID == id {
		return fault.New(fault.Conflict, "this is your own tenant; somebody of another one must do this").WithCode("own_tenant")
	}
	return nil
}

// noteState writes the line about an act upon a tenant to both trails.
func (s *Service) noteState(ctx context.Context, y *store.System, by auth.Principal, row *models.Tenant, action string, now map[string]any) error {
	return both(ctx, y, by, row.ID, audit.Entry{
		Action: action, ResourceType: "tenant", ResourceID: strconv.FormatInt(row.ID, 10), After: now,
	})
}

// both writes a line to the trail of the actor's own tenant and, where that is another one, to the trail of the tenant
// that it is about, where he is called as a visitor is.
func both(ctx context.Context, y *store.System, by auth.Principal, tenantID int64, e audit.Entry) error {
	home := by.Home()
	e.UserID, e.Username = home.UserID, home.Username
	if err := audit.WriteFor(ctx, y, home.TenantID, e); err != nil || home.TenantID == tenantID {
		return err
	}
	own, err := y.TenantByID(ctx, home.TenantID)
	if err != nil {
		return err
	}
	e.Username = models.VisitorName(home.Username, own.Name)
	return audit.WriteFor(ctx, y, tenantID, e)
}
