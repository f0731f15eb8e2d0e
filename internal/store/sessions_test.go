package store_test

import (
	"strconv"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/internal/testkit"
	"github.com/velocicompanion/velocicompanion/models"
)

func session(user int64, family, hash string) store.NewSession {
	return store.NewSession{UserID: user, Family: family, TokenHash: []byte(hash), TTL: time.Hour, IPAddress: "192.0.2.1"}
}

func TestReuseOfASpentTokenRevokesItsFamily(t *testing.T) {
	t.Parallel()
	s := testkit.Store(t)
	h := newTenant(t, s, "A")
	u := newUser(t, h, "ada", "admin")
	mine, other := uuid.NewString(), uuid.NewString()
	require.NoError(t, h.CreateSession(t.Context(), session(u.ID, mine, "one")))
	require.NoError(t, h.CreateSession(t.Context(), session(u.ID, other, "elsewhere")))

	out, was, err := h.RotateSession(t.Context(), []byte("one"), session(0, "", "two"))
	require.NoError(t, err)
	require.Equal(t, store.Rotated, out)
	require.Equal(t, mine, was.Family)
	acc, err := s.System().UserByID(t.Context(), u.ID, mine)
	require.NoError(t, err)
	require.True(t, acc.SessionLive)

	out, was, err = h.RotateSession(t.Context(), []byte("one"), session(0, "", "three"))
	require.NoError(t, err)
	require.Equal(t, store.Reused, out)
	require.Equal(t, u.ID, was.UserID)
	out, _, err = h.RotateSession(t.Context(), []byte("two"), session(0, "", "four"))
	require.NoError(t, err)
	require.Equal(t, store.Worthless, out, "the copy's owner and the thief are both out")
	acc, err = s.System().UserByID(t.Context(), u.ID, mine)
	require.NoError(t, err)
	require.False(t, acc.SessionLive)

	left, err := h.Sessions(t.Context(), u.ID)
	require.NoError(t, err)
	require.Len(t, left, 1)
	require.Equal(t, other, left[0].Family)
}

func TestAForeignTenantCanNotRotateATokenNorEndASession(t *testing.T) {
	t.Parallel()
	s := testkit.Store(t)
	a, b := newTenant(t, s, "A"), newTenant(t, s, "B")
	u := newUser(t, a, "ada", "admin")
	family := uuid.NewString()
	require.NoError(t, a.CreateSession(t.Context(), session(u.ID, family, "one")))
	out, was, err := b.RotateSession(t.Context(), []byte("one"), session(0, "", "two"))
	require.NoError(t, err)
	require.Equal(t, store.Worthless, out)
	require.Nil(t, was)
	ended, err := b.EndSession(t.Context(), u.ID, family)
	require.NoError(t, err)
	require.False(t, ended)
}

func TestDeactivationEndsSessions(t *testing.T) {
	t.Parallel()
	s := testkit.Store(t)
	h := newTenant(t, s, "A")
	newUser(t, h, "root", "admin")
	u := newUser(t, h, "ada", "user")
	require.NoError(t, h.CreateSession(t.Context(), session(u.ID, uuid.NewString(), "one")))
	off := false
	_, err := h.UpdateUser(t.Context(), u.ID, store.UserChange{IsActive: &off})
	require.NoError(t, err)
	left, err := h.Sessions(t.Context(), u.ID)
	require.NoError(t, err)
	require.Empty(t, left)
}

func TestAnIdempotencyKeyIsClaimedOnceAndReplayed(t *testing.T) {
	t.Parallel()
	s := testkit.Store(t)
	h := newTenant(t, s, "A")
	key := models.IdempotencyKey{UserID: 1, Operation: "create-host", Key: "k", RequestHash: []byte("h")}
	first, err := h.ClaimKey(t.Context(), key)
	require.NoError(t, err)
	require.Nil(t, first)
	_, err = h.ClaimKey(t.Context(), key)
	require.True(t, fault.Is(err, fault.Conflict), err)

	done := key
	done.Status, done.Headers, done.Response = 201, []byte(`{"Location":"/x"}`), []byte("answer")
	require.NoError(t, h.FinishKey(t.Context(), done))
	again, err := h.ClaimKey(t.Context(), key)
	require.NoError(t, err)
	require.Equal(t, 201, again.Status)
	require.Equal(t, []byte("answer"), again.Response)

	other := key
	other.RequestHash = []byte("another")
	_, err = h.ClaimKey(t.Context(), other)
	require.True(t, fault.Is(err, fault.Conflict), err)
	other.Operation = "create-case"
	fresh, err := h.ClaimKey(t.Context(), other)
	require.NoError(t, err)
	require.Nil(t, fresh)
	require.NoError(t, h.DropKey(t.Context(), other))
	fresh, err = h.ClaimKey(t.Context(), other)
	require.NoError(t, err)
	require.Nil(t, fresh)
}

func TestAuditLinesCanNotBeChanged(t *testing.T) {
	t.Parallel()
	s := testkit.Store(t)
	h := newTenant(t, s, "A")
	require.NoError(t, h.Audit(t.Context(), models.AuditLog{Action: "host.delete", ResourceType: "host", ResourceID: "1"}))
	require.NoError(t, s.System().Audit(t.Context(), models.AuditLog{TenantID: h.ID(), Action: "tenant.suspend"}))
	conn, err := s.Conn(t.Context())
	require.NoError(t, err)
	defer func() { _ = conn.Close(t.Context()) }()
	_, err = conn.Exec(t.Context(), "DELETE FROM audit_logs")
	require.ErrorContains(t, err, "permission denied")
}

func TestASessionsLifeIsBoundFromItsBeginning(t *testing.T) {
	t.Parallel()
	c, s := instances(t, 1)
	h := newTenant(t, s[0], "A")
	u := newUser(t, h, "ada", "user")
	next := func(hash string) store.NewSession {
		n := session(0, "", hash)
		n.TTL, n.MaxLife = 40*time.Minute, 90*time.Minute
		return n
	}
	first := next("0")
	first.UserID, first.Family = u.ID, uuid.NewString()
	require.NoError(t, h.CreateSession(t.Context(), first))
	began := c.Now()
	for i, want := range []store.Rotation{store.Rotated, store.Rotated, store.Worthless} {
		c.Advance(35 * time.Minute)
		out, was, err := h.RotateSession(t.Context(), []byte(strconv.Itoa(i)), next(strconv.Itoa(i+1)))
		require.NoError(t, err)
		require.Equal(t, want, out)
		require.True(t, was.Began().Equal(began))
		rows, err := h.Sessions(t.Context(), u.ID)
		require.NoError(t, err)
		if want == store.Rotated {
			require.True(t, rows[0].CreatedAt.Equal(began))
			require.False(t, rows[0].ExpiresAt.After(began.Add(90*time.Minute)))
			continue
		}
		require.Empty(t, rows)
	}
}
