package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/coder/websocket"

	"github.com/velocicompanion/velocicompanion/bench/cpu"
)

// fiveSteps is a playbook of five database actions with a parameter from its inputs, as users write them.
const fiveSteps = `name: bench five steps
trigger: {type: manual}
inputs:
  tag: {type: string, required: true}
actions:
  - {id: a, type: add_artifact, params: {artifact_type: other, value: "${inputs.tag}-a"}}
  - {id: b, type: add_artifact, params: {artifact_type: other, value: "${inputs.tag}-b"}}
  - {id: c, type: add_artifact, params: {artifact_type: other, value: "${inputs.tag}-c"}}
  - {id: d, type: add_artifact, params: {artifact_type: other, value: "${inputs.tag}-d"}}
  - {id: e, type: add_artifact, params: {artifact_type: other, value: "${inputs.tag}-e"}}
`

// executions compares a playbook with a workflow written by hand: throughput at several at once, and the time from the
// start to the first step one by one.
func executions(ctx context.Context, o options) (rows []row, err error) {
	p, err := startPlatform(ctx, o, wish{})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, p.stop()) }()
	ref, err := startReference(ctx, p)
	if err != nil {
		return nil, err
	}
	defer ref.close()
	ours, err := newRunner(ctx, p)
	if err != nil {
		return nil, err
	}
	defer ours.close()
	// Both are warmed, then measured in turns, so that neither has the quieter machine.
	if _, err := flood(ctx, 100, o.concurrency, "warm", ours.one); err != nil {
		return nil, err
	}
	if _, err := flood(ctx, 100, o.concurrency, "warm", ref.one); err != nil {
		return nil, err
	}
	meter, err := cpu.NewMeter(ctx, p.databaseURL)
	if err != nil {
		return nil, err
	}
	var our, their result
	for round := range 2 {
		a, err := metered(meter, func() (result, error) {
			return flood(ctx, o.count/2, o.concurrency, fmt.Sprint("ours", round), ours.one)
		})
		if err != nil {
			return nil, err
		}
		b, err := metered(meter, func() (result, error) {
			return flood(ctx, o.count/2, o.concurrency, fmt.Sprint("ref", round), ref.one)
		})
		if err != nil {
			return nil, err
		}
		our, their = our.add(a), their.add(b)
	}
	p95 := percentile(our.each, 0.95)
	rows = append(rows, row{
		what: "playbook of 5 database actions", ours: fmt.Sprintf("%.0f/s", our.rate()), reference: fmt.Sprintf("%.0f/s", their.rate()),
		ratio: our.rate() / their.rate(), target: "≥ 0.8 ×", met: our.rate() >= 0.8*their.rate(),
	}, row{
		what: "the same, executions/s and p95 at " + strconv.Itoa(o.concurrency), ours: fmt.Sprintf("%.0f/s, %s", our.rate(), ms(p95)),
		reference: ms(percentile(their.each, 0.95)), target: "≥ 50/s, ≤ 0.5 s", met: our.rate() >= 50 && p95 <= 500*time.Millisecond,
	}, row{
		what: "the same in processor time (Go with Temporal + PostgreSQL)", ours: spent(our.cost()), reference: spent(their.cost()),
		ratio: their.cost().Total().Seconds() / our.cost().Total().Seconds(), target: "told", met: true,
	})
	first, err := firstStep(ctx, ours, ref)
	return append(rows, first...), err
}

// result is what a flood took.
type result struct {
	total time.Duration
	each  []time.Duration
	spent cpu.Spent
}

// cost is the processor time of one.
func (r result) cost() cpu.Spent { return r.spent.Each(len(r.each)) }

// metered adds the processor time to what a flood took.
func metered(m *cpu.Meter, run func() (result, error)) (result, error) {
	before, err := m.Read()
	if err != nil {
		return result{}, err
	}
	r, err := run()
	if err != nil {
		return result{}, err
	}
	after, err := m.Read()
	r.spent = after.Since(before)
	return r, err
}

