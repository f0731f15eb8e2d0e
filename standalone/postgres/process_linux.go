package postgres

import (
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
)

// isServerOf says whether pid is a PostgreSQL server that was started on dataDir.
func isServerOf(pid int, dataDir string) bool {
	b, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "cmdline"))
	if err != nil {
		return false
	}
	args := strings.Split(strings.TrimRight(string(b), "\x00"), "\x00")
	if filepath.Base(args[0]) != "postgres" {
		return false
	}
	i := slices.Index(args, "-D")
	return (i >= 0 && i+1 < len(args) && args[i+1] == dataDir) || worksIn(pid, dataDir)
}

// anyProcessIn says whether any process has dataDir as its working folder, as a server and its backends do.
func anyProcessIn(dataDir string) bool {
	entries, err := os.ReadDir("/proc")
	if err != nil {
		return false
	}
	for _, e := range entries {
		if pid, err := strconv.Atoi(e.Name()); err == nil && worksIn(pid, dataDir) {
			return true
		}
	}
	return false
}

func worksIn(pid int, dataDir string) bool {
	resolved, err := filepath.EvalSymlinks(dataDir)
	if err != nil {
		return false
	}
	cwd, err := os.Readlink(filepath.Join("/proc", strconv.Itoa(pid), "cwd"))
	return err == nil && cwd == resolved
}

// dieWithParent has the kernel ask the server for a fast shutdown when the thread that started it ends.
func dieWithParent(attr *syscall.SysProcAttr) { attr.Pdeathsig = syscall.SIGINT }
