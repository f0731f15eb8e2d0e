package auth_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/velocicompanion/velocicompanion/internal/auth"
	"github.com/velocicompanion/velocicompanion/models"
)

func TestFailedLoginsCostMoreEachTimeUntilTheAccountIsLocked(t *testing.T) {
	t.Parallel()
	account := auth.LoginLimits("ada", "192.0.2.1")[0]
	require.Equal(t, models.ScopeAccount, account.Scope)
	var got []time.Duration
	for failures := 1; failures <= 9; failures++ {
		wait, locked := account.Brake.Delay(failures)
		require.False(t, locked)
		got = append(got, wait/time.Second)
	}
	require.Equal(t, []time.Duration{0, 0, 0, 0, 1, 2, 4, 8, 16}, got)
	for _, failures := range []int{10, 11, 1 << 30} {
		wait, locked := account.Brake.Delay(failures)
		require.True(t, locked)
		require.Equal(t, 15*time.Minute, wait)
	}
}

func TestABrakeWithoutLockOutOnlySlows(t *testing.T) {
	t.Parallel()
	b := models.Brake{Free: 2, First: time.Second, Lock: 15 * time.Minute}
	for failures, want := range map[int]time.Duration{
		-1: 0, 0: 0, 2: 0, 3: time.Second, 4: 2 * time.Second, 12: 512 * time.Second, 13: 15 * time.Minute, 1 << 40: 15 * time.Minute,
	} {
		wait, locked := b.Delay(failures)
		require.False(t, locked)
		require.Equal(t, want, wait, failures)
	}
}

func TestMailsThatAreAskedForAreSlowedDownNotLockedOut(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		limit models.Limit
		free  int
	}{
		"reset of an address": {auth.ResetLimits("ada@example.org", "192.0.2.1")[0], 3}, "reset from a place": {auth.ResetLimits("ada@example.org", "192.0.2.1")[1], 10},
		"verification": {auth.MailLimits(7)[0], 3}, "invitation": {auth.InvitationLimits(7)[0], 200}, "registration": {auth.RegistrationLimits("192.0.2.1")[0], 10},
	} {
		free, _ := c.limit.Brake.Delay(c.free)
		require.Zero(t, free, name)
		first, _ := c.limit.Brake.Delay(c.free + 1)
		require.GreaterOrEqual(t, first, time.Second, name)
		longest, locked := c.limit.Brake.Delay(1 << 20)
		require.Equal(t, time.Hour, longest, name)
		require.False(t, locked, name)
	}
	require.NotEqual(t, auth.MailLimits(7)[0].Action, auth.InvitationLimits(7)[0].Action, "who invites may still prove the own address")
}

func TestOneSubjectHasOneKey(t *testing.T) {
	t.Parallel()
	account := func(name string) string { return string(auth.LoginLimits(name, "")[0].Subject) }
	address := func(a string) string { return string(auth.RegistrationLimits(a)[0].Subject) }
	require.Equal(t, account("ada"), account(" ADA "))
	require.NotEqual(t, account("ada"), account("adb"))
	require.NotEqual(t, account("7"), string(auth.TOTPLimits(7, "")[0].Subject), "a name is no id")
	require.Equal(t, address("192.0.2.1"), address("::ffff:192.0.2.1"))
	require.NotEqual(t, address("192.0.2.1"), address("192.0.2.2"))
	require.Equal(t, address("2001:db8::1"), address("2001:db8::ffff:0:0:2%eth0"), "one customer's /64")
	require.NotEqual(t, address("2001:db8::1"), address("2001:db8:0:1::1"))
	require.NotEqual(t, address("unix"), address(""))
	for _, l := range append(auth.LoginLimits("ada", "x"), auth.UnlockLimits(1, "ada")...) {
		require.Len(t, l.Subject, 32)
	}
	require.Equal(t, account("ada"), string(auth.UnlockLimits(7, "Ada")[0].Subject))
	require.Equal(t, auth.TOTPLimits(7, "")[0].Subject, auth.UnlockLimits(7, "Ada")[1].Subject)
}

func TestKeysAndLinkTokens(t *testing.T) {
	t.Parallel()
	key, hash, hint := auth.NewAPIKey()
	require.True(t, strings.HasPrefix(key, auth.APIKeyPrefix))
	require.Equal(t, auth.HashToken(key), hash)
	require.True(t, strings.HasPrefix(key, hint))
	require.Len(t, hint, 9)
	other, _, _ := auth.NewAPIKey()
	require.NotEqual(t, key, other)
	token, hash := auth.NewLinkToken()
	require.Equal(t, auth.HashToken(token), hash)
	require.Len(t, token, 43)
	require.False(t, strings.HasPrefix(token, auth.RefreshPrefix))
}
