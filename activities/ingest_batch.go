package activities

import (
	"context"
	"sync"
	"time"

	"go.temporal.io/sdk/activity"

	"github.com/velocicompanion/velocicompanion/internal/clock"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/models"
	"github.com/velocicompanion/velocicompanion/workflows/contract"
)

// Ingester brings in the next part of a batch; *ingest.Service is one.
type Ingester interface {
	Advance(ctx context.Context, t *store.Tenant, batchID int64, tell bool) (status string, err error)
}

// The pace of a job's activity.
const (
	jobSpell     = 10 * time.Second // how long one activity does slices, which keeps a history small
	jobHeartbeat = 3 * time.Second
	jobTell      = 500 * time.Millisecond // between two tellings of progress
)

// IngestBatch brings in chunks of a batch for some seconds, each in one transaction. Faults: NotFound for a batch that was
// deleted.
func (a *Activities) IngestBatch(ctx context.Context, in contract.JobInput) (contract.JobSlice, error) {
	tenant := a.store.Tenant(in.TenantID)
	return a.slices(ctx, func(ctx context.Context, tell bool) (string, time.Duration, error) {
		status, err := a.ingest.Advance(ctx, tenant, in.ID, tell)
		return status, 0, err
	})
}

// slice does the next part of a job. It answers the job's status and how long there is nothing to do; tell says that
// whoever watches is to be told how far it is.
type slice func(ctx context.Context, tell bool) (status string, wait time.Duration, err error)

// slices repeats a job's slice until the job has ended or waits, some seconds have passed or the worker is to stop.
func (a *Activities) slices(ctx context.Context, next slice) (contract.JobSlice, error) {
	defer beat(ctx)()
	begun := a.store.Now()
	var told time.Time
	for {
		now := a.store.Now()
		tell := now.Sub(told) >= jobTell
		if tell {
			told = now
		}
		status, wait, err := next(ctx, tell)
		switch {
		case err != nil:
			return contract.JobSlice{}, err
		case models.JobFinal(status):
			return contract.JobSlice{Done: true, Status: status}, nil
		case wait > 0:
			return contract.JobSlice{Status: status, Wait: wait}, nil
		}
		select {
		case <-activity.GetWorkerStopChannel(ctx):
			return contract.JobSlice{Status: status}, nil
		case <-ctx.Done():
			return contract.JobSlice{}, ctx.Err()
		default:
		}
		if a.store.Now().Sub(begun) >= jobSpell {
			return contract.JobSlice{Status: status}, nil
		}
	}
}

// beat says again and again that the activity lives, until the function that it gives is called.
func beat(ctx context.Context) func() {
	ctx, cancel := context.WithCancel(ctx)
	var wg sync.WaitGroup
	wg.Go(func() {
		for clock.Sleep(ctx, jobHeartbeat) == nil {
			activity.RecordHeartbeat(ctx)
		}
	})
	return func() {
		cancel()
		wg.Wait()
	}
}
