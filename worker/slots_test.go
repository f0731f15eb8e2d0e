package worker

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	sdkworker "go.temporal.io/sdk/worker"
)

// use is what the SDK tells a supplier of a permit.
type use struct {
	sdkworker.SlotReleaseInfo

	permit *sdkworker.SlotPermit
}

func (u use) Permit() *sdkworker.SlotPermit { return u.permit }

func take(t *testing.T, s *supplier) use {
	t.Helper()
	p := s.TryReserveSlot(nil)
	require.NotNil(t, p)
	s.MarkSlotUsed(use{permit: p})
	return use{permit: p}
}

func TestOneTenantCantTakeEverything(t *testing.T) {
	t.Parallel()
	all := newSlots(10, 3)
	loud, quiet := all.supplier(0), all.supplier(0)
	for range 3 {
		take(t, loud)
	}
	require.Nil(t, loud.TryReserveSlot(nil))
	take(t, quiet)
}

func TestIdlePollersHoldNothing(t *testing.T) {
	t.Parallel()
	all := newSlots(2, 2)
	for range 1000 {
		p, err := all.supplier(0).ReserveSlot(t.Context(), nil)
		require.NoError(t, err)
		require.NotNil(t, p)
	}
}

func TestAFullProcessWaitsForAFreeSlot(t *testing.T) {
	t.Parallel()
	all := newSlots(1, 1)
	s := all.supplier(0)
	busy := take(t, s)
	got := make(chan error, 1)
	go func() {
		_, err := s.ReserveSlot(context.Background(), nil)
		got <- err
	}()
	select {
	case err := <-got:
		t.Fatal("a slot that is in use was given", err)
	case <-time.After(50 * time.Millisecond):
	}
	s.ReleaseSlot(busy)
	s.ReleaseSlot(busy)
	require.NoError(t, <-got)
	require.Zero(t, all.used, "a slot comes back once")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	take(t, s)
	_, err := s.ReserveSlot(ctx, nil)
	require.ErrorIs(t, err, context.Canceled)
}

func TestATenantsOwnBoundIsFollowedWhileItsWorkerWorks(t *testing.T) {
	t.Parallel()
	all := newSlots(10, 5)
	s := all.supplier(1)
	first := take(t, s)
	require.Nil(t, s.TryReserveSlot(nil), "one at once is what the tenant chose")
	got := make(chan error, 1)
	go func() {
		_, err := s.ReserveSlot(context.Background(), nil)
		got <- err
	}()
	s.resize(2)
	require.NoError(t, <-got, "who waits is told of the new bound")
	s.resize(100)
	require.Equal(t, 5, s.most, "never more than any tenant may")
	s.resize(0)
	require.Equal(t, 5, s.most)
	s.ReleaseSlot(first)
}
