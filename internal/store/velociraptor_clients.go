package store

import (
	"context"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"

	"github.com/velocicompanion/velocicompanion/models"
)

// HostsOfClients gives the ids of the hosts that have these clients, by client id; a client without a host is not in it.
func (t *Tenant) HostsOfClients(ctx context.Context, clients []string) (map[string]int64, error) {
	out := make(map[string]int64, len(clients))
	err := t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		var rows []models.Host
		err := db.NewSelect().Model(&rows).Column("id", "client_id").
			Where("tenant_id = ? AND client_id = ANY (?::text[])", t.id, pgdialect.Array(clients)).Scan(ctx)
		for _, h := range rows {
			out[*h.ClientID] = h.ID
		}
		return err
	})
	return out, err
}
