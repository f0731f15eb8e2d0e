package api

import (
	"context"
	"errors"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/velocicompanion/velocicompanion/internal/clock"
	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/internal/notify"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/models"
)

// rows stands in for the database: the role of each user, and how often it was asked.
type rows struct {
	mu    sync.Mutex
	role  string
	fail  error
	asked int
	hold  chan struct{} // a look-up that has read waits for this to be closed
	read  chan struct{} // told of each look-up that has read
}

func (r *rows) load(ctx context.Context, key accountKey) (*store.Account, error) {
	r.mu.Lock()
	r.asked++
	acc := &store.Account{User: models.User{ID: key.user, Role: r.role, PasswordHash: "secret"}}
	err, hold := r.fail, r.hold
	r.mu.Unlock()
	select {
	case r.read <- struct{}{}:
	default:
	}
	if hold != nil {
		<-hold
	}
	return acc, errors.Join(err, ctx.Err())
}

func (r *rows) set(role string, hold chan struct{}) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.role, r.hold = role, hold
}

func (r *rows) times() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.asked
}

// cacheBundle is a cache that hears of changes.
type cacheBundle struct {
	*accountCache
	rows  *rows
	clock *clock.Fixed
}

func newCacheBundle() *cacheBundle {
	b := &cacheBundle{rows: &rows{role: "user", read: make(chan struct{}, 100)}, clock: clock.NewFixed(time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC))}
	b.accountCache = newAccountCache(b.clock.Now, b.rows.load)
	b.handle(notify.Change{Resync: true})
	return b
}

func (b *cacheBundle) role(t *testing.T, user int64) string {
	t.Helper()
	acc, err := b.get(t.Context(), accountKey{user, "s"})
	require.NoError(t, err)
	require.Equal(t, user, acc.ID)
	return acc.Role
}

func told(users ...int64) notify.Change {
	return notify.Change{Committed: store.Committed{Users: users}}
}

func TestAnAccountIsAskedForOnceAndBelievedForAWhile(t *testing.T) {
	t.Parallel()
	b := newCacheBundle()
	for range 3 {
		require.Equal(t, "user", b.role(t, 1))
	}
	require.Equal(t, 1, b.rows.times())
	_, err := b.get(t.Context(), accountKey{1, "another session"})
	require.NoError(t, err)
	require.Equal(t, 2, b.rows.times())
	b.clock.Advance(accountAge - time.Microsecond)
	b.role(t, 1)
	require.Equal(t, 2, b.rows.times())
	b.rows.set("viewer", nil)
	b.clock.Advance(time.Microsecond)
	require.Equal(t, "viewer", b.role(t, 1))
	b.clock.Advance(-time.Hour)
	b.rows.set("admin", nil)
	require.Equal(t, "admin", b.role(t, 1), "a clock that was set back keeps nothing alive")
}

func TestAToldChangeIsSeenAtOnceAndHarmsNobodyElse(t *testing.T) {
	t.Parallel()
	b := newCacheBundle()
	b.role(t, 1)
	b.role(t, 2)
	b.rows.set("viewer", nil)
	b.handle(told(3, 1))
	require.Equal(t, "viewer", b.role(t, 1))
	require.Equal(t, "user", b.role(t, 2))
	b.handle(notify.Change{Committed: store.Committed{Tenants: true}})
	require.Equal(t, "viewer", b.role(t, 2))
	b.role(t, 1)
	asked := b.rows.times()
	b.handle(notify.Change{Committed: store.Committed{Outbox: []int64{1}}})
	b.role(t, 1)
	require.Equal(t, asked, b.rows.times())
}

func TestManyAtOnceCauseOneLookUp(t *testing.T) {
	t.Parallel()
	b := newCacheBundle()
	hold := make(chan struct{})
	b.rows.set("user", hold)
	first, leave := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	wg.Go(func() { _, _ = b.get(first, accountKey{1, "s"}) })
	<-b.rows.read
	for range 20 {
		wg.Go(func() {
			acc, err := b.get(context.Background(), accountKey{1, "s"})
			if err != nil || acc.ID != 1 {
				t.Error("one who waited was let down:", err)
			}
		})
	}
	impatient, stop := context.WithCancel(t.Context())
	stop()
	_, err := b.get(impatient, accountKey{1, "s"})
	require.ErrorIs(t, err, context.Canceled, "who leaves does not wait")
	leave() // the first one's client is gone, the others still want to know
	close(hold)
	wg.Wait()
	require.Equal(t, 1, b.rows.times())
}

