//go:build !linux

package postgres

import (
	"context"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
)

// isServerOf says whether pid is a PostgreSQL server that was started on dataDir.
func isServerOf(pid int, dataDir string) bool {
	out, err := exec.CommandContext(context.Background(), "ps", "-p", strconv.Itoa(pid), "-o", "command=").Output()
	return err == nil && strings.Contains(string(out), "postgres") && strings.Contains(string(out), "-D "+dataDir+" ")
}

// anyProcessIn can't be answered here; PostgreSQL's own check of its shared memory stands in.
func anyProcessIn(string) bool { return false }

// dieWithParent has no counterpart outside Linux: a server that outlives its parent is stopped at the next start.
func dieWithParent(*syscall.SysProcAttr) {}
