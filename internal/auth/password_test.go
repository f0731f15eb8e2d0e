package auth_test

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/crypto/bcrypt"

	"github.com/velocicompanion/velocicompanion/internal/auth"
	"github.com/velocicompanion/velocicompanion/internal/fault"
)

func newHasher(t *testing.T) *auth.Hasher {
	t.Helper()
	h, err := auth.NewHasher(auth.HasherParams{Cost: bcrypt.MinCost, Parallel: 2})
	require.NoError(t, err)
	return h
}

func TestHashAndVerify(t *testing.T) {
	t.Parallel()
	h := newHasher(t)
	hash, err := h.Hash(t.Context(), "correct horse battery")
	require.NoError(t, err)
	require.NotContains(t, hash, "horse")

	ok, err := h.Verify(t.Context(), hash, "correct horse battery")
	require.NoError(t, err)
	require.True(t, ok)
	ok, err = h.Verify(t.Context(), hash, "correct horse batterz")
	require.NoError(t, err)
	require.False(t, ok)
	require.NoError(t, h.VerifyDummy(t.Context(), "correct horse battery"))
}

func TestPasswordsThatBcryptMisreads(t *testing.T) {
	t.Parallel()
	h := newHasher(t)
	full := strings.Repeat("x", auth.MaxPassword-12) + "9f2kd81hs0ql"
	hash, err := h.Hash(t.Context(), full)
	require.NoError(t, err)
	ok, err := h.Verify(t.Context(), hash, full+"tail")
	require.NoError(t, err)
	require.False(t, ok, "bcrypt drops what follows byte 72")

	hash, err = h.Hash(t.Context(), "correct horse")
	require.NoError(t, err)
	ok, err = h.Verify(t.Context(), hash, "correct horse\x00correct horse")
	require.NoError(t, err)
	require.False(t, ok, "bcrypt repeats the password with a NUL between")
}

func TestRefusedPasswords(t *testing.T) {
	t.Parallel()
	h := newHasher(t)
	for name, pw := range map[string]string{
		"empty":   "",
		"short":   "elevenchars",
		"nul":     "correct\x00horse battery",
		"73":      strings.Repeat("x", 73),
		"72 runs": strings.Repeat("é", 37),
		"utf8":    "correct horse \xff\xfe",
	} {
		_, err := h.Hash(t.Context(), pw)
		require.True(t, fault.Is(err, fault.Invalid), name)
		require.Contains(t, err.Error(), "password", name)
		if pw != "" {
			require.NotContains(t, err.Error(), pw, name)
		}
	}
	require.NoError(t, auth.CheckPassword("ещё двенадцать"))
}

func TestHashingHonoursContext(t *testing.T) {
	t.Parallel()
	h := newHasher(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := h.Hash(ctx, "correct horse battery")
	require.True(t, fault.Is(err, fault.Unavailable))
	require.ErrorIs(t, err, context.Canceled)
	require.True(t, fault.Is(h.VerifyDummy(ctx, "x"), fault.Unavailable))
}

func TestManyAtOnceAllFinish(t *testing.T) {
	t.Parallel()
	h := newHasher(t)
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() { _ = h.VerifyDummy(t.Context(), "correct horse battery") })
	}
	wg.Wait()
	_, err := h.Hash(t.Context(), "correct horse battery")
	require.NoError(t, err, "every slot came back")
}

func TestBrokenHashIsOurMistake(t *testing.T) {
	t.Parallel()
	_, err := newHasher(t).Verify(t.Context(), "plain", "plain")
	require.True(t, fault.Is(err, fault.Internal))
}

func TestNeedsRehash(t *testing.T) {
	t.Parallel()
	low, err := newHasher(t).Hash(t.Context(), "correct horse battery")
	require.NoError(t, err)
	high, err := auth.NewHasher(auth.HasherParams{Cost: bcrypt.MinCost + 1})
	require.NoError(t, err)
	require.True(t, high.NeedsRehash(low))
	require.False(t, newHasher(t).NeedsRehash(low))
	require.True(t, high.NeedsRehash("plain"))
}

func TestHasherRefusesCost(t *testing.T) {
	t.Parallel()
	for _, cost := range []int{0, 3, 32} {
		_, err := auth.NewHasher(auth.HasherParams{Cost: cost})
		require.Error(t, err)
	}
}

// TestAQueueHasAnEnd lets eight come at once to the only slot, where each would wait for a fifth of a second or so, and nobody may wait
// longer than a millisecond.
func TestAQueueHasAnEnd(t *testing.T) {
	t.Parallel()
	h, err := auth.NewHasher(auth.HasherParams{Cost: 12, Parallel: 1, Queue: 2, Wait: time.Millisecond})
	require.NoError(t, err)
	errs := make([]error, 8)
	var wg sync.WaitGroup
	for i := range errs {
		wg.Go(func() { errs[i] = h.VerifyDummy(t.Context(), "correct horse battery") })
	}
	wg.Wait()
	served := 0
	for _, err := range errs {
		if err == nil {
			served++
			continue
		}
		var f *fault.Error
		require.ErrorAs(t, err, &f)
		require.Equal(t, fault.Unavailable, f.Kind)
		require.Equal(t, "sign_in_busy", f.Code)
		require.Positive(t, f.RetryAfter)
	}
	require.Positive(t, served)
	require.Less(t, served, len(errs))
	require.NoError(t, h.Crowded(), "who was sent away is not waited for")
	require.NoError(t, h.VerifyDummy(t.Context(), "correct horse battery"))
}
