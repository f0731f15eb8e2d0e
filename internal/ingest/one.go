package ingest

import (
	"context"

	"github.com/velocicompanion/velocicompanion/internal/store"
)

// One brings in what is reported about one host at once, in the handle's transaction, with the indicators of its rows.
// Faults: Invalid.
func (s *Service) One(ctx context.Context, t *store.Tenant, sighting store.Sighting, rows []store.Row) (*store.Ingested, error) {
	var out *store.Ingested
	err := t.InTx(ctx, func(ctx context.Context, tx *store.Tenant) (err error) {
		if out, err = tx.Ingest(ctx, sighting, rows); err != nil || out.SourceRow == nil {
			return err
		}
		all := make([]store.HostRow, len(rows))
		for i := range rows {
			all[i] = store.HostRow{HostID: out.Host.ID, Row: rows[i]}
		}
		out.Indicators, err = s.sight(ctx, tx, out.SourceRow, all, out.Fresh)
		return err
	})
	return out, err
}
