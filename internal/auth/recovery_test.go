package auth_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/velocicompanion/velocicompanion/internal/auth"
)

func TestTenReadableRecoveryCodes(t *testing.T) {
	t.Parallel()
	codes, hashes := auth.NewRecoveryCodes()
	require.Len(t, codes, 10)
	require.Len(t, hashes, 10)
	form := regexp.MustCompile(`^([0-9A-HJKMNP-TV-Z]{4}-){3}[0-9A-HJKMNP-TV-Z]{4}$`)
	seen := map[string]bool{}
	for i, code := range codes {
		require.Regexp(t, form, code)
		require.False(t, seen[code])
		seen[code] = true
		hash, ok := auth.HashRecoveryCode(code)
		require.True(t, ok)
		require.Equal(t, hashes[i], hash)
		require.Len(t, hash, 32)
	}
}

func TestARecoveryCodeIsReadHoweverItIsTyped(t *testing.T) {
	t.Parallel()
	want, ok := auth.HashRecoveryCode("0123-ABCD-1110-ZZZZ")
	require.True(t, ok)
	for _, typed := range []string{
		"0123ABCD1110ZZZZ", "0123 abcd 1110 zzzz", " 0123-abcd-1110-zzzz\n", "o123-ABCD-iLlO-zzzz", "0123–ABCD—1110‑ZZZZ", "01 23AB\u00a0CD11-10ZZ-ZZ",
	} {
		got, ok := auth.HashRecoveryCode(typed)
		require.True(t, ok, typed)
		require.Equal(t, want, got, typed)
	}
	for _, bad := range []string{"", "123456", "0123-ABCD-1110-ZZZ", "0123-ABCD-1110-ZZZZ-0", "U123-ABCD-1110-ZZZZ", "0123-ABCD-1110-ZZZ!", strings.Repeat("A", 1<<16)} {
		_, ok := auth.HashRecoveryCode(bad)
		require.False(t, ok, "%.40s", bad)
	}
}

func FuzzHashRecoveryCode(f *testing.F) {
	f.Add("0123-ABCD-1110-ZZZZ")
	f.Add("ıſK")
	f.Fuzz(func(t *testing.T, typed string) {
		hash, ok := auth.HashRecoveryCode(typed)
		require.Equal(t, ok, len(hash) == 32)
	})
}
