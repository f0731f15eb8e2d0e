package store_test

import (
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/models"
)

// brake is 1 s after the first failure, then 2 s, 4 s …, and a lock-out of 15 minutes from the tenth on.
func brake() models.Brake {
	return models.Brake{First: time.Second, LockAfter: 10, Lock: 15 * time.Minute, Window: time.Hour}
}

func onAccount(n byte) models.Limit {
	return models.Limit{Action: "login", Scope: models.ScopeAccount, Subject: digest(n), Brake: brake()}
}

func onAddress() models.Limit {
	return models.Limit{
		Action: "login", Scope: models.ScopeAddress, Subject: digest(1),
		Brake: models.Brake{Free: 3, First: time.Second, Lock: 15 * time.Minute, Window: time.Hour},
	}
}

// wait is how long an attempt would have to wait; zero: it was admitted.
func wait(t *testing.T, s *store.Store, limits ...models.Limit) time.Duration {
	t.Helper()
	err := s.System().Admit(t.Context(), limits)
	if err == nil {
		return 0
	}
	var f *fault.Error
	require.ErrorAs(t, err, &f)
	require.Equal(t, fault.TooMany, f.Kind)
	require.Positive(t, f.RetryAfter)
	return f.RetryAfter
}

func TestEachFailureDoublesTheWaitInEveryInstanceUntilTheAccountIsLocked(t *testing.T) {
	t.Parallel()
	c, s := instances(t, 2)
	h := newTenant(t, s[0], "A")
	u := newUser(t, h, "ada", "user")
	for n := range 10 {
		here, there := s[n%2], s[(n+1)%2]
		require.Zero(t, wait(t, here, onAccount(1)), "attempt %d", n+1)
		out, err := here.System().AttemptFailed(t.Context(), []models.Limit{onAccount(1)}, u.ID)
		require.NoError(t, err)
		want := time.Second << n
		if n == 9 {
			want = 15 * time.Minute
			require.Equal(t, store.LockOut{Until: c.Now().Add(want), New: true}, out)
		} else {
			require.Zero(t, out)
		}
		require.Equal(t, want, wait(t, there, onAccount(1)))
		require.Zero(t, wait(t, there, onAccount(2+byte(n))), "another account is not held up")
		if n < 9 {
			c.Advance(want)
		}
	}
	acc, err := s[1].System().UserByID(t.Context(), u.ID, "")
	require.NoError(t, err)
	require.True(t, acc.LockedUntil.Equal(c.Now().Add(15*time.Minute)))

	c.Advance(15 * time.Minute)
	require.Zero(t, wait(t, s[0], onAccount(1)))
	out, err := s[0].System().AttemptFailed(t.Context(), []models.Limit{onAccount(1)}, u.ID)
	require.NoError(t, err)
	require.Equal(t, store.LockOut{Until: c.Now().Add(15 * time.Minute)}, out, "locked again at once, and told already")
}

func TestManyAtOnceInTwoInstancesPassNoMoreThanOneByOne(t *testing.T) {
	t.Parallel()
	_, s := instances(t, 2)
	var admitted atomic.Int64
	g, ctx := errgroup.WithContext(t.Context())
	for i := range 24 {
		limits := []models.Limit{onAddress(), {Action: "login", Scope: models.ScopeAccount, Subject: digest(byte(2 + i)), Brake: brake()}}
		if i%2 == 0 {
			limits[0], limits[1] = limits[1], limits[0]
		}
		g.Go(func() error {
			err := s[i%2].System().Admit(ctx, limits)
			if err == nil {
				admitted.Add(1)
			}
			if fault.Is(err, fault.TooMany) {
				return nil
			}
			return err
		})
	}
	require.NoError(t, g.Wait())
	require.EqualValues(t, 4, admitted.Load(), "three free ones and the one that brought the wait")
}

func TestSuccessForgetsTheAccountAndGivesTheAddressBack(t *testing.T) {
	t.Parallel()
	c, s := instances(t, 1)
	h := newTenant(t, s[0], "A")
	u := newUser(t, h, "ada", "user")
	limits := []models.Limit{onAccount(1), onAddress()}
	y := s[0].System()
	for range 3 {
		require.Zero(t, wait(t, s[0], onAddress()), "others fail from the same address")
	}
	require.Zero(t, wait(t, s[0], limits...))
	require.Equal(t, time.Second, wait(t, s[0], onAddress()), "the fourth is still being checked")
	require.NoError(t, y.AttemptSucceeded(t.Context(), limits, u.ID))
	require.Zero(t, wait(t, s[0], limits...), "neither is held up")
	require.Equal(t, time.Second, wait(t, s[0], onAccount(1)))

	require.NoError(t, y.AttemptSucceeded(t.Context(), limits, u.ID))
	for range 10 {
		c.Advance(15 * time.Minute)
		require.Zero(t, wait(t, s[0], onAccount(1)))
	}
	out, err := y.AttemptFailed(t.Context(), []models.Limit{onAccount(1)}, u.ID)
	require.NoError(t, err)
	require.True(t, out.New)
	require.NoError(t, y.AttemptSucceeded(t.Context(), limits, u.ID))
	acc, err := y.UserByID(t.Context(), u.ID, "")
	require.NoError(t, err)
	require.Nil(t, acc.LockedUntil)
}

