package store_test

import (
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/velocicompanion/velocicompanion/internal/testkit"
	"github.com/velocicompanion/velocicompanion/models"
)

func TestAnElevationBelongsToOneSession(t *testing.T) {
	t.Parallel()
	s := testkit.Store(t)
	h := newTenant(t, s, "A")
	u := newUser(t, h, "ada", "admin")
	one, two := uuid.NewString(), uuid.NewString()
	first, last := s.Now().Add(time.Minute).Truncate(time.Microsecond), s.Now().Add(time.Hour).Truncate(time.Microsecond)
	require.NoError(t, h.Elevate(t.Context(), u.ID, one, "password", first))
	require.NoError(t, h.Elevate(t.Context(), u.ID, one, "totp", last))
	for session, want := range map[string]*time.Time{one: &last, two: nil, "": nil} {
		acc, err := s.System().UserByID(t.Context(), u.ID, session)
		require.NoError(t, err)
		if want == nil {
			require.Nil(t, acc.ElevatedUntil)
			continue
		}
		require.NotNil(t, acc.ElevatedUntil)
		require.True(t, want.Equal(*acc.ElevatedUntil), "%s", acc.ElevatedUntil)
	}
	n, err := s.System().PurgeElevations(t.Context(), last)
	require.NoError(t, err)
	require.Zero(t, n)
	n, err = s.System().PurgeElevations(t.Context(), last.Add(time.Second))
	require.NoError(t, err)
	require.EqualValues(t, 1, n)
}

func TestATenantDemandsASecondFactorOfRoles(t *testing.T) {
	t.Parallel()
	s := testkit.Store(t)
	h := newTenant(t, s, "A")
	admin, user := newUser(t, h, "ada", "admin"), newUser(t, h, "uwe", "user")
	for settings, want := range map[string]bool{
		`{}`: false, `{"require_totp_roles":[]}`: false, `{"require_totp_roles":["super_admin"]}`: false, `{"require_totp_roles":null}`: false,
		`{"require_totp_roles":["admin","super_admin"]}`: true,
	} {
		testkit.SetSettings(t, s, h.ID(), settings)
		for _, u := range []*models.User{admin, user} {
			acc, err := s.System().UserByID(t.Context(), u.ID, "")
			require.NoError(t, err)
			require.Equal(t, want && u == admin, acc.TOTPRequired, settings)
			require.Equal(t, want && u == admin, acc.EnrolmentDue(), settings)
		}
	}
	testkit.SetSettings(t, s, h.ID(), `{"require_totp_roles":["admin"]}`)
	confirmed(t, h, admin.ID)
	acc, err := s.System().UserByID(t.Context(), admin.ID, "")
	require.NoError(t, err)
	require.True(t, acc.TOTPRequired)
	require.False(t, acc.EnrolmentDue())
}
