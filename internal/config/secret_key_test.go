package config_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/velocicompanion/velocicompanion/internal/config"
)

func TestSecretKeyHoldsSeveralWhileOneIsReplaced(t *testing.T) {
	t.Parallel()
	old, next := strings.Repeat("o", 32), strings.Repeat("n", 40)
	for _, value := range []string{next + "," + old, next + ", " + old, " " + next + " ,\n" + old + "\n"} {
		c, err := config.FromMap(map[string]string{"SECRET_KEY": value})
		require.NoError(t, err)
		require.Equal(t, []string{next, old}, c.SecretKeys())
		require.NotContains(t, c.CheckServe().Error(), "SECRET_KEY")
	}
	file := filepath.Join(t.TempDir(), "secret")
	require.NoError(t, os.WriteFile(file, []byte(next+","+old+"\n"), 0o600))
	c, err := config.FromMap(map[string]string{"SECRET_KEY_FILE": file})
	require.NoError(t, err)
	require.Equal(t, []string{next, old}, c.SecretKeys())
}

func TestEverySecretKeyMustBeLongEnough(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("k", 32)
	for _, bad := range []string{"", "change-me", long + ",short", long + ",", "," + long} {
		c, err := config.FromMap(map[string]string{"SECRET_KEY": bad})
		require.NoError(t, err)
		err = c.CheckServe()
		require.ErrorContains(t, err, "SECRET_KEY", bad)
		require.NotContains(t, err.Error(), long, "a key is never shown")
	}
}
