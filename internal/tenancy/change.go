package tenancy

import (
	"context"
	"strconv"

	"github.com/velocicompanion/velocicompanion/internal/audit"
	"github.com/velocicompanion/velocicompanion/internal/auth"
	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/models"
)

// Change is what somebody wants of a tenant.
type Change struct {
	store.TenantChange

	Choose func(s *Settings) // lays the choices over what the tenant has; nil: none
}

// Update changes a tenant's name, description and settings. That the caller may do so is the caller's to check; how much
// of the installation a tenant gets, only a super_admin raises. Faults: NotFound, Invalid (settings.…), Forbidden
// (limit_above_own), Conflict (tenant_exists), Stale.
func (s *Service) Update(ctx context.Context, by auth.Principal, id int64, c Change) (is *models.Tenant, err error) {
	err = s.store.System().InTx(ctx, func(ctx context.Context, y *store.System) error {
		var was *models.Tenant
		was, is, err = y.UpdateTenant(ctx, id, func(row *models.Tenant) (store.TenantChange, error) {
			change := c.TenantChange
			if c.Choose == nil {
				return change, nil
			}
			have := SettingsOf(row)
			want := have
			c.Choose(&want)
			change.Settings = &want
			if err := CheckSettings(want); err != nil {
				return change, err
			}
			return change, mayRaise(by, have, want)
		})
		if err != nil {
			return err
		}
		return both(ctx, y, by, id, audit.Entry{
			Action: "tenant.update", ResourceType: "tenant", ResourceID: strconv.FormatInt(id, 10), Before: told(was), After: told(is),
		})
	})
	return is, err
}

// mayRaise keeps a tenant from giving itself more of the installation than its share.
func mayRaise(by auth.Principal, have, want Settings) error {
	if want.RunVQLEnabled && !have.RunVQLEnabled && !by.Home().Role.AtLeast(auth.RoleSuperAdmin) {
		return fault.New(fault.Forbidden, "only a super_admin lets a tenant run queries of its own on its Velociraptor server").WithCode("super_admin_only").
			WithFields(fault.Field{Location: "settings.run_vql_enabled", Message: "is a super_admin's to turn on"})
	}
	most := max(have.MaxConcurrentRuns, models.DefaultConcurrentRuns)
	if want.MaxConcurrentRuns > most && !by.Home().Role.AtLeast(auth.RoleSuperAdmin) {
		return fault.New(fault.Forbidden, "only a super_admin lets a tenant have more than %d runs at once", most).WithCode("limit_above_own").
			WithFields(fault.Field{Location: "settings.max_concurrent_runs", Message: "must be at most " + strconv.Itoa(most)})
	}
	return nil
}

// told is what the trail tells of a tenant.
func told(row *models.Tenant) map[string]any {
	return map[string]any{"name": row.Name, "description": row.Description, "settings": SettingsOf(row)}
}
