package audit

import (
	"bytes"
	"cmp"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/velocicompanion/velocicompanion/bench/cpu"
	"github.com/velocicompanion/velocicompanion/internal/audit"
	"github.com/velocicompanion/velocicompanion/internal/clock"
	"github.com/velocicompanion/velocicompanion/internal/seal"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/models"
)

// Params say what to measure on.
type Params struct {
	URL     string        // a migrated database, as owner
	Writers int           // at once
	Rounds  int           // with and without lines taking turns
	Span    time.Duration // of one round
}

// Result is how many rows a second were written, and what processor time a row cost, that of sealing its line included:
// medians of the rounds.
type Result struct {
	With, Without         float64
	CostWith, CostWithout cpu.Spent // of a row

	// Ratio is how much of the speed is left with lines, CostRatio the same as the processor sees it: medians over pairs of
	// neighbouring rounds, because a machine that is shared is never as fast as it was a minute ago.
	Ratio, CostRatio float64
	Sealed           int // lines that were sealed meanwhile
}

// Measure runs the rounds; a line that is not sealed within moments after the last is an error.
func Measure(ctx context.Context, p Params) (Result, error) {
	master, err := seal.ParseKeys(base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{1}, 32)))
	if err != nil {
		return Result{}, err
	}
	keys := audit.NewKeyring(master)
	s, err := store.Open(ctx, store.Params{URL: p.URL, Stamp: keys.Stamp})
	if err != nil {
		return Result{}, err
	}
	defer func() { _ = s.Close() }()
	tenant := &models.Tenant{Name: "bench " + clock.Token(6)}
	if err := s.System().CreateTenant(ctx, tenant); err != nil {
		return Result{}, err
	}
	meter, err := cpu.NewMeter(ctx, p.URL)
	if err != nil {
		return Result{}, err
	}
	sealing, stop := context.WithCancel(ctx)
	sealers := audit.SealerParams{Store: s, Keys: keys, Log: slog.New(slog.DiscardHandler), Clock: clock.System{}}
	b := &bench{
		params: p, tenant: s.Tenant(tenant.ID), meter: meter, sealer: audit.NewSealer(sealers),
		verifier: audit.NewVerifier(audit.VerifierParams{Store: s, Keys: keys, Clock: clock.System{}}),
	}
	var behind sync.WaitGroup
	behind.Go(func() { _ = audit.NewSealer(sealers).Run(sealing) }) // its error is always nil
	result, err := b.rounds(ctx)
	stop()
	behind.Wait()
	if err != nil {
		return Result{}, err
	}
	report, err := b.settled(ctx)
	if err != nil {
		return Result{}, err
	}
	result.Sealed = int(report.Checked)
	return result, nil
}

// bench is one measurement at work.
type bench struct {
	params   Params
	tenant   *store.Tenant
	meter    *cpu.Meter
	sealer   *audit.Sealer
	verifier *audit.Verifier
}

// settle is how long the last lines may wait: PostgreSQL's own upkeep of a table that grew fast is a transaction too, and
// lines behind one that is open wait for it.
const settle = 10 * time.Second

// settled seals what the last round left, and verifies.
func (b *bench) settled(ctx context.Context) (*audit.Report, error) {
	ctx, cancel := context.WithTimeout(ctx, settle)
	defer cancel()
	for {
		if _, err := b.sealer.Sweep(ctx); err != nil {
			return nil, err
		}
		report, err := b.verifier.Verify(ctx, b.tenant.ID(), nil)
		if err != nil || report.Intact() && report.Unsealed == 0 {
			return report, err
		}
		if err := clock.Sleep(ctx, 100*time.Millisecond); err != nil || !report.Intact() {
			return nil, fmt.Errorf("%d findings, %d lines without a seal", report.Found, report.Unsealed)
		}
	}
}

// rounds measures with and without lines in turns; the first pair of rounds warms up.
func (b *bench) rounds(ctx context.Context) (Result, error) {
	var speeds [2][]float64
	var costs [2][]cpu.Spent
	for i := range b.params.Rounds + 1 {
		for with := range 2 {
			speed, cost, err := b.round(ctx, with == 1)
			if err != nil {
				return Result{}, err
			}
			if i > 0 {
				speeds[with], costs[with] = append(speeds[with], speed), append(costs[with], cost)
			}
		}
	}
	var ratios, costRatios []float64
	for i := range b.params.Rounds {
		ratios = append(ratios, speeds[1][i]/speeds[0][i])
		costRatios = append(costRatios, costs[0][i].Total().Seconds()/costs[1][i].Total().Seconds())
	}
	return Result{
		Without: median(speeds[0]), With: median(speeds[1]), CostWithout: medianCost(costs[0]), CostWith: medianCost(costs[1]),
		Ratio: median(ratios), CostRatio: median(costRatios),
	}, nil
}

// round lets all writers write for a while. What the sealer has still to do afterwards is no writer's delay, but it is
// part of what a row cost.
func (b *bench) round(ctx context.Context, lines bool) (perSecond float64, cost cpu.Spent, err error) {
	before, err := b.meter.Read()
	if err != nil {
		return 0, cost, err
	}
	var written atomic.Int64
	errs := make([]error, b.params.Writers)
	now := clock.System{}.Now
	begin := now()
	var writers sync.WaitGroup
	for w := range b.params.Writers {
		writers.Go(func() {
			for errs[w] == nil && now().Sub(begin) < b.params.Span {
				errs[w] = write(ctx, b.tenant, lines)
				written.Add(1)
			}
		})
	}
	writers.Wait()
	perSecond = float64(written.Load()) / now().Sub(begin).Seconds()
	if err := errors.Join(errs...); err != nil {
		return 0, cost, err
	}
	if lines {
		if _, err := b.sealer.Sweep(ctx); err != nil {
			return 0, cost, err
		}
	}
	after, err := b.meter.Read()
	return perSecond, after.Since(before).Each(int(written.Load())), err
}

// write keeps one host, as the API does.
func write(ctx context.Context, t *store.Tenant, line bool) error {
	return t.InTx(ctx, func(ctx context.Context, t *store.Tenant) error {
		host := &models.Host{Hostname: "host-" + clock.Token(12), IPAddress: "10.0.0.1", OS: "linux"}
		if err := t.CreateHost(ctx, host); err != nil || !line {
			return err
		}
		return audit.Write(ctx, t, audit.Entry{
			Action: "host.create", ResourceType: "host", ResourceID: strconv.FormatInt(host.ID, 10), UserID: 1, Username: "bench",
			After: map[string]any{"id": host.ID, "hostname": host.Hostname, "ip_address": host.IPAddress, "os": host.OS, "labels": []string{}},
		})
	})
}

func median(list []float64) float64 {
	slices.Sort(list)
	return list[len(list)/2]
}

func medianCost(list []cpu.Spent) cpu.Spent {
	slices.SortFunc(list, func(a, b cpu.Spent) int { return cmp.Compare(a.Total(), b.Total()) })
	return list[len(list)/2]
}
