package fleet

import (
	"context"
	"errors"
	"time"

	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/models"
)

// The pace of a synchronisation. The server sorts all its clients for each reading, so one that takes long for it is asked
// less often: reading never takes more than about a twentieth of its time.
const (
	syncRecentEvery = time.Minute
	syncRecentMost  = 10 * time.Minute
	syncFullEvery   = 10 * time.Minute
	syncFullMost    = 6 * time.Hour
	syncShare       = 20
	syncOverlap     = time.Minute // of a pass of recent clients with the one before
	syncRetry       = 15 * time.Second
	syncRetryMost   = 5 * time.Minute
	syncSweep       = 2_000 // clients of one transaction that went silent
	syncSweeps      = 500   // such transactions at most after one pass
)

// AdvanceSync does the next part of the tenant's synchronisation. tell says that whoever watches is to be told how far it is.
// It never ends by itself: what goes wrong stands in the row, and is tried again. Faults: NotFound when the connection is
// gone.
func (s *Service) AdvanceSync(ctx context.Context, t *store.Tenant, id int64, tell bool) (Step, error) {
	row, err := t.HostSync(ctx)
	if err != nil {
		return Step{}, err
	}
	if row.ConfigID != id {
		return Step{}, fault.New(fault.NotFound, "this connection is gone")
	}
	now := s.p.Clock.Now()
	if row.Pass == "" {
		kind, wait := nextPass(row, now)
		if kind == "" {
			return Step{Status: models.JobWaiting, Wait: wait}, nil
		}
		if row, err = t.SaveSync(ctx, id, func(row *models.HostSync) bool { return beginPass(row, kind, now) }); err != nil {
			return Step{}, err
		}
	}
	server, err := s.p.Servers.Server(ctx, t)
	if err == nil {
		row, err = (&syncPart{s: s, t: t, server: server, row: row, tell: tell}).read(ctx)
	}
	switch {
	case err != nil:
		return s.syncTrouble(ctx, t, id, err)
	case row.Pass != "":
		return Step{Status: models.JobRunning}, nil
	default:
		return s.endPass(ctx, t, row)
	}
}

// nextPass says which pass is due, or how long there is none.
func nextPass(row *models.HostSync, now time.Time) (kind string, wait time.Duration) {
	due := func(at *time.Time) bool { return at == nil || !now.Before(*at) }
	switch {
	case row.Wanted, row.Mark == nil && due(row.NextAt), due(row.NextFullAt):
		return models.PassFull, 0
	case due(row.NextAt):
		return models.PassRecent, 0
	}
	wait = row.NextAt.Sub(now)
	if row.NextFullAt != nil {
		wait = min(wait, row.NextFullAt.Sub(now))
	}
	return "", max(wait, time.Second)
}

// beginPass notes that a pass begins, unless one has.
func beginPass(row *models.HostSync, kind string, now time.Time) bool {
	if row.Pass != "" {
		return false
	}
	row.Pass, row.PassCursor, row.PassBegan, row.PassMark, row.PassSince = kind, "", &now, nil, nil
	row.PassClients, row.PassFresh, row.PassChanged, row.PassGone, row.PassRefused = 0, 0, 0, 0, 0
	row.Status = models.JobRunning
	if kind == models.PassFull {
		row.Wanted = false
	} else if row.Mark != nil {
		since := row.Mark.Add(-syncOverlap)
		row.PassSince = &since
	}
	return true
}

// endPass ends the online state of who was not heard of, and says when the next pass begins.
func (s *Service) endPass(ctx context.Context, t *store.Tenant, row *models.HostSync) (Step, error) {
	began := *row.PassBegan
	silent := began.Add(-store.OnlineFor - store.SeenStep)
	for range syncSweeps {
		n, err := t.SweepOffline(ctx, row.ConfigID, silent, syncSweep)
		if err != nil {
			return Step{}, err
		}
		if n < syncSweep {
			break
		}
	}
	now := s.p.Clock.Now()
	took := now.Sub(began)
	row, err := t.SaveSync(ctx, row.ConfigID, func(row *models.HostSync) bool {
		next := now.Add(min(max(syncRecentEvery, syncShare*took), syncRecentMost))
		row.NextAt = &next
		if row.LastFullAt != nil && row.LastAt != nil && row.LastFullAt.Equal(*row.LastAt) {
			full := now.Add(min(max(syncFullEvery, syncShare*took), syncFullMost))
			row.NextFullAt = &full
		}
		return true
	})
	if err != nil {
		return Step{}, err
	}
	_, wait := nextPass(row, now)
	return Step{Status: row.Status, Wait: wait}, nil
}

// syncTrouble keeps why the server could not be read, and says when it is tried again. Hosts stay as they are: that we don't
// hear of an endpoint says nothing about it.
func (s *Service) syncTrouble(ctx context.Context, t *store.Tenant, id int64, cause error) (Step, error) {
	if errors.Is(cause, context.Canceled) || ctx.Err() != nil || fault.Is(cause, fault.NotFound) {
		return Step{}, cause
	}
	if fault.Is(cause, fault.Internal) {
		s.p.Log.ErrorContext(ctx, "a synchronisation failed", "tenant_id", t.ID(), "error", cause)
	}
	now := s.p.Clock.Now()
	var wait time.Duration
	_, err := t.SaveSync(ctx, id, func(row *models.HostSync) bool {
		row.Failures++
		wait = backOff(row.Failures, syncRetry, syncRetryMost)
		next := now.Add(wait)
		row.Status, row.Error, row.ErrorCode, row.ErrorAt, row.NextAt = models.JobWaiting, fault.Safe(cause), codeOf(cause), &now, &next
		return true
	})
	return Step{Status: models.JobWaiting, Wait: wait}, err
}

// backOff is how long to wait after so many failures in a row: doubling, up to most.
func backOff(failures int, first, most time.Duration) time.Duration {
	wait := first
	for range failures - 1 {
		if wait *= 2; wait >= most {
			return most
		}
	}
	return min(wait, most)
}

func codeOf(err error) string {
	if f, ok := errors.AsType[*fault.Error](err); ok {
		return f.StableCode()
	}
	return string(fault.Internal)
}
