package e2e

import (
	"context"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/client"
	sdkworker "go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"
)

func (s *Stack) sql(t *testing.T) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), s.Conn["DATABASE_URL"])
	require.NoError(t, err)
	t.Cleanup(func() { _ = conn.Close(context.WithoutCancel(t.Context())) })
	return conn
}

func (s *Stack) temporal(t *testing.T) client.Client {
	t.Helper()
	c, err := client.DialContext(t.Context(), client.Options{
		HostPort: s.Conn["TEMPORAL_ADDRESS"], Namespace: "velocicompanion", Logger: slog.New(slog.DiscardHandler),
	})
	require.NoError(t, err)
	t.Cleanup(c.Close)
	return c
}

func (s *Stack) postgresPID(t *testing.T) int {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(s.DataDir, "postgres", "data", "postmaster.pid"))
	require.NoError(t, err)
	first, _, _ := strings.Cut(string(b), "\n")
	pid, err := strconv.Atoi(first)
	require.NoError(t, err)
	return pid
}

func greet(_ workflow.Context, name string) (string, error) { return "hello " + name, nil }

func TestKillNineAndStartAgainLosesNothing(t *testing.T) {
	t.Parallel()
	s := StartServers(t)
	_, err := s.sql(t).Exec(t.Context(), "CREATE TABLE kept (n int); INSERT INTO kept SELECT generate_series(1, 1000)")
	require.NoError(t, err)
	run, err := s.temporal(t).ExecuteWorkflow(t.Context(), client.StartWorkflowOptions{ID: "in-flight", TaskQueue: "greetings"}, greet, "again")
	require.NoError(t, err)

	s.Kill(t)
	s.Start(t)

	var n int
	require.NoError(t, s.sql(t).QueryRow(t.Context(), "SELECT count(*) FROM kept").Scan(&n))
	require.Equal(t, 1000, n)
	c := s.temporal(t)
	w := sdkworker.New(c, "greetings", sdkworker.Options{})
	w.RegisterWorkflowWithOptions(greet, workflow.RegisterOptions{Name: "greet"})
	require.NoError(t, w.Start())
	t.Cleanup(w.Stop)
	var got string
	require.NoError(t, c.GetWorkflow(t.Context(), "in-flight", run.GetRunID()).Get(t.Context(), &got))
	require.Equal(t, "hello again", got)
}

func TestPostgreSQLEndsWithItsParent(t *testing.T) {
	t.Parallel()
	s := StartServers(t)
	pid := s.postgresPID(t)
	require.NoError(t, syscall.Kill(pid, 0))
	s.Kill(t)
	require.Eventually(t, func() bool { return syscall.Kill(pid, 0) != nil }, 30*time.Second, poll)
}

func TestSecondStartOnTheSameFolderIsRefused(t *testing.T) {
	t.Parallel()
	s := StartServers(t)
	second := newProcess(t, "second", standaloneBinary(t), s.args, s.env)
	second.Launch(t)
	require.Error(t, second.Wait(t))
	require.Contains(t, second.Output(), "in use by another velocicompanion-standalone (pid "+strconv.Itoa(s.PID())+")")
	require.NoError(t, s.sql(t).Ping(t.Context()))
}

func TestTakenPortIsNamed(t *testing.T) {
	t.Parallel()
	lis, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = lis.Close() })
	_, port, err := net.SplitHostPort(lis.Addr().String())
	require.NoError(t, err)

	api := NewStack(t, nil, map[string]string{"HTTP_ADDR": lis.Addr().String()})
	api.Launch(t)
	require.Error(t, api.Wait(t))
	require.Contains(t, api.Output(), "HTTP_ADDR "+lis.Addr().String())

	temporal := NewStack(t, []string{"--only=postgres,temporal", "--temporal-port=" + port}, nil)
	temporal.Launch(t)
	require.Error(t, temporal.Wait(t))
	require.Contains(t, temporal.Output(), "port "+port+" is taken")
	require.NoFileExists(t, filepath.Join(temporal.DataDir, "postgres", "data", "postmaster.pid"), "nothing is left running")
}

func TestCtrlCStopsTheServersInOrder(t *testing.T) {
	t.Parallel()
	s := StartServers(t)
	s.Interrupt(t)
	ui := strings.Index(s.Output(), "Temporal Web UI stopped")
	temporal := strings.Index(s.Output(), "Temporal stopped")
	postgres := strings.Index(s.Output(), "PostgreSQL stopped")
	require.Positive(t, ui)
	require.Greater(t, temporal, ui)
	require.Greater(t, postgres, temporal)
	log, err := os.ReadFile(filepath.Join(s.DataDir, "postgres", "postgres.log"))
	require.NoError(t, err)
	require.Contains(t, string(log), "database system is shut down")
}

func TestServersAloneKeepQuiet(t *testing.T) {
	t.Parallel()
	s := StartServers(t)
	s.Interrupt(t)
	require.NotContains(t, s.Output(), "level=WARN")
	require.NotContains(t, s.Output(), "level=ERROR")
	require.Contains(t, s.Output(), "\nDATABASE_URL="+s.Conn["DATABASE_URL"]+"\n")
	require.Contains(t, s.Output(), "\nTEMPORAL_ADDRESS="+s.Conn["TEMPORAL_ADDRESS"]+"\n")
}
