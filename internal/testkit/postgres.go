package testkit

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// server is the private PostgreSQL of this test binary, started by the first test that wants a database.
type server struct {
	once sync.Once
	err  error
	url  string // of the database postgres, as superuser
	dir  string
	cmd  *exec.Cmd
}

var pg server //nolint:gochecknoglobals // one server per test binary, ended by Main

// Main runs a package's tests and ends the private PostgreSQL: func TestMain(m *testing.M) { os.Exit(testkit.Main(m)) }.
func Main(m *testing.M) int {
	code := m.Run()
	pg.stop()
	return code
}

// stop ends the server at once: what it holds is thrown away.
func (s *server) stop() {
	if s.cmd != nil && s.cmd.Process != nil {
		_ = s.cmd.Process.Signal(syscall.SIGQUIT)
		_ = s.cmd.Wait()
	}
	if s.dir != "" {
		_ = os.RemoveAll(s.dir)
	}
}

func (s *server) start() {
	if url := os.Getenv("TEST_DATABASE_URL"); url != "" {
		s.url = url
		return
	}
	bin, err := binDir()
	if err != nil {
		s.err = err
		return
	}
	s.err = s.launch(bin)
}

func binDir() (string, error) {
	candidates := []string{os.Getenv("PG_BINDIR")}
	if p, err := exec.LookPath("initdb"); err == nil {
		candidates = append(candidates, filepath.Dir(p))
	}
	for _, glob := range []string{"/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/opt/homebrew/opt/postgresql*/bin", "/usr/local/opt/postgresql*/bin"} {
		found, _ := filepath.Glob(glob)
		candidates = append(candidates, found...)
	}
	for _, candidate := range slices.Backward(candidates) {
		if candidate == "" {
			continue
		}
		if _, err := os.Stat(filepath.Join(candidate, "initdb")); err == nil {
			return candidate, nil
		}
	}
	return "", errors.New("no PostgreSQL binaries: set PG_BINDIR or install the package postgresql")
}

func (s *server) launch(bin string) error {
	dir, err := os.MkdirTemp("", "vc-test-pg-")
	if err != nil {
		return err
	}
	s.dir = dir
	attr, err := unprivileged(dir)
	if err != nil {
		return err
	}
	data := filepath.Join(dir, "data")
	initdb := exec.Command(filepath.Join(bin, "initdb"), "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync", "-N")
	initdb.SysProcAttr, initdb.Dir = attr, dir
	if out, err := initdb.CombinedOutput(); err != nil {
		return fmt.Errorf("initdb: %w: %s", err, out)
	}
	// A socket in its own folder and no port: none can be taken by somebody else before the server has it.
	s.cmd = exec.Command(filepath.Join(bin, "postgres"), "-D", data, "-k", dir, "-h", "",
		"-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off", "-c", "max_connections=400",
		"-c", "shared_buffers=128MB", "-c", "log_min_messages=fatal")
	s.cmd.SysProcAttr, s.cmd.Dir = attr, dir
	if err := s.cmd.Start(); err != nil {
		return err
	}
	s.url = "postgres://postgres@/postgres?sslmode=disable&host=" + url.QueryEscape(dir)
	return s.wait()
}

func (s *server) wait() error {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	for {
		conn, err := pgx.Connect(ctx, s.url)
		if err == nil {
			return conn.Close(ctx)
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("PostgreSQL did not start: %w", err)
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// unprivileged makes children run as a user that PostgreSQL accepts, and gives that user the folder.
func unprivileged(dir string) (*syscall.SysProcAttr, error) {
	attr := &syscall.SysProcAttr{Pdeathsig: syscall.SIGQUIT}
	if os.Geteuid() != 0 {
		return attr, nil
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		if u, err = user.Lookup("nobody"); err != nil {
			return nil, err
		}
	}
	uid, err := strconv.ParseUint(u.Uid, 10, 32)
	if err != nil {
		return nil, err
	}
	gid, err := strconv.ParseUint(u.Gid, 10, 32)
	if err != nil {
		return nil, err
	}
	attr.Credential = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
	return attr, os.Chown(dir, int(uid), int(gid))
}