func (r result) rate() float64 { return float64(len(r.each)) / r.total.Seconds() }

func (r result) add(o result) result {
	spent := cpu.Spent{Process: r.spent.Process + o.spent.Process, Database: r.spent.Database + o.spent.Database}
	return result{r.total + o.total, append(r.each, o.each...), spent}
}

// flood runs n at most concurrency at once.
func flood(ctx context.Context, n, concurrency int, tag string, one func(ctx context.Context, tag string) error) (result, error) {
	jobs := make(chan int)
	each := make([]time.Duration, n)
	errs := make([]error, n)
	var wg sync.WaitGroup
	begin := time.Now() //nolint:forbidigo // a program that measures real time
	for range concurrency {
		wg.Go(func() {
			for i := range jobs {
				start := time.Now() //nolint:forbidigo // a program that measures real time
				errs[i] = one(ctx, fmt.Sprintf("%s-%d", tag, i))
				each[i] = time.Since(start)
			}
		})
	}
	for i := range n {
		jobs <- i
	}
	close(jobs)
	wg.Wait()
	return result{total: time.Since(begin), each: each}, errors.Join(errs...)
}

// runner starts playbook executions as a client does: POST, then wait on the socket for the end.
type runner struct {
	p        *platform
	playbook int64
	conn     *websocket.Conn
	mu       sync.Mutex
	ended    map[int64]string
	waiting  map[int64]chan string
	cancel   context.CancelFunc
}

func newRunner(ctx context.Context, p *platform) (*runner, error) {
	r := &runner{p: p, ended: map[int64]string{}, waiting: map[int64]chan string{}}
	var pb struct {
		ID int64 `json:"id"`
	}
	if err := p.call(ctx, http.MethodPost, "/api/playbooks", map[string]any{"source": fiveSteps}, &pb); err != nil {
		return nil, err
	}
	r.playbook = pb.ID
	ctx, r.cancel = context.WithCancel(ctx)
	conn, err := p.socket(ctx)
	if err != nil {
		return nil, err
	}
	r.conn = conn
	go r.listen(ctx)
	return r, nil
}

func (r *runner) close() {
	r.cancel()
	_ = r.conn.CloseNow()
}

func (r *runner) listen(ctx context.Context) {
	for {
		_, b, err := r.conn.Read(ctx)
		if err != nil {
			return
		}
		var m struct {
			Type   string `json:"type"`
			ID     int64  `json:"id"`
			Status string `json:"status"`
		}
		if json.Unmarshal(b, &m) != nil || m.Type != "execution.updated" || m.Status == "running" || m.Status == "queued" {
			continue
		}
		r.mu.Lock()
		if c := r.waiting[m.ID]; c != nil {
			c <- m.Status
			delete(r.waiting, m.ID)
		} else {
			r.ended[m.ID] = m.Status
		}
		r.mu.Unlock()
	}
}

func (r *runner) one(ctx context.Context, tag string) error {
	id, err := r.start(ctx, tag)
	if err != nil {
		return err
	}
	return r.wait(ctx, id)
}

func (r *runner) start(ctx context.Context, tag string) (int64, error) {
	var e struct {
		ID int64 `json:"id"`
	}
	err := r.p.call(ctx, http.MethodPost, fmt.Sprintf("/api/playbooks/%d/execute", r.playbook), map[string]any{"inputs": map[string]any{"tag": tag}}, &e)
	return e.ID, err
}

func (r *runner) wait(ctx context.Context, id int64) error {
	r.mu.Lock()
	status, done := r.ended[id]
	c := make(chan string, 1)
	if done {
		delete(r.ended, id)
		c <- status
	} else {
		r.waiting[id] = c
	}
	r.mu.Unlock()
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	select {
	case status := <-c:
		if status != "completed" {
			return fmt.Errorf("execution %d ended %s", id, status)
		}
		return nil
	case <-ctx.Done():
		return fmt.Errorf("execution %d: %w", id, ctx.Err())
	}
}
