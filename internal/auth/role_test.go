package auth_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/velocicompanion/velocicompanion/internal/auth"
	"github.com/velocicompanion/velocicompanion/internal/fault"
)

func TestRolesNest(t *testing.T) {
	t.Parallel()
	for i, r := range auth.Roles() {
		for j, least := range auth.Roles() {
			require.Equal(t, i >= j, r.AtLeast(least), "%s at least %s", r, least)
		}
	}
}

func TestUnknownRoleOpensNothing(t *testing.T) {
	t.Parallel()
	for _, r := range auth.Roles() {
		require.False(t, r.AtLeast("root"))
		require.False(t, auth.Role("root").AtLeast(r))
	}
	require.False(t, auth.Role("").AtLeast(""))
}

func TestParseRole(t *testing.T) {
	t.Parallel()
	r, err := auth.ParseRole("super_admin")
	require.NoError(t, err)
	require.Equal(t, auth.RoleSuperAdmin, r)
	for _, bad := range []string{"", "Admin", " admin", "owner"} {
		_, err := auth.ParseRole(bad)
		require.True(t, fault.Is(err, fault.Invalid), bad)
	}
}

func TestNobodyGrantsAboveThemselves(t *testing.T) {
	t.Parallel()
	require.True(t, auth.RoleAdmin.CanGrant(auth.RoleAdmin))
	require.False(t, auth.RoleAdmin.CanGrant(auth.RoleSuperAdmin))
	require.False(t, auth.RoleUser.CanGrant(auth.RoleViewer))
	require.True(t, auth.RoleSuperAdmin.CanGrant(auth.RoleSuperAdmin))
}

func TestPermit(t *testing.T) {
	t.Parallel()
	who := auth.Principal{UserID: 7, TenantID: 3, Username: "ana", Role: auth.RoleUser}
	ctx := auth.WithPrincipal(t.Context(), who)
	got, ok := auth.PrincipalFrom(ctx)
	require.True(t, ok)
	require.Equal(t, who, got)
	require.NoError(t, got.Permit(auth.HostsWrite))
	require.True(t, fault.Is(got.Permit(auth.UsersManage), fault.Forbidden))
	require.True(t, fault.Is(got.Permit("no:such"), fault.Forbidden))
	require.NoError(t, auth.Principal{}.Permit(auth.Public))
}

func TestPermissionTable(t *testing.T) {
	t.Parallel()
	seen := map[auth.Permission]bool{}
	for _, g := range auth.Permissions() {
		require.False(t, seen[g.Permission], g.Permission)
		seen[g.Permission] = true
		require.True(t, g.Role.Valid(), g.Permission)
		require.NotEmpty(t, g.Summary, g.Permission)
	}
	require.False(t, auth.Role("root").Has(auth.HostsRead))
	require.False(t, auth.RoleSuperAdmin.Has(""))
	require.Len(t, auth.RoleSuperAdmin.Permissions(), len(seen))
	require.NotContains(t, auth.RoleViewer.Permissions(), auth.HostsWrite, "a viewer reads only")
}
