package ingest

import (
	"context"

	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/models"
)

// Brought is what came of rows that were brought in.
type Brought struct {
	New        int // rows that were not known
	Indicators int // that were not known
}

// HostRows keeps rows that a source reports about hosts, with the indicators that they hold, in the handle's transaction.
// Rows that are known from this source cost nothing and change nothing. Faults: Invalid (unknown_reference) for a host
// that does not exist.
func (s *Service) HostRows(ctx context.Context, t *store.Tenant, src *models.Source, rows []store.HostRow) (out Brought, err error) {
	err = t.InTx(ctx, func(ctx context.Context, tx *store.Tenant) error {
		fresh, err := tx.AddHostRows(ctx, src, rows)
		if err != nil {
			return err
		}
		for _, id := range fresh {
			if id != 0 {
				out.New++
			}
		}
		out.Indicators, err = s.sight(ctx, tx, src, rows, fresh)
		return err
	})
	return out, err
}
