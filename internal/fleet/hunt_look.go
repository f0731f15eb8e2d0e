package fleet

import (
	"context"
	"fmt"
	"time"

	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/internal/velociraptor"
	"github.com/velocicompanion/velocicompanion/models"
)

// The pace of looks at the server.
const (
	lookSoon  = time.Second      // between two while something happens
	lookLong  = 30 * time.Second // when nothing has happened for long
	lookQuiet = 4                // of the time since something happened, one part in so many is waited
	lookCost  = 3                // and at least so many times as long as reading a page of the list takes
	passEvery = 30 * time.Second // the list is read even where the server's counts are the same
	flowsPage = 1000
)

// lookWait is how long until the server is to be asked again how far it is.
func (h *hunting) lookWait() time.Duration {
	if h.row.ListedAt == nil {
		return 0
	}
	wait := max(lookSoon, time.Duration(h.row.ListedMS)*time.Millisecond*lookCost)
	if h.row.ChangedAt != nil {
		wait = max(wait, min(h.now.Sub(*h.row.ChangedAt)/lookQuiet, lookLong))
	}
	if h.row.WokenAt != nil && h.row.WokenAt.After(*h.row.ListedAt) {
		wait = min(wait, lookSoon)
	}
	return max(wait-h.now.Sub(*h.row.ListedAt), 0)
}

// look asks the server how far its hunt is, and reads a page of its endpoints where that changed. busy: there was something
// to do.
func (h *hunting) look(ctx context.Context) (busy bool, err error) {
	switch {
	case h.row.Mode != models.HuntByServer:
		return false, nil
	case h.row.ListFrom >= 0:
		return true, h.page(ctx)
	case h.lookWait() > 0:
		return false, nil
	}
	state, err := h.server.Hunt(ctx, h.row.HuntID)
	if fault.Is(err, fault.NotFound) {
		return true, h.change(ctx, func(ctx context.Context, tx *store.Tenant, row *models.Hunt) ([]string, error) {
			row.ErrorKind = kindGone
			return nil, tx.EndHunt(ctx, row, models.JobFailed, models.HuntEndedFailed, "the Velociraptor server has this hunt no more: it was removed there, or the connection now goes to another server or org; the rows that came are kept")
		})
	}
	if err != nil {
		return false, err
	}
	sign := fmt.Sprintf("%s %d %d %d", state.State, state.Scheduled, state.WithResults, state.WithErrors)
	pass := sign != h.row.ListedState || h.row.PassedAt == nil || h.now.Sub(*h.row.PassedAt) >= passEvery
	return pass, h.change(ctx, func(_ context.Context, _ *store.Tenant, row *models.Hunt) ([]string, error) {
		row.ListedAt, row.ListedState, row.ServerState = &h.now, sign, string(state.State)
		columns := []string{"listed_at", "listed_state", "server_state"}
		if pass && row.ListFrom < 0 {
			row.ListFrom = 0
			columns = append(columns, "list_from")
		}
		return columns, nil
	})
}

// page takes over one page of the server's list of endpoints.
func (h *hunting) page(ctx context.Context) error {
	from := h.row.ListFrom
	seen := make([]store.HuntSeen, 0, flowsPage)
	got := int64(0)
	err := h.server.HuntFlows(ctx, h.row.HuntID, from, flowsPage, func(f velociraptor.HuntFlow) error {
		got++
		if f.ClientID != "" {
			f.Flow.FlowID = f.FlowID
			seen = append(seen, seenFlow(f.ClientID, &f.Flow))
		}
		return nil
	})
	if err != nil {
		return err
	}
	took := h.s.p.Clock.Now().Sub(h.now)
	return h.change(ctx, func(ctx context.Context, tx *store.Tenant, row *models.Hunt) ([]string, error) {
		if row.ListFrom != from {
			return nil, nil // somebody else has read it
		}
		changed, err := tx.SeeHuntHosts(ctx, row.ID, onceEach(seen))
		if err != nil {
			return nil, err
		}
		row.ListFrom, row.ListedMS = from+got, max(took.Milliseconds(), row.ListedMS/2)
		columns := []string{"list_from", "listed_ms"}
		if got < flowsPage {
			row.ListFrom, row.PassedAt = -1, &h.now
			columns = append(columns, "passed_at")
		}
		if changed > 0 {
			row.ChangedAt = &h.now
			columns = append(columns, "changed_at")
			if err := tx.RecountHunt(ctx, row); err != nil {
				return nil, err
			}
		}
		return columns, nil
	})
}

// onceEach keeps the last of each endpoint: a server's list may name one twice.
func onceEach(seen []store.HuntSeen) []store.HuntSeen {
	place := make(map[string]int, len(seen))
	out := seen[:0]
	for _, s := range seen {
		if i, twice := place[s.ClientID]; twice {
			out[i] = s
			continue
		}
		place[s.ClientID] = len(out)
		out = append(out, s)
	}
	return out
}
