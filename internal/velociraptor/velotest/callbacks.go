package velotest

import (
	"context"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/velocicompanion/velocicompanion/internal/clock"
)

// delivery is one callback to be made.
type delivery struct {
	url, key, rootCA string
	body             []byte
}

// poster posts callbacks: signed anew at each try, three tries two seconds apart, five at once, as our artifact does.
type poster struct {
	clock clock.Clock
	ask   func() Trouble

	mu      sync.Mutex
	queue   []delivery
	last    time.Time // when the queue grew last
	clients map[string]*http.Client
	made    int
}

const (
	postsAtOnce   = 5
	postTries     = 3
	postPause     = 2 * time.Second
	reverseWindow = 300 * time.Millisecond // without another one, until what gathered is posted backwards
)

func newPoster(c clock.Clock, ask func() Trouble) *poster {
	return &poster{clock: c, ask: ask, clients: map[string]*http.Client{}}
}

func (p *poster) post(d delivery) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.queue, p.last = append(p.queue, d), p.clock.Now()
}

func (p *poster) forget() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.queue = nil
}

// take empties the queue; backwards, once it has been still for a while, where that is the trouble.
func (p *poster) take(t Trouble) []delivery {
	p.mu.Lock()
	defer p.mu.Unlock()
	if t.CallbacksReversed && p.clock.Now().Sub(p.last) < reverseWindow {
		return nil
	}
	batch := p.queue
	p.queue = nil
	if t.CallbacksReversed {
		slices.Reverse(batch)
	}
	return batch
}

// flush posts what waits and returns when that is done.
func (p *poster) flush(ctx context.Context) {
	t := p.ask()
	batch := p.take(t)
	if t.CallbacksLost || len(batch) == 0 {
		return
	}
	work := make(chan delivery)
	var workers sync.WaitGroup
	many := postsAtOnce
	if t.CallbacksReversed {
		many = 1
	}
	for range many {
		workers.Go(func() {
			for d := range work {
				p.deliver(ctx, d)
			}
		})
	}
	for range max(t.CallbackTimes, 1) {
		for _, d := range batch {
			work <- d
		}
	}
	close(work)
	workers.Wait()
}

func (p *poster) deliver(ctx context.Context, d delivery) {
	for try := range postTries {
		if try > 0 && clock.Sleep(ctx, postPause) != nil {
			return
		}
		if p.once(ctx, d) {
			p.mu.Lock()
			p.made++
			p.mu.Unlock()
			return
		}
	}
}

func (p *poster) once(ctx context.Context, d delivery) bool {
	status, _ := send(ctx, p.client(d.rootCA), d, p.clock.Now())
	return status/100 == 2
}

// client trusts a root of its own where one is given.
func (p *poster) client(rootCA string) *http.Client {
	p.mu.Lock()
	defer p.mu.Unlock()
	c := p.clients[rootCA]
	if c == nil {
		c = caller(rootCA)
		p.clients[rootCA] = c
	}
	return c
}

func (p *poster) close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range p.clients {
		c.CloseIdleConnections()
	}
}
