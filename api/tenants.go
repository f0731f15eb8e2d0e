package api

import (
	"context"
	"encoding/json"
	"time"

	"github.com/velocicompanion/velocicompanion/internal/auth"
	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/internal/tenancy"
	"github.com/velocicompanion/velocicompanion/models"
)

// Tenant is a tenant as the wire has it.
type Tenant struct {
	ID          int64           `json:"id"`
	Name        string          `json:"name"`
	Description string          `json:"description"`
	Status      string          `json:"status" enum:"active,suspended,deleting"`
	Settings    json.RawMessage `json:"settings"`
	CreatedAt   time.Time       `json:"created_at"`
}

type tenantOut struct{ Body Tenant }

func shapeTenant(row *models.Tenant) Tenant {
	return Tenant{
		ID: row.ID, Name: row.Name, Description: row.Description, Status: row.Status, Settings: row.Settings,
		CreatedAt: row.CreatedAt.UTC(),
	}
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
	me := actor(ctx)
	var row *models.Tenant
	var err error
	switch {
	case in.ID == me.TenantID:
		row, err = a.tenant(ctx).Own(ctx)
	case me.Role.AtLeast(auth.RoleSuperAdmin):
		row, err = a.store.System().TenantByID(ctx, in.ID)
	default:
		err = fault.New(fault.NotFound, "there is no such tenant")
	}
	if err != nil {
		return nil, err
	}
	return &tenantOut{Body: shapeTenant(row)}, nil
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

		Admin *User `json:"admin,omitempty"`
	}
}

func (a *API) createTenant(ctx context.Context, in *createTenantIn) (*createTenantOut, error) {
	n := tenancy.NewTenant{Name: in.Body.Name, Description: in.Body.Description}
	if adm := in.Body.Admin; adm != nil {
		n.Admin = &tenancy.NewUser{Username: adm.Username, Email: adm.Email, Password: adm.Password}
	}
	tenant, admin, err := a.tenancy.Create(ctx, actor(ctx), n)
	if err != nil {
		return nil, err
	}
	out := &createTenantOut{Location: location("/api/tenants/", tenant.ID)}
	out.Body.Tenant = shapeTenant(tenant)
	if admin != nil {
		body := shapeUser(admin)
		out.Body.Admin = &body
	}
	return out, nil
}
