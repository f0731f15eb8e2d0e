package fleet

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/internal/velociraptor"
	"github.com/velocicompanion/velocicompanion/models"
)

const (
	firstLook     = 300 * time.Millisecond
	offlineAfter  = 10 * time.Minute // without a sign of life
	silentAfter   = 2 * time.Minute  // then the endpoint itself is looked at
	timeoutGrace  = 5 * time.Minute  // for the endpoint's own timeout to be reported
	lostAfter     = 30 * time.Second // a flow that was just started may not be listed yet
	maxCollectSrc = 200              // sources of one artifact
)

const collectionGone = "the Velociraptor server has this collection no more: it was removed there, or the connection now goes to another server or org"

// lookAgain is how long to wait before the next look at a flow that nothing was told of.
func lookAgain(polls int, offline bool) time.Duration {
	busy := [...]time.Duration{firstLook, 500 * time.Millisecond, time.Second, time.Second, 2 * time.Second, 2 * time.Second, 3 * time.Second, 5 * time.Second, 5 * time.Second, 10 * time.Second, 15 * time.Second, 30 * time.Second}
	if !offline {
		return busy[min(polls, len(busy)-1)]
	}
	return min(15*time.Second<<min(polls, 5), 5*time.Minute)
}

// follow looks how far the endpoint is.
func (c *collecting) follow(ctx context.Context) (time.Duration, error) {
	now := c.s.p.Clock.Now()
	flow, err := c.server.Flow(ctx, c.row.ClientID, c.row.FlowID)
	switch {
	case fault.Is(err, fault.NotFound) && now.Sub(*c.row.LaunchedAt) < lostAfter:
		return time.Second, nil
	case fault.Is(err, fault.NotFound):
		return 0, c.fail(ctx, models.CollectionGone, collectionGone)
	case err != nil:
		return 0, bySaid(err)
	case flow.State.Over():
		return 0, c.over(ctx, &flow)
	}
	seen, err := c.lastSign(ctx, &flow, now)
	if err != nil {
		return 0, bySaid(err)
	}
	if kind, text := c.late(&flow, seen, now); kind != "" {
		c.recall(ctx)
		return 0, c.fail(ctx, kind, text)
	}
	offline := !seen.IsZero() && now.Sub(seen) > offlineAfter
	return lookAgain(c.row.Polls, offline), c.note(ctx, &flow, seen, offline)
}

// lastSign is when the endpoint was last heard of, where its flow doesn't say so itself.
func (c *collecting) lastSign(ctx context.Context, flow *velociraptor.Flow, now time.Time) (time.Time, error) {
	working := flow.State == velociraptor.FlowInProgress || flow.State == velociraptor.FlowRunning
	if working && now.Sub(flow.Active) < silentAfter {
		return flow.Active, nil
	}
	info, err := c.server.ClientInfo(ctx, c.row.ClientID)
	return info.LastSeen, err
}

// late says why the flow is waited for no longer; an empty kind: it is.
func (c *collecting) late(flow *velociraptor.Flow, seen, now time.Time) (kind, text string) {
	wait := time.Duration(c.row.WaitSeconds) * time.Second
	last := "it was never seen"
	if !seen.IsZero() {
		last = "it was last seen on " + seen.UTC().Format("2006-01-02 15:04 MST")
	}
	began := c.row.StartedAt
	switch {
	case began != nil && c.row.TimeoutSeconds > 0 && now.Sub(*began) > time.Duration(c.row.TimeoutSeconds)*time.Second+timeoutGrace:
		return models.CollectionTimeout, fmt.Sprintf("the endpoint did not end within %s; %s", time.Duration(c.row.TimeoutSeconds)*time.Second, last)
	case now.Sub(*c.row.LaunchedAt) <= wait:
		return "", ""
	case flow.State == velociraptor.FlowWaiting || now.Sub(seen) > offlineAfter:
		return models.CollectionOffline, fmt.Sprintf("the endpoint did not answer within %s; %s", wait, last)
	default:
		return models.CollectionTimeout, fmt.Sprintf("the endpoint did not end within %s; %s", wait, last)
	}
}

// recall has the endpoint not do what nobody waits for any longer.
func (c *collecting) recall(ctx context.Context) {
	if _, err := c.server.CancelFlow(ctx, c.row.ClientID, c.row.FlowID); err != nil {
		c.s.p.Log.WarnContext(ctx, "a collection could not be taken back from its endpoint", slog.Int64("tenant_id", c.t.ID()),
			slog.Int64("collection_id", c.row.ID), slog.String("error", err.Error()))
	}
}

// note keeps what the look found. A flow that moved on is looked at again soon.
func (c *collecting) note(ctx context.Context, flow *velociraptor.Flow, seen time.Time, offline bool) error {
	return c.change(ctx, func(_ context.Context, _ *store.Tenant, row *models.Collection) error {
		row.Polls++
		if row.FlowState != string(flow.State) {
			row.FlowState, row.Polls = string(flow.State), 0
		}
		if !seen.IsZero() {
			row.LastSeen = &seen
		}
		if flow.State != velociraptor.FlowWaiting && row.StartedAt == nil && !flow.Active.IsZero() {
			row.StartedAt = &flow.Active
		}
		row.RowsFound = max(row.RowsFound, flow.Rows)
		row.Status = models.JobRunning
		if offline {
			row.Status, row.Reason = models.CollectionWaiting, "the endpoint doesn't answer; it collects when it comes back"
		}
		return nil
	})
}

// over notes that the endpoint has ended, and what there is to be brought in.
func (c *collecting) over(ctx context.Context, flow *velociraptor.Flow) error {
	sources := slices.Compact(slices.Sorted(slices.Values(flow.WithResults)))
	sources = sources[:min(len(sources), maxCollectSrc)]
	for i := range sources {
		sources[i] = collectionText(sources[i], 300)
	}
	return c.change(ctx, func(_ context.Context, _ *store.Tenant, row *models.Collection) error {
		if row.Phase != models.CollectionFollow {
			return nil
		}
		began := flow.Started
		if began.IsZero() {
			began = *row.LaunchedAt
		}
		row.Phase, row.Status, row.Polls, row.FlowStartedAt = models.CollectionRows, models.JobRunning, 0, &began
		row.FlowState, row.FlowWords = string(flow.State), collectionText(flow.Status, maxCollectionError)
		row.Sources, row.RowsFound, row.Files = append([]string{}, sources...), flow.Rows, int(flow.Files)
		if !flow.Active.IsZero() {
			row.LastSeen = &flow.Active
			if row.StartedAt == nil {
				row.StartedAt = &flow.Active
			}
		}
		return nil
	})
}
