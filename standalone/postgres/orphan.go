package postgres

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/velocicompanion/velocicompanion/internal/clock"
)

const (
	orphanFast      = 20 * time.Second // for a fast shutdown: roll back, write a checkpoint
	orphanImmediate = 5 * time.Second  // for an immediate one: recovery at the next start
	leftoverWait    = 10 * time.Second // for backends whose server was killed: they notice within a second or so
	pollEvery       = 50 * time.Millisecond
)

// clearOrphan makes sure that nothing serves dataDir any more: a server that outlived its parent is stopped, after its
// process was checked to be a PostgreSQL server of this very folder; a pid that belongs to something else by now is
// never signalled.
func clearOrphan(ctx context.Context, dataDir string, log *slog.Logger) error {
	pid, err := recordedPID(dataDir)
	if err != nil || pid == 0 {
		return err
	}
	if isServerOf(pid, dataDir) {
		log.InfoContext(ctx, "stopping the PostgreSQL server of an earlier run", "pid", pid, "data_dir", dataDir)
		if err := stopOrphan(ctx, pid, dataDir); err != nil {
			return err
		}
	}
	if err := waitUntil(ctx, leftoverWait, func() bool { return !anyProcessIn(dataDir) }); err != nil {
		return fmt.Errorf("processes of an earlier PostgreSQL server still work in %s: %w", dataDir, err)
	}
	return forgetReused(dataDir)
}

func stopOrphan(ctx context.Context, pid int, dataDir string) error {
	gone := func() bool { return !isServerOf(pid, dataDir) }
	for _, step := range []struct {
		signal  syscall.Signal
		patient time.Duration
	}{{syscall.SIGINT, orphanFast}, {syscall.SIGQUIT, orphanImmediate}} {
		if err := syscall.Kill(pid, step.signal); err != nil && !errors.Is(err, syscall.ESRCH) {
			return fmt.Errorf("stop the PostgreSQL server of an earlier run (pid %d): %w", pid, err)
		}
		if err := waitUntil(ctx, step.patient, gone); err == nil {
			return nil
		} else if ctx.Err() != nil {
			return ctx.Err()
		}
	}
	return fmt.Errorf("the PostgreSQL server of an earlier run (pid %d) on %s does not stop", pid, dataDir)
}

// forgetReused removes the pid file when its pid belongs to another program by now: PostgreSQL would take that program
// for a server and refuse to start. With the pid free it cleans up by itself.
func forgetReused(dataDir string) error {
	pid, err := recordedPID(dataDir)
	if err != nil || pid == 0 || isServerOf(pid, dataDir) || errors.Is(syscall.Kill(pid, 0), syscall.ESRCH) {
		return err
	}
	if err := os.Remove(filepath.Join(dataDir, "postmaster.pid")); err != nil {
		return fmt.Errorf("remove the pid file of an earlier PostgreSQL server: %w", err)
	}
	return nil
}

// recordedPID is the first line of postmaster.pid, 0 when there is no such file.
func recordedPID(dataDir string) (int, error) {
	f, err := os.Open(filepath.Join(dataDir, "postmaster.pid"))
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("read PostgreSQL's pid file: %w", err)
	}
	defer func() { _ = f.Close() }()
	line, err := bufio.NewReader(f).ReadString('\n')
	if err != nil && line == "" {
		return 0, nil
	}
	pid, err := strconv.Atoi(strings.TrimSpace(line))
	if err != nil || pid <= 1 {
		return 0, nil // a torn file names nobody
	}
	return pid, nil
}

func waitUntil(ctx context.Context, patience time.Duration, done func() bool) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for !done() {
		if err := clock.Sleep(ctx, pollEvery); err != nil {
			return err
		}
	}
	return nil
}
