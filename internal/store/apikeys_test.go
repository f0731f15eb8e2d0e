package store_test

import (
	"crypto/sha256"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/internal/testkit"
	"github.com/velocicompanion/velocicompanion/models"
)

func TestAKeyLivesUntilItIsRevokedOrExpires(t *testing.T) {
	t.Parallel()
	c, s := instances(t, 2)
	a, b := newTenant(t, s[0], "A"), newTenant(t, s[0], "B")
	u, other := newUser(t, a, "ada", "user"), newUser(t, a, "bob", "user")
	end := c.Now().Add(time.Hour)
	lasting := &models.APIKey{UserID: u.ID, Name: "ci", Hint: "vc_abc", KeyHash: digest(1), Scopes: []string{"hosts:read", "cases:write"}}
	ending := &models.APIKey{UserID: u.ID, Name: "once", Hint: "vc_def", KeyHash: digest(2), ExpiresAt: &end}
	require.NoError(t, a.CreateAPIKey(t.Context(), lasting))
	require.NoError(t, a.CreateAPIKey(t.Context(), ending))
	require.Error(t, b.CreateAPIKey(t.Context(), &models.APIKey{UserID: u.ID, Name: "x", KeyHash: digest(3)}), "another tenant's user")

	got, err := s[1].System().APIKeyByHash(t.Context(), digest(1))
	require.NoError(t, err)
	require.Equal(t, lasting.ID, got.ID)
	require.Equal(t, a.ID(), got.TenantID)
	require.Equal(t, []string{"hosts:read", "cases:write"}, got.Scopes)
	require.True(t, got.LiveAt(c.Now()))
	rows, err := a.APIKeys(t.Context(), u.ID)
	require.NoError(t, err)
	require.Len(t, rows, 2)
	require.Empty(t, rows[0].Scopes)
	rows, err = a.APIKeys(t.Context(), other.ID)
	require.NoError(t, err)
	require.Empty(t, rows)
	rows, err = b.APIKeys(t.Context(), 0)
	require.NoError(t, err)
	require.Empty(t, rows)

	c.Advance(time.Hour)
	_, err = s[0].System().APIKeyByHash(t.Context(), digest(2))
	require.True(t, fault.Is(err, fault.NotFound))
	require.False(t, ending.LiveAt(c.Now()))

	_, err = a.RevokeAPIKey(t.Context(), lasting.ID, other.ID)
	require.True(t, fault.Is(err, fault.NotFound), "somebody else's")
	_, err = b.RevokeAPIKey(t.Context(), lasting.ID, 0)
	require.True(t, fault.Is(err, fault.NotFound), "another tenant's")
	was, err := a.RevokeAPIKey(t.Context(), lasting.ID, 0)
	require.NoError(t, err)
	require.Equal(t, "ci", was.Name)
	_, err = s[1].System().APIKeyByHash(t.Context(), digest(1))
	require.True(t, fault.Is(err, fault.NotFound))
	_, err = a.RevokeAPIKey(t.Context(), lasting.ID, u.ID)
	require.True(t, fault.Is(err, fault.NotFound))
}

func TestUsesOfAKeyAreNotedToTheMinute(t *testing.T) {
	t.Parallel()
	c, s := instances(t, 1)
	h := newTenant(t, s[0], "A")
	u := newUser(t, h, "ada", "user")
	key := &models.APIKey{UserID: u.ID, Name: "ci", Hint: "vc_abc", KeyHash: digest(1)}
	require.NoError(t, h.CreateAPIKey(t.Context(), key))
	lastIP := func() string {
		rows, err := h.APIKeys(t.Context(), 0)
		require.NoError(t, err)
		require.Len(t, rows, 1)
		return rows[0].LastUsedIP
	}
	require.NoError(t, h.TouchAPIKey(t.Context(), key.ID, "192.0.2.1"))
	require.NoError(t, h.TouchAPIKey(t.Context(), key.ID, "192.0.2.2"))
	require.Equal(t, "192.0.2.1", lastIP())
	c.Advance(time.Minute)
	require.NoError(t, h.TouchAPIKey(t.Context(), key.ID, "192.0.2.3"))
	require.Equal(t, "192.0.2.3", lastIP())
}

func TestAUserHasSoManyKeysHoweverManyAreMadeAtOnce(t *testing.T) {
	t.Parallel()
	s := testkit.Store(t)
	h := newTenant(t, s, "A")
	u, other := newUser(t, h, "ada", "user"), newUser(t, h, "bob", "user")
	key := func(user int64, n int) *models.APIKey {
		sum := sha256.Sum256(fmt.Append(nil, user, "/", n))
		return &models.APIKey{UserID: user, Name: "x", KeyHash: sum[:]}
	}
	for n := range store.MaxAPIKeys - 1 {
		require.NoError(t, h.CreateAPIKey(t.Context(), key(u.ID, n)))
	}
	var refused atomic.Int64
	g, ctx := errgroup.WithContext(t.Context())
	for n := range 4 {
		g.Go(func() error {
			err := h.CreateAPIKey(ctx, key(u.ID, 1000+n))
			if fault.Is(err, fault.Conflict) {
				refused.Add(1)
				return nil
			}
			return err
		})
	}
	require.NoError(t, g.Wait())
	require.EqualValues(t, 3, refused.Load())
	require.NoError(t, h.CreateAPIKey(t.Context(), key(other.ID, 1)))
	rows, err := h.APIKeys(t.Context(), u.ID)
	require.NoError(t, err)
	_, err = h.RevokeAPIKey(t.Context(), rows[0].ID, u.ID)
	require.NoError(t, err)
	require.NoError(t, h.CreateAPIKey(t.Context(), key(u.ID, 2000)), "a revoked one counts no more")
}
