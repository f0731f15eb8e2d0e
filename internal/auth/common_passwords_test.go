package auth_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/velocicompanion/velocicompanion/internal/auth"
	"github.com/velocicompanion/velocicompanion/internal/fault"
)

func TestTheListOfCommonPasswordsIsSortedLowerCaseAndSmall(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile("common_passwords.txt")
	require.NoError(t, err)
	require.Less(t, len(raw), 100<<10)
	lines := strings.Split(strings.TrimSuffix(string(raw), "\n"), "\n")
	require.Greater(t, len(lines), 1000)
	require.True(t, slices.IsSorted(lines))
	require.Len(t, slices.Compact(slices.Clone(lines)), len(lines), "no line twice")
	for _, l := range lines {
		require.Equal(t, strings.ToLower(strings.TrimSpace(l)), l)
		require.NotEmpty(t, l)
	}
}

func TestCommonPasswordsAreRefused(t *testing.T) {
	t.Parallel()
	for _, pw := range []string{
		"passwordpassword", "Password1234", "PASSWORD2026!", "p4ssw0rd2026", "P@$$w0rd!!!!", "pass word 1234", "1234567890123", "012345678901",
		"qwertyuiop12", "QwertyuiopAsdf", "poiuytrewqlk", "abcdefghijklmn", "zyxwvutsrqpo", "aaaaaaaaaaaa", "xyxyxyxyxyxy",
		"abcabcabcabc", "123412341234", "dragondragon", "Dragon-Dragon-1", "monkey123456", "!!!letmein!!!", "iloveyou2026", "l3tm31n!!!!!",
		"1q2w3e4r5t6y", "1qaz2wsx3edc", "Sunshine20261121", "парольпароль",
		"Summer-2026!", "velociraptor", "changeme12345",
	} {
		err := auth.CheckPassword(pw)
		require.True(t, fault.Is(err, fault.Invalid), pw)
		require.NotContains(t, err.Error(), pw)
	}
}

func TestOtherPasswordsAreNotTakenForCommonOnes(t *testing.T) {
	t.Parallel()
	for _, pw := range []string{
		"correct horse battery", "another good password", "a long enough password 42", "ещё двенадцать", "mönch im kloster",
		"dragon eats 4 monkeys", "x7k2p9x7k2p9q", "98127345-monkey-1190238", "Tr0ub4dor&3-more", "aaaa\naaaaa\nbcdefg",
	} {
		require.NoError(t, auth.CheckPassword(pw), pw)
	}
}

func TestAPasswordMustNotTellOfItsUser(t *testing.T) {
	t.Parallel()
	const pw = "horses of Grace.Hopper 19"
	require.NoError(t, auth.CheckPassword(pw, "ada", "lin@example.org", "", "of"), "a short name is in too many")
	for _, about := range []string{"grace.hopper", "GRACE.HOPPER@navy.example", " hopper "} {
		require.True(t, fault.Is(auth.CheckPassword(pw, about), fault.Invalid), about)
	}
	_, err := newHasher(t).Hash(t.Context(), pw, "hopper")
	require.True(t, fault.Is(err, fault.Invalid))
}

func FuzzCheckPassword(f *testing.F) {
	f.Add("correct horse battery", "ada")
	f.Add("пароль\x00\xff", "é")
	f.Fuzz(func(t *testing.T, pw, about string) {
		if err := auth.CheckPassword(pw, about); err != nil {
			require.True(t, fault.Is(err, fault.Invalid))
		}
	})
}
