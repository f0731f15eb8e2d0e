package auth

import (
	"slices"

	"github.com/velocicompanion/velocicompanion/internal/fault"
)

// Role is what a user may do in a tenant; roles nest, each may all that the ones below may.
type Role string

// The roles, lowest first.
const (
	RoleViewer     Role = "viewer"      // reads only
	RoleUser       Role = "user"        // does the analyst's work
	RoleAdmin      Role = "admin"       // runs the tenant
	RoleSuperAdmin Role = "super_admin" // runs the installation
)

// Roles lists every role, lowest first.
func Roles() []Role { return []Role{RoleViewer, RoleUser, RoleAdmin, RoleSuperAdmin} }

// ParseRole reads a role's name; any other text is a fault of kind Invalid on the field "role".
func ParseRole(s string) (Role, error) {
	r := Role(s)
	if !r.Valid() {
		return "", fault.InvalidField("role", "must be one of viewer, user, admin, super_admin")
	}
	return r, nil
}

// Valid says whether r is one of Roles.
func (r Role) Valid() bool { return r.rank() >= 0 }

// AtLeast says whether r may all that least may. It is false when either is no known role: an unknown demand must not
// open a door.
func (r Role) AtLeast(least Role) bool {
	return r.Valid() && least.Valid() && r.rank() >= least.rank()
}

// CanGrant says whether somebody with role r may give another the role other: never one above their own, and only from
// admin up.
func (r Role) CanGrant(other Role) bool { return r.AtLeast(RoleAdmin) && r.AtLeast(other) }

func (r Role) rank() int { return slices.Index(Roles(), r) }
