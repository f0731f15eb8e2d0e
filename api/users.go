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
	Invited       bool       `json:"invited" doc:"has no password yet: can't sign in before an invitation is accepted"`
	LockedUntil   *time.Time `json:"locked_until,omitempty" doc:"signing in is refused until then, after too many failures"`
	CreatedAt     time.Time  `json:"created_at"`
	LastLoginAt   *time.Time `json:"last_login_at,omitempty"`
}

type userOut struct {
	Location string `header:"Location"`
	Body     User
}

// shapeUser is the wire form of a user: never the hash.
func shapeUser(row *models.User) User {
	return User{
		ID: row.ID, Username: row.Username, Email: row.Email, EmailVerified: row.EmailVerified, Role: row.Role,
		TenantID: row.TenantID, IsActive: row.IsActive, TOTPEnabled: row.TOTPEnabled, Invited: row.PasswordHash == "",
		CreatedAt: row.CreatedAt.UTC(), LastLoginAt: utc(row.LastLoginAt),
	}
}

// showUser is shapeUser with what holds at this moment only.
func (a *API) showUser(row *models.User) User {
	u := shapeUser(row)
	if row.LockedUntil != nil && row.LockedUntil.After(a.clock.Now()) {
		u.LockedUntil = utc(row.LockedUntil)
	}
	return u
}

func location(prefix string, id int64) string { return prefix + decimal(id) }

func decimal(id int64) string { return strconv.FormatInt(id, 10) }

type listUsersIn struct {
	PageInput

	Search  string `query:"q" maxLength:"200" doc:"somewhere in the user name or the e-mail address; * stands for any text"`
	Role    string `query:"role" enum:"viewer,user,admin,super_admin"`
	Active  string `query:"is_active" enum:"true,false"`
	Invited string `query:"invited" enum:"true,false" doc:"true: those who have no password yet"`
	Locked  string `query:"locked" enum:"true,false" doc:"true: those who failed to sign in too often, a moment ago"`
}

func (a *API) listUsers(ctx context.Context, in *listUsersIn) (*listOut[User], error) {
	rows, p, err := a.tenant(ctx).ListUsers(ctx, store.UserQuery{
		PageQuery: in.query(), Search: in.Search, Role: in.Role, Active: flag(in.Active), Invited: flag(in.Invited), Locked: flag(in.Locked),
	})
	if err != nil {
		return nil, err
	}
	return list(ctx, rows, p, a.showUser), nil
}

func (a *API) getUser(ctx context.Context, in *IDInput) (*userOut, error) {
	row, err := a.tenant(ctx).User(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return &userOut{Body: a.showUser(row)}, nil
}

type createUserIn struct {
	Body struct {
		Username string `json:"username" minLength:"1" maxLength:"100" pattern:"^[A-Za-z0-9][A-Za-z0-9._@+-]*$" patternDescription:"letters, digits and . _ @ + -"`
		Email    string `json:"email,omitempty" format:"email" maxLength:"254"`
		Role     string `json:"role,omitempty" enum:"viewer,user,admin,super_admin" default:"user"`
		Password string `json:"password,omitempty" maxLength:"200" doc:"12 characters to 72 bytes; without one an invitation goes out"`
	}
}

type createUserOut struct {
	Location string `header:"Location"`
	Body     struct {
		User
		Invited
	}
}

// createUser makes a user with a password, or one who gets an invitation to set it.
func (a *API) createUser(ctx context.Context, in *createUserIn) (*createUserOut, error) {
	role := auth.Role(in.Body.Role)
	if err := mayGrant(ctx, role); err != nil {
		return nil, err
	}
	row, err := a.tenancy.Row(ctx, tenancy.NewUser{Username: in.Body.Username, Email: in.Body.Email, Password: in.Body.Password, Role: role})
	if err != nil {
		return nil, err
	}
	if row.PasswordHash == "" {
		if err := a.mayInvite(ctx, auth.InvitationLimits(actor(ctx).UserID), row.Email); err != nil {
			return nil, err
		}
	}
	var made *invitation
	err = a.tenant(ctx).InTx(ctx, func(ctx context.Context, t *store.Tenant) error {
		if err := t.CreateUser(ctx, row); err != nil {
			return err
		}
		if row.PasswordHash == "" {
			if made, err = a.invite(ctx, t, row); err != nil {
				return err
			}
		}
		return audit.Write(ctx, t, userEntry("user.create", row.ID, nil, row))
	})
	if err != nil {
		return nil, err
	}
	if made == nil {
		a.verifyLater(ctx, row)
	}
	out := &createUserOut{Location: location("/api/users/", row.ID)}
	out.Body.User, out.Body.Invited = shapeUser(row), a.deliver(ctx, made)
	return out, nil
}

// mayGrant refuses a role above the caller's own.
func mayGrant(ctx context.Context, role auth.Role) error {
	if !actor(ctx).Role.CanGrant(role) {
		return fault.New(fault.Forbidden, "nobody gives a role above their own").WithCode("role_above_own")
	}
	return nil
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

// notOneself refuses what an administrator does to others only.
func notOneself(ctx context.Context, id int64, verb string) error {
	if actor(ctx).UserID == id {
		return fault.New(fault.Conflict, "you can't %s your own account here", verb).WithCode("own_account")
	}
	return nil
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
		if err := notOneself(ctx, in.ID, "remove"); err != nil {
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
