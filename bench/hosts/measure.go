package hosts

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/velocicompanion/velocicompanion/bench/edge"
	"github.com/velocicompanion/velocicompanion/internal/auth"
	"github.com/velocicompanion/velocicompanion/internal/clock"
	"github.com/velocicompanion/velocicompanion/internal/store"
)

// Params say what to measure on.
type Params struct {
	URL    string // a migrated database, as owner; seeded when it is empty
	Size   Size
	Rounds int    // requests a page, ours and the reference taking turns
	Only   string // a part of a page's name; empty: every page
}

// Result is one line of the table: medians of the same page.
type Result struct {
	Name            string
	Ours, Reference time.Duration
}

// Ratio is how much longer ours takes.
func (r Result) Ratio() float64 { return float64(r.Ours) / float64(r.Reference) }

// Measure seeds and measures every page: ours through the whole HTTP handler with a token, the reference as the
// application role in a transaction of the tenant, with parameters and pgx's statement cache.
func Measure(ctx context.Context, p Params) ([]Result, error) {
	tenant, err := seed(ctx, p.URL, p.Size)
	if err != nil {
		return nil, err
	}
	s, err := store.Open(ctx, store.Params{URL: p.URL})
	if err != nil {
		return nil, err
	}
	defer func() { _ = s.Close() }()
	product, err := edge.New(edge.Params{Store: s})
	if err != nil {
		return nil, err
	}
	token, _, err := product.SignIn(ctx, tenant, auth.RoleViewer)
	if err != nil {
		return nil, err
	}
	conn, err := reference(ctx, p.URL)
	if err != nil {
		return nil, err
	}
	defer func() { _ = conn.Close(ctx) }()
	var out []Result
	for _, pg := range pages(tenant, p.Size) {
		if !strings.Contains(pg.name, p.Only) {
			continue
		}
		r, err := measure(pg, p.Rounds, func() error { return product.Get(ctx, "/api/hosts"+pg.path, token) }, func() error { return byHand(ctx, conn, tenant, pg) })
		if err != nil {
			return nil, fmt.Errorf("%s: %w", pg.name, err)
		}
		out = append(out, r)
	}
	return out, nil
}

func measure(pg page, rounds int, ours, reference func() error) (Result, error) {
	took := [2][]time.Duration{}
	now := clock.System{}.Now
	for i := range rounds + rounds/10 {
		for which, do := range []func() error{ours, reference} {
			start := now()
			if err := do(); err != nil {
				return Result{}, err
			}
			if i >= rounds/10 { // the first tenth warms up
				took[which] = append(took[which], now().Sub(start))
			}
		}
	}
	median := func(d []time.Duration) time.Duration { slices.Sort(d); return d[len(d)/2] }
	return Result{Name: pg.name, Ours: median(took[0]), Reference: median(took[1])}, nil
}

// reference connects as the application role.
func reference(ctx context.Context, url string) (*pgx.Conn, error) {
	cfg, err := pgx.ParseConfig(url)
	if err != nil {
		return nil, err
	}
	cfg.RuntimeParams["role"] = store.RolesOf(cfg.Database).App
	return pgx.ConnectConfig(ctx, cfg)
}

type host struct {
	ID                      int64
	Hostname, IPAddress, OS string
	ClientID                *string
	HostMetadata            json.RawMessage
	ThreatScore             float64
	Online                  bool
	Isolation               string
	CreatedAt, UpdatedAt    time.Time
	LastSeen, FirstSeen     *time.Time
	Criticality, Owner      string
	Notes                   string
	Labels                  []string
	CustomFields            json.RawMessage
}

// byHand answers the page with two statements in a transaction of the tenant.
func byHand(ctx context.Context, conn *pgx.Conn, tenant int64, pg page) error {
	return pgx.BeginFunc(ctx, conn, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, "SELECT set_config('app.tenant_id', $1, true)", strconv.FormatInt(tenant, 10)); err != nil {
			return err
		}
		rows, err := tx.Query(ctx, pg.rows, tenant)
		if err != nil {
			return err
		}
		hosts, err := pgx.CollectRows(rows, pgx.RowToStructByPos[host])
		if err != nil {
			return err
		}
		if len(hosts) == 0 {
			return errors.New("the reference found no host")
		}
		if pg.total == "" {
			return nil
		}
		total, err := tx.Query(ctx, pg.total, tenant)
		if err != nil {
			return err
		}
		total.Close()
		return total.Err()
	})
}
