package api

import (
	"context"
	"strconv"
	"time"

	"github.com/velocicompanion/velocicompanion/internal/audit"
	"github.com/velocicompanion/velocicompanion/internal/auth"
	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/internal/tenancy"
	"github.com/velocicompanion/velocicompanion/models"
)

// User is a user as the wire has it.
type User struct {
	ID            int64      `json:"id"`
	Username      string     `json:"username"`
	Email         string     `json:"email"`
	EmailVerified bool       `json:"email_verified"`
	Role          string     `json:"role" enum:"viewer,user,admin,super_admin"`
	TenantID      int64      `json:"tenant_id"`
	IsActive      bool       `json:"is_active"`
	TOTPEnabled   bool       `json:"totp_enabled"`
	CreatedAt     time.Time  `json:"created_at"`
	LastLoginAt   *time.Time `json:"last_login_at,omitempty"`
}

type userOut struct {
	Location string `header:"Location"`
	Body     User
}

// shapeUser is the wire form of a user: never the hash.
func shapeUser(row *models.User) User {
	b := User{
		ID: row.ID, Username: row.Username, Email: row.Email, EmailVerified: row.EmailVerified, Role: row.Role,
		TenantID: row.TenantID, IsActive: row.IsActive, TOTPEnabled: row.TOTPEnabled, CreatedAt: row.CreatedAt.UTC(),
	}
	if row.LastLoginAt != nil {
		at := row.LastLoginAt.UTC()
		b.LastLoginAt = &at
	}
	return b
}

func location(prefix string, id int64) string { return prefix + decimal(id) }

func decimal(id int64) string { return strconv.FormatInt(id, 10) }

type listUsersIn struct {
	PageInput

	Role   string `query:"role" enum:"viewer,user,admin,super_admin"`
	Active string `query:"is_active" enum:"true,false"`
}

func (a *API) listUsers(ctx context.Context, in *listUsersIn) (*listOut[User], error) {
	q := store.UserQuery{PageQuery: in.query(), Role: in.Role}
	if in.Active != "" {
		q.Active = new(in.Active == "true")
	}
	rows, p, err := a.tenant(ctx).ListUsers(ctx, q)
	if err != nil {
		return nil, err
	}
	return list(ctx, rows, p, shapeUser), nil
}

func (a *API) getUser(ctx context.Context, in *IDInput) (*userOut, error) {
	row, err := a.tenant(ctx).User(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return &userOut{Body: shapeUser(row)}, nil
}

type createUserIn struct {
	Body struct {
		Username string `json:"username" minLength:"1" maxLength:"100" pattern:"^[A-Za-z0-9][A-Za-z0-9._@+-]*$" patternDescription:"letters, digits and . _ @ + -"`
		Email    string `json:"email,omitempty" format:"email" maxLength:"254"`
		Role     string `json:"role,omitempty" enum:"viewer,user,admin,super_admin" default:"user"`
		Password string `json:"password,omitempty" maxLength:"200" doc:"12 characters to 72 bytes; without one the user can't sign in until it is set"`
	}
}

func (a *API) createUser(ctx context.Context, in *createUserIn) (*userOut, error) {
	role := auth.Role(in.Body.Role)
	if err := mayGrant(ctx, role); err != nil {
		return nil, err
	}
	row, err := a.tenancy.Row(ctx, tenancy.NewUser{Username: in.Body.Username, Email: in.Body.Email, Password: in.Body.Password, Role: role})
	if err != nil {
		return nil, err
	}
	err = a.tenant(ctx).InTx(ctx, func(ctx context.Context, t *store.Tenant) error {
		if err := t.CreateUser(ctx, row); err != nil {
			return err
		}
		return audit.Write(ctx, t, userEntry("user.create", row.ID, nil, row))
	})
	if err != nil {
		return nil, err
	}
	return &userOut{Location: location("/api/users/", row.ID), Body: shapeUser(row)}, nil
}

// mayGrant refuses a role above the caller's own.
func mayGrant(ctx context.Context, role auth.Role) error {
	if !actor(ctx).Role.CanGrant(role) {
		return fault.New(fault.Forbidden, "nobody gives a role above their own").WithCode("role_above_own")
	}
	return nil
}

type updateUserIn struct {
	IDInput

	Body struct {
		Email    *string `json:"email,omitempty" format:"email" maxLength:"254"`
		Role     *string `json:"role,omitempty" enum:"viewer,user,admin,super_admin"`
		IsActive *bool   `json:"is_active,omitempty" doc:"false ends all sessions at once"`
		Password *string `json:"password,omitempty" maxLength:"200" doc:"12 characters to 72 bytes; ends all sessions"`
	}
}

func (a *API) updateUser(ctx context.Context, in *updateUserIn) (*userOut, error) {
	change := store.UserChange{Email: in.Body.Email, Role: in.Body.Role, IsActive: in.Body.IsActive}
	if in.Body.Role != nil {
		if err := mayGrant(ctx, auth.Role(*in.Body.Role)); err != nil {
			return nil, err
		}
	}
	if _, err := a.subordinate(ctx, a.tenant(ctx), in.ID); err != nil { // before a hash is computed for nothing
		return nil, err
	}
	if in.Body.Password != nil {
		hash, err := a.hasher.Hash(ctx, *in.Body.Password)
		if err != nil {
			return nil, err
		}
		change.PasswordHash = &hash
	}
	var row *models.User
	err := a.tenant(ctx).InTx(ctx, func(ctx context.Context, t *store.Tenant) error {
		before, err := a.subordinate(ctx, t, in.ID)
		if err != nil {
			return err
		}
		if row, err = t.UpdateUser(ctx, in.ID, change); err != nil {
			return err
		}
		return audit.Write(ctx, t, userEntry("user.update", in.ID, before, row))
	})
	if err != nil {
		return nil, err
	}
	return &userOut{Body: shapeUser(row)}, nil
}

// subordinate reads a user whom the caller may change: nobody above the caller's own role.
func (*API) subordinate(ctx context.Context, t *store.Tenant, id int64) (*models.User, error) {
	row, err := t.User(ctx, id)
	if err != nil {
		return nil, err
	}
	if !actor(ctx).Role.AtLeast(auth.Role(row.Role)) {
		return nil, fault.New(fault.Forbidden, "this user's role is above yours").WithCode("role_above_own")
	}
	return row, nil
}

func (a *API) deleteUser(ctx context.Context, in *IDInput) (*struct{}, error) {
	return nil, a.tenant(ctx).InTx(ctx, func(ctx context.Context, t *store.Tenant) error {
		before, err := a.subordinate(ctx, t, in.ID)
		if err != nil {
			return err
		}
		if err := t.DeleteUser(ctx, in.ID); err != nil {
			return err
		}
		return audit.Write(ctx, t, userEntry("user.delete", in.ID, before, nil))
	})
}

// userEntry is an audit line about a user, in the wire form, which has no secrets.
func userEntry(action string, id int64, before, after *models.User) audit.Entry {
	e := audit.Entry{Action: action, ResourceType: "user", ResourceID: strconv.FormatInt(id, 10)}
	if before != nil {
		e.Before = shapeUser(before)
	}
	if after != nil {
		e.After = shapeUser(after)
	}
	return e
}
