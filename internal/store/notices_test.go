package store_test

import (
	"context"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/internal/testkit"
	"github.com/velocicompanion/velocicompanion/models"
)

func TestNotificationsCountWithoutGaps(t *testing.T) {
	t.Parallel()
	s := testkit.Store(t)
	tenant, user := testkit.Actor(t, s, "user")
	idle := &models.User{TenantID: tenant, Username: "gone", Role: "user"}
	require.NoError(t, s.System().CreateUser(t.Context(), idle))
	h := s.Tenant(tenant)
	var wg sync.WaitGroup
	for i := range 12 {
		wg.Go(func() {
			_ = h.InTx(context.Background(), func(ctx context.Context, tx *store.Tenant) error {
				if _, err := tx.Notify(ctx, store.Notice{Type: "test", Title: "hello"}); err != nil {
					return err
				}
				if i%3 == 0 {
					return context.Canceled // rolled back: its number is free again
				}
				return nil
			})
		})
	}
	wg.Wait()
	rows, page, err := h.ListNotifications(t.Context(), store.InboxQuery{UserID: user, PageQuery: store.PageQuery{Limit: 50, Desc: true}})
	require.NoError(t, err)
	require.Equal(t, 8, page.Total)
	for i, r := range rows {
		require.EqualValues(t, 8-i, r.Seq)
	}
	users, err := h.Notify(t.Context(), store.Notice{Users: []int64{idle.ID}, Type: "test", Title: "nobody"})
	require.NoError(t, err)
	require.Empty(t, users, "who is not active gets nothing")
}

func TestANoticeOnceIsNotRepeatedWhileUnread(t *testing.T) {
	t.Parallel()
	s := testkit.Store(t)
	tenant, user := testkit.Actor(t, s, "user")
	h := s.Tenant(tenant)
	n := store.Notice{Users: []int64{user}, Type: "playbook.condition", Title: "broken", Link: "/playbooks/1", Once: true}
	first, err := h.Notify(t.Context(), n)
	require.NoError(t, err)
	require.Equal(t, []int64{user}, first)
	second, err := h.Notify(t.Context(), n)
	require.NoError(t, err)
	require.Empty(t, second)
	_, err = h.MarkAllNotifications(t.Context(), user)
	require.NoError(t, err)
	third, err := h.Notify(t.Context(), n)
	require.NoError(t, err)
	require.Len(t, third, 1)
}
