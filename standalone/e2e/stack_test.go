package e2e

import (
	"context"
	"maps"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"testing"

	"github.com/joho/godotenv"
	"github.com/stretchr/testify/require"

	"github.com/velocicompanion/velocicompanion/standalone/ports"
)

// The first user of every stack.
const (
	AdminName     = "operator"
	AdminPassword = "correct horse battery staple 7"
)

// Stack is a running installation: everything in one process (Start), or the servers alone (StartServers).
type Stack struct {
	*Process
	DataDir string
	URL     string            // of the API and the screen; empty for servers alone
	Conn    map[string]string // DATABASE_URL, TEMPORAL_ADDRESS, TEMPORAL_UI_URL, SECRET_KEY, ENCRYPTION_KEY, BLOB_URL
}

// Start brings up a fresh installation and waits until it serves. vars are settings beyond the harness's own.
func Start(t *testing.T, vars map[string]string) *Stack {
	t.Helper()
	s := NewStack(t, nil, vars)
	s.Start(t)
	return s
}

// StartServers brings up PostgreSQL and Temporal alone; API, Worker and Migrate run the production binary against them.
func StartServers(t *testing.T) *Stack {
	t.Helper()
	s := NewStack(t, []string{"--only=postgres,temporal"}, nil)
	s.Start(t)
	return s
}

// shared is the installation that tests use which neither kill nor reconfigure it.
var shared struct {
	once  sync.Once
	stack *Stack
}

// Shared is one installation for all tests that only talk to it. Each makes tenants of its own.
func Shared(t *testing.T) *Stack {
	t.Helper()
	if testing.Short() {
		t.Skip("starts the platform")
	}
	shared.once.Do(func() {
		dir, err := os.MkdirTemp("", "vc-e2e-shared-*") //nolint:usetesting // it outlives the test that makes it
		require.NoError(t, err)
		s := stackIn(t, dir, nil, nil)
		s.Process = &Process{Name: "shared standalone", path: standaloneBinary(t), args: s.args, env: s.env, dir: dir}
		require.NoError(t, s.launch())
		shared.stack = s
		require.NoError(t, s.ready())
	})
	require.NotNil(t, shared.stack)
	require.True(t, shared.stack.Running(), "the shared installation has ended")
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("--- output of the shared installation\n%s", telling(shared.stack.Output()))
		}
	})
	return shared.stack
}

// NewStack describes an installation with a data folder of its own and doesn't start it.
func NewStack(t *testing.T, args []string, vars map[string]string) *Stack {
	t.Helper()
	if testing.Short() {
		t.Skip("starts the platform")
	}
	s := stackIn(t, t.TempDir(), args, vars)
	s.Process = newProcess(t, "standalone", standaloneBinary(t), s.args, s.env)
	return s
}

func stackIn(t *testing.T, dir string, args []string, vars map[string]string) *Stack {
	t.Helper()
	for _, open := range []string{filepath.Dir(dir), dir} { // PostgreSQL's user passes through
		if open != os.TempDir() && filepath.Clean(open) != "/" {
			require.NoError(t, os.Chmod(open, 0o711))
		}
	}
	s := &Stack{DataDir: filepath.Join(dir, "data")}
	addr := FreeAddress(t)
	env := map[string]string{
		"DATA_DIR": s.DataDir, "HTTP_ADDR": addr, "FIRST_ADMIN_USERNAME": AdminName, "FIRST_ADMIN_PASSWORD": AdminPassword,
		"BCRYPT_COST": "10", "DEMO": "0", // tests count tenants
	}
	maps.Copy(env, vars)
	if len(args) == 0 {
		s.URL = "http://" + addr
	}
	s.Process = &Process{args: append([]string{"--temporal-port=0"}, args...), env: env}
	return s
}

// Start starts the installation, the first time or again, and returns when it serves.
func (s *Stack) Start(t *testing.T) {
	t.Helper()
	s.Launch(t)
	require.NoError(t, s.ready())
}

// ready waits for the file that names the connections of this life, then for /ready.
func (s *Stack) ready() error {
	pid := strconv.Itoa(s.PID())
	err := s.until("the servers", func() bool {
		conn, err := godotenv.Read(filepath.Join(s.DataDir, "run.env"))
		s.Conn = conn
		return err == nil && conn["PID"] == pid
	})
	if err != nil || s.URL == "" {
		return err
	}
	return s.until("/ready", func() bool { return answers(s.URL + "/ready") })
}

// Process describes the production binary with a subcommand, joined to this installation; vars win over what it gives.
func (s *Stack) Production(t *testing.T, vars map[string]string, args ...string) *Process {
	t.Helper()
	env := maps.Clone(s.env)
	delete(env, "DATA_DIR")
	maps.Copy(env, s.Conn)
	delete(env, "PID")
	maps.Copy(env, vars)
	return newProcess(t, "velocicompanion "+args[0], productionBinary(t), args, env)
}

// Migrate runs the production binary's migrations to their end.
func (s *Stack) Migrate(t *testing.T) {
	t.Helper()
	p := s.Production(t, nil, "migrate", "up")
	p.Launch(t)
	require.NoError(t, p.Wait(t))
}

// API starts the production binary's api on a free port, waits until it serves, and gives its URL.
func (s *Stack) API(t *testing.T, vars map[string]string) (*Process, string) {
	t.Helper()
	addr := FreeAddress(t)
	env := map[string]string{"HTTP_ADDR": addr}
	maps.Copy(env, vars)
	p := s.Production(t, env, "api")
	p.Launch(t)
	require.NoError(t, p.until("/ready", func() bool { return answers("http://" + addr + "/ready") }))
	return p, "http://" + addr
}

// Worker starts the production binary's worker.
func (s *Stack) Worker(t *testing.T, vars map[string]string) *Process {
	t.Helper()
	p := s.Production(t, vars, "worker")
	p.Launch(t)
	return p
}

// FreeAddress is a loopback address that nobody listens on, and that no outgoing connection gets before its server listens.
func FreeAddress(t *testing.T) string {
	t.Helper()
	port, err := ports.Free(t.Context())
	require.NoError(t, err)
	return net.JoinHostPort("127.0.0.1", strconv.Itoa(port))
}

func answers(url string) bool {
	ctx, cancel := context.WithTimeout(context.Background(), readyPatience)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
	if err != nil {
		return false
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return false
	}
	defer func() { _ = resp.Body.Close() }()
	return resp.StatusCode == http.StatusOK
}

// portOf is the port of host:port.
func portOf(t *testing.T, address string) string {
	t.Helper()
	_, port, err := net.SplitHostPort(address)
	require.NoError(t, err)
	return port
}
