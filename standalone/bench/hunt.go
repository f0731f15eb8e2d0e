package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/velocicompanion/velocicompanion/internal/clock"
	"github.com/velocicompanion/velocicompanion/internal/velociraptor/velotest"
)

// What a hunt must keep to, however many rows it brings.
const (
	huntMemory   = 300_000_000     // bytes of the worker
	huntProgress = 2 * time.Second // from rows in the database to the message that tells of them
	huntArtifact = "Generic.System.Pstree"
)

// hunting carries a hunt out whose worker is killed three times and whose server is away for a while in the middle, and
// compares what is there with what the endpoints brought.
func hunting(ctx context.Context, o options) (rows []row, err error) {
	c, err := connectFleet(ctx, o, velotest.Params{Endpoints: o.endpoints, RowsEach: o.rowsEach}, wish{noWorker: true})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, c.stop()) }()
	worker, err := c.worker(o)
	if err != nil {
		return nil, err
	}
	if err := worker.start(ctx); err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, worker.stop()) }()
	if err := c.connect(ctx); err != nil {
		return nil, err
	}
	if _, err := c.fullPass(ctx, nil); err != nil {
		return nil, err
	}
	h := &huntRun{connected: c, o: o, worker: worker}
	if err := h.carryOut(ctx); err != nil {
		return nil, err
	}
	if err := worker.stop(); err != nil {
		return nil, err
	}
	found, err := h.compare(ctx)
	if err != nil {
		return nil, err
	}
	return h.table(found), nil
}

// huntRun is one hunt and what happens to it.
type huntRun struct {
	*connected

	o      options
	worker *child
	id     int64
	watch  *huntWatch
	pauses []pause
	began  time.Time
	ended  time.Time
}

// pause is a time in which no rows could come: from what happened until rows came again.
type pause struct {
	what       string
	from       time.Time
	over, upTo time.Time // when its cause was over, and when rows came again
}

// blow is what happens to the hunt when so much of its rows is here.
type blow struct {
	part   float64
	what   string
	strike func(ctx context.Context) error
}

func (h *huntRun) blows() []blow {
	kill := func(ctx context.Context) error {
		if err := h.worker.kill(); err != nil {
			return err
		}
		return h.worker.start(ctx)
	}
	away := func(ctx context.Context) error {
		h.server.Stop()
		err := clock.Sleep(ctx, h.o.away)
		return errors.Join(err, h.server.Resume()) //nolint:contextcheck // the server outlives the call
	}
	return []blow{
		{0.1, "worker killed", kill}, {0.35, "worker killed", kill}, {0.5, "server away for " + h.o.away.String(), away}, {0.75, "worker killed", kill},
	}
}

// carryOut starts the hunt, strikes, and waits for its end.
func (h *huntRun) carryOut(ctx context.Context) error {
	conn, err := h.tenantConn(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	var hunt struct {
		ID int64 `json:"id"`
	}
	h.began = time.Now() //nolint:forbidigo // a program that measures real time
	err = h.call(ctx, http.MethodPost, "/api/velociraptor/hunts", map[string]any{"description": "bench", "artifacts": []string{huntArtifact}}, &hunt)
	if err != nil {
		return err
	}
	h.id = hunt.ID
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	if h.watch, err = h.watchHunt(ctx, conn, h.id); err != nil {
		return err
	}
	expected := int64(h.o.endpoints) * int64(h.o.rowsEach) * 9 / 10 // roughly: the last blow must fall before the end
	for _, b := range h.blows() {
		if err := h.watch.until(ctx, func(rows int64) bool { return float64(rows) >= b.part*float64(expected) }); err != nil {
			return fmt.Errorf("%s: %w", b.what, err)
		}
		at := time.Now() //nolint:forbidigo // a program that measures real time
		if err := b.strike(ctx); err != nil {
			return err
		}
		before := h.watch.rows()                             // what was read before the blow may have been kept during it
		p := pause{what: b.what, from: at, over: time.Now()} //nolint:forbidigo // likewise
		if err := h.watch.until(ctx, func(rows int64) bool { return rows > before }); err != nil {
			return fmt.Errorf("after %s: %w", b.what, err)
		}
		p.upTo = time.Now() //nolint:forbidigo // likewise
		h.pauses = append(h.pauses, p)
	}
	h.ended, err = h.watch.end(ctx)
	return err
}

// table makes lines of what came of it.
func (h *huntRun) table(f *huntFound) []row {
	first, last := h.watch.span()
	working := last.Sub(first)
	rows := []row{
		{
			what: fmt.Sprintf("hunt of %d endpoints, worker killed 3 times, server away %s: rows there", h.o.endpoints, h.o.away),
			ours: strconv.Itoa(f.there), reference: strconv.Itoa(f.expected), target: "equal", met: f.there == f.expected,
		},
		{what: "the same: rows twice", ours: strconv.Itoa(f.twice), reference: "–", target: "0", met: f.twice == 0},
		{
			what: "the same: rows that its counts name", ours: strconv.FormatInt(h.watch.rows(), 10), reference: strconv.Itoa(f.expected), target: "equal",
			met: h.watch.rows() == int64(f.expected),
		},
		{
			what: "the same: endpoints with each of their rows", ours: strconv.Itoa(f.whole), reference: strconv.Itoa(f.endpoints), target: "equal",
			met: f.whole == f.endpoints,
		},
		{
			what: fmt.Sprintf("the same: endpoints whose rows read the same, of %d", f.sampled), ours: strconv.Itoa(f.same), reference: strconv.Itoa(f.sampled),
			target: "equal", met: f.same == f.sampled && f.sampled > 0,
		},
		{
			what: "the same: peak memory of the worker", ours: fmt.Sprintf("%d MB", h.worker.peak/1_000_000), reference: "–",
			target: fmt.Sprintf("≤ %d MB", huntMemory/1_000_000), met: h.worker.peak <= huntMemory,
		},
	}
	lag, changes := h.watch.lag(h.pauses)
	rows = append(rows, row{
		what: fmt.Sprintf("the same: from rows kept to rows told, longest of %d", changes), ours: ms(lag), reference: "–", target: "≤ " + huntProgress.String(),
		met: lag <= huntProgress && changes > 0,
	})
	for _, p := range h.pauses {
		working -= p.upTo.Sub(p.from)
		rows = append(rows, row{what: "the same: " + p.what + ", until rows come again", ours: p.upTo.Sub(p.over).Round(10 * time.Millisecond).String(), reference: "–", target: "–", met: true})
	}
	return append(rows, row{
		what: "the same: rows/s beside these pauses", ours: fmt.Sprintf("%.0f", float64(f.there)/working.Seconds()), reference: "–", target: "–", met: true,
	}, row{
		what: "the same: from the start to its end", ours: h.ended.Sub(h.began).Round(time.Second).String(), reference: "–", target: "–", met: true,
	})
}