func TestARefusedAttemptCountsNowhere(t *testing.T) {
	t.Parallel()
	c, s := instances(t, 1)
	require.Zero(t, wait(t, s[0], onAccount(1)))
	for range 5 {
		require.Equal(t, time.Second, wait(t, s[0], onAccount(1), onAddress()))
	}
	for range 4 {
		require.Zero(t, wait(t, s[0], onAddress()), "the address was not charged")
	}
	c.Advance(time.Second)
	require.Zero(t, wait(t, s[0], onAccount(1)))
	require.Equal(t, 2*time.Second, wait(t, s[0], onAccount(1)))
}

func TestFailuresAreForgottenAfterAQuietWindow(t *testing.T) {
	t.Parallel()
	c, s := instances(t, 1)
	for range 5 {
		require.Zero(t, wait(t, s[0], onAccount(1)))
		c.Advance(20 * time.Second)
	}
	require.Zero(t, wait(t, s[0], onAccount(1)))
	require.Equal(t, 32*time.Second, wait(t, s[0], onAccount(1)))
	c.Advance(time.Hour + 31*time.Second)
	n, err := s[0].System().PurgeAttempts(t.Context(), c.Now().Add(-2*time.Hour))
	require.NoError(t, err)
	require.Zero(t, n)
	c.Advance(time.Second)
	require.Zero(t, wait(t, s[0], onAccount(1)))
	require.Equal(t, time.Second, wait(t, s[0], onAccount(1)), "as after the first one")
	c.Advance(3 * time.Hour)
	n, err = s[0].System().PurgeAttempts(t.Context(), c.Now().Add(-2*time.Hour))
	require.NoError(t, err)
	require.EqualValues(t, 1, n)
}

func TestNobodyKnowsFromTheBrakeWhetherAnAccountExists(t *testing.T) {
	t.Parallel()
	c, s := instances(t, 1)
	u := newUser(t, newTenant(t, s[0], "A"), "ada", "user")
	seen := map[int64][]string{}
	for range 12 {
		for n, id := range []int64{0, u.ID} {
			l := onAccount(byte(n))
			err := s[0].System().Admit(t.Context(), []models.Limit{l})
			answer := "admitted"
			if f, ok := errors.AsType[*fault.Error](err); ok {
				answer = fmt.Sprintf("%s %s", f.StableCode(), f.RetryAfter)
			}
			_, err = s[0].System().AttemptFailed(t.Context(), []models.Limit{l}, id)
			require.NoError(t, err)
			seen[id] = append(seen[id], answer)
		}
		c.Advance(3 * time.Minute)
	}
	require.Equal(t, seen[0], seen[u.ID])
	require.Contains(t, seen[0], "too_many_attempts 12m0s")
}

func TestAnAdministratorUnlocks(t *testing.T) {
	t.Parallel()
	c, s := instances(t, 2)
	u := newUser(t, newTenant(t, s[0], "A"), "ada", "user")
	limits := []models.Limit{onAccount(1)}
	for range 10 {
		require.Zero(t, wait(t, s[0], limits...))
		c.Advance(5 * time.Minute)
		c.Advance(5 * time.Minute)
	}
	c.Advance(-5 * time.Minute)
	_, err := s[0].System().AttemptFailed(t.Context(), limits, u.ID)
	require.NoError(t, err)
	require.NotZero(t, wait(t, s[1], limits...))
	require.NoError(t, s[1].System().Unlock(t.Context(), limits, u.ID))
	require.Zero(t, wait(t, s[0], limits...))
	acc, err := s[0].System().UserByID(t.Context(), u.ID, "")
	require.NoError(t, err)
	require.Nil(t, acc.LockedUntil)
}

func TestAnAttemptThatWasNotMadeIsGivenBack(t *testing.T) {
	t.Parallel()
	_, s := instances(t, 1)
	limits := []models.Limit{onAddress()}
	for range 20 {
		require.Zero(t, wait(t, s[0], limits...))
		require.NoError(t, s[0].System().AttemptWithdrawn(t.Context(), limits))
	}
	for range 4 {
		require.Zero(t, wait(t, s[0], limits...))
	}
	require.NoError(t, s[0].System().AttemptWithdrawn(t.Context(), limits))
	require.Zero(t, wait(t, s[0], limits...), "the failures before it stay")
	require.Equal(t, time.Second, wait(t, s[0], limits...))
}