func TestWhatWasReadBeforeAChangeIsNeverKeptAfterIt(t *testing.T) {
	t.Parallel()
	for name, news := range map[string]notify.Change{
		"the user": told(1), "a tenant": {Committed: store.Committed{Tenants: true}}, "the connection came back": {Resync: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newCacheBundle()
			hold := make(chan struct{})
			b.rows.set("old", hold)
			var wg sync.WaitGroup
			wg.Go(func() { _, _ = b.get(context.Background(), accountKey{1, "s"}) })
			<-b.rows.read // the old state is read, and on its way
			b.rows.set("new", nil)
			b.handle(news)
			require.Equal(t, "new", b.role(t, 1), "who asks after the change does not join the look-up from before it")
			close(hold)
			wg.Wait()
			require.Equal(t, "new", b.role(t, 1))
			require.Equal(t, 2, b.rows.times())
		})
	}
}

func TestNothingIsKeptWhileChangesAreNotHeard(t *testing.T) {
	t.Parallel()
	b := newCacheBundle()
	b.role(t, 1)
	b.handle(notify.Change{Lost: true})
	for i, role := range []string{"a", "b"} {
		b.rows.set(role, nil)
		require.Equal(t, role, b.role(t, 1))
		require.Equal(t, 2+i, b.rows.times())
	}
	b.rows.set("c", nil)
	b.handle(notify.Change{Resync: true})
	b.role(t, 1)
	require.Equal(t, "c", b.role(t, 1))
	require.Equal(t, 4, b.rows.times())

	never := newAccountCache(b.clock.Now, b.rows.load)
	_, err := never.get(t.Context(), accountKey{1, "s"})
	require.NoError(t, err)
	require.Empty(t, never.known, "a process without a bus keeps nothing")
}

func TestFailuresAndPasswordsAreNotKept(t *testing.T) {
	t.Parallel()
	b := newCacheBundle()
	b.rows.fail = fault.New(fault.Unavailable, "the database can't be reached")
	_, err := b.get(t.Context(), accountKey{1, "s"})
	require.True(t, fault.Is(err, fault.Unavailable))
	b.rows.fail = nil
	acc, err := b.get(t.Context(), accountKey{1, "s"})
	require.NoError(t, err)
	require.Empty(t, acc.PasswordHash)
}

func TestTheCacheStaysSmall(t *testing.T) {
	t.Parallel()
	b := newCacheBundle()
	for i := range accountRoom + 100 {
		_, err := b.get(t.Context(), accountKey{1, strconv.Itoa(i)})
		require.NoError(t, err)
	}
	require.Len(t, b.known, accountRoom)
	require.Contains(t, b.known, accountKey{1, strconv.Itoa(accountRoom)}, "the oldest go first")
	require.NotContains(t, b.known, accountKey{1, "0"})
	for range 3 * accountRoom { // changed again and again, it takes no room either
		b.role(t, 7)
		b.handle(told(7))
	}
	require.LessOrEqual(t, len(b.order), accountRoom)
	b.clock.Advance(accountAge)
	b.role(t, 8)
	require.Len(t, b.known, 1, "what is too old makes room")
}

func TestManyReadersAndChangesAtOnce(t *testing.T) {
	t.Parallel()
	b := newCacheBundle()
	var version sync.Map // of each user, raised before the change is told
	b.load = func(_ context.Context, key accountKey) (*store.Account, error) {
		v, _ := version.Load(key.user)
		n, _ := v.(int64)
		return &store.Account{User: models.User{ID: key.user, TenantID: n}}, nil
	}
	var wg sync.WaitGroup
	for user := range int64(4) {
		wg.Go(func() {
			for n := range int64(500) {
				version.Store(user, n)
				b.handle(told(user))
				acc, err := b.get(context.Background(), accountKey{user, "s"})
				if err != nil || acc.TenantID != n {
					t.Errorf("user %d: got version %d after %d was told (%v)", user, acc.TenantID, n, err)
					return
				}
			}
		})
		wg.Go(func() {
			for range 2000 {
				_, _ = b.get(context.Background(), accountKey{user, "s"})
			}
		})
	}
	wg.Wait()
}
