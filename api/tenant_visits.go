package api

import (
	"context"
	"time"

	"github.com/velocicompanion/velocicompanion/internal/auth"
	"github.com/velocicompanion/velocicompanion/models"
)

type switchIn struct {
	IDInput

	Body struct {
		Reason

		Minutes int `json:"minutes,omitempty" minimum:"5" maximum:"60" default:"30" doc:"how long the visit may last"`
	}
}

// switchTenant takes the caller's session into another tenant. The answer's access token is for that tenant; the refresh
// token stays what it is.
func (a *API) switchTenant(ctx context.Context, in *switchIn) (*tokenOut, error) {
	me := actor(ctx)
	if _, err := a.tenancy.Visit(ctx, me, in.ID, in.Body.Reason.Reason, in.Body.Minutes); err != nil {
		return nil, err
	}
	return a.accessToken(ctx, me)
}

// leaveTenant ends the session's visit, if there is one, and gives an access token for the own tenant.
func (a *API) leaveTenant(ctx context.Context, _ *struct{}) (*tokenOut, error) {
	me := actor(ctx)
	if err := a.tenancy.Leave(ctx, me); err != nil {
		return nil, err
	}
	return a.accessToken(ctx, me)
}

// accessToken answers an access token for where the caller's session is by now.
func (a *API) accessToken(ctx context.Context, me auth.Principal) (*tokenOut, error) {
	acc, err := a.store.System().UserByID(ctx, me.UserID, me.SessionID)
	if err != nil {
		return nil, err
	}
	return a.access(acc, me.SessionID)
}

// TenantVisit is a super_admin's visit as the visited tenant sees it.
type TenantVisit struct {
	ID        int64      `json:"id"`
	Visitor   string     `json:"visitor" doc:"name (tenant)"`
	Reason    string     `json:"reason"`
	StartedAt time.Time  `json:"started_at"`
	Until     time.Time  `json:"until" doc:"the latest end"`
	EndedAt   *time.Time `json:"ended_at"`
	EndReason string     `json:"end_reason,omitempty" enum:"left,expired,next,session,tenant"`
}

type visitsOut struct {
	Body []TenantVisit `nullable:"false"`
}

// listVisits tells a tenant who was there.
func (a *API) listVisits(ctx context.Context, in *IDInput) (*visitsOut, error) {
	if err := reaches(ctx, in.ID); err != nil {
		return nil, err
	}
	t := a.store.Tenant(in.ID)
	if _, err := t.Own(ctx); err != nil {
		return nil, err
	}
	rows, err := t.Visits(ctx)
	if err != nil {
		return nil, err
	}
	out := &visitsOut{Body: make([]TenantVisit, 0, len(rows))}
	for i := range rows {
		out.Body = append(out.Body, a.shapeVisit(&rows[i]))
	}
	return out, nil
}

// shapeVisit tells of a visit; one that ran out is over, also before somebody has noted it.
func (a *API) shapeVisit(v *models.Visit) TenantVisit {
	out := TenantVisit{
		ID: v.ID, Visitor: v.VisitorName(), Reason: v.Reason, StartedAt: v.StartedAt.UTC(), Until: v.ExpiresAt.UTC(),
		EndedAt: utc(v.EndedAt), EndReason: v.EndReason,
	}
	if v.EndedAt == nil && !v.ExpiresAt.After(a.clock.Now()) {
		out.EndedAt, out.EndReason = utc(&v.ExpiresAt), models.VisitExpired
	}
	return out
}

// MyVisit is the visit that the caller's token is for.
type MyVisit struct {
	ID           int64     `json:"id"`
	TenantID     int64     `json:"tenant_id"`
	TenantName   string    `json:"tenant_name"`
	HomeTenantID int64     `json:"home_tenant_id"`
	Reason       string    `json:"reason"`
	Until        time.Time `json:"until"`
}

// tellVisit puts into a visitor's own account what he is where he visits.
func tellVisit(ctx context.Context, me *Me) {
	v := actor(ctx).Visit
	if v == nil {
		return
	}
	me.Role, me.Permissions = string(auth.RoleAdmin), auth.RoleAdmin.Permissions()
	me.Visit = &MyVisit{
		ID: v.ID, TenantID: v.TenantID, TenantName: v.TenantName, HomeTenantID: v.HomeTenantID, Reason: v.Reason, Until: v.Until.UTC(),
	}
}
