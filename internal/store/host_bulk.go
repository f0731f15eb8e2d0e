package store

import (
	"context"

	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/models"
)

// HostFound is what became of one sighting.
type HostFound struct {
	Host    *models.Host // as it is after all sightings of the call; sightings of one machine share it
	Created bool         // this sighting made it
	Changed bool         // this sighting changed more than last_seen
	Err     error        // a fault (Invalid) of the sighting itself, which then changed nothing and has no Host
}

// FindOrCreateHosts is FindOrCreateHost for many sightings in one transaction, in their order; the answer has one entry a
// sighting. A sighting that is invalid by itself is told in its entry and keeps nobody up.
func (t *Tenant) FindOrCreateHosts(ctx context.Context, sightings []Sighting) (found []HostFound, err error) {
	err = t.InTx(ctx, func(ctx context.Context, t *Tenant) error {
		found = make([]HostFound, len(sightings))
		for i, s := range sightings {
			row, created, err := t.FindOrCreateHost(ctx, s)
			if fault.Is(err, fault.Invalid) {
				found[i].Err = err
				continue
			}
			if err != nil {
				return err
			}
			found[i] = HostFound{Host: row, Created: created}
		}
		return nil
	})
	return found, err
}
