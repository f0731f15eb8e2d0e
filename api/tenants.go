package api

import (
	"context"
	"time"

	"github.com/velocicompanion/velocicompanion/internal/auth"
	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/internal/tenancy"
	"github.com/velocicompanion/velocicompanion/models"
)

// Tenant is a tenant as the wire has it.
type Tenant struct {
	ID              int64          `json:"id"`
	Name            string         `json:"name"`
	Description     string         `json:"description"`
	Status          string         `json:"status" enum:"active,suspended,deleting"`
	Settings        TenantSettings `json:"settings"`
	CreatedAt       time.Time      `json:"created_at"`
	SuspendedReason string         `json:"suspended_reason,omitempty" doc:"why it is suspended or being deleted"`
	DeleteAt        *time.Time     `json:"delete_at,omitempty" doc:"status deleting: from then on everything of it is removed; until then it can be restored"`
}

// TenantSettings are a tenant's choices, with the defaults in them.
type TenantSettings struct {
	TimeZone             string   `json:"time_zone" doc:"IANA name"`
	RequireTOTPRoles     []string `json:"require_totp_roles" nullable:"false" enum:"viewer,user,admin,super_admin" doc:"whoever has one of these roles must have a second factor"`
	MaxConcurrentRuns    int      `json:"max_concurrent_runs" doc:"runs at once; what is past them waits in queued"`
	TaskQueueConcurrency int      `json:"task_queue_concurrency" doc:"steps at once in one worker process, at most the installation's WORKER_TENANT_SLOTS; 0: as many as that"`
	AuditRetentionDays   int      `json:"audit_retention_days" doc:"0: for ever"`
	SessionMaxHours      int      `json:"session_max_hours" doc:"from sign-in to the end of a session, however it is used; 0: no bound"`

	ObservationRetentionDays int      `json:"observation_retention_days" doc:"rows older than that are removed, by the month where it is 90 or more; 0: for ever"`
	StackedFields            []string `json:"stacked_fields" nullable:"false" doc:"dotted paths whose values are counted besides the usual ones"`

	RunVQLEnabled bool `json:"run_vql_enabled" doc:"playbooks may run queries of their own on the Velociraptor server (run_vql); only a super_admin turns it on"`
}

type tenantOut struct {
	ETag string `header:"ETag"`
	Body Tenant
}

func oneTenant(row *models.Tenant) *tenantOut {
	return &tenantOut{ETag: etag(row.UpdatedAt), Body: shapeTenant(row)}
}

func shapeTenant(row *models.Tenant) Tenant {
	s := row.Chosen()
	out := Tenant{
		ID: row.ID, Name: row.Name, Description: row.Description, Status: row.Status, CreatedAt: row.CreatedAt.UTC(),
		SuspendedReason: row.SuspendedReason, DeleteAt: utc(row.DeleteAt),
		Settings: TenantSettings{
			TimeZone: s.TimeZone, RequireTOTPRoles: notNil(s.RequireTOTPRoles), MaxConcurrentRuns: s.MaxConcurrentRuns,
			TaskQueueConcurrency: s.TaskQueueConcurrency, AuditRetentionDays: s.AuditRetentionDays, SessionMaxHours: s.SessionMaxHours,
			ObservationRetentionDays: s.ObservationRetentionDays, StackedFields: notNil(s.StackedFields),
			RunVQLEnabled: s.RunVQLEnabled,
		},
	}
	if row.DeletedReason != "" {
		out.SuspendedReason = row.DeletedReason
	}
	return out
}

type listTenantsIn struct{ PageInput }

func (a *API) listTenants(ctx context.Context, in *listTenantsIn) (*listOut[Tenant], error) {
	if actor(ctx).Role.AtLeast(auth.RoleSuperAdmin) {
		rows, p, err := a.store.System().ListTenants(ctx, in.query())
		if err != nil {
			return nil, err
		}
		return list(ctx, rows, p, shapeTenant), nil
	}
	own, err := a.tenant(ctx).Own(ctx)
	if err != nil {
		return nil, err
	}
	return list(ctx, []models.Tenant{*own}, store.Page{Total: 1, Exact: true}, shapeTenant), nil
}

// getTenant answers one's own tenant; any, for a super_admin.
func (a *API) getTenant(ctx context.Context, in *IDInput) (*tenantOut, error) {
	if err := reaches(ctx, in.ID); err != nil {
		return nil, err
	}
	row, err := a.store.System().TenantByID(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return oneTenant(row), nil
}

// reaches lets a super_admin at any tenant, and everybody else at the one he acts in. Faults: NotFound.
func reaches(ctx context.Context, id int64) error {
	if me := actor(ctx); id != me.TenantID && !me.Role.AtLeast(auth.RoleSuperAdmin) {
		return fault.New(fault.NotFound, "there is no such tenant")
	}
	return nil
}

type createTenantIn struct {
	Body struct {
		Name        string `json:"name" minLength:"1" maxLength:"200" pattern:"\\S" patternDescription:"more than white space"`
		Description string `json:"description,omitempty" maxLength:"10000"`
		Admin       *struct {
			Username string `json:"username" minLength:"1" maxLength:"100" pattern:"^[A-Za-z0-9][A-Za-z0-9._@+-]*$" patternDescription:"letters, digits and . _ @ + -"`
			Email    string `json:"email,omitempty" format:"email" maxLength:"254"`
			Password string `json:"password,omitempty" maxLength:"200" doc:"12 characters to 72 bytes; without one the user can't sign in until it is set"`
		} `json:"admin,omitempty" doc:"its first administrator"`
	}
}

type createTenantOut struct {
	Location string `header:"Location"`
	Body     struct {
		Tenant

		Admin *newAdmin `json:"admin,omitempty"`
	}
}

// newAdmin is a tenant's first administrator with word of his invitation.
type newAdmin struct {
	User
	Invited
}

// createTenant makes a tenant with its first administrator: with a password, or with an invitation to set it.
func (a *API) createTenant(ctx context.Context, in *createTenantIn) (*createTenantOut, error) {
	n := tenancy.NewTenant{Name: in.Body.Name, Description: in.Body.Description}
	token, me := "", actor(ctx)
	if adm := in.Body.Admin; adm != nil {
		n.Admin = &tenancy.NewUser{Username: adm.Username, Email: adm.Email, Password: adm.Password}
		if adm.Password == "" {
			made, hash := auth.NewLinkToken()
			token = made
			n.Invitation = &store.NewInvitation{TokenHash: hash, TTL: invitationLife, InvitedBy: me.UserID}
		}
	}
	tenant, admin, err := a.tenancy.Create(ctx, me, n)
	if err != nil {
		return nil, err
	}
	out := &createTenantOut{Location: location("/api/tenants/", tenant.ID)}
	out.Body.Tenant = shapeTenant(tenant)
	if admin == nil {
		return out, nil
	}
	out.Body.Admin = &newAdmin{User: shapeUser(admin)}
	if token != "" {
		out.Body.Admin.Invited = a.deliver(ctx, &invitation{user: admin, tenant: tenant.Name, by: me.Username, token: token})
	} else {
		a.verifyLater(ctx, admin)
	}
	return out, nil
}
