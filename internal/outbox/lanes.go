package outbox

import (
	"context"
	"sync"
)

// lanes gathers work per tenant: while a tenant's batch is at work, what comes meanwhile becomes its next batch. So under
// load many rows share one transaction, and nobody waits when there is none.
type lanes[T any] struct {
	work func(ctx context.Context, tenantID int64, items []T)
	most int // items of one batch

	mu      sync.Mutex
	waiting map[int64][]T // a tenant is in it while its lane is at work
}

func newLanes[T any](most int, work func(ctx context.Context, tenantID int64, items []T)) *lanes[T] {
	return &lanes[T]{work: work, most: most, waiting: map[int64][]T{}}
}

// add hands items to their tenant's lane; wg counts the lane's work.
func (l *lanes[T]) add(ctx context.Context, wg *sync.WaitGroup, tenantID int64, items []T) {
	l.mu.Lock()
	defer l.mu.Unlock()
	waiting, atWork := l.waiting[tenantID]
	l.waiting[tenantID] = append(waiting, items...)
	if !atWork {
		wg.Go(func() { l.drive(ctx, tenantID) })
	}
}

// drive works batch by batch until nothing waits.
func (l *lanes[T]) drive(ctx context.Context, tenantID int64) {
	for {
		l.mu.Lock()
		items := l.waiting[tenantID]
		if len(items) == 0 {
			delete(l.waiting, tenantID)
			l.mu.Unlock()
			return
		}
		n := min(len(items), l.most)
		l.waiting[tenantID] = append([]T(nil), items[n:]...)
		l.mu.Unlock()
		l.work(ctx, tenantID, items[:n])
	}
}
