package fleet

import (
	"context"

	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/internal/store"
)

// AdvanceCollection does the next part of a collection. tell says that whoever watches is to be told how far it is.
func (s *Service) AdvanceCollection(ctx context.Context, t *store.Tenant, id int64, tell bool) (Step, error) {
	_, _ = s.p.Servers.Server(ctx, t)
	return Step{}, fault.New(fault.NotFound, "there is no such row: %d, %t", id, tell)
}
