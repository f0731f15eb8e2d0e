package store

import (
	"context"
	"database/sql"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"

	"github.com/velocicompanion/velocicompanion/internal/clock"
	"github.com/velocicompanion/velocicompanion/models"
)

// Params are what a store needs.
type Params struct {
	URL       string // the application role's; alone, both pools switch to their roles by themselves
	SystemURL string // the system role's; empty: URL with a role switch
	MaxConns  int    // connections per pool; 0 means 16
	Clock     clock.Clock
	Observe   func(operation string, took time.Duration) // told of each statement: SELECT, INSERT …; may be nil
	Stamp     func(row *models.AuditLog) []byte          // proves that a line of the trail is ours; nil: lines have no stamp
}

// Store hands out tenant and system handles over two pools.
type Store struct {
	app, sys *bun.DB
	listen   *pgx.ConnConfig
	clock    clock.Clock
	onCommit atomic.Pointer[func(Committed)]
	observe  func(operation string, took time.Duration) // may be nil
	stamp    func(row *models.AuditLog) []byte          // may be nil
}

// Committed is what a transaction left for others to do; handlers get it after the commit succeeded.
type Committed struct {
	Outbox        []int64     // outbox rows that wait
	Notifications []UserRef   // users with new notifications
	Executions    []Execution // runs that moved on
	Steps         []Step      // steps that moved on
	Jobs          []JobNews   // jobs that moved on
	Tenants       bool        // the list of tenants or their state changed
	Users         []int64     // users whose account changed (cache invalidation)
}

// UserRef names a user with his tenant.
type UserRef struct{ TenantID, UserID int64 }

// Execution names a run that moved on, for live progress.
type Execution struct {
	TenantID, ID int64
	Status       string

	// Told in this process only: the run's first step began, so long after its row was written.
	Began  bool          `json:"-"`
	Waited time.Duration `json:"-"`
}

// Step names a step that moved on, for live progress.
type Step struct {
	TenantID, ExecutionID int64
	Key, Status           string
}

// Empty says whether there is nothing to tell.
func (c *Committed) Empty() bool {
	return len(c.Outbox)+len(c.Notifications)+len(c.Executions)+len(c.Steps)+len(c.Jobs)+len(c.Users) == 0 && !c.Tenants
}

// Open connects both pools and checks that each runs under row-level security's rule: neither may bypass it.
func Open(ctx context.Context, p Params) (*Store, error) {
	if p.Clock == nil {
		p.Clock = clock.System{}
	}
	appCfg, err := connConfig(p.URL)
	if err != nil {
		return nil, fmt.Errorf("DATABASE_URL: %w", err)
	}
	sysURL := p.SystemURL
	if sysURL == "" {
		sysURL = p.URL
	}
	sysCfg, err := connConfig(sysURL)
	if err != nil {
		return nil, fmt.Errorf("DATABASE_SYSTEM_URL: %w", err)
	}
	if p.SystemURL == "" {
		roles := RolesOf(appCfg.Database)
		appCfg.RuntimeParams["role"] = roles.App
		sysCfg.RuntimeParams["role"] = roles.System
	}
	s := &Store{
		app:    openPool(sql.OpenDB(tenantConnector{stdlib.GetConnector(*appCfg)}), p),
		sys:    openPool(stdlib.OpenDB(*sysCfg), p),
		listen: appCfg.Copy(),
		clock:  p.Clock,

		observe: p.Observe,
		stamp:   p.Stamp,
	}
	if err := s.check(ctx); err != nil {
		_ = s.Close()
		return nil, err
	}
	return s, nil
}

// connConfig parses a URL and sets what bun needs: it inlines arguments, so preparing each text anew is a loss.
func connConfig(url string) (*pgx.ConnConfig, error) {
	cfg, err := pgx.ParseConfig(url)
	if err != nil {
		return nil, err
	}
	cfg.DefaultQueryExecMode = pgx.QueryExecModeExec
	cfg.RuntimeParams["timezone"] = "UTC"
	cfg.RuntimeParams["application_name"] = "velocicompanion"
	// Statements are short and many: compiling them or starting workers for them costs more than it brings, and the
	// planner must believe in the indexes that begin with the tenant.
	cfg.RuntimeParams["jit"] = "off"
	cfg.RuntimeParams["max_parallel_workers_per_gather"] = "0"
	cfg.RuntimeParams["random_page_cost"] = "1.1"
	return cfg, nil
}

func openPool(db *sql.DB, p Params) *bun.DB {
	n := p.MaxConns
	if n <= 0 {
		n = 16
	}
	db.SetMaxOpenConns(n)
	db.SetMaxIdleConns(n)
	db.SetConnMaxIdleTime(5 * time.Minute)
	b := bun.NewDB(db, pgdialect.New())
	if p.Observe != nil {
		b = b.WithQueryHook(observeHook{p.Observe})
	}
	return b
}

type observeHook struct {
	observe func(operation string, took time.Duration)
}

func (observeHook) BeforeQuery(ctx context.Context, _ *bun.QueryEvent) context.Context { return ctx }

func (h observeHook) AfterQuery(_ context.Context, e *bun.QueryEvent) {
	h.observe(e.Operation(), time.Since(e.StartTime))
}

// check refuses roles that would make row-level security a decoration.
func (s *Store) check(ctx context.Context) error {
	for name, db := range map[string]*bun.DB{"application": s.app, "system": s.sys} {
		var role string
		var bypass bool
		err := db.QueryRowContext(ctx, "SELECT current_user, rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user").
			Scan(&role, &bypass)
		if err != nil {
			return translate(err)
		}
		if bypass {
			return fmt.Errorf("the %s connection runs as %q, which bypasses row-level security; use a role without SUPERUSER and BYPASSRLS", name, role)
		}
	}
	return nil
}

// OnCommit sets who is told after each commit that left something to do; one handler per store, set at start.
func (s *Store) OnCommit(fn func(Committed)) { s.onCommit.Store(&fn) }

func (s *Store) committed(c *Committed) {
	if fn := s.onCommit.Load(); fn != nil && !c.Empty() {
		(*fn)(*c)
	}
}

// Ping says whether the database answers.
func (s *Store) Ping(ctx context.Context) error { return translate(s.app.PingContext(ctx)) }

// Close ends both pools.
func (s *Store) Close() error {
	err := s.app.Close()
	if e := s.sys.Close(); err == nil {
		err = e
	}
	return err
}

// Conn opens a connection of its own as the application role, for LISTEN and NOTIFY; the caller closes it.
func (s *Store) Conn(ctx context.Context) (*pgx.Conn, error) {
	c, err := pgx.ConnectConfig(ctx, s.listen.Copy())
	return c, translate(err)
}

// Now is the store's clock.
func (s *Store) Now() time.Time { return s.clock.Now() }
