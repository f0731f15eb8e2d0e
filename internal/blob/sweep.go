package blob

import (
	"context"
	"errors"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"time"
)

const sweepBatch = 500 // references asked about at once

// Sweep walks the tenants' folders. A file that is younger than before stays in any case: its row may be about to be
// written.
func (f *folder) Sweep(ctx context.Context, before time.Time, kept Kept) (n int64, err error) {
	tenants, err := fs.ReadDir(f.root.FS(), ".")
	if err != nil {
		return 0, storageFault(err)
	}
	var errs []error
	for _, dir := range tenants {
		tenant, err := strconv.ParseInt(dir.Name(), 10, 64)
		if err != nil || tenant <= 0 || folderOfTenant(tenant) != dir.Name() || !dir.IsDir() {
			continue // nothing of ours
		}
		removed, err := f.sweepTenant(ctx, tenant, before, kept)
		n += removed
		errs = append(errs, err)
	}
	return n, errors.Join(errs...)
}

func (f *folder) sweepTenant(ctx context.Context, tenant int64, before time.Time, kept Kept) (n int64, err error) {
	top := folderOfTenant(tenant)
	dirs, err := fs.ReadDir(f.root.FS(), top)
	if err != nil {
		return 0, storageFault(err)
	}
	for _, dir := range dirs {
		if err := ctx.Err(); err != nil {
			return n, err
		}
		if !dir.IsDir() {
			continue
		}
		keeps := kept
		if dir.Name() == unfinished {
			keeps = keepsNothing
		}
		removed, err := f.sweepFolder(ctx, tenant, path.Join(top, dir.Name()), before, keeps)
		n += removed
		if err != nil {
			return n, err
		}
	}
	return n, nil
}

func keepsNothing(context.Context, int64, []string) (map[string]bool, error) { return nil, nil }

func (f *folder) sweepFolder(ctx context.Context, tenant int64, dir string, before time.Time, kept Kept) (n int64, err error) {
	entries, err := fs.ReadDir(f.root.FS(), dir)
	if err != nil {
		return 0, storageFault(err)
	}
	var old []string
	for _, e := range entries {
		info, err := e.Info()
		if err != nil || !info.Mode().IsRegular() || !isRef(e.Name()) || !info.ModTime().Before(before) {
			continue // gone meanwhile, nothing of ours, or too young to judge
		}
		old = append(old, e.Name())
	}
	for some := range slices.Chunk(old, sweepBatch) {
		stay, err := kept(ctx, tenant, some)
		if err != nil {
			return n, err
		}
		removed, err := f.removeBut(dir, some, stay)
		n += removed
		if err != nil {
			return n, err
		}
	}
	return n, nil
}

// removeBut removes files that don't stay, and says how many.
func (f *folder) removeBut(dir string, refs []string, stay map[string]bool) (n int64, err error) {
	for _, ref := range refs {
		if stay[ref] {
			continue
		}
		if err := f.root.Remove(path.Join(dir, ref)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return n, storageFault(err)
		}
		n++
	}
	return n, nil
}
