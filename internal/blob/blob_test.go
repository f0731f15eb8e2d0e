package blob_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/velocicompanion/velocicompanion/internal/blob"
	"github.com/velocicompanion/velocicompanion/internal/fault"
)

const limit = 1 << 20

func open(t *testing.T) (blob.Store, string) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "files with spaces")
	s, err := blob.Open("file://" + strings.ReplaceAll(dir, " ", "%20"))
	require.NoError(t, err)
	return s, dir
}

func put(t *testing.T, s blob.Store, tenant int64, text string) blob.Blob {
	t.Helper()
	b, err := s.Put(t.Context(), tenant, strings.NewReader(text), limit)
	require.NoError(t, err)
	return b
}

func read(t *testing.T, s blob.Store, tenant int64, ref string) string {
	t.Helper()
	f, err := s.Open(t.Context(), tenant, ref)
	require.NoError(t, err)
	defer func() { require.NoError(t, f.Close()) }()
	raw, err := io.ReadAll(f)
	require.NoError(t, err)
	return string(raw)
}

// filesIn lists every regular file below dir.
func filesIn(t *testing.T, dir string) (names []string) {
	t.Helper()
	require.NoError(t, filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() {
			names = append(names, path)
		}
		return err
	}))
	return names
}

func keepAll(_ context.Context, _ int64, refs []string) (map[string]bool, error) {
	kept := map[string]bool{}
	for _, r := range refs {
		kept[r] = true
	}
	return kept, nil
}

func keepNone(context.Context, int64, []string) (map[string]bool, error) { return nil, nil }

