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

func TestRequire(t *testing.T) {
	t.Parallel()
	_, err := auth.Require(t.Context(), auth.RoleViewer)
	require.True(t, fault.Is(err, fault.Unauthenticated))

	want := auth.Principal{UserID: 7, TenantID: 3, Username: "ana", Role: auth.RoleUser}
	ctx := auth.WithPrincipal(t.Context(), want)
	got, err := auth.Require(ctx, auth.RoleUser)
	require.NoError(t, err)
	require.Equal(t, want, got)
	_, err = auth.Require(ctx, auth.RoleAdmin)
	require.True(t, fault.Is(err, fault.Forbidden))
}
