package audit

import (
	"bytes"
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

// Result is how many rows a second were written: medians of the rounds.
type Result struct {
	With, Without float64
	Sealed        int // lines that were sealed meanwhile
}

// Ratio is how much of the speed is left with lines.
func (r Result) Ratio() float64 { return r.With / r.Without }

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
	sealing, stop := context.WithCancel(ctx)
	sealer := audit.NewSealer(audit.SealerParams{Store: s, Keys: keys, Log: slog.New(slog.DiscardHandler), Clock: clock.System{}})
	var behind sync.WaitGroup
	behind.Go(func() { _ = sealer.Run(sealing) }) // its error is always nil
	speeds, err := rounds(ctx, s.Tenant(tenant.ID), p)
	stop()
	behind.Wait()
	if err != nil {
		return Result{}, err
	}
	report, err := settled(ctx, sealer, audit.NewVerifier(audit.VerifierParams{Store: s, Keys: keys, Clock: clock.System{}}), tenant.ID)
	if err != nil {
		return Result{}, err
	}
	return Result{Without: median(speeds[0]), With: median(speeds[1]), Sealed: int(report.Checked)}, nil
}

// settle is how long the last lines may wait: PostgreSQL's own upkeep of a table that grew fast is a transaction too, and
// lines behind one that is open wait for it.
const settle = 10 * time.Second

// settled seals what the last round left, and verifies.
func settled(ctx context.Context, sealer *audit.Sealer, v *audit.Verifier, tenant int64) (*audit.Report, error) {
	ctx, cancel := context.WithTimeout(ctx, settle)
	defer cancel()
	for {
		if _, err := sealer.Sweep(ctx); err != nil {
			return nil, err
		}
		report, err := v.Verify(ctx, tenant, nil)
		if err != nil || report.Intact() && report.Unsealed == 0 {
			return report, err
		}
		if err := clock.Sleep(ctx, 100*time.Millisecond); err != nil || !report.Intact() {
			return nil, fmt.Errorf("%d findings, %d lines without a seal", report.Found, report.Unsealed)
		}
	}
}

// rounds gives the speeds without and with lines; the first pair of rounds warms up.
func rounds(ctx context.Context, t *store.Tenant, p Params) (speeds [2][]float64, err error) {
	for i := range p.Rounds + 1 {
		for with := range 2 {
			speed, err := round(ctx, t, p, with == 1)
			if err != nil {
				return speeds, err
			}
			if i > 0 {
				speeds[with] = append(speeds[with], speed)
			}
		}
	}
	return speeds, nil
}

// round lets all writers write for a while.
func round(ctx context.Context, t *store.Tenant, p Params, lines bool) (perSecond float64, err error) {
	var written atomic.Int64
	errs := make([]error, p.Writers)
	now := clock.System{}.Now
	begin := now()
	var writers sync.WaitGroup
	for w := range p.Writers {
		writers.Go(func() {
			for errs[w] == nil && now().Sub(begin) < p.Span {
				errs[w] = write(ctx, t, lines)
				written.Add(1)
			}
		})
	}
	writers.Wait()
	return float64(written.Load()) / now().Sub(begin).Seconds(), errors.Join(errs...)
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
