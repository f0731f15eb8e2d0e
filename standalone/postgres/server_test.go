package postgres

import (
	"context"
	"log/slog"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
)

// reachable is a test's folder that an unprivileged user can pass through, which t.TempDir's parent forbids.
func reachable(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	require.NoError(t, os.Chmod(filepath.Dir(dir), 0o711))
	require.NoError(t, os.Chmod(dir, 0o711))
	return dir
}

func params(t *testing.T) Params {
	t.Helper()
	if testing.Short() {
		t.Skip("starts PostgreSQL")
	}
	as, err := Unprivileged()
	require.NoError(t, err)
	return Params{Dir: filepath.Join(reachable(t), "postgres"), As: as, Log: slog.New(slog.DiscardHandler)}
}

func start(t *testing.T, p Params) *Server {
	t.Helper()
	s, err := Start(t.Context(), p)
	require.NoError(t, err)
	t.Cleanup(func() { stop(t, s) })
	return s
}

func stop(t *testing.T, s *Server) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), 20*time.Second)
	defer cancel()
	require.NoError(t, s.Stop(ctx))
}

func connect(t *testing.T, s *Server) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), s.URL())
	require.NoError(t, err)
	t.Cleanup(func() { _ = conn.Close(context.WithoutCancel(t.Context())) })
	return conn
}

func TestServerKeepsDataAndPort(t *testing.T) {
	t.Parallel()
	p := params(t)
	first := start(t, p)
	_, err := connect(t, first).Exec(t.Context(), "CREATE TABLE kept (n int); INSERT INTO kept VALUES (7)")
	require.NoError(t, err)
	stop(t, first)

	second := start(t, p)
	require.Equal(t, first.URL(), second.URL())
	var n int
	require.NoError(t, connect(t, second).QueryRow(t.Context(), "SELECT n FROM kept").Scan(&n))
	require.Equal(t, 7, n)
}

func TestOwnerIsNoSuperuserAndMayMakeRoles(t *testing.T) {
	t.Parallel()
	conn := connect(t, start(t, params(t)))
	var super, createRole, bypass, trgm bool
	var encoding string
	require.NoError(t, conn.QueryRow(t.Context(), `
		SELECT r.rolsuper, r.rolcreaterole, r.rolbypassrls, pg_encoding_to_char(d.encoding),
		       EXISTS (SELECT FROM pg_extension WHERE extname = 'pg_trgm')
		FROM pg_roles r, pg_database d
		WHERE r.rolname = current_user AND d.datname = current_database() AND d.datdba = r.oid`).
		Scan(&super, &createRole, &bypass, &encoding, &trgm))
	require.False(t, super)
	require.False(t, bypass)
	require.True(t, createRole)
	require.True(t, trgm)
	require.Equal(t, "UTF8", encoding)
	_, err := conn.Exec(t.Context(), "CREATE ROLE made NOLOGIN; GRANT made TO velocicompanion; SET ROLE made")
	require.NoError(t, err)
}

func TestServerListensOnLoopbackWithAPassword(t *testing.T) {
	t.Parallel()
	s := start(t, params(t))
	u, err := url.Parse(s.URL())
	require.NoError(t, err)
	require.Equal(t, "127.0.0.1", u.Hostname())
	u.User = url.UserPassword(u.User.Username(), "guess")
	_, err = pgx.Connect(t.Context(), u.String())
	require.ErrorContains(t, err, "password authentication failed")
}

func TestOrphanIsStoppedBeforeASecondServerStarts(t *testing.T) {
	t.Parallel()
	p := params(t)
	s := start(t, p)
	stop(t, s)

	bin, err := Find(t.Context(), Search{})
	require.NoError(t, err)
	orphan := exec.CommandContext(t.Context(), bin.program("postgres"), arguments(s.dataDir, s.port)...)
	orphan.Dir, orphan.Env = "/", environment()
	orphan.SysProcAttr = &syscall.SysProcAttr{Credential: p.As.credential(), Setpgid: true}
	require.NoError(t, orphan.Start())
	ended := make(chan error, 1)
	go func() { ended <- orphan.Wait() }()
	require.Eventually(t, func() bool {
		pid, err := recordedPID(s.dataDir)
		return err == nil && pid == orphan.Process.Pid
	}, 10*time.Second, 20*time.Millisecond)

	second := start(t, p)
	require.NoError(t, <-ended, "the orphan ends by a clean shutdown")
	require.NoError(t, connect(t, second).Ping(t.Context()))
}

func TestPidOfAnotherProgramIsLeftAlone(t *testing.T) {
	t.Parallel()
	p := params(t)
	s := start(t, p)
	stop(t, s)

	bystander := exec.CommandContext(t.Context(), "sleep", "600")
	bystander.SysProcAttr = &syscall.SysProcAttr{Credential: p.As.credential()}
	require.NoError(t, bystander.Start())
	t.Cleanup(func() { _ = bystander.Wait() })
	t.Cleanup(func() { _ = bystander.Process.Kill() })
	pidFile := filepath.Join(s.dataDir, "postmaster.pid")
	require.NoError(t, os.WriteFile(pidFile, []byte(strconv.Itoa(bystander.Process.Pid)+"\n"+s.dataDir+"\n"), 0o600))
	require.NoError(t, p.As.own(pidFile))

	second := start(t, p)
	require.NoError(t, connect(t, second).Ping(t.Context()))
	require.NoError(t, bystander.Process.Signal(syscall.Signal(0)), "the bystander still runs")
}

func TestInterruptedFirstStartIsNoData(t *testing.T) {
	t.Parallel()
	p := params(t)
	half := layout(p.Dir).unfinished()
	require.NoError(t, os.MkdirAll(half, 0o711))
	require.NoError(t, os.WriteFile(filepath.Join(half, "PG_VERSION"), []byte("15\n"), 0o600))
	require.NoError(t, os.Chmod(p.Dir, 0o711))
	require.NoError(t, connect(t, start(t, p)).Ping(t.Context()))
	require.NoDirExists(t, half)
}

func TestServerThatCannotStartSaysWhy(t *testing.T) {
	t.Parallel()
	p := params(t)
	s := start(t, p)
	stop(t, s)
	require.NoError(t, os.WriteFile(filepath.Join(s.dataDir, "postgresql.conf"), []byte("no_such_setting = 1\n"), 0o600))
	require.NoError(t, p.As.own(filepath.Join(s.dataDir, "postgresql.conf")))
	_, err := Start(t.Context(), p)
	require.ErrorContains(t, err, "no_such_setting")
}
