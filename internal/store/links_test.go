package store_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/internal/testkit"
	"github.com/velocicompanion/velocicompanion/models"
)

func TestALinkNamesItsUserUntilItIsSpent(t *testing.T) {
	t.Parallel()
	c, s := instances(t, 1)
	a, b := newTenant(t, s[0], "A"), newTenant(t, s[0], "B")
	mailUser(t, a, "root", "x")
	u := mailUser(t, a, "ada", "old")
	opens := func(kind store.Link, hash []byte) bool {
		t.Helper()
		got, err := a.LinkUser(t.Context(), kind, hash)
		if err != nil {
			requireVoid(t, err)
			return false
		}
		require.Equal(t, u.ID, got.ID)
		require.Equal(t, "old", got.PasswordHash)
		return true
	}
	require.NoError(t, a.CreateResetToken(t.Context(), u.ID, digest(1), time.Hour))
	require.True(t, opens(store.LinkReset, digest(1)))
	require.False(t, opens(store.LinkReset, digest(2)))
	require.False(t, opens(store.LinkInvitation, digest(1)))
	_, err := b.LinkUser(t.Context(), store.LinkReset, digest(1))
	requireVoid(t, err)

	_, _, err = s[0].System().SuspendTenant(t.Context(), a.ID(), "a test")
	require.NoError(t, err)
	require.False(t, opens(store.LinkReset, digest(1)))
	_, err = s[0].System().ResumeTenant(t.Context(), a.ID())
	require.NoError(t, err)
	_, err = a.UpdateUser(t.Context(), u.ID, store.UserChange{IsActive: new(false)})
	require.NoError(t, err)
	require.False(t, opens(store.LinkReset, digest(1)))
	_, err = a.UpdateUser(t.Context(), u.ID, store.UserChange{IsActive: new(true)})
	require.NoError(t, err)
	require.True(t, opens(store.LinkReset, digest(1)))

	c.Advance(time.Hour)
	require.False(t, opens(store.LinkReset, digest(1)))
	require.NoError(t, a.CreateResetToken(t.Context(), u.ID, digest(3), time.Hour))
	after, err := a.ResetPassword(t.Context(), digest(3), "new")
	require.NoError(t, err)
	require.True(t, after.EmailVerified, "who reads the mail has proved the address")
	_, err = a.LinkUser(t.Context(), store.LinkReset, digest(3))
	requireVoid(t, err)
}

func TestAnInvitationIsVoidWhenTheAddressIsAnother(t *testing.T) {
	t.Parallel()
	s := testkit.Store(t)
	h := newTenant(t, s, "A")
	u := mailUser(t, h, "ada", "")
	invite := func(n byte) {
		require.NoError(t, h.Invite(t.Context(), store.NewInvitation{UserID: u.ID, TokenHash: digest(n), TTL: time.Hour}))
	}
	invite(1)
	same := u.Email
	_, err := h.UpdateUser(t.Context(), u.ID, store.UserChange{Email: &same})
	require.NoError(t, err)
	_, err = h.LinkUser(t.Context(), store.LinkInvitation, digest(1))
	require.NoError(t, err, "the same address is no change")
	_, err = h.UpdateUser(t.Context(), u.ID, store.UserChange{Email: new("other@example.org")})
	require.NoError(t, err)
	_, err = h.AcceptInvitation(t.Context(), digest(1), "hash")
	requireVoid(t, err)
	invite(2)
	got, err := h.AcceptInvitation(t.Context(), digest(2), "hash")
	require.NoError(t, err)
	require.True(t, got.EmailVerified)
	require.Equal(t, "other@example.org", got.Email)
}

func TestWhoWasOnlyInvitedIsNobodysLastAdministrator(t *testing.T) {
	t.Parallel()
	s := testkit.Store(t)
	h := newTenant(t, s, "A")
	able := newUser(t, h, "able", "admin")
	later := &models.User{Username: "later", Role: "admin", IsActive: true}
	require.NoError(t, h.CreateUser(t.Context(), later))
	require.Error(t, h.DeleteUser(t.Context(), able.ID))
	_, err := h.UpdateUser(t.Context(), able.ID, store.UserChange{Role: new("user")})
	require.ErrorContains(t, err, "last active administrator")
	require.NoError(t, h.Rehash(t.Context(), later.ID, "y"))
	require.NoError(t, h.DeleteUser(t.Context(), able.ID))
	require.Error(t, h.DeleteUser(t.Context(), later.ID))
}

func TestUsersAreFoundByNameAddressAndState(t *testing.T) {
	t.Parallel()
	c, s := instances(t, 1)
	h := newTenant(t, s[0], "A")
	mailUser(t, newTenant(t, s[0], "B"), "ada-of-b", "x")
	ada, invited := mailUser(t, h, "Ada_1", "x"), mailUser(t, h, "adax1", "")
	limits := []models.Limit{{
		Action: "login", Scope: models.ScopeAccount, Subject: digest(1), Brake: models.Brake{First: time.Second, LockAfter: 1, Lock: time.Minute, Window: time.Hour},
	}}
	require.NoError(t, s[0].System().Admit(t.Context(), limits))
	_, err := s[0].System().AttemptFailed(t.Context(), limits, ada.ID)
	require.NoError(t, err)
	find := func(q store.UserQuery) []int64 {
		rows, p, err := h.ListUsers(t.Context(), q)
		require.NoError(t, err)
		require.Equal(t, len(rows), p.Total)
		ids := []int64{}
		for i := range rows {
			ids = append(ids, rows[i].ID)
		}
		return ids
	}
	for name, q := range map[string]store.UserQuery{
		"part of the name": {Search: "DA_"}, "part of the address": {Search: "A_1@EXAMPLE"}, "a password": {Invited: new(false)}, "locked": {Locked: new(true)},
		"both": {Search: "ada", Locked: new(true)},
	} {
		require.Equal(t, []int64{ada.ID}, find(q), name)
	}
	require.Equal(t, []int64{invited.ID}, find(store.UserQuery{Invited: new(true)}))
	require.Equal(t, []int64{invited.ID}, find(store.UserQuery{Locked: new(false)}))
	require.Equal(t, []int64{ada.ID, invited.ID}, find(store.UserQuery{Search: "a*1"}))
	require.Empty(t, find(store.UserQuery{Search: "%"}))
	c.Advance(time.Hour)
	require.Empty(t, find(store.UserQuery{Locked: new(true)}), "a lock that is over is none")
}
