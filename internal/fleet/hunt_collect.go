package fleet

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/internal/velociraptor"
	"github.com/velocicompanion/velocicompanion/models"
)

// Collections of ours: those of a hunt that the server can't express, and those that try an endpoint once more.
const (
	launchSome = 16
	pollSome   = 64
	talkAtOnce = 8 // statements; the server is shared with its analysts
	pollSoon   = time.Second
	pollLong   = 2 * time.Minute
	flowLost   = time.Minute // after which a collection that the server doesn't know won't come up
)

// huntFlowID is the id of an endpoint's collection: the same for the same try, so that it can be found again.
func huntFlowID(key, clientID string, try int) string {
	sum := sha256.Sum256([]byte(key + "\x00" + clientID + "\x00" + strconv.Itoa(try)))
	return "F." + strings.ToUpper(hex.EncodeToString(sum[:8]))
}

// launch starts some collections. Each is noted before; one whose start was not seen to its end is looked for first.
func (h *hunting) launch(ctx context.Context) (busy bool, err error) {
	rows, err := h.t.HuntWork(ctx, h.row.ID, []string{models.HuntHostPending, models.HuntHostLaunching}, nil, launchSome)
	if err != nil || len(rows) == 0 || !h.now.Before(h.row.ExpiresAt) {
		return false, err
	}
	for i := range rows {
		if rows[i].Status == models.HuntHostPending {
			rows[i].FlowID = huntFlowID(h.row.Key, rows[i].ClientID, rows[i].Tries+1)
		}
	}
	if err := h.t.MarkHuntLaunching(ctx, h.row.ID, rows); err != nil {
		return false, err
	}
	seen := make([]store.HuntSeen, len(rows))
	err = together(ctx, len(rows), func(ctx context.Context, i int) (err error) {
		seen[i], err = h.start(ctx, &rows[i])
		return err
	})
	return true, h.took(ctx, rows, seen, err)
}

// start has one collection on the server: a new one, or the one that was started and not noted.
func (h *hunting) start(ctx context.Context, row *models.HuntHost) (store.HuntSeen, error) {
	if row.Status == models.HuntHostLaunching {
		flow, err := h.server.Flow(ctx, row.ClientID, row.FlowID)
		if err == nil {
			return seenFlow(row.ClientID, &flow), nil
		}
		if !fault.Is(err, fault.NotFound) {
			return store.HuntSeen{}, err
		}
	}
	r, err := h.request(ctx)
	if err != nil {
		return store.HuntSeen{}, err
	}
	_, err = h.server.Collect(ctx, velociraptor.Collection{
		ClientID: row.ClientID, FlowID: row.FlowID, Artifacts: r.Artifacts, Specs: r.Params, Timeout: r.Timeout, MaxRows: r.MaxRows,
	})
	if err != nil {
		return failedFlow(row, err)
	}
	return store.HuntSeen{ClientID: row.ClientID, FlowID: row.FlowID, Status: models.HuntHostScheduled, StartedAt: &h.now}, nil
}

// failedFlow is an endpoint for which the server refuses what we ask; trouble with the server itself is an error.
func failedFlow(row *models.HuntHost, err error) (store.HuntSeen, error) {
	if fault.Is(err, fault.Unavailable) || !isServers(err) && !fault.Is(err, fault.NotFound) {
		return store.HuntSeen{}, err
	}
	kind, words := kindOfFault(err), fault.Safe(err)
	if fault.Is(err, fault.NotFound) || strings.Contains(words, "NotFound") {
		kind = kindGone
	}
	return store.HuntSeen{
		ClientID: row.ClientID, FlowID: row.FlowID, Status: models.HuntHostError, ErrorKind: kind, Error: clipText(words, wordsMost), Cause: causeOf(kind, words),
	}, nil
}

// poll asks how far some collections are that are due.
func (h *hunting) poll(ctx context.Context) (busy bool, err error) {
	rows, err := h.t.HuntWork(ctx, h.row.ID, []string{models.HuntHostScheduled, models.HuntHostRunning}, &h.now, pollSome)
	if err != nil || len(rows) == 0 {
		return false, err
	}
	seen := make([]store.HuntSeen, len(rows))
	err = together(ctx, len(rows), func(ctx context.Context, i int) error {
		row := &rows[i]
		flow, err := h.server.Flow(ctx, row.ClientID, row.FlowID)
		switch {
		case err == nil:
			seen[i] = seenFlow(row.ClientID, &flow)
		case fault.Is(err, fault.NotFound) && h.now.Sub(row.UpdatedAt) < flowLost:
			seen[i] = store.HuntSeen{ClientID: row.ClientID, FlowID: row.FlowID, Status: row.Status, StartedAt: row.StartedAt}
		default:
			seen[i], err = failedFlow(row, err)
			return err
		}
		return nil
	})
	return true, h.took(ctx, rows, seen, err)
}

// took writes down what was learned of collections; what was not because of cause stays as it is.
func (h *hunting) took(ctx context.Context, rows []models.HuntHost, seen []store.HuntSeen, cause error) error {
	err := h.change(ctx, func(ctx context.Context, tx *store.Tenant, row *models.Hunt) ([]string, error) {
		some := false
		for i := range seen {
			if seen[i].ClientID == "" {
				continue
			}
			changed, err := tx.SeeHuntFlow(ctx, row.ID, seen[i], h.pollAt(&rows[i], &seen[i]))
			if err != nil {
				return nil, err
			}
			some = some || changed
		}
		if !some {
			return nil, nil
		}
		row.ChangedAt = &h.now
		return []string{"changed_at"}, tx.RecountHunt(ctx, row)
	})
	if err != nil {
		return err
	}
	return cause
}

// pollAt is when to look at a collection again; nil: it has ended.
func (h *hunting) pollAt(row *models.HuntHost, seen *store.HuntSeen) *time.Time {
	if seen.Status != models.HuntHostScheduled && seen.Status != models.HuntHostRunning {
		return nil
	}
	polls := 0
	if seen.Status == row.Status {
		polls = row.Polls
	}
	next := h.now.Add(min(pollSoon<<min(polls, 10), pollLong))
	return &next
}

// together does n things, some at once; the first error ends it.
func together(ctx context.Context, n int, do func(ctx context.Context, i int) error) error {
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(talkAtOnce)
	for i := range n {
		g.Go(func() error { return do(ctx, i) })
	}
	return g.Wait()
}
