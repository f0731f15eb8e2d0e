package postgres

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestReachNamesTheParentThatBlocks(t *testing.T) {
	t.Parallel()
	stranger := &Account{Name: "stranger", UID: 4_000_001, GID: 4_000_001}
	open := reachable(t)
	closed := filepath.Join(open, "closed")
	require.NoError(t, os.Mkdir(closed, 0o700))

	require.NoError(t, stranger.Reach(filepath.Join(open, "not", "there", "yet")))
	err := stranger.Reach(filepath.Join(closed, "data"))
	require.ErrorContains(t, err, "can't pass through "+closed+" ")
	require.ErrorContains(t, err, "DATA_DIR")
	link := filepath.Join(open, "link")
	require.NoError(t, os.Symlink(closed, link))
	require.ErrorContains(t, stranger.Reach(filepath.Join(link, "data")), "can't pass through "+closed+" ")
	require.NoError(t, (*Account)(nil).Reach(closed))
}
