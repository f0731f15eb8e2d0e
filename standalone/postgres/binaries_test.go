package postgres

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// install puts stand-ins that answer --version into a folder.
func install(t *testing.T, version string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "bin")
	require.NoError(t, os.Mkdir(dir, 0o755))
	script := fmt.Appendf(nil, "#!/bin/sh\necho 'postgres (PostgreSQL) %s'\n", version)
	for _, name := range []string{"initdb", "postgres"} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), script, 0o755))
	}
	return dir
}

func TestFindPicksTheNewest(t *testing.T) {
	t.Parallel()
	old, recent := install(t, "15.8 (Debian 15.8-0+deb12u1)"), install(t, "17rc1")
	b, err := Find(t.Context(), Search{NoPATH: true, Globs: []string{old, recent}})
	require.NoError(t, err)
	require.Equal(t, Binaries{Dir: recent, Major: 17}, b)
}

func TestFindKeepsToTheVersionOfExistingData(t *testing.T) {
	t.Parallel()
	old, recent := install(t, "15.8"), install(t, "17.1")
	b, err := Find(t.Context(), Search{NoPATH: true, Globs: []string{old, recent}, Major: 15})
	require.NoError(t, err)
	require.Equal(t, Binaries{Dir: old, Major: 15}, b)

	_, err = Find(t.Context(), Search{NoPATH: true, Globs: []string{recent}, Major: 16, DataDir: "/data"})
	require.ErrorIs(t, err, ErrNotInstalled)
	require.ErrorContains(t, err, "/data was made by PostgreSQL 16")
	require.ErrorContains(t, err, "apt install postgresql-16")
}

func TestFindNamesThePackageToInstall(t *testing.T) {
	t.Parallel()
	for name, s := range map[string]Search{
		"nothing": {NoPATH: true, Globs: []string{t.TempDir()}},
		"too old": {NoPATH: true, Globs: []string{install(t, "13.2")}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := Find(t.Context(), s)
			require.ErrorIs(t, err, ErrNotInstalled)
			require.ErrorContains(t, err, "apt install postgresql")
		})
	}
}

func TestFindBelievesBinDirAlone(t *testing.T) {
	t.Parallel()
	_, err := Find(t.Context(), Search{BinDir: t.TempDir(), Globs: []string{install(t, "15.8")}})
	require.ErrorIs(t, err, ErrNotInstalled)
	require.ErrorContains(t, err, "PG_BINDIR=")
}
