package postgres

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
)

// Account is the unprivileged user that the server runs as; PostgreSQL refuses to run as root.
type Account struct {
	Name     string
	UID, GID uint32
}

// Unprivileged picks the account when this process is root: postgres, else nobody. It is nil when this process is not
// root, for then the server runs as the same user.
func Unprivileged() (*Account, error) {
	if os.Geteuid() != 0 {
		return nil, nil // no other account is needed
	}
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, errU := strconv.ParseUint(u.Uid, 10, 32)
		gid, errG := strconv.ParseUint(u.Gid, 10, 32)
		if errU == nil && errG == nil && uid != 0 {
			return &Account{Name: name, UID: uint32(uid), GID: uint32(gid)}, nil
		}
	}
	return nil, errors.New("PostgreSQL refuses to run as root, and there is neither a user postgres nor a user nobody to run it as; start as another user")
}

// Reach checks that the account can get to dir, and names the parent folder that blocks when it can't. A nil account
// reaches everything; of a folder that doesn't exist yet the part that does is checked. Links are followed.
func (a *Account) Reach(dir string) error {
	if a == nil {
		return nil
	}
	there, err := existing(dir)
	if err != nil {
		return err
	}
	for parent := there; ; parent = filepath.Dir(parent) {
		info, err := os.Stat(parent)
		if err != nil {
			return fmt.Errorf("look at %s: %w", parent, err)
		}
		if !a.maySearch(info) {
			return fmt.Errorf("PostgreSQL runs as user %s, who can't pass through %s (mode %s) to %s; "+
				"set DATA_DIR to a folder that user can reach, for example /var/lib/velocicompanion, or chmod o+x %s",
				a.Name, parent, info.Mode().Perm(), dir, parent)
		}
		if parent == filepath.Dir(parent) {
			return nil
		}
	}
}

// existing is the part of dir that exists, without links.
func existing(dir string) (string, error) {
	for {
		resolved, err := filepath.EvalSymlinks(dir)
		if err == nil {
			return resolved, nil
		}
		if !errors.Is(err, fs.ErrNotExist) {
			return "", fmt.Errorf("look at %s: %w", dir, err)
		}
		dir = filepath.Dir(dir)
	}
}

// maySearch says whether the mode bits let the account pass through a folder.
func (a *Account) maySearch(info fs.FileInfo) bool {
	st, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return true
	}
	mode := info.Mode().Perm()
	switch {
	case st.Uid == a.UID:
		return mode&0o100 != 0
	case st.Gid == a.GID:
		return mode&0o010 != 0
	default:
		return mode&0o001 != 0
	}
}

// own hands a file or folder to the account.
func (a *Account) own(path string) error {
	if a == nil {
		return nil
	}
	if err := os.Chown(path, int(a.UID), int(a.GID)); err != nil {
		return fmt.Errorf("hand %s to user %s: %w", path, a.Name, err)
	}
	return nil
}

func (a *Account) credential() *syscall.Credential {
	if a == nil {
		return nil
	}
	return &syscall.Credential{Uid: a.UID, Gid: a.GID, Groups: []uint32{}}
}
