package store_test

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"github.com/velocicompanion/velocicompanion/internal/clock"
	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/internal/testkit"
	"github.com/velocicompanion/velocicompanion/models"
)

// instances opens n stores on one database, as n processes would, on one clock.
func instances(t *testing.T, n int) (*clock.Fixed, []*store.Store) {
	t.Helper()
	url := testkit.DatabaseURL(t)
	testkit.Migrate(t, url)
	c := clock.NewFixed(time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC))
	out := make([]*store.Store, n)
	for i := range out {
		s, err := store.Open(t.Context(), store.Params{URL: url, MaxConns: 8, Clock: c})
		require.NoError(t, err)
		t.Cleanup(func() { _ = s.Close() })
		out[i] = s
	}
	return c, out
}

// mailUser makes a user with an address.
func mailUser(t *testing.T, h *store.Tenant, name, password string) *models.User {
	t.Helper()
	u := &models.User{Username: name, Role: "user", IsActive: true, PasswordHash: password, Email: name + "@example.org"}
	require.NoError(t, h.CreateUser(t.Context(), u))
	return u
}

func requireVoid(t *testing.T, err error) {
	t.Helper()
	var f *fault.Error
	require.ErrorAs(t, err, &f)
	require.Equal(t, "link_invalid", f.StableCode())
}

func TestAResetTokenIsSpentOnceHoweverManyTryAtOnce(t *testing.T) {
	t.Parallel()
	s := testkit.Store(t)
	h := newTenant(t, s, "A")
	u := mailUser(t, h, "ada", "old")
	require.NoError(t, h.CreateSession(t.Context(), session(u.ID, uuid.NewString(), "one")))
	require.NoError(t, h.CreateResetToken(t.Context(), u.ID, digest(1), time.Hour))
	require.NoError(t, h.CreateResetToken(t.Context(), u.ID, digest(2), time.Hour))
	ref, err := s.System().LinkTenant(t.Context(), store.LinkReset, digest(1))
	require.NoError(t, err)
	require.Equal(t, store.UserRef{TenantID: h.ID(), UserID: u.ID}, ref)

	var won atomic.Int64
	g, ctx := errgroup.WithContext(t.Context())
	for range 8 {
		g.Go(func() error {
			_, err := h.ResetPassword(ctx, digest(1), "new")
			if fault.Is(err, fault.Invalid) {
				return nil
			}
			won.Add(1)
			return err
		})
	}
	require.NoError(t, g.Wait())
	require.EqualValues(t, 1, won.Load())
	got, err := h.User(t.Context(), u.ID)
	require.NoError(t, err)
	require.Equal(t, "new", got.PasswordHash)
	left, err := h.Sessions(t.Context(), u.ID)
	require.NoError(t, err)
	require.Empty(t, left)
	_, err = h.ResetPassword(t.Context(), digest(2), "newer")
	requireVoid(t, err)
}

func TestTokensThatOpenNothing(t *testing.T) {
	t.Parallel()
	c, s := instances(t, 1)
	a, b := newTenant(t, s[0], "A"), newTenant(t, s[0], "B")
	mailUser(t, a, "root", "x")
	u := mailUser(t, a, "ada", "old")
	reset := func(h *store.Tenant, hash []byte) error {
		_, err := h.ResetPassword(t.Context(), hash, "new")
		return err
	}
	issue := func(n byte) {
		require.NoError(t, a.CreateResetToken(t.Context(), u.ID, digest(n), time.Hour))
	}
	issue(1)
	requireVoid(t, reset(b, digest(1)))
	requireVoid(t, reset(a, digest(9)))
	requireVoid(t, reset(a, nil))
	_, err := s[0].System().LinkTenant(t.Context(), store.LinkInvitation, digest(1))
	requireVoid(t, err)

	c.Advance(time.Hour)
	requireVoid(t, reset(a, digest(1)))

	issue(2)
	other := "other@example.org"
	_, err = a.UpdateUser(t.Context(), u.ID, store.UserChange{Email: &other})
	require.NoError(t, err)
	requireVoid(t, reset(a, digest(2)))

	issue(3)
	off := false
	_, err = a.UpdateUser(t.Context(), u.ID, store.UserChange{IsActive: &off})
	require.NoError(t, err)
	requireVoid(t, reset(a, digest(3)))
	require.True(t, fault.Is(a.CreateResetToken(t.Context(), u.ID, digest(4), time.Hour), fault.NotFound))
	require.True(t, fault.Is(b.CreateResetToken(t.Context(), u.ID, digest(4), time.Hour), fault.NotFound))

	n, err := s[0].System().PurgeLinks(t.Context(), store.LinkReset, c.Now().Add(time.Second))
	require.NoError(t, err)
	require.EqualValues(t, 1, n, "the one that expired")
}

