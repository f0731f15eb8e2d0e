package platform

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/velocicompanion/velocicompanion/standalone/postgres"
)

// folder is DATA_DIR, held by one process at a time.
type folder struct {
	path string
	lock *os.File
}

// openFolder makes the data folder where missing and takes its lock, which the kernel gives back however this process
// ends. The error names a parent that keeps PostgreSQL's user out, or the process that holds the lock.
func openFolder(dir string, as *postgres.Account) (*folder, error) {
	if dir == "" {
		dir = ".data"
		if as != nil {
			dir = "/var/lib/velocicompanion" // a clone is often in a home that PostgreSQL's user may not enter
		}
	}
	path, err := filepath.Abs(dir)
	if err != nil {
		return nil, fmt.Errorf("find DATA_DIR: %w", err)
	}
	if err := as.Reach(path); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(path, 0o711); err != nil { //nolint:gosec // PostgreSQL's user passes through
		return nil, fmt.Errorf("make DATA_DIR: %w", err)
	}
	lock, err := os.OpenFile(filepath.Join(path, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open the lock of DATA_DIR: %w", err)
	}
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		holder, _ := os.ReadFile(lock.Name())
		return nil, errors.Join(fmt.Errorf("DATA_DIR %s is in use by another velocicompanion-standalone (pid %s); stop it or set DATA_DIR",
			path, cmp.Or(strings.TrimSpace(string(holder)), "unknown")), lock.Close())
	}
	f := &folder{path: path, lock: lock}
	if err := f.sign(); err != nil {
		return nil, errors.Join(err, lock.Close())
	}
	return f, nil
}

// sign writes our pid into the lock, for the error of whoever comes second.
func (f *folder) sign() error {
	if err := f.lock.Truncate(0); err != nil {
		return fmt.Errorf("sign the lock of DATA_DIR: %w", err)
	}
	if _, err := fmt.Fprintln(f.lock, os.Getpid()); err != nil {
		return fmt.Errorf("sign the lock of DATA_DIR: %w", err)
	}
	return nil
}

func (f *folder) close() error { return f.lock.Close() }

func (f *folder) join(name string) string { return filepath.Join(f.path, name) }

// kept reads a small file, or makes its content and keeps it, readable by us alone. The file appears whole or not at all.
func (f *folder) kept(name string, create func() string) (string, error) {
	b, err := os.ReadFile(f.join(name))
	if content := strings.TrimSpace(string(b)); err == nil && content != "" {
		return content, nil
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("read %s: %w", f.join(name), err)
	}
	content := create()
	return content, f.keep(name, content)
}

func (f *folder) keep(name, content string) error {
	part := f.join(name) + ".part"
	if err := os.WriteFile(part, []byte(content+"\n"), 0o600); err != nil {
		return fmt.Errorf("keep %s: %w", name, err)
	}
	if err := os.Rename(part, f.join(name)); err != nil {
		return fmt.Errorf("keep %s: %w", name, err)
	}
	return nil
}
