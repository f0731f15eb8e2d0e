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

// DefaultName is the name of the tenant that the first user belongs to.
const DefaultName = "Default"

// Params are what the service needs.
type Params struct {
	Store       *store.Store
	Hasher      *auth.Hasher
	MaxPerAdmin int // tenants that an admin who is no super_admin may make
}

// Service provisions tenants.
type Service struct {
	store  *store.Store
	hasher *auth.Hasher
	limit  int64
}

// New makes the service.
func New(p Params) *Service {
	return &Service{store: p.Store, hasher: p.Hasher, limit: int64(p.MaxPerAdmin)}
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
	Admin       *NewUser // its first administrator; nil: none yet
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
			if err := y.CreateUser(ctx, admin); err != nil {
				return err
			}
		}
		return audit.WriteFor(ctx, y, creator.TenantID, audit.Entry{
			Action: "tenant.create", ResourceType: "tenant", ResourceID: strconv.FormatInt(tenant.ID, 10),
			UserID: creator.UserID, Username: creator.Username, After: map[string]any{"name": tenant.Name},
		})
	})
	if err != nil {
		return nil, nil, err
	}
	return tenant, admin, nil
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
