package fleet

import (
	"context"
	"time"

	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/internal/velociraptor"
	"github.com/velocicompanion/velocicompanion/models"
)

// How long a hunt is waited for.
const (
	huntIdle     = 15 * time.Second // nothing new since, and all that is online has answered
	huntPatience = 5 * time.Minute  // likewise, and something that is online has not heard of it
	huntNobody   = 10 * time.Minute // no endpoint has heard of it at all
	quietFlow    = 10 * time.Minute // without a sign of life, beyond its timeout
	expiredGrace = 5 * time.Minute  // for what is under way when the hunt expires
	offlineGrace = 5 * time.Minute  // until an endpoint that is offline is left out
	restMost     = time.Minute
)

// rest is what is left when there is nothing to do: to give up what says nothing any more, to see that the hunt is over, or
// to wait.
func (h *hunting) rest(ctx context.Context) (wait time.Duration, err error) {
	if gave, err := h.giveUp(ctx); gave || err != nil {
		return 0, err
	}
	expired := !h.now.Before(h.row.ExpiresAt)
	stopped := h.row.ServerState == string(velociraptor.HuntStopped) || h.row.ServerState == string(velociraptor.HuntArchived)
	idle := h.idleFor()
	over := h.row.Running == 0 && (expired || stopped || h.row.Until == models.HuntUntilIdle && idle <= 0)
	if !over {
		return h.pauseFor(ctx, idle)
	}
	if again, err := h.lastLook(ctx); again || err != nil {
		return 0, err
	}
	ended, text := models.HuntEndedDone, ""
	switch {
	case expired:
		ended = models.HuntEndedExpired
	case stopped:
		ended, text = models.HuntEndedStopped, "it was stopped on the Velociraptor server"
	case h.row.Scheduled == 0:
		text = "no endpoint took it up: none that fits its limits is online"
	}
	return 0, h.end(ctx, models.JobCompleted, ended, text)
}

// idleFor is how long nothing new may still come before the hunt is over.
func (h *hunting) idleFor() time.Duration {
	limit := h.s.p.HuntIdle
	if limit == 0 {
		limit = huntIdle
	}
	switch {
	case h.row.Scheduled == 0:
		limit = max(limit, huntNobody)
	case h.row.Mode == models.HuntByServer && h.row.Scheduled < h.row.Online:
		limit = max(limit, huntPatience)
	}
	if h.row.ChangedAt == nil {
		return limit
	}
	return limit - h.now.Sub(*h.row.ChangedAt)
}

// lastLook has the server's list read to its end once more before a hunt is over.
func (h *hunting) lastLook(ctx context.Context) (again bool, err error) {
	if h.row.Mode != models.HuntByServer || h.row.PassedAt != nil && h.row.ChangedAt != nil && h.row.PassedAt.After(*h.row.ChangedAt) &&
		h.now.Sub(*h.row.PassedAt) < passEvery {
		return false, nil
	}
	return true, h.change(ctx, func(_ context.Context, _ *store.Tenant, row *models.Hunt) ([]string, error) {
		row.ListFrom = max(row.ListFrom, 0)
		return []string{"list_from"}, nil
	})
}

// giveUp makes errors of endpoints that say nothing any more: they can be tried again, and one of the server's hunt counts
// when it comes back.
func (h *hunting) giveUp(ctx context.Context) (gave bool, err error) {
	if h.row.Running == 0 {
		return false, nil
	}
	timeout := time.Duration(h.row.TimeoutSeconds) * time.Second
	under := []string{models.HuntHostScheduled, models.HuntHostRunning}
	type rule struct {
		own      bool
		statuses []string
		since    time.Time
		kind     string
		text     string
	}
	silent := h.now.Add(-timeout - quietFlow)
	rules := []rule{
		{false, under, silent, kindSilent, "the endpoint took it up and has said nothing since; it may come back"},
		{true, under[1:], silent, kindSilent, "the endpoint began and has said nothing since; it may come back"},
	}
	if h.row.Until == models.HuntUntilIdle {
		rules = append(rules, rule{true, under[:1], h.now.Add(-offlineGrace), kindOffline, "the endpoint was not online; try it again when it is"})
	}
	if h.now.After(h.row.ExpiresAt.Add(expiredGrace)) {
		all := []string{models.HuntHostPending, models.HuntHostLaunching, models.HuntHostScheduled, models.HuntHostRunning}
		for _, own := range []bool{false, true} {
			rules = append(rules, rule{own, all, h.now.Add(time.Hour), kindExpired, "it was not over when the hunt expired"})
		}
	}
	err = h.change(ctx, func(ctx context.Context, tx *store.Tenant, row *models.Hunt) ([]string, error) {
		for _, r := range rules {
			n, err := tx.QuietHuntHosts(ctx, row.ID, r.own, r.statuses, r.since, r.kind, r.text)
			if err != nil {
				return nil, err
			}
			gave = gave || n > 0
		}
		if !gave {
			return nil, nil
		}
		return nil, tx.RecountHunt(ctx, row)
	})
	return gave, err
}

// pauseFor is how long there is nothing to do.
func (h *hunting) pauseFor(ctx context.Context, idle time.Duration) (time.Duration, error) {
	wait := restMost
	if h.row.Mode == models.HuntByServer {
		wait = min(wait, h.lookWait())
	}
	if h.row.Running > 0 {
		next, err := h.t.NextHuntPoll(ctx, h.row.ID)
		if err != nil {
			return 0, err
		}
		if !next.IsZero() {
			wait = min(wait, next.Sub(h.now))
		}
	} else if h.row.Until == models.HuntUntilIdle {
		wait = min(wait, idle)
	}
	if left := h.row.ExpiresAt.Sub(h.now); left > 0 {
		wait = min(wait, left)
	}
	return max(wait, 50*time.Millisecond), nil
}

// stop ends a hunt that somebody wants ended: on the server first, then with the rows of what was over by then.
func (h *hunting) stop(ctx context.Context) (time.Duration, error) {
	if h.row.StoppedAt == nil {
		return 0, h.stopServer(ctx)
	}
	if h.row.ListFrom >= 0 {
		return 0, h.page(ctx)
	}
	if busy, err := h.fetch(ctx); busy || err != nil {
		return 0, err
	}
	if busy, err := h.cancelFlows(ctx); busy || err != nil {
		return 0, err
	}
	return 0, h.change(ctx, func(ctx context.Context, tx *store.Tenant, row *models.Hunt) ([]string, error) {
		all := []string{models.HuntHostPending, models.HuntHostLaunching, models.HuntHostScheduled, models.HuntHostRunning}
		for _, own := range []bool{false, true} {
			_, err := tx.QuietHuntHosts(ctx, row.ID, own, all, h.now.Add(time.Hour), kindCancelled, "the hunt was stopped before it was over")
			if err != nil {
				return nil, err
			}
		}
		return nil, tx.EndHunt(ctx, row, models.JobCompleted, models.HuntEndedStopped, "")
	})
}

func (h *hunting) stopServer(ctx context.Context) error {
	if h.row.Mode == models.HuntByServer {
		if err := h.stopThere(ctx); err != nil {
			return err
		}
	}
	return h.change(ctx, func(_ context.Context, _ *store.Tenant, row *models.Hunt) ([]string, error) {
		row.StoppedAt = &h.now
		if row.Mode == models.HuntByServer && row.HuntID != "" {
			row.ListFrom = 0 // what is over by now
		}
		return []string{"stopped_at", "list_from", "hunt_id"}, nil
	})
}
