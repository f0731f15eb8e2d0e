package store_test

import (
	"bytes"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/internal/testkit"
)

// digest is a hash that stands for the token n.
func digest(n byte) []byte { return bytes.Repeat([]byte{n}, 32) }

// confirmed gives a user with a second factor in force, its last step 100, and the recovery codes 1 and 2.
func confirmed(t *testing.T, h *store.Tenant, userID int64) {
	t.Helper()
	require.NoError(t, h.BeginTOTP(t.Context(), userID, []byte("sealed")))
	row, err := h.TOTP(t.Context(), userID)
	require.NoError(t, err)
	require.NoError(t, h.ConfirmTOTP(t.Context(), row, 100, [][]byte{digest(1), digest(2)}))
}

func TestASecondFactorIsInForceOnceConfirmed(t *testing.T) {
	t.Parallel()
	s := testkit.Store(t)
	h := newTenant(t, s, "A")
	u := newUser(t, h, "ada", "user")
	_, err := h.TOTP(t.Context(), u.ID)
	require.True(t, fault.Is(err, fault.NotFound))
	require.NoError(t, h.BeginTOTP(t.Context(), u.ID, []byte("first")))
	stale, err := h.TOTP(t.Context(), u.ID)
	require.NoError(t, err)
	ok, err := h.SpendTOTPStep(t.Context(), u.ID, 50)
	require.NoError(t, err)
	require.False(t, ok, "not in force yet")
	require.NoError(t, h.BeginTOTP(t.Context(), u.ID, []byte("second")))
	require.True(t, fault.Is(h.ConfirmTOTP(t.Context(), stale, 100, nil), fault.Conflict), "the code was for another secret")

	row, err := h.TOTP(t.Context(), u.ID)
	require.NoError(t, err)
	require.Equal(t, []byte("second"), row.Secret)
	require.NoError(t, h.ConfirmTOTP(t.Context(), row, 100, [][]byte{digest(1), digest(2)}))
	acc, err := s.System().UserByID(t.Context(), u.ID, "")
	require.NoError(t, err)
	require.True(t, acc.TOTPEnabled)
	require.True(t, fault.Is(h.BeginTOTP(t.Context(), u.ID, []byte("third")), fault.Conflict), "nobody replaces a factor in force")
	require.True(t, fault.Is(h.ConfirmTOTP(t.Context(), row, 101, nil), fault.Conflict))

	require.NoError(t, h.ResealTOTP(t.Context(), row, []byte("resealed")))
	require.NoError(t, h.ResealTOTP(t.Context(), row, []byte("too late")))
	row, err = h.TOTP(t.Context(), u.ID)
	require.NoError(t, err)
	require.Equal(t, []byte("resealed"), row.Secret)

	require.NoError(t, h.DisableTOTP(t.Context(), u.ID))
	acc, err = s.System().UserByID(t.Context(), u.ID, "")
	require.NoError(t, err)
	require.False(t, acc.TOTPEnabled)
	left, err := h.RecoveryCodesLeft(t.Context(), u.ID)
	require.NoError(t, err)
	require.Zero(t, left)
	require.True(t, fault.Is(h.DisableTOTP(t.Context(), 1<<40), fault.NotFound))
}

func TestACodeIsAcceptedOnceHoweverManyTryAtOnce(t *testing.T) {
	t.Parallel()
	s := testkit.Store(t)
	h := newTenant(t, s, "A")
	u := newUser(t, h, "ada", "user")
	confirmed(t, h, u.ID)
	var accepted, recovered atomic.Int64
	g, ctx := errgroup.WithContext(t.Context())
	for range 12 {
		g.Go(func() error {
			ok, err := h.SpendTOTPStep(ctx, u.ID, 101)
			if ok {
				accepted.Add(1)
			}
			return err
		})
		g.Go(func() error {
			ok, err := h.SpendRecoveryCode(ctx, u.ID, digest(1))
			if ok {
				recovered.Add(1)
			}
			return err
		})
	}
	require.NoError(t, g.Wait())
	require.EqualValues(t, 1, accepted.Load())
	require.EqualValues(t, 1, recovered.Load())
	for step, want := range map[int64]bool{100: false, 101: false, 99: false} {
		ok, err := h.SpendTOTPStep(t.Context(), u.ID, step)
		require.NoError(t, err)
		require.Equal(t, want, ok, step)
	}
	ok, err := h.SpendTOTPStep(t.Context(), u.ID, 102)
	require.NoError(t, err)
	require.True(t, ok)
}

func TestRecoveryCodesBelongToTheirUserAndAreReplacedTogether(t *testing.T) {
	t.Parallel()
	s := testkit.Store(t)
	a, b := newTenant(t, s, "A"), newTenant(t, s, "B")
	u, other := newUser(t, a, "ada", "user"), newUser(t, a, "bob", "user")
	confirmed(t, a, u.ID)
	for _, try := range []struct {
		h    *store.Tenant
		user int64
		hash []byte
	}{{a, other.ID, digest(1)}, {b, u.ID, digest(1)}, {a, u.ID, digest(9)}, {a, u.ID, nil}} {
		ok, err := try.h.SpendRecoveryCode(t.Context(), try.user, try.hash)
		require.NoError(t, err)
		require.False(t, ok)
	}
	ok, err := b.SpendTOTPStep(t.Context(), u.ID, 200)
	require.NoError(t, err)
	require.False(t, ok)
	ok, err = a.SpendRecoveryCode(t.Context(), u.ID, digest(1))
	require.NoError(t, err)
	require.True(t, ok)
	left, err := a.RecoveryCodesLeft(t.Context(), u.ID)
	require.NoError(t, err)
	require.EqualValues(t, 1, left)
	require.NoError(t, a.ReplaceRecoveryCodes(t.Context(), u.ID, [][]byte{digest(3)}))
	ok, err = a.SpendRecoveryCode(t.Context(), u.ID, digest(2))
	require.NoError(t, err)
	require.False(t, ok, "old codes are gone")
	require.Error(t, b.BeginTOTP(t.Context(), u.ID, []byte("x")), "another tenant's user")
}