func TestAFileComesBackAsItWent(t *testing.T) {
	t.Parallel()
	s, dir := open(t)
	raw := make([]byte, 300_000)
	_, _ = rand.Read(raw)
	b, err := s.Put(t.Context(), 7, bytes.NewReader(raw), limit)
	require.NoError(t, err)
	sum := sha256.Sum256(raw)
	require.Equal(t, hex.EncodeToString(sum[:]), b.SHA256)
	require.Equal(t, int64(len(raw)), b.Size)
	require.Len(t, b.Ref, 32)
	require.Equal(t, string(raw), read(t, s, 7, b.Ref))

	f, err := s.Open(t.Context(), 7, b.Ref)
	require.NoError(t, err)
	_, err = f.Seek(299_990, io.SeekStart)
	require.NoError(t, err)
	end, err := io.ReadAll(f)
	require.NoError(t, err)
	require.NoError(t, f.Close())
	require.Equal(t, raw[299_990:], end)

	again, err := blob.Open(dir)
	require.NoError(t, err)
	require.Equal(t, string(raw), read(t, again, 7, b.Ref), "the next process finds it, by the bare path as well")
	info, err := os.Stat(filesIn(t, dir)[0])
	require.NoError(t, err)
	require.Equal(t, fs.FileMode(0o600), info.Mode().Perm())

	empty := put(t, s, 7, "")
	require.Equal(t, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", empty.SHA256)
	require.Empty(t, read(t, s, 7, empty.Ref))

	require.NoError(t, s.Delete(t.Context(), 7, b.Ref))
	require.NoError(t, s.Delete(t.Context(), 7, b.Ref))
	_, err = s.Open(t.Context(), 7, b.Ref)
	require.True(t, fault.Is(err, fault.NotFound))
}

func TestATenantReachesItsOwnFilesOnly(t *testing.T) {
	t.Parallel()
	s, dir := open(t)
	b := put(t, s, 7, "seven's")
	for _, tenant := range []int64{8, 77, 0, -7} {
		_, err := s.Open(t.Context(), tenant, b.Ref)
		require.True(t, fault.Is(err, fault.NotFound), "tenant %d", tenant)
		if tenant > 0 {
			require.NoError(t, s.Delete(t.Context(), tenant, b.Ref))
		}
	}
	require.Equal(t, "seven's", read(t, s, 7, b.Ref))
	require.NoError(t, os.WriteFile(filepath.Join(filepath.Dir(dir), "outside"), []byte("x"), 0o600))
	for _, ref := range []string{
		"", ".", "..", "../" + b.Ref, "../7/" + b.Ref[:2] + "/" + b.Ref, "../../outside", "/etc/passwd", strings.ToUpper(b.Ref) + "A", b.Ref + "/", b.Ref[:31],
		b.Ref + "00", strings.Repeat("0", 30) + "\x00a", strings.Repeat("/", 32), b.Ref[:30] + "..", strings.Repeat("\u00e9", 16),
	} {
		_, err := s.Open(t.Context(), 7, ref)
		require.True(t, fault.Is(err, fault.NotFound), "%q", ref)
		require.True(t, fault.Is(s.Delete(t.Context(), 7, ref), fault.NotFound), "%q", ref)
	}
	_, err := s.Put(t.Context(), 0, strings.NewReader("x"), limit)
	require.Error(t, err)
}

func TestALinkOutOfTheFolderIsNotFollowed(t *testing.T) {
	t.Parallel()
	s, dir := open(t)
	secret := filepath.Join(t.TempDir(), "secret")
	require.NoError(t, os.WriteFile(secret, []byte("s"), 0o600))
	ref := strings.Repeat("ab", 16)
	require.NoError(t, os.MkdirAll(filepath.Join(dir, "7", "ab"), 0o700))
	require.NoError(t, os.Symlink(secret, filepath.Join(dir, "7", "ab", ref)))
	_, err := s.Open(t.Context(), 7, ref)
	require.Error(t, err)
}

func TestTooMuchAndBrokenSourcesLeaveNothing(t *testing.T) {
	t.Parallel()
	s, dir := open(t)
	ok, err := s.Put(t.Context(), 7, strings.NewReader("12345"), 5)
	require.NoError(t, err)
	_, err = s.Put(t.Context(), 7, strings.NewReader("123456"), 5)
	require.True(t, fault.Is(err, fault.TooLarge))
	broken := errors.New("the line went dead")
	_, err = s.Put(t.Context(), 7, io.MultiReader(strings.NewReader("123"), iotest.ErrReader(broken)), limit)
	require.ErrorIs(t, err, broken)
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = s.Put(ended, 7, strings.NewReader("123"), limit)
	require.ErrorIs(t, err, context.Canceled)
	require.Len(t, filesIn(t, dir), 1)
	require.Equal(t, "12345", read(t, s, 7, ok.Ref))
}

func TestManyAtOnce(t *testing.T) {
	t.Parallel()
	s, dir := open(t)
	blobs := make([]blob.Blob, 40)
	var wg sync.WaitGroup
	for i := range blobs {
		wg.Go(func() {
			b, err := s.Put(t.Context(), int64(i%3+1), strings.NewReader(strings.Repeat("x", i)), limit)
			if err == nil {
				blobs[i] = b
			}
		})
	}
	wg.Wait()
	for i, b := range blobs {
		require.Equal(t, strings.Repeat("x", i), read(t, s, int64(i%3+1), b.Ref))
	}
	require.Len(t, filesIn(t, dir), len(blobs))
}

// TestAKilledProcessLeavesNoFile kills one that is in the middle of writing; it runs itself for that.
func TestAKilledProcessLeavesNoFile(t *testing.T) {
	t.Parallel()
	if dir := os.Getenv("BLOB_TEST_WRITE_TO"); dir != "" {
		s, err := blob.Open(dir)
		require.NoError(t, err)
		_, _ = s.Put(t.Context(), 7, &tellAndHang{}, limit)
		return
	}
	s, dir := open(t)
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestAKilledProcessLeavesNoFile$")
	cmd.Env = append(os.Environ(), "BLOB_TEST_WRITE_TO="+dir)
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	told := make([]byte, len("halfway"))
	_, err = io.ReadFull(out, told)
	require.NoError(t, err)
	require.NoError(t, cmd.Process.Kill())
	require.Error(t, cmd.Wait())

	left := filesIn(t, dir)
	require.Len(t, left, 1)
	_, err = s.Open(t.Context(), 7, filepath.Base(left[0]))
	require.True(t, fault.Is(err, fault.NotFound), "what was being written is no file")
	n, err := s.Sweep(t.Context(), time.Now().Add(-time.Hour), keepAll)
	require.NoError(t, err)
	require.Zero(t, n, "another process may be writing it")
	n, err = s.Sweep(t.Context(), time.Now().Add(time.Hour), keepAll)
	require.NoError(t, err)
	require.Equal(t, int64(1), n)
	require.Empty(t, filesIn(t, dir))
}

// tellAndHang gives some bytes, says so on the second read, and never ends.
type tellAndHang struct{ given bool }

func (r *tellAndHang) Read(p []byte) (int, error) {
	if !r.given {
		r.given = true
		return copy(p, "half"), nil
	}
	if _, err := os.Stdout.WriteString("halfway"); err != nil {
		return 0, err
	}
	select {}
}

func TestSweepRemovesWhatNoRowKeeps(t *testing.T) {
	t.Parallel()
	s, dir := open(t)
	kept, orphan, others := put(t, s, 7, "kept"), put(t, s, 7, "orphan"), put(t, s, 8, "other")
	stranger := filepath.Join(dir, "7", "README")
	require.NoError(t, os.WriteFile(stranger, []byte("not ours"), 0o600))
	old := time.Now().Add(time.Hour)

	n, err := s.Sweep(t.Context(), time.Now().Add(-time.Hour), keepNone)
	require.NoError(t, err)
	require.Zero(t, n, "a young file's row may be on its way")
	_, err = s.Sweep(t.Context(), old, func(context.Context, int64, []string) (map[string]bool, error) { return nil, io.ErrUnexpectedEOF })
	require.ErrorIs(t, err, io.ErrUnexpectedEOF)
	require.Len(t, filesIn(t, dir), 4, "nothing goes when nobody could say what is kept")

	n, err = s.Sweep(t.Context(), old, func(_ context.Context, tenant int64, refs []string) (map[string]bool, error) {
		return map[string]bool{kept.Ref: tenant == 7 && len(refs) > 0, others.Ref: tenant == 8}, nil
	})
	require.NoError(t, err)
	require.Equal(t, int64(1), n)
	require.Equal(t, "kept", read(t, s, 7, kept.Ref))
	require.Equal(t, "other", read(t, s, 8, others.Ref))
	_, err = s.Open(t.Context(), 7, orphan.Ref)
	require.True(t, fault.Is(err, fault.NotFound))
	require.FileExists(t, stranger)
}

func TestURLs(t *testing.T) {
	t.Parallel()
	for _, bad := range []string{"s3://bucket/x", "file://host/x", "file://relative", "https://x/y", "file://%zz"} {
		require.Error(t, blob.Check(bad), bad)
		_, err := blob.Open(bad)
		require.Error(t, err, bad)
	}
	for _, good := range []string{"", "file:///var/x", "file://localhost/var/x", "/var/x", "relative/x"} {
		require.NoError(t, blob.Check(good), good)
	}
	occupied := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(occupied, nil, 0o600))
	_, err := blob.Open(occupied)
	require.Error(t, err)

	s, err := blob.Open("")
	require.NoError(t, err)
	_, err = s.Put(t.Context(), 7, strings.NewReader("x"), limit)
	var f *fault.Error
	require.ErrorAs(t, err, &f)
	require.Equal(t, blob.CodeNotConfigured, f.StableCode())
	n, err := s.Sweep(t.Context(), time.Now(), keepNone)
	require.NoError(t, err)
	require.Zero(t, n)
}
