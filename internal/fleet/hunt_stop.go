package fleet

import (
	"context"

	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/models"
)

// stopThere stops the hunt on the server, also one whose start was not seen to its end.
func (h *hunting) stopThere(ctx context.Context) error {
	id := h.row.HuntID
	if id == "" {
		found, err := h.server.FindHunt(ctx, h.row.Key)
		if err != nil || found == "" {
			return err
		}
		id = found
		err = h.change(ctx, func(_ context.Context, _ *store.Tenant, row *models.Hunt) ([]string, error) {
			row.HuntID = id
			return []string{"hunt_id"}, nil
		})
		if err != nil {
			return err
		}
	}
	_, err := h.server.StopHunt(ctx, id)
	if fault.Is(err, fault.NotFound) {
		return nil // gone there: what is to be read of it is what came
	}
	return err
}

// cancelFlows takes back some collections of ours that are under way.
func (h *hunting) cancelFlows(ctx context.Context) (busy bool, err error) {
	far := h.now.AddDate(1, 0, 0)
	own, err := h.t.HuntWork(ctx, h.row.ID, []string{models.HuntHostLaunching, models.HuntHostScheduled, models.HuntHostRunning}, &far, pollSome)
	if err != nil {
		return false, err
	}
	clients := make([]string, len(own))
	for i := range own {
		clients[i] = own[i].ClientID
	}
	if len(own) == 0 {
		return false, nil
	}
	err = together(ctx, len(own), func(ctx context.Context, i int) error {
		_, err := h.server.CancelFlow(ctx, own[i].ClientID, own[i].FlowID)
		if fault.Is(err, fault.Unavailable) {
			return err
		}
		return nil // one that the server doesn't know, or won't cancel, is no reason to keep the hunt open
	})
	if err != nil {
		return false, err
	}
	const text = "the hunt was stopped before it was over"
	return true, h.t.FailHuntHosts(ctx, h.row.ID, clients, kindCancelled, text, kindCancelled+": "+text)
}
