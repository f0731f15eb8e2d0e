package platform

import (
	"encoding/base64"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/velocicompanion/velocicompanion/standalone/postgres"
)

func open(t *testing.T, dir string) *folder {
	t.Helper()
	f, err := openFolder(dir, nil)
	require.NoError(t, err)
	t.Cleanup(func() { _ = f.close() })
	return f
}

func TestFolderBelongsToOneProcess(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "data")
	first := open(t, dir)
	_, err := openFolder(dir, nil)
	require.ErrorContains(t, err, fmt.Sprintf("DATA_DIR %s is in use by another velocicompanion-standalone (pid %d)", dir, os.Getpid()))
	require.NoError(t, first.close())
	open(t, dir)
}

func TestFolderNamesTheParentThatBlocks(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	require.NoError(t, os.Chmod(dir, 0o700))
	_, err := openFolder(filepath.Join(dir, "data"), &postgres.Account{Name: "stranger", UID: 4_000_001, GID: 4_000_001})
	require.ErrorContains(t, err, "user stranger, who can't pass through "+filepath.Dir(dir)[:4])
	require.NoDirExists(t, filepath.Join(dir, "data"))
}

func TestKeysAreMadeOnceAndKeptPrivate(t *testing.T) {
	t.Parallel()
	f := open(t, t.TempDir())
	first := variables{}
	require.NoError(t, first.keys(f))
	again := variables{}
	require.NoError(t, again.keys(f))
	require.Equal(t, first, again)
	require.GreaterOrEqual(t, len(first["SECRET_KEY"]), 32)
	raw, err := base64.StdEncoding.DecodeString(first["ENCRYPTION_KEY"])
	require.NoError(t, err)
	require.Len(t, raw, 32)
	for _, name := range []string{"secret_key", "encryption_key", "audit_key"} {
		info, err := os.Stat(f.join(name))
		require.NoError(t, err)
		require.Equal(t, os.FileMode(0o600), info.Mode().Perm())
	}
}

func TestKeysOfTheOperatorWin(t *testing.T) {
	t.Parallel()
	f := open(t, t.TempDir())
	given := variables{"SECRET_KEY": strings.Repeat("s", 32), "ENCRYPTION_KEY_FILE": "/run/secrets/key", "AUDIT_KEY": "k"}
	vars := maps.Clone(given)
	require.NoError(t, vars.keys(f))
	require.Equal(t, given, vars)
	require.NoFileExists(t, f.join("secret_key"))
	require.NoFileExists(t, f.join("audit_key"))
}

func TestRunFileIsReadByAShell(t *testing.T) {
	t.Parallel()
	f := open(t, t.TempDir())
	require.NoError(t, variables{"DATABASE_URL": "postgres://o'hara@x/y", "HTTP_ADDR": "1"}.tell(f))
	b, err := os.ReadFile(f.join(runFile))
	require.NoError(t, err)
	require.Equal(t, fmt.Sprintf("DATABASE_URL='postgres://o'\\''hara@x/y'\nPID='%d'\n", os.Getpid()), string(b))
}

func TestFirstAdminIsShownOnceEvenAfterAnInterruptedStart(t *testing.T) {
	t.Parallel()
	f := open(t, t.TempDir())
	interrupted, err := variables{}.inviteFirstAdmin(f, true)
	require.NoError(t, err)

	vars := variables{}
	admin, err := vars.inviteFirstAdmin(f, true)
	require.NoError(t, err)
	require.Equal(t, interrupted.password, admin.password)
	require.Equal(t, "admin", vars["FIRST_ADMIN_USERNAME"])
	require.Equal(t, admin.password, vars["FIRST_ADMIN_PASSWORD"])
	var out strings.Builder
	require.NoError(t, admin.show(&out))
	require.Contains(t, out.String(), admin.password)
	kept, err := os.ReadFile(f.join(firstAdminFile))
	require.NoError(t, err)
	require.NotContains(t, string(kept), admin.password)

	later := variables{}
	nobody, err := later.inviteFirstAdmin(f, true)
	require.NoError(t, err)
	require.Nil(t, nobody)
	require.Empty(t, later["FIRST_ADMIN_PASSWORD"])
	require.NoError(t, nobody.show(&out))
}

func TestFirstAdminPasswordOfTheOperatorIsNotShown(t *testing.T) {
	t.Parallel()
	f := open(t, t.TempDir())
	vars := variables{"FIRST_ADMIN_USERNAME": "root", "FIRST_ADMIN_PASSWORD": "a long one of mine"}
	admin, err := vars.inviteFirstAdmin(f, false)
	require.NoError(t, err)
	require.Equal(t, "a long one of mine", vars["FIRST_ADMIN_PASSWORD"])
	var out strings.Builder
	require.NoError(t, admin.show(&out))
	require.Contains(t, out.String(), "root")
	require.NotContains(t, out.String(), "Password")
}

func TestForeignDatabaseGetsNoUserUnasked(t *testing.T) {
	t.Parallel()
	vars := variables{}
	admin, err := vars.inviteFirstAdmin(open(t, t.TempDir()), false)
	require.NoError(t, err)
	require.Nil(t, admin)
	require.Empty(t, vars)
}
