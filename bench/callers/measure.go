package callers

import (
	"context"
	"log/slog"
	"slices"
	"strconv"
	"time"

	"github.com/velocicompanion/velocicompanion/bench/edge"
	"github.com/velocicompanion/velocicompanion/internal/auth"
	"github.com/velocicompanion/velocicompanion/internal/clock"
	"github.com/velocicompanion/velocicompanion/internal/notify"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/models"
)

// Params say what to measure on.
type Params struct {
	URL    string // a migrated database, as owner
	Rounds int    // requests of each kind and way, taking turns
}

// Result is one line of the table: medians of the same request.
type Result struct {
	Name      string
	Ours      time.Duration // with an access token, as the product runs
	Uncached  time.Duration // the same where the account is asked of the database each time
	Reference time.Duration // with a caller put in
}

// Ratio is how much longer an authenticated request takes than one that nobody asks about.
func (r Result) Ratio() float64 { return float64(r.Ours) / float64(r.Reference) }

// way is one edge over the same store.
type way struct {
	edge *edge.Edge
	took []time.Duration
}

// Measure compares requests whose handlers make one look at the database each: a transaction of the tenant and one row.
func Measure(ctx context.Context, p Params) ([]Result, error) {
	s, err := store.Open(ctx, store.Params{URL: p.URL})
	if err != nil {
		return nil, err
	}
	defer func() { _ = s.Close() }()
	token, paths, ways, leave, err := prepare(ctx, s)
	if err != nil {
		return nil, err
	}
	defer leave()
	var out []Result
	for _, path := range paths {
		for i := range ways {
			ways[i].took = nil
		}
		if err := take(ctx, ways, p.Rounds, path[1], token); err != nil {
			return nil, err
		}
		out = append(out, Result{Name: path[0], Ours: median(ways[0].took), Uncached: median(ways[1].took), Reference: median(ways[2].took)})
	}
	return out, nil
}

// prepare makes a tenant with a case, a caller, and the three ways to the same handlers: as the product runs, without its
// cache, and with the caller put in.
func prepare(ctx context.Context, s *store.Store) (token string, paths [][2]string, ways []*way, leave func(), err error) {
	bus := notify.NewBus(notify.BusParams{Connect: s.Conn, Log: slog.New(slog.DiscardHandler)})
	product, err := edge.New(edge.Params{Store: s, Bus: bus})
	if err != nil {
		return "", nil, nil, nil, err
	}
	tenant := &models.Tenant{Name: "bench callers " + clock.Token(6)}
	if err := s.System().CreateTenant(ctx, tenant); err != nil {
		return "", nil, nil, nil, err
	}
	kase := &models.Case{Title: "bench"}
	if err := s.Tenant(tenant.ID).CreateCase(ctx, kase); err != nil {
		return "", nil, nil, nil, err
	}
	token, user, err := product.SignIn(ctx, tenant.ID, auth.RoleAdmin)
	if err != nil {
		return "", nil, nil, nil, err
	}
	caller := auth.Principal{UserID: user.ID, TenantID: tenant.ID, Username: user.Username, Role: auth.RoleAdmin}
	asking, err := edge.New(edge.Params{Store: s})
	if err != nil {
		return "", nil, nil, nil, err
	}
	open, err := edge.New(edge.Params{Store: s, Authenticator: func(context.Context, string) (auth.Principal, error) { return caller, nil }})
	if err != nil {
		return "", nil, nil, nil, err
	}
	paths = [][2]string{{"GET /api/cases/{id}", "/api/cases/" + strconv.FormatInt(kase.ID, 10)}, {"GET /api/cases?limit=1", "/api/cases?limit=1"}}
	return token, paths, []*way{{edge: product}, {edge: asking}, {edge: open}}, listen(ctx, s, bus), nil
}

// listen sets the bus to work and returns when it hears; the function it gives ends it.
func listen(ctx context.Context, s *store.Store, bus *notify.Bus) (stop func()) {
	heard := make(chan struct{}, 1)
	bus.Subscribe(func(c notify.Change) {
		if c.Resync {
			select {
			case heard <- struct{}{}:
			default:
			}
		}
	})
	s.OnCommit(bus.Publish)
	ctx, cancel := context.WithCancel(ctx)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = bus.Run(ctx)
	}()
	select {
	case <-heard:
	case <-ctx.Done():
	}
	return func() {
		cancel()
		<-ended
	}
}

// take sends the same request every way in turns, so that none has the quieter machine; the first tenth warms up.
func take(ctx context.Context, ways []*way, rounds int, path, token string) error {
	now := time.Now //nolint:forbidigo // a program that measures real time, finer than the clock's microseconds
	for i := range rounds + rounds/10 {
		for _, w := range ways {
			start := now()
			if err := w.edge.Get(ctx, path, token); err != nil {
				return err
			}
			if i >= rounds/10 {
				w.took = append(w.took, now().Sub(start))
			}
		}
	}
	return nil
}

func median(d []time.Duration) time.Duration {
	slices.Sort(d)
	return d[len(d)/2]
}
