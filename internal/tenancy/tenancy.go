package tenancy

import (
	"context"
	"log/slog"
	"strconv"
	"time"

	"github.com/velocicompanion/velocicompanion/internal/audit"
	"github.com/velocicompanion/velocicompanion/internal/auth"
	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/models"
)

// DefaultName is the name of the tenant that the first user belongs to.
const DefaultName = "Default"

// Params are what the service needs.
type Params struct {
	Store       *store.Store
	Hasher      *auth.Hasher
	MaxPerAdmin int           // tenants that an admin who is no super_admin may make
	Grace       time.Duration // for how long a deleted tenant can be restored
	Workflows   Workflows     // nil: a removed tenant's workflows are left to end by themselves
	Servers     Servers       // nil: what was installed on a removed tenant's server stays there
	Log         *slog.Logger
	Version     string        // of the product, for exports
	Every       time.Duration // between rounds of Run; 0 means 15 s
}

// Service provisions tenants, and looks after them until they are gone.
type Service struct {
	store     *store.Store
	hasher    *auth.Hasher
	limit     int64
	grace     time.Duration
	workflows Workflows
	servers   Servers
	log       *slog.Logger
	version   string
	every     time.Duration
	exports   chan struct{} // exports at work
}

// New makes the service.
func New(p Params) *Service {
	if p.Every <= 0 {
		p.Every = tidyEvery
	}
	return &Service{
		store: p.Store, hasher: p.Hasher, limit: int64(p.MaxPerAdmin), grace: p.Grace, workflows: p.Workflows, servers: p.Servers, log: p.Log,
		version: p.Version, every: p.Every, exports: make(chan struct{}, exportsAtOnce),
	}
}

// NewUser describes somebody to be made a user.
type NewUser struct {
	Username string
	Email    string
	Password string // empty: none yet; the user can't sign in before one is set
	Role     auth.Role
}

// Row checks the address, hashes the password and makes the row. Faults: Invalid (the address, the password).
func (s *Service) Row(ctx context.Context, n NewUser) (*models.User, error) {
	row := &models.User{Username: n.Username, Email: n.Email, Role: string(n.Role), IsActive: true}
	if n.Email != "" {
		if err := auth.CheckEmail(n.Email); err != nil {
			return nil, err
		}
	}
	if n.Password == "" {
		return row, nil
	}
	hash, err := s.hasher.Hash(ctx, n.Password, n.Username, n.Email)
	row.PasswordHash = hash
	return row, err
}

// First makes the installation's first user, super_admin of the default tenant; nil when there is a user already. Of
// many calls at once one wins. Faults: Invalid (the password).
func (s *Service) First(ctx context.Context, n NewUser) (*models.User, error) {
	there, err := s.store.System().AnyUser(ctx)
	if err != nil || there {
		return nil, err
	}
	n.Role = auth.RoleSuperAdmin
	row, err := s.Row(ctx, n)
	if err != nil {
		return nil, err
	}
	var made bool
	err = s.store.System().InTx(ctx, func(ctx context.Context, y *store.System) error {
		made, err = y.CreateFirstUser(ctx, &models.Tenant{Name: DefaultName, Description: "Made with the first user"}, row)
		if err != nil || !made {
			return err
		}
		return audit.WriteFor(ctx, y, row.TenantID, audit.Entry{
			Action: "user.register", ResourceType: "user", ResourceID: strconv.FormatInt(row.ID, 10),
			UserID: row.ID, Username: row.Username, After: map[string]any{"username": row.Username, "role": row.Role},
		})
	})
	if err != nil || !made {
		return nil, err
	}
	return row, nil
}

// NewTenant describes a tenant to be made.
type NewTenant struct {
	Name        string
	Description string
	Admin       *NewUser             // its first administrator; nil: none yet
	Invitation  *store.NewInvitation // for an administrator without a password: the token by which he sets the first one
}

// Create makes a tenant for its creator, who must be an admin. Faults: Conflict (tenant_exists, username_taken,
// tenant_limit), Invalid (the password), Forbidden.
func (s *Service) Create(ctx context.Context, creator auth.Principal, n NewTenant) (*models.Tenant, *models.User, error) {
	if !creator.Role.AtLeast(auth.RoleAdmin) {
		return nil, nil, fault.New(fault.Forbidden, "only an admin makes tenants")
	}
	var admin *models.User
	if n.Admin != nil {
		n.Admin.Role = auth.RoleAdmin
		row, err := s.Row(ctx, *n.Admin)
		if err != nil {
			return nil, nil, err
		}
		admin = row
	}
	tenant := &models.Tenant{Name: n.Name, Description: n.Description, CreatedBy: &creator.UserID}
	err := s.store.System().InTx(ctx, func(ctx context.Context, y *store.System) error {
		if err := s.checkLimit(ctx, y, creator); err != nil {
			return err
		}
		if err := y.CreateTenant(ctx, tenant); err != nil {
			return err
		}
		if admin != nil {
			admin.TenantID = tenant.ID
			if err := s.firstAdmin(ctx, y, creator, admin, n.Invitation); err != nil {
				return err
			}
		}
		return both(ctx, y, creator, tenant.ID, audit.Entry{
			Action: "tenant.create", ResourceType: "tenant", ResourceID: strconv.FormatInt(tenant.ID, 10),
			After: map[string]any{"name": tenant.Name, "description": tenant.Description},
		})
	})
	if err != nil {
		return nil, nil, err
	}
	return tenant, admin, nil
}

// firstAdmin makes a tenant's first administrator, and invites him where he has no password.
func (*Service) firstAdmin(ctx context.Context, y *store.System, creator auth.Principal, admin *models.User, invite *store.NewInvitation) error {
	if err := y.CreateUser(ctx, admin); err != nil {
		return err
	}
	if invite != nil && admin.PasswordHash == "" {
		n := *invite
		n.UserID = admin.ID
		if err := y.InviteFor(ctx, admin.TenantID, n); err != nil {
			return err
		}
	}
	return both(ctx, y, creator, admin.TenantID, audit.Entry{
		Action: "user.create", ResourceType: "user", ResourceID: strconv.FormatInt(admin.ID, 10),
		After: map[string]any{"username": admin.Username, "email": admin.Email, "role": admin.Role, "tenant_id": admin.TenantID},
	})
}

func (s *Service) checkLimit(ctx context.Context, y *store.System, creator auth.Principal) error {
	if creator.Role.AtLeast(auth.RoleSuperAdmin) {
		return nil
	}
	n, err := y.TenantsCreatedBy(ctx, creator.UserID)
	if err != nil {
		return err
	}
	if n >= s.limit {
		return fault.New(fault.Conflict, "you have made %d tenants, the most an admin may", n).WithCode("tenant_limit")
	}
	return nil
}
