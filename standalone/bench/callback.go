package main

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/velocicompanion/velocicompanion/internal/clock"
	"github.com/velocicompanion/velocicompanion/internal/velociraptor/velotest"
)

const (
	callbackRounds = 220 // each way, in turns
	callbackWarm   = 20  // of them, that are not counted
	callbackTarget = 2.0
	callbackOff    = 20                    // one endpoint of so many is off
	callbackPace   = 50 * time.Millisecond // how long an endpoint takes once it is there
	callbackLimit  = time.Minute           // for one of them
	callbackReady  = 5 * time.Minute       // until all wait
)

// callbacks compares how long it takes from the callback of a Velociraptor server until what waits for it goes on, with a bare
// workflow that waits for a signal and is sent one through the SDK. Both go on with an activity: ours asks the server what came
// of it, and that question is what is waited for.
func callbacks(ctx context.Context, o options) (rows []row, err error) {
	b := &callbackBench{waiting: map[string]chan time.Time{}}
	fleet := velotest.Params{Endpoints: callbackRounds * callbackOff, RowsEach: 5, Pace: callbackPace, Asked: b.asked}
	if b.connected, err = connectFleet(ctx, o, fleet, wish{}); err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, b.stop()) }()
	if err := b.prepare(ctx); err != nil {
		return nil, err
	}
	ref, err := startSignals(ctx, b.platform, callbackRounds)
	if err != nil {
		return nil, err
	}
	defer ref.close()
	var ours, theirs, steps []time.Duration
	for i, w := range b.waits {
		a, step, err := b.round(ctx, w)
		if errors.Is(err, errNothing) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("callback %d: %w", i, err)
		}
		r, err := ref.round(ctx, i)
		if err != nil {
			return nil, fmt.Errorf("signal %d: %w", i, err)
		}
		if i >= callbackWarm {
			ours, theirs, steps = append(ours, a), append(theirs, r), append(steps, step)
		}
	}
	for _, p := range []float64{0.5, 0.99} {
		a, r := percentile(ours, p), percentile(theirs, p)
		ratio := float64(a) / float64(r)
		line := row{
			what: fmt.Sprintf("callback POST → what waits goes on, p%.0f of %d", 100*p, len(ours)), ours: ms(a), reference: ms(r), ratio: ratio,
			target: "–", met: true,
		}
		if p > 0.5 {
			line.target, line.met = fmt.Sprintf("≤ %.0f ×", callbackTarget), ratio <= callbackTarget
		}
		rows = append(rows, line)
	}
	return append(rows, row{
		what: "the same: until the playbook's next step begins, rows read and kept, p50, p99", ours: ms(percentile(steps, 0.5)) + ", " + ms(percentile(steps, 0.99)),
		reference: "–", target: "–", met: true,
	}), nil
}

// callbackBench is a tenant with many playbooks' runs that wait for an endpoint each.
type callbackBench struct {
	*connected

	url, key string
	waits    []wait

	mu      sync.Mutex
	waiting map[string]chan time.Time // flow → who waits for the question about it
}

// wait is a run that waits for a flow.
type wait struct {
	client, flow string
	execution    int64
}

// asked hears what the server is asked.
func (b *callbackBench) asked(statement string, env map[string]string) {
	if statement != "flows" {
		return
	}
	now := time.Now() //nolint:forbidigo // a program that measures real time
	b.mu.Lock()
	defer b.mu.Unlock()
	if c := b.waiting[env["FlowId"]]; c != nil {
		c <- now
		delete(b.waiting, env["FlowId"])
	}
}

// round brings an endpoint back, lets it end, and calls: until the server is asked, and until the run's next step begins.
func (b *callbackBench) round(ctx context.Context, w wait) (asked, step time.Duration, err error) {
	if err := b.server.Switch("", w.client, true); err != nil {
		return 0, 0, err
	}
	if err := b.over(ctx, w); err != nil {
		return 0, 0, err
	}
	heard := make(chan time.Time, 1)
	b.mu.Lock()
	b.waiting[w.flow] = heard
	b.mu.Unlock()
	begun := time.Now() //nolint:forbidigo // a program that measures real time
	if err := b.post(ctx, w); err != nil {
		return 0, 0, err
	}
	ctx, cancel := context.WithTimeout(ctx, callbackLimit)
	defer cancel()
	select {
	case at := <-heard:
		asked = at.Sub(begun)
	case <-ctx.Done():
		return 0, 0, errors.New("nobody asked the server")
	}
	at, err := b.nextStep(ctx, w.execution)
	return asked, at.Sub(begun), err
}

// errNothing is an endpoint that fails, as some do: nobody calls for it.
var errNothing = errors.New("the endpoint brought nothing")

// over waits until the endpoint has its rows.
func (b *callbackBench) over(ctx context.Context, w wait) error {
	for range 100 {
		rows, err := b.server.Brought("", w.client, w.flow, huntArtifact)
		if err != nil || len(rows) > 0 {
			return err
		}
		if err := clock.Sleep(ctx, callbackPace/5); err != nil {
			return err
		}
	}
	return errNothing
}

// nextStep waits for the beginning of a run's second step.
func (b *callbackBench) nextStep(ctx context.Context, execution int64) (at time.Time, err error) {
	var run struct {
		Steps []struct {
			ID        string     `json:"id"`
			StartedAt *time.Time `json:"started_at"`
		} `json:"steps"`
	}
	for {
		if err := b.call(ctx, http.MethodGet, fmt.Sprintf("/api/playbooks/executions/%d", execution), nil, &run); err != nil {
			return at, err
		}
		for _, s := range run.Steps {
			if s.ID == "next" && s.StartedAt != nil {
				return *s.StartedAt, nil
			}
		}
		if err := clock.Sleep(ctx, callbackPace); err != nil {
			return at, err
		}
	}
}

// post says that the flow has ended, as our artifact on a server does.
func (b *callbackBench) post(ctx context.Context, w wait) error {
	body, err := json.Marshal(map[string]any{"kind": "flow.completed", "org_id": "root", "client_id": w.client, "flow_id": w.flow, "state": "FINISHED"})
	if err != nil {
		return err
	}
	stamp := strconv.FormatInt(time.Now().Unix(), 10) //nolint:forbidigo // a program that measures real time
	mac := hmac.New(sha256.New, []byte(b.key))
	_, _ = mac.Write(append([]byte(stamp+"."), body...)) // a hash takes all
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, b.url, bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("X-Velo-Timestamp", stamp)
	req.Header.Set("X-Velo-Signature", hex.EncodeToString(mac.Sum(nil)))
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	if res.StatusCode != http.StatusOK {
		err = fmt.Errorf("the callback was answered %s", res.Status)
	}
	return errors.Join(err, res.Body.Close())
}
