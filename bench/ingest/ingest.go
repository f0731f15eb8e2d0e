package ingest

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/velocicompanion/velocicompanion/internal/clock"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/models"
)

// Params say what to measure on.
type Params struct {
	URL    string // a migrated database, as owner
	Rounds int    // ours and the reference taking turns
	Rows   int    // of one round
	Batch  int    // rows of one call, and of one COPY
	Hosts  int
}

// Full is the size that the target is measured at.
func Full(url string) Params {
	return Params{URL: url, Rounds: 3, Rows: 50_000, Batch: 10_000, Hosts: 500}
}

// Result is rows a second, medians of the rounds.
type Result struct {
	Kept      float64 // until the rows are committed with what they add to the stacks
	Counted   float64 // until the stacks show them as well, nothing beside it
	Reference float64
	HeapFirst uint64 // bytes in use after the first round
	HeapLast  uint64 // and after the last
}

// Ratio is how fast rows are kept and counted, against the reference.
func (r Result) Ratio() float64 { return r.Counted / r.Reference }

// KeptRatio is the same until the rows are committed.
func (r Result) KeptRatio() float64 { return r.Kept / r.Reference }

// Measure runs the rounds; a first one warms up.
func Measure(ctx context.Context, p Params) (r Result, err error) {
	s, err := store.Open(ctx, store.Params{URL: p.URL})
	if err != nil {
		return r, err
	}
	defer func() { _ = s.Close() }()
	conn, err := pgx.Connect(ctx, p.URL)
	if err != nil {
		return r, err
	}
	defer func() { _ = conn.Close(ctx) }()
	// COPY is refused where row-level security holds; the owner is let off while he is the reference.
	if _, err := conn.Exec(ctx, "ALTER TABLE observations NO FORCE ROW LEVEL SECURITY"); err != nil {
		return r, err
	}
	defer func() {
		_, _ = conn.Exec(context.WithoutCancel(ctx), "ALTER TABLE observations FORCE ROW LEVEL SECURITY")
	}()
	ours, err := newFleet(ctx, s, p.Hosts)
	if err != nil {
		return r, err
	}
	theirs, err := newFleet(ctx, s, p.Hosts)
	if err != nil {
		return r, err
	}
	var kept, counted, reference []float64
	for i := range p.Rounds + 1 {
		writing, all, err := ours.keep(ctx, p, i)
		if err != nil {
			return r, err
		}
		heap := inUse()
		copying, err := theirs.copy(ctx, conn, p, i)
		if err != nil {
			return r, err
		}
		if i == 0 {
			r.HeapFirst = heap
			continue
		}
		r.HeapLast = heap
		perSecond := func(d time.Duration) float64 { return float64(p.Rows) / d.Seconds() }
		kept, counted, reference = append(kept, perSecond(writing)), append(counted, perSecond(all)), append(reference, perSecond(copying))
	}
	r.Kept, r.Counted, r.Reference = median(kept), median(counted), median(reference)
	return r, nil
}

// fleet is a tenant with hosts.
type fleet struct {
	tenant *store.Tenant
	hosts  []int64
}

func newFleet(ctx context.Context, s *store.Store, n int) (*fleet, error) {
	row := &models.Tenant{Name: "bench " + clock.Token(6)}
	if err := s.System().CreateTenant(ctx, row); err != nil {
		return nil, err
	}
	f := &fleet{tenant: s.Tenant(row.ID)}
	err := f.tenant.InTx(ctx, func(ctx context.Context, t *store.Tenant) error {
		for i := range n {
			host := &models.Host{Hostname: "host-" + strconv.Itoa(i), OS: "windows"}
			if err := t.CreateHost(ctx, host); err != nil {
				return err
			}
			f.hosts = append(f.hosts, host.ID)
		}
		return nil
	})
	return f, err
}

// source is one of a round's own, so that all of its rows are new.
func source(round int) *models.Source {
	return &models.Source{Kind: "hunt", Name: "Windows.System.Pslist", Key: "bench:" + strconv.Itoa(round)}
}

// keep keeps a round's rows as the product does, and then counts them.
func (f *fleet) keep(ctx context.Context, p Params, round int) (writing, all time.Duration, err error) {
	src := source(round)
	for b := range p.Rows / p.Batch {
		rows, err := rowsOf(f.hosts, round*p.Rows/p.Batch+b, p.Batch)
		if err != nil {
			return 0, 0, err
		}
		start := clock.System{}.Now()
		fresh, err := f.tenant.AddHostRows(ctx, src, rows)
		if err != nil {
			return 0, 0, err
		}
		writing += clock.System{}.Now().Sub(start)
		if slices.Contains(fresh, 0) {
			return 0, 0, fmt.Errorf("a row of round %d was not new", round)
		}
	}
	start := clock.System{}.Now()
	for {
		n, err := f.tenant.FoldStacks(ctx)
		if err != nil {
			return 0, 0, err
		}
		if n == 0 {
			return writing, writing + clock.System{}.Now().Sub(start), nil
		}
	}
}

// copy sends a round's rows by COPY, straight into the table.
func (f *fleet) copy(ctx context.Context, conn *pgx.Conn, p Params, round int) (took time.Duration, err error) {
	src := source(round)
	if _, err := f.tenant.AddHostRows(ctx, src, nil); err != nil {
		return 0, err
	}
	columns := []string{"tenant_id", "host_id", "source_id", "collected_at", "event_time", "content_hash", "data"}
	for b := range p.Rows / p.Batch {
		rows, err := rowsOf(f.hosts, round*p.Rows/p.Batch+b, p.Batch)
		if err != nil {
			return 0, err
		}
		start := clock.System{}.Now()
		_, err = conn.CopyFrom(ctx, pgx.Identifier{"observations"}, columns, pgx.CopyFromSlice(len(rows), func(i int) ([]any, error) {
			return []any{f.tenant.ID(), rows[i].HostID, src.ID, src.CollectedAt, rows[i].EventTime, rows[i].Hash[:], rows[i].Data}, nil
		}))
		if err != nil {
			return 0, err
		}
		took += clock.System{}.Now().Sub(start)
	}
	return took, nil
}

func inUse() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

func median(list []float64) float64 {
	slices.Sort(list)
	return list[len(list)/2]
}
