package fleet

import (
	"context"
	"time"

	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/internal/velociraptor"
	"github.com/velocicompanion/velocicompanion/models"
)

// extender is a server that can give a hunt another expiry; *velociraptor.Client is one.
type extender interface {
	ExtendHunt(ctx context.Context, huntID string, expires time.Time) (velociraptor.Hunt, error)
}

// ExtendHunt has the server keep a hunt open until another time, where it has it: what our row says is the caller's to change
// then. Faults: NotFound; Conflict (hunt_ended, expiry_kept) where the server keeps its own; Unavailable.
func (s *Service) ExtendHunt(ctx context.Context, t *store.Tenant, id int64, expires time.Time) error {
	row, err := t.Hunt(ctx, id)
	if err != nil || row.HuntID == "" {
		return err
	}
	if models.JobFinal(row.Status) || row.Status == models.JobCancelling {
		return fault.New(fault.Conflict, "the hunt has already ended").WithCode(store.CodeHuntEnded)
	}
	server, err := s.p.Servers.Server(ctx, t)
	if err != nil {
		return err
	}
	able, ok := server.(extender)
	if !ok {
		return fault.New(fault.Conflict, "this connection can't change a hunt of the Velociraptor server: connect with an api_client file").WithCode("expiry_kept")
	}
	hunt, err := able.ExtendHunt(ctx, row.HuntID, expires)
	if fault.Is(err, fault.NotFound) {
		return fault.New(fault.Conflict, "the Velociraptor server doesn't have this hunt any more").WithCode("expiry_kept")
	}
	if err != nil {
		return err
	}
	if off := hunt.Expires.Sub(expires); off < -time.Minute || off > time.Minute {
		return fault.New(fault.Conflict, "the Velociraptor server keeps its own expiry for this hunt: %s", hunt.Expires.UTC().Format(time.RFC3339)).WithCode("expiry_kept")
	}
	return nil
}
