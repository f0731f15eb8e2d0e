package postgres

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
)

const superuser = "postgres"

// makeCluster runs initdb into a folder of its own and renames it when it is whole, so that an interrupted first start
// leaves nothing that looks like data.
func makeCluster(ctx context.Context, l layout, bin Binaries, account *Account, password string) error {
	if err := os.RemoveAll(l.unfinished()); err != nil {
		return fmt.Errorf("remove an unfinished cluster: %w", err)
	}
	if err := os.Mkdir(l.unfinished(), 0o700); err != nil {
		return fmt.Errorf("make the cluster's folder: %w", err)
	}
	if err := account.own(l.unfinished()); err != nil {
		return err
	}
	pwfile := filepath.Join(string(l), "pwfile")
	if err := os.WriteFile(pwfile, []byte(password+"\n"), 0o600); err != nil {
		return fmt.Errorf("write initdb's password file: %w", err)
	}
	defer func() { _ = os.Remove(pwfile) }()
	if err := account.own(pwfile); err != nil {
		return err
	}
	if err := initdb(ctx, l.unfinished(), pwfile, bin, account); err != nil {
		return err
	}
	if err := os.Rename(l.unfinished(), l.cluster()); err != nil {
		return fmt.Errorf("put the new cluster in place: %w", err)
	}
	return nil
}

// initdb prefers C.UTF-8, which sorts by code point and still folds the case of every letter; not every system has it.
func initdb(ctx context.Context, dir, pwfile string, bin Binaries, account *Account) error {
	runtime.LockOSThread() // the death signal is tied to the thread
	defer runtime.UnlockOSThread()
	var out []byte
	var err error
	for _, locale := range []string{"C.UTF-8", "C"} {
		cmd := exec.CommandContext(ctx, bin.program("initdb"), //nolint:gosec // programs found by Find
			"--pgdata="+dir, "--username="+superuser, "--pwfile="+pwfile, "--auth=scram-sha-256",
			"--encoding=UTF8", "--locale="+locale, "--no-instructions")
		cmd.Dir = "/"
		cmd.Env = environment()
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: account.credential(), Setpgid: true}
		dieWithParent(cmd.SysProcAttr)
		if out, err = cmd.CombinedOutput(); err == nil {
			return nil
		}
		if ctx.Err() != nil {
			return fmt.Errorf("initdb: %w", ctx.Err())
		}
	}
	return fmt.Errorf("initdb: %w: %s", err, strings.TrimSpace(string(out)))
}

// environment is all that the server's programs see of ours: no PG* variable can bend them.
func environment() []string {
	return []string{"LC_ALL=C", "PATH=/usr/local/bin:/usr/bin:/bin"}
}