func TestAVerificationProvesTheAddressItWentTo(t *testing.T) {
	t.Parallel()
	c, s := instances(t, 1)
	h := newTenant(t, s[0], "A")
	u, silent := mailUser(t, h, "ada", "x"), newUser(t, h, "silent", "user")
	require.True(t, fault.Is(h.CreateVerificationToken(t.Context(), silent.ID, digest(9), time.Hour), fault.NotFound))
	require.NoError(t, h.CreateVerificationToken(t.Context(), u.ID, digest(1), time.Hour))
	other := "other@example.org"
	_, err := h.UpdateUser(t.Context(), u.ID, store.UserChange{Email: &other})
	require.NoError(t, err)
	_, err = h.VerifyEmail(t.Context(), digest(1))
	requireVoid(t, err)

	require.NoError(t, h.CreateVerificationToken(t.Context(), u.ID, digest(2), time.Hour))
	got, err := h.VerifyEmail(t.Context(), digest(2))
	require.NoError(t, err)
	require.True(t, got.EmailVerified)
	_, err = h.VerifyEmail(t.Context(), digest(2))
	requireVoid(t, err)

	require.NoError(t, h.CreateVerificationToken(t.Context(), u.ID, digest(3), time.Hour))
	c.Advance(2 * time.Hour)
	_, err = h.VerifyEmail(t.Context(), digest(3))
	requireVoid(t, err)
}

func TestAnInvitationSetsTheFirstPasswordOnce(t *testing.T) {
	t.Parallel()
	s := testkit.Store(t)
	a, b := newTenant(t, s, "A"), newTenant(t, s, "B")
	admin, u := newUser(t, b, "root", "super_admin"), mailUser(t, a, "ada", "")
	invite := func(n byte) error {
		return a.Invite(t.Context(), store.NewInvitation{UserID: u.ID, TokenHash: digest(n), TTL: time.Hour, InvitedBy: admin.ID})
	}
	require.NoError(t, invite(1))
	require.NoError(t, invite(2))
	_, err := a.AcceptInvitation(t.Context(), digest(1), "hash")
	requireVoid(t, err) // the later one stands in for the earlier
	_, err = b.AcceptInvitation(t.Context(), digest(2), "hash")
	requireVoid(t, err)

	var won atomic.Int64
	g, ctx := errgroup.WithContext(t.Context())
	for range 6 {
		g.Go(func() error {
			_, err := a.AcceptInvitation(ctx, digest(2), "hash")
			if fault.Is(err, fault.Invalid) {
				return nil
			}
			won.Add(1)
			return err
		})
	}
	require.NoError(t, g.Wait())
	require.EqualValues(t, 1, won.Load())
	got, err := a.User(t.Context(), u.ID)
	require.NoError(t, err)
	require.Equal(t, "hash", got.PasswordHash)
	require.True(t, got.EmailVerified)
	require.True(t, fault.Is(invite(3), fault.NotFound), "who has a password needs no invitation")
}

func TestUsersAreFoundByTheirAddress(t *testing.T) {
	t.Parallel()
	s := testkit.Store(t)
	a, b := newTenant(t, s, "A"), newTenant(t, s, "B")
	one := mailUser(t, a, "ada", "x")
	two := &models.User{Username: "ada2", Role: "user", IsActive: true, Email: "ADA@example.org"}
	require.NoError(t, b.CreateUser(t.Context(), two))
	require.NoError(t, b.CreateUser(t.Context(), &models.User{Username: "gone", Role: "user", Email: "ada@example.org"}))
	find := func(ctx context.Context, email string) []int64 {
		rows, err := s.System().UsersByEmail(ctx, email)
		require.NoError(t, err)
		ids := []int64{}
		for i := range rows {
			ids = append(ids, rows[i].ID)
		}
		return ids
	}
	require.Equal(t, []int64{one.ID, two.ID}, find(t.Context(), "Ada@Example.org"))
	require.Empty(t, find(t.Context(), ""))
	_, _, err := s.System().SuspendTenant(t.Context(), b.ID(), "not paid")
	require.NoError(t, err)
	require.Equal(t, []int64{one.ID}, find(t.Context(), "ada@example.org"))
}
