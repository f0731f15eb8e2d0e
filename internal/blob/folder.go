package blob

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"strconv"

	"github.com/velocicompanion/velocicompanion/internal/fault"
)

const (
	folderMode = 0o700
	fileMode   = 0o600
	unfinished = "unfinished" // the folder, in each tenant's, of what is being written
	fanOut     = 2            // digits of a reference that name its folder
)

// folder keeps files below one folder as <tenant>/<first digits>/<reference>. Nothing outside can be reached: os.Root
// follows no link and no .. out of it.
type folder struct {
	root   *os.Root
	create func(name string) (sink, error) // newFile, but for tests of disks that fail
}

// sink is the part of a file that writing needs.
type sink interface {
	io.WriteCloser

	Sync() error
}

func (f *folder) newFile(name string) (sink, error) {
	return f.root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, fileMode)
}

func folderOfTenant(tenant int64) string { return strconv.FormatInt(tenant, 10) }

func place(tenant int64, ref string) string {
	return path.Join(folderOfTenant(tenant), ref[:fanOut], ref)
}

// probe makes and removes a file, so that a folder that can't be written is known at start.
func (f *folder) probe() error {
	name := ".probe-" + newRef()
	file, err := f.newFile(name)
	if err != nil {
		return err
	}
	return errors.Join(file.Close(), f.root.Remove(name))
}

// Put writes beside the files and moves the whole into place, both on disk before it answers: a crash leaves the file or
// something that Sweep removes.
func (f *folder) Put(ctx context.Context, tenant int64, r io.Reader, limit int64) (Blob, error) {
	if tenant <= 0 || limit <= 0 {
		return Blob{}, fault.New(fault.Internal, "a file without a tenant or a limit")
	}
	ref := newRef()
	draft := path.Join(folderOfTenant(tenant), unfinished, ref)
	if err := f.root.MkdirAll(path.Dir(draft), folderMode); err != nil {
		return Blob{}, storageFault(err)
	}
	b, err := f.write(ctx, draft, r, limit)
	if err == nil {
		b.Ref = ref
		err = f.publish(draft, place(tenant, ref))
	}
	if err != nil {
		_ = f.root.Remove(draft) // what stays, Sweep removes
		return Blob{}, err
	}
	return b, nil
}

// write fills a new file and brings it to the disk.
func (f *folder) write(ctx context.Context, name string, r io.Reader, limit int64) (b Blob, err error) {
	file, err := f.create(name)
	if err != nil {
		return b, storageFault(err)
	}
	sum := sha256.New()
	from := &source{ctx: ctx, r: io.LimitReader(r, limit+1)}
	b.Size, err = io.Copy(io.MultiWriter(file, sum), from)
	switch {
	case err != nil && from.err != nil:
		err = from.err
	case err != nil:
		err = storageFault(err)
	case b.Size > limit:
		err = fault.New(fault.TooLarge, "the file has more than %d bytes, the most that is taken", limit)
	}
	if err != nil {
		_ = file.Close()
		return b, err
	}
	b.SHA256 = hex.EncodeToString(sum.Sum(nil))
	if err := file.Sync(); err != nil {
		_ = file.Close()
		return b, storageFault(err)
	}
	if err := file.Close(); err != nil {
		return b, storageFault(err)
	}
	return b, nil
}

// publish moves a written file to its place. The move counts once the folders that name it are on disk.
func (f *folder) publish(draft, name string) error {
	folder := path.Dir(name)
	if err := f.root.MkdirAll(folder, folderMode); err != nil {
		return storageFault(err)
	}
	if err := f.root.Rename(draft, name); err != nil {
		return storageFault(err)
	}
	for dir := folder; ; dir = path.Dir(dir) {
		if err := f.syncFolder(dir); err != nil {
			_ = f.root.Remove(name)
			return storageFault(err)
		}
		if dir == "." {
			return nil
		}
	}
}

func (f *folder) syncFolder(name string) error {
	dir, err := f.root.Open(name)
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}

// Open opens a file of the tenant.
func (f *folder) Open(_ context.Context, tenant int64, ref string) (io.ReadSeekCloser, error) {
	if tenant <= 0 || !isRef(ref) {
		return nil, noFile()
	}
	file, err := f.root.Open(place(tenant, ref))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, noFile()
	}
	if err != nil {
		return nil, storageFault(err)
	}
	return file, nil
}

// Delete removes a file of the tenant.
func (f *folder) Delete(_ context.Context, tenant int64, ref string) error {
	if tenant <= 0 || !isRef(ref) {
		return noFile()
	}
	if err := f.root.Remove(place(tenant, ref)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return storageFault(err)
	}
	return nil
}

// source reads until its context ends, and keeps the error that reading met apart from those of writing.
type source struct {
	ctx context.Context //nolint:containedctx // it lives for one copy
	r   io.Reader
	err error
}

// Read reads on while somebody waits for it.
func (s *source) Read(p []byte) (int, error) {
	if err := s.ctx.Err(); err != nil {
		s.err = err
		return 0, err
	}
	n, err := s.r.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		s.err = err
	}
	return n, err
}
