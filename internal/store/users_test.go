package store_test

import (
	"fmt"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/internal/testkit"
	"github.com/velocicompanion/velocicompanion/models"
)

func newTenant(t *testing.T, s *store.Store, name string) *store.Tenant {
	t.Helper()
	row := &models.Tenant{Name: name}
	require.NoError(t, s.System().CreateTenant(t.Context(), row))
	require.Positive(t, row.ID)
	return s.Tenant(row.ID)
}

func newUser(t *testing.T, h *store.Tenant, name, role string) *models.User {
	t.Helper()
	u := &models.User{Username: name, Role: role, IsActive: true, PasswordHash: "x"}
	require.NoError(t, h.CreateUser(t.Context(), u))
	return u
}

func TestOfManyFirstRegistrationsOneWins(t *testing.T) {
	t.Parallel()
	s := testkit.Store(t)
	var won atomic.Int64
	g, ctx := errgroup.WithContext(t.Context())
	for i := range 6 {
		g.Go(func() error {
			made, err := s.System().CreateFirstUser(ctx, &models.Tenant{Name: "Default"},
				&models.User{Username: fmt.Sprintf("root%d", i), Role: "super_admin", IsActive: true})
			if made {
				won.Add(1)
			}
			return err
		})
	}
	require.NoError(t, g.Wait())
	require.EqualValues(t, 1, won.Load())
	there, err := s.System().AnyUser(t.Context())
	require.NoError(t, err)
	require.True(t, there)
}

func TestUserNamesAreUniqueInTheInstallationWhateverTheCase(t *testing.T) {
	t.Parallel()
	s := testkit.Store(t)
	a, b := newTenant(t, s, "A"), newTenant(t, s, "B")
	u := newUser(t, a, "Ada", "admin")
	err := b.CreateUser(t.Context(), &models.User{Username: "ADA", Role: "user", IsActive: true})
	require.True(t, fault.Is(err, fault.Conflict), err)
	got, err := s.System().UserByUsername(t.Context(), "aDa")
	require.NoError(t, err)
	require.Equal(t, u.ID, got.ID)
	require.Equal(t, a.ID(), got.TenantID)
	require.True(t, got.MayWork())
	_, err = s.System().UserByUsername(t.Context(), "nobody")
	require.True(t, fault.Is(err, fault.NotFound), err)
	_, err = b.User(t.Context(), u.ID)
	require.True(t, fault.Is(err, fault.NotFound), err)
}

func TestTheLastAdministratorStays(t *testing.T) {
	t.Parallel()
	s := testkit.Store(t)
	h := newTenant(t, s, "A")
	one, two := newUser(t, h, "one", "admin"), newUser(t, h, "two", "admin")
	newUser(t, h, "three", "user")
	off, role := false, "viewer"
	_, err := h.UpdateUser(t.Context(), one.ID, store.UserChange{IsActive: &off})
	require.NoError(t, err)
	_, err = h.UpdateUser(t.Context(), two.ID, store.UserChange{Role: &role})
	require.True(t, fault.Is(err, fault.Conflict), err)
	require.True(t, fault.Is(h.DeleteUser(t.Context(), two.ID), fault.Conflict))
	still, err := h.User(t.Context(), two.ID)
	require.NoError(t, err)
	require.Equal(t, "admin", still.Role)
}

func TestTwoAdministratorsCanNotRemoveEachOtherAtOnce(t *testing.T) {
	t.Parallel()
	s := testkit.Store(t)
	h := newTenant(t, s, "A")
	users := []*models.User{newUser(t, h, "one", "admin"), newUser(t, h, "two", "admin")}
	var refused atomic.Int64
	g, ctx := errgroup.WithContext(t.Context())
	for _, u := range users {
		g.Go(func() error {
			err := h.DeleteUser(ctx, u.ID)
			if fault.Is(err, fault.Conflict) {
				refused.Add(1)
				return nil
			}
			return err
		})
	}
	require.NoError(t, g.Wait())
	require.EqualValues(t, 1, refused.Load())
}

func TestListUsersByCursorMeetsEveryRowOnce(t *testing.T) {
	t.Parallel()
	s := testkit.Store(t)
	h := newTenant(t, s, "A")
	newUser(t, newTenant(t, s, "B"), "stranger", "admin")
	for i := range 7 {
		newUser(t, h, fmt.Sprintf("u%d", i%2*10+i), "user")
	}
	for _, sort := range []string{"", "username", "created_at", "last_login_at"} {
		seen := map[string]bool{}
		q := store.UserQuery{PageQuery: store.PageQuery{Limit: 3, Sort: sort, Desc: true}}
		for {
			rows, p, err := h.ListUsers(t.Context(), q)
			require.NoError(t, err, sort)
			require.Equal(t, 7, p.Total)
			require.True(t, p.Exact)
			for i := range rows {
				require.False(t, seen[rows[i].Username], "%s twice", rows[i].Username)
				seen[rows[i].Username] = true
			}
			if p.Next == "" {
				break
			}
			q.Cursor = p.Next
		}
		require.Len(t, seen, 7, sort)
	}
	for _, bad := range []string{"%%%", "e30", "eyJzIjoiaWQiLCJ2IjoieCIsImkiOjF9"} {
		_, _, err := h.ListUsers(t.Context(), store.UserQuery{PageQuery: store.PageQuery{Cursor: bad}})
		require.True(t, fault.Is(err, fault.Invalid), "%s: %v", bad, err)
	}
}
