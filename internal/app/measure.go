package app

import (
	"context"
	"time"

	"github.com/velocicompanion/velocicompanion/internal/clock"
	"github.com/velocicompanion/velocicompanion/internal/notify"
	"github.com/velocicompanion/velocicompanion/models"
)

// measureEvery is how often the outbox is measured.
const measureEvery = 10 * time.Second

// measure keeps the outbox's numbers current until ctx ends; the error is always nil.
func (x *parts) measure(ctx context.Context) error {
	for {
		pending, oldest, err := x.store.System().OutboxLag(ctx)
		switch {
		case err == nil:
			x.metrics.OutboxPending.Set(float64(pending))
			x.metrics.OutboxAge.Set(oldest.Seconds())
		case ctx.Err() == nil:
			x.p.Log.WarnContext(ctx, "the outbox could not be measured", "error", err)
		}
		if clock.Sleep(ctx, measureEvery) != nil {
			return nil //nolint:nilerr // the end was asked for
		}
	}
}

// countRuns measures the runs that this process began, and counts those it ended.
func (x *parts) countRuns(c notify.Change) {
	if !c.Local {
		return
	}
	for _, e := range c.Executions {
		if e.Began {
			x.metrics.ExecutionQueueLag.Observe(e.Waited.Seconds())
		}
		if models.ExecutionFinal(e.Status) {
			x.metrics.Executions.WithLabelValues(e.Status).Inc()
		}
	}
}
