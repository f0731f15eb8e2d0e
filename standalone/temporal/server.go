package temporal

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"go.temporal.io/server/common/authorization"
	"go.temporal.io/server/common/config"
	"go.temporal.io/server/common/metrics"
	"go.temporal.io/server/common/primitives"
	sqliteschema "go.temporal.io/server/schema/sqlite"
	"go.temporal.io/server/temporal"
)

// DefaultPort is where Temporal's frontend listens by custom.
const DefaultPort = 7233

// Params configures a server.
type Params struct {
	Dir       string // folder of its own; made when missing
	Port      int    // frontend's port on loopback; 0: any free one
	Namespace string
	Retention time.Duration // how long closed workflows stay; at least an hour; counts when the namespace is made
	Log       *slog.Logger
}

// Server is a running Temporal server.
type Server struct {
	server  temporal.Server
	address string
	log     logger
}

// Start brings the server up and returns when the namespace with its search attributes can be used: about a second.
func Start(ctx context.Context, p Params) (*Server, error) {
	chosen, err := choosePorts(ctx, p.Port)
	if err != nil {
		return nil, err
	}
	dir, err := filepath.Abs(p.Dir)
	if err != nil {
		return nil, fmt.Errorf("find temporal's folder: %w", err)
	}
	sql, err := openStore(dir)
	if err != nil {
		return nil, err
	}
	values, err := dynamic()
	if err != nil {
		return nil, err
	}
	log := newLogger(p.Log)
	server, err := temporal.NewServer(
		temporal.WithConfig(settings(sql, chosen)),
		temporal.ForServices(temporal.DefaultServices),
		temporal.WithStaticHosts(chosen.hosts()),
		temporal.WithLogger(log),
		temporal.WithDynamicConfigClient(values),
		temporal.WithAuthorizer(authorization.NewNoopAuthorizer()),
		temporal.WithClaimMapper(func(*config.Config) authorization.ClaimMapper { return authorization.NewNoopClaimMapper() }),
		temporal.WithCustomMetricsHandler(metrics.NoopMetricsHandler),
	)
	if err != nil {
		return nil, fmt.Errorf("build the temporal server: %w", err)
	}
	if err := server.Start(); err != nil {
		return nil, errors.Join(fmt.Errorf("start the temporal server: %w", err), server.Stop())
	}
	s := &Server{server: server, address: address(chosen[primitives.FrontendService]), log: log}
	if err := provision(ctx, s.address, p); err != nil {
		return nil, errors.Join(err, s.Stop())
	}
	log.serving.Store(true)
	return s, nil
}

// Address is the frontend's host:port.
func (s *Server) Address() string { return s.address }

// Stop ends the services in order; what they had accepted is in the store.
func (s *Server) Stop() error {
	s.log.serving.Store(false)
	if err := s.server.Stop(); err != nil {
		return fmt.Errorf("stop the temporal server: %w", err)
	}
	return nil
}

// openStore lays the tables out once. A mark beside the file says that they are complete: a first start that was
// interrupted begins anew.
func openStore(dir string) (*config.SQL, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make temporal's folder: %w", err)
	}
	path, mark := filepath.Join(dir, "temporal.db"), filepath.Join(dir, "schema-complete")
	sql := store(path)
	if _, err := os.Stat(mark); err == nil {
		return sql, nil
	}
	for _, suffix := range []string{"", "-wal", "-shm"} {
		if err := os.Remove(path + suffix); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("remove an unfinished temporal store: %w", err)
		}
	}
	if err := sqliteschema.SetupSchema(sql); err != nil {
		return nil, fmt.Errorf("lay out temporal's store: %w", err)
	}
	if err := os.WriteFile(mark, nil, 0o600); err != nil {
		return nil, fmt.Errorf("mark temporal's store as complete: %w", err)
	}
	return sql, nil
}
