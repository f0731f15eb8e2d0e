package auth_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/velocicompanion/velocicompanion/internal/auth"
	"github.com/velocicompanion/velocicompanion/internal/fault"
)

func TestOnlyPlainAddressesAreKept(t *testing.T) {
	t.Parallel()
	for _, good := range []string{
		"ada@example.org", "Ada.Lovelace+hunt@sub.example.org", "zoë@exämple.org", "root@localhost", "o'neil@example.org",
		strings.Repeat("x", 64) + "@" + strings.Repeat("a.", 90) + "org",
	} {
		require.NoError(t, auth.CheckEmail(good), good)
	}
	for _, bad := range []string{
		"", "ada", "@example.org", "ada@", "a b@example.org", "ada@example.org, eve@example.org", "Ada <ada@example.org>", "<ada@example.org>",
		"ada@example.org\r\nBcc: eve@example.org", "ada@example.org\n", "ada\x00@example.org", "ada@example.org (comment)", `"a b"@example.org`,
		"ada\u202e@example.org", "ada\u200b@example.org", "ada@[127.0.0.1]", "ada@@example.org", "\xff@example.org",
		strings.Repeat("x", 65) + "@example.org", "ada@" + strings.Repeat("a.", 130) + "org", "ada@example.org;eve@example.org",
	} {
		err := auth.CheckEmail(bad)
		require.True(t, fault.Is(err, fault.Invalid), "%q: %v", bad, err)
		require.ErrorContains(t, err, "email: must")
	}
}
