package fleet

import (
	"context"
	"errors"

	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/models"
)

// bringing keeps the rows of one source.
type bringing struct {
	s    *Service
	src  *models.Source
	gain *store.HuntGain
	kept int64
}

// bring keeps rows. What the database refuses about one of them must not cost the others: halves are tried until the one
// stands alone.
func (b *bringing) bring(ctx context.Context, tx *store.Tenant, rows []store.HostRow) error {
	if len(rows) == 0 {
		return nil
	}
	err := tx.Attempt(ctx, func(ctx context.Context, tx *store.Tenant) error {
		got, err := b.s.p.Ingest.HostRows(ctx, tx, b.src, rows)
		if err == nil {
			b.gain.RowsNew += int64(got.New)
			b.gain.Indicators += got.Indicators
			b.kept += int64(len(rows))
		}
		return err
	})
	if f, ok := errors.AsType[*fault.Error](err); ok && f.StableCode() == "unknown_reference" {
		return errTaken // a host was merged or removed meanwhile: the next try knows
	}
	if err == nil || !store.RefusedData(err) && !fault.Is(err, fault.Invalid) || ctx.Err() != nil {
		return err
	}
	if len(rows) == 1 {
		b.gain.Rows--
		b.gain.Refused++
		if b.gain.RefusedReason == "" {
			b.gain.RefusedReason = clipText(fault.Safe(err), wordsMost)
		}
		return nil
	}
	half := len(rows) / 2
	if err := b.bring(ctx, tx, rows[:half]); err != nil {
		return err
	}
	return b.bring(ctx, tx, rows[half:])
}

// name gives hosts to endpoints that have none yet: the synchronisation has not met them.
func (h *hunting) name(ctx context.Context, rows []models.HuntHost) error {
	var unknown []int
	for i := range rows {
		if rows[i].HostID == nil {
			unknown = append(unknown, i)
		}
	}
	if len(unknown) == 0 {
		return nil
	}
	sightings := make([]store.Sighting, len(unknown))
	err := together(ctx, len(unknown), func(ctx context.Context, i int) error {
		client := rows[unknown[i]].ClientID
		sightings[i] = store.Sighting{Hostname: client, ClientID: client, Source: "velociraptor"}
		e, err := h.server.ClientInfo(ctx, client)
		if fault.Is(err, fault.NotFound) {
			return nil // removed meanwhile: its rows are kept under its id
		}
		if err == nil && e.Hostname != "" {
			sightings[i].Hostname, sightings[i].OS, sightings[i].IPAddress = e.Hostname, e.System, e.LastIP
		}
		return err
	})
	if err != nil {
		return err
	}
	return h.t.InTx(ctx, func(ctx context.Context, tx *store.Tenant) error {
		ids, err := hostsOf(ctx, tx, sightings)
		if err != nil {
			return err
		}
		for _, i := range unknown {
			id := ids[rows[i].ClientID]
			rows[i].HostID = &id
		}
		return tx.SetHuntHosts(ctx, h.row.ID, ids)
	})
}

// hostsOf finds or makes the hosts of endpoints: client id → host. One whose name can't be kept goes by its client id.
func hostsOf(ctx context.Context, tx *store.Tenant, sightings []store.Sighting) (map[string]int64, error) {
	ids := make(map[string]int64, len(sightings))
	found, err := tx.FindOrCreateHosts(ctx, sightings)
	if err != nil {
		return nil, err
	}
	for i := range found {
		if found[i].Err == nil {
			ids[sightings[i].ClientID] = found[i].Host.ID
			continue
		}
		client := sightings[i].ClientID
		row, _, err := tx.FindOrCreateHost(ctx, store.Sighting{Hostname: client, ClientID: client, Source: "velociraptor"})
		if err != nil {
			return nil, err
		}
		ids[client] = row.ID
	}
	return ids, nil
}
