package tenancy

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/velocicompanion/velocicompanion/internal/audit"
	"github.com/velocicompanion/velocicompanion/internal/auth"
	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/models"
)

// How long a visit may last, in minutes.
const (
	MinVisit     = 5
	MaxVisit     = 60
	DefaultVisit = 30
)

// Visit takes a super_admin's session into another tenant for a while: as admin, on record in both trails, and told to
// that tenant's administrators. A visit that goes on elsewhere ends. Faults: NotFound, Forbidden, Conflict (own_tenant,
// tenant_suspended, tenant_deleting).
func (s *Service) Visit(ctx context.Context, by auth.Principal, tenantID int64, reason string, minutes int) (*models.Visit, error) {
	by = by.Home()
	if !by.Role.AtLeast(auth.RoleSuperAdmin) || by.SessionID == "" {
		return nil, fault.New(fault.Forbidden, "only a super_admin who is signed in visits tenants")
	}
	if by.TenantID == tenantID {
		return nil, fault.New(fault.Conflict, "this is your own tenant").WithCode("own_tenant")
	}
	now := s.store.Now()
	v := &models.Visit{
		TenantID: tenantID, HomeTenantID: by.TenantID, UserID: by.UserID, Username: by.Username, Family: by.SessionID, Reason: reason,
		StartedAt: now, ExpiresAt: now.Add(time.Duration(minutes) * time.Minute),
	}
	err := s.store.System().InTx(ctx, func(ctx context.Context, y *store.System) error {
		home, err := y.TenantByID(ctx, by.TenantID)
		if err != nil {
			return err
		}
		v.HomeTenantName = home.Name
		ended, err := y.StartVisit(ctx, v)
		if err != nil {
			return err
		}
		if err := s.noteEnds(ctx, y, ended); err != nil {
			return err
		}
		if err := noteVisit(ctx, y, v, "visit.start", map[string]any{
			"tenant_id": tenantID, "reason": reason, "until": v.ExpiresAt.UTC().Format(time.RFC3339),
		}); err != nil {
			return err
		}
		return s.announce(ctx, v) // last: a visit that nobody was told of must not begin
	})
	if err != nil {
		return nil, err
	}
	return v, nil
}

// Leave ends the visit of a session; nothing happens where there is none.
func (s *Service) Leave(ctx context.Context, by auth.Principal) error {
	return s.store.System().InTx(ctx, func(ctx context.Context, y *store.System) error {
		v, err := y.EndVisit(ctx, by.UserID, by.SessionID)
		if err != nil || v == nil {
			return err
		}
		return s.noteEnds(ctx, y, []models.Visit{*v})
	})
}

// announce tells the visited tenant's administrators.
func (s *Service) announce(ctx context.Context, v *models.Visit) error {
	return s.store.Tenant(v.TenantID).InTx(ctx, func(ctx context.Context, t *store.Tenant) error {
		admins, err := t.ActiveUsers(ctx, nil, []string{string(auth.RoleAdmin), string(auth.RoleSuperAdmin)})
		if err != nil || len(admins) == 0 {
			return err
		}
		ids := make([]int64, 0, len(admins))
		for _, u := range admins {
			ids = append(ids, u.ID)
		}
		_, err = t.Notify(ctx, store.Notice{
			Users: ids, Type: "tenant.visit", Severity: models.SeverityMedium, Link: "/audit",
			Title:   v.VisitorName() + " visits this tenant as administrator",
			Message: fmt.Sprintf("Until %s UTC at the latest. Reason: %s", v.ExpiresAt.UTC().Format("2006-01-02 15:04"), v.Reason),
		})
		return err
	})
}

// noteEnds writes the lines about visits that ended.
func (*Service) noteEnds(ctx context.Context, y *store.System, ended []models.Visit) error {
	for i := range ended {
		v := &ended[i]
		if err := noteVisit(ctx, y, v, "visit.end", map[string]any{
			"tenant_id": v.TenantID, "why": v.EndReason, "ended_at": v.EndedAt.UTC().Format(time.RFC3339),
		}); err != nil {
			return err
		}
	}
	return nil
}

// noteVisit writes a line about a visit to both trails, in the visitor's name: who made it end says the line about that.
func noteVisit(ctx context.Context, y *store.System, v *models.Visit, action string, after map[string]any) error {
	e := audit.Entry{
		Action: action, ResourceType: "visit", ResourceID: strconv.FormatInt(v.ID, 10), UserID: v.UserID, Username: v.Username, After: after,
	}
	if err := audit.WriteFor(ctx, y, v.HomeTenantID, e); err != nil {
		return err
	}
	e.Username = v.VisitorName()
	return audit.WriteFor(ctx, y, v.TenantID, e)
}
