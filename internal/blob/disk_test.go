package blob

import (
	"errors"
	"io"
	"io/fs"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/velocicompanion/velocicompanion/internal/fault"
)

// failing is a file on a disk that fails after some bytes, or when it is asked to keep them.
type failing struct {
	sink

	room  int   // bytes until write fails
	write error // nil: the write is short without saying why
	sync  error
	close error
}

func (f *failing) Write(p []byte) (int, error) {
	if f.room >= len(p) {
		f.room -= len(p)
		return f.sink.Write(p)
	}
	n, _ := f.sink.Write(p[:f.room])
	f.room = 0
	return n, f.write
}

func (f *failing) Sync() error  { return errors.Join(f.sync, f.sink.Sync()) }
func (f *failing) Close() error { return errors.Join(f.close, f.sink.Close()) }

func TestADiskThatFails(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		disk failing
		code string
	}{
		"full while writing": {failing{room: 1000, write: syscall.ENOSPC}, CodeFull},
		"past the quota":     {failing{room: 1000, write: syscall.EDQUOT}, CodeFull},
		"short write":        {failing{room: 1000}, CodeFailed},
		"broken":             {failing{room: 0, write: syscall.EIO}, CodeFailed},
		"full at the end":    {failing{room: 1 << 20, sync: syscall.ENOSPC}, CodeFull},
		"lost on close":      {failing{room: 1 << 20, close: syscall.EIO}, CodeFailed},
	} {
		dir := t.TempDir()
		s, err := Open(dir)
		require.NoError(t, err)
		f, ok := s.(*folder)
		require.True(t, ok)
		f.create = func(name string) (sink, error) {
			file, err := f.newFile(name)
			disk := c.disk
			disk.sink = file
			return &disk, err
		}
		_, err = f.Put(t.Context(), 7, strings.NewReader(strings.Repeat("x", 100_000)), 1<<20)
		var ours *fault.Error
		require.ErrorAs(t, err, &ours, name)
		require.Equal(t, fault.Unavailable, ours.Kind, name)
		require.Equal(t, c.code, ours.StableCode(), name)
		require.NotContains(t, ours.Message, dir, name)
		require.NoError(t, filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
			require.False(t, d.Type().IsRegular(), "%s left %s", name, path)
			return err
		}))
		f.create = f.newFile
		_, err = f.Put(t.Context(), 7, strings.NewReader("x"), 1)
		require.NoError(t, err, "there is room again")
	}
	_, err := io.Copy(&failing{sink: discard{}, room: 3}, strings.NewReader("12345"))
	require.ErrorIs(t, err, io.ErrShortWrite)
}

type discard struct{}

func (discard) Write(p []byte) (int, error) { return len(p), nil }
func (discard) Sync() error                 { return nil }
func (discard) Close() error                { return nil }
