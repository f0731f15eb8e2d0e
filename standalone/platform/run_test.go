package platform

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/velocicompanion/velocicompanion/internal/config"
)

// transcript is an output that may be read while it is written.
type transcript struct {
	mu sync.Mutex
	b  strings.Builder
}

func (s *transcript) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(b)
}

func (s *transcript) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

func params(t *testing.T, out *transcript) Params {
	t.Helper()
	dir := t.TempDir()
	require.NoError(t, os.Chmod(filepath.Dir(dir), 0o711))
	return Params{
		Vars: map[string]string{"DATA_DIR": filepath.Join(dir, "data"), "HTTP_ADDR": "127.0.0.1:0", "DEMO": "0"},
		Out:  out, Log: slog.New(slog.DiscardHandler),
	}
}

func TestChoose(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		only []string
		vars variables
		want wanted
		err  string
	}{
		"everything":        {want: wanted{postgres: true, temporal: true, ui: true}},
		"own database":      {vars: variables{"DATABASE_URL": "x"}, want: wanted{temporal: true, ui: true}},
		"own temporal":      {vars: variables{"TEMPORAL_ADDRESS": "x"}, want: wanted{postgres: true, ui: true}},
		"from a file":       {vars: variables{"DATABASE_URL_FILE": "x", "TEMPORAL_UI_URL": "x"}, want: wanted{temporal: true}},
		"only postgres":     {only: []string{"postgres"}, want: wanted{postgres: true}},
		"only temporal":     {only: []string{"temporal"}, want: wanted{temporal: true, ui: true}},
		"unknown":           {only: []string{"redis"}, err: `"redis" is none of postgres, temporal`},
		"nothing to start":  {only: []string{"postgres"}, vars: variables{"DATABASE_URL": "x"}, err: "nothing to start"},
		"one of two is own": {only: []string{"postgres", "temporal"}, vars: variables{"DATABASE_URL": "x"}, want: wanted{temporal: true, ui: true}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := Params{Only: c.only}.choose(c.vars)
			if c.err != "" {
				require.ErrorContains(t, err, c.err)
				return
			}
			require.NoError(t, err)
			require.Equal(t, c.want, got)
		})
	}
}

func TestTakenAddressIsNamedBeforeAnythingStarts(t *testing.T) {
	t.Parallel()
	lis, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = lis.Close() })
	p := params(t, &transcript{})
	p.Vars["HTTP_ADDR"] = lis.Addr().String()
	require.ErrorContains(t, Run(t.Context(), p), "HTTP_ADDR "+lis.Addr().String()+" can't be used")
	require.NoDirExists(t, p.Vars["DATA_DIR"])
}

func TestRunStartsInOrderAndStopsInTheOppositeOne(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("starts PostgreSQL and Temporal")
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	out := &transcript{}
	p := params(t, out)
	var told *config.Config
	p.App = Application{
		Migrate: func(_ context.Context, cfg *config.Config, _ *slog.Logger) error {
			require.Contains(t, out.String(), "PostgreSQL       ready")
			told = cfg
			return nil
		},
		Serve: func(ctx context.Context, _ *config.Config, _ *slog.Logger, _ *Simulation, ready func(string)) error {
			ready("127.0.0.1:4711")
			cancel()
			<-ctx.Done()
			return ctx.Err()
		},
	}
	require.NoError(t, Run(ctx, p))
	require.NotEmpty(t, told.DatabaseURL)
	require.NotEmpty(t, told.TemporalUIURL)
	require.NotEmpty(t, told.FirstAdminPassword)
	require.NoError(t, told.CheckServe())

	text := out.String()
	require.Contains(t, text, told.FirstAdminPassword)
	last := 0
	for _, step := range []string{
		"Temporal Web UI  ready", "Migrations       ready", "VelociCompanion is up",
		"API and worker stopped", "Temporal Web UI stopped", "Temporal stopped", "PostgreSQL stopped",
	} {
		at := strings.Index(text, step)
		require.Greater(t, at, last, "%s in\n%s", step, text)
		last = at
	}
}

func TestRunEndsWhenPostgreSQLDies(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("starts PostgreSQL")
	}
	p := params(t, &transcript{})
	p.Vars["TEMPORAL_ADDRESS"], p.Vars["TEMPORAL_UI_URL"] = "127.0.0.1:1", "http://127.0.0.1:1"
	p.App = Application{
		Migrate: func(context.Context, *config.Config, *slog.Logger) error { return nil },
		Serve: func(ctx context.Context, _ *config.Config, _ *slog.Logger, _ *Simulation, _ func(string)) error {
			b, err := os.ReadFile(filepath.Join(p.Vars["DATA_DIR"], "postgres", "data", "postmaster.pid"))
			require.NoError(t, err)
			first, _, _ := strings.Cut(string(b), "\n")
			pid, err := strconv.Atoi(first)
			require.NoError(t, err)
			require.NoError(t, syscall.Kill(pid, syscall.SIGQUIT))
			<-ctx.Done()
			return nil
		},
	}
	require.ErrorContains(t, Run(t.Context(), p), "PostgreSQL ended by itself")
}

func TestRunGivesBackWhatTheApplicationSays(t *testing.T) {
	t.Parallel()
	p := params(t, &transcript{})
	for _, name := range []string{"DATABASE_URL", "TEMPORAL_ADDRESS", "TEMPORAL_UI_URL"} {
		p.Vars[name] = "http://127.0.0.1:1"
	}
	p.App.Migrate = func(context.Context, *config.Config, *slog.Logger) error { return errors.New("no such schema") }
	require.ErrorContains(t, Run(t.Context(), p), "no such schema")
}
