package api

import (
	"context"
	"time"

	"github.com/velocicompanion/velocicompanion/internal/auth"
	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/models"
)

// atHome is the account's principal in its own tenant.
func atHome(acc *store.Account, session string) auth.Principal {
	p := auth.Principal{
		UserID: acc.ID, TenantID: acc.TenantID, Username: acc.Username, Role: auth.Role(acc.Role), SessionID: session,
		EnrolmentDue: acc.EnrolmentDue(),
	}
	if acc.ElevatedUntil != nil {
		p.ElevatedUntil = *acc.ElevatedUntil
	}
	return p
}

// onVisit is the account's principal in the tenant that its session visits: an admin there, under a name that tells where
// he comes from. False when there is no visit that goes on.
func (a *API) onVisit(acc *store.Account, session string) (auth.Principal, bool) {
	v, p := acc.Visit, atHome(acc, session)
	if v == nil || !v.LiveAt(a.clock.Now()) || !p.Role.AtLeast(auth.RoleSuperAdmin) {
		return p, false
	}
	p.Visit = &auth.Visit{
		ID: v.ID, TenantID: v.TenantID, TenantName: v.TenantName, HomeTenantID: p.TenantID, HomeRole: p.Role, Username: p.Username,
		Reason: v.Reason, Until: v.ExpiresAt,
	}
	p.TenantID, p.Role, p.Username = v.TenantID, auth.RoleAdmin, models.VisitorName(p.Username, v.HomeName)
	return p, true
}

// whereabouts is whom a token that names this tenant stands for: the account at home, or on the visit that goes on. False
// for a visit that is over.
func (a *API) whereabouts(acc *store.Account, session string, tenant int64) (auth.Principal, bool) {
	if tenant == acc.TenantID {
		return atHome(acc, session), true
	}
	p, ok := a.onVisit(acc, session)
	return p, ok && p.TenantID == tenant
}

// accessLife is how long an access token for p lives: no longer than his visit.
func (a *API) accessLife(p auth.Principal) time.Duration {
	life := time.Duration(a.cfg.AccessTokenExpireMinutes) * time.Minute
	if p.Visit != nil {
		life = min(life, p.Visit.Until.Sub(a.clock.Now()))
	}
	return max(life, time.Second)
}

// ownMatter says whether an operation is about the caller's own account: a visitor's is at home.
func ownMatter(needs auth.Permission) bool {
	return needs == auth.AccountOwn || needs == auth.NotificationsOwn || needs == auth.APIKeysManage
}

// publisher is whom a playbook's own runs act as: nobody, for a visitor, who is no user of the tenant.
func publisher(who auth.Principal) int64 {
	if who.Visiting() {
		return 0
	}
	return who.UserID
}

// mayPublish keeps a visitor from leaving behind what starts by itself: such runs act as their publisher, and a visitor's
// say ends with his visit. An unsaid enabled counts as true.
func mayPublish(ctx context.Context, trigger string, enabled bool) error {
	if !enabled || trigger == models.TriggerManual || !actor(ctx).Visiting() {
		return nil
	}
	return fault.New(fault.Conflict, "a playbook that starts by itself acts as who published it, and a visitor can't be that: "+
		"save it with enabled false, and have an admin of this tenant turn it on").WithCode("visitor_publishes")
}
