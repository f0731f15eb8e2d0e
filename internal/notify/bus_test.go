package notify_test

import (
	"context"
	"log/slog"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/velocicompanion/velocicompanion/internal/notify"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/internal/testkit"
)

func TestMain(m *testing.M) { os.Exit(testkit.Main(m)) }

// node is one process of an installation: a bus and what it heard.
type node struct {
	bus   *notify.Bus
	heard chan notify.Change
}

func startNode(t *testing.T, s *store.Store) *node {
	t.Helper()
	n := &node{heard: make(chan notify.Change, 1000)}
	n.bus = notify.NewBus(notify.BusParams{Connect: s.Conn, Log: slog.New(slog.DiscardHandler), Interval: 5 * time.Millisecond})
	n.run(t)
	return n
}

// run sets the node's bus to work until the test ends.
func (n *node) run(t *testing.T) {
	t.Helper()
	n.bus.Subscribe(func(c notify.Change) { n.heard <- c })
	ctx, cancel := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	wg.Go(func() { _ = n.bus.Run(ctx) })
	t.Cleanup(func() { cancel(); wg.Wait() })
	first := n.next(t)
	require.True(t, first.Resync, "a new listener says that it may have missed something")
}

func (n *node) next(t *testing.T) notify.Change {
	t.Helper()
	select {
	case c := <-n.heard:
		return c
	case <-time.After(20 * time.Second):
		require.Fail(t, "nothing was heard")
		return notify.Change{}
	}
}

func TestNewsReachesOtherProcessesOnceAndItsOwnAtOnce(t *testing.T) {
	t.Parallel()
	s := testkit.Store(t)
	a, b := startNode(t, s), startNode(t, s)
	news := store.Committed{
		Outbox:        []int64{7},
		Notifications: []store.UserRef{{TenantID: 1, UserID: 2}},
		Executions:    []store.Execution{{TenantID: 1, ID: 3, Status: "running"}},
	}
	a.bus.Publish(news)
	own := a.next(t)
	require.True(t, own.Local)
	require.Equal(t, []int64{7}, own.Outbox)
	other := b.next(t)
	require.False(t, other.Local)
	require.Len(t, other.Outbox, 1)
	require.Equal(t, news.Notifications, other.Notifications)
	require.Equal(t, news.Executions, other.Executions)
	a.bus.Publish(store.Committed{Tenants: true})
	require.True(t, b.next(t).Tenants, "the next thing heard is the next news: nothing came twice")
}

func TestAFloodIsCutIntoMessagesThatPostgreSQLTakes(t *testing.T) {
	t.Parallel()
	s := testkit.Store(t)
	a, b := startNode(t, s), startNode(t, s)
	var news store.Committed
	for i := range int64(1000) {
		news.Notifications = append(news.Notifications, store.UserRef{TenantID: 1 << 40, UserID: 1<<40 + i})
	}
	a.bus.Publish(news)
	got := map[int64]int{}
	for len(got) < 1000 {
		for _, ref := range b.next(t).Notifications {
			got[ref.UserID]++
		}
	}
	for id, n := range got {
		require.Equal(t, 1, n, id)
	}
}

func TestALostConnectionIsToldAndWhatWaitedIsSentByTheNext(t *testing.T) {
	t.Parallel()
	s, url := testkit.StoreURL(t)
	a, b := startNode(t, s), startNode(t, s)
	owner, err := pgx.Connect(t.Context(), url)
	require.NoError(t, err)
	t.Cleanup(func() { _ = owner.Close(context.Background()) })
	a.bus.Publish(store.Committed{Users: []int64{1}})
	require.Equal(t, []int64{1}, a.next(t).Users)
	require.Equal(t, []int64{1}, b.next(t).Users)
	cut := func(connections string) {
		var n int
		require.NoError(t, owner.QueryRow(t.Context(), `SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid() AND query LIKE $1`, connections).Scan(&n))
		require.Positive(t, n)
	}
	cut("%pg_notify%")
	a.bus.Publish(store.Committed{Users: []int64{2}})
	require.Equal(t, []int64{2}, b.next(t).Users, "the news was kept until there was a connection again")
	cut("LISTEN%")
	require.True(t, b.next(t).Lost)
	require.True(t, b.next(t).Resync)
	a.bus.Publish(store.Committed{Users: []int64{3}})
	require.Equal(t, []int64{3}, b.next(t).Users)
}

func TestASilentConnectionIsTriedAndKept(t *testing.T) {
	t.Parallel()
	s, url := testkit.StoreURL(t)
	listener := &node{heard: make(chan notify.Change, 10)}
	listener.bus = notify.NewBus(notify.BusParams{Connect: s.Conn, Log: slog.New(slog.DiscardHandler), Silence: time.Millisecond})
	listener.run(t)
	owner, err := pgx.Connect(t.Context(), url)
	require.NoError(t, err)
	t.Cleanup(func() { _ = owner.Close(context.Background()) })
	require.Eventually(t, func() bool { // pgx's ping is an empty statement
		var n int
		err := owner.QueryRow(t.Context(), "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND query = '-- ping'").Scan(&n)
		return err == nil && n == 1
	}, 20*time.Second, 5*time.Millisecond)
	other := startNode(t, s)
	other.bus.Publish(store.Committed{Users: []int64{5}})
	require.Equal(t, []int64{5}, listener.next(t).Users)
}

func TestTheLastWordsOfAProcessAreHeard(t *testing.T) {
	t.Parallel()
	s := testkit.Store(t)
	b := startNode(t, s)
	dying := notify.NewBus(notify.BusParams{Connect: s.Conn, Log: slog.New(slog.DiscardHandler), Interval: time.Hour})
	listening := make(chan struct{}, 1)
	dying.Subscribe(func(c notify.Change) {
		if c.Resync {
			listening <- struct{}{}
		}
	})
	ctx, stop := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	wg.Go(func() { _ = dying.Run(ctx) })
	<-listening
	dying.Publish(store.Committed{Users: []int64{1}})
	require.Equal(t, []int64{1}, b.next(t).Users)
	dying.Publish(store.Committed{Users: []int64{2}}) // would wait an hour for its turn
	stop()
	wg.Wait()
	require.Equal(t, []int64{2}, b.next(t).Users)
}
