package store

import (
	"context"
	"time"

	"github.com/velocicompanion/velocicompanion/models"
)

// Sighted is one indicator in one row, as the extraction found it.
type Sighted struct {
	Type  string // of models.ArtifactTypes
	Value string // canonical
	Key   string // what two spellings of the value share

	HostID        int64
	SourceID      int64
	CollectedAt   time.Time // the source's
	ObservationID int64     // the row's; 0: the row was known before, so that it is no further sighting
	Field         string    // where in the row, like Event.EventData.Hashes
	At            time.Time // when the row says it happened; zero: when it was collected
}

// RecordSightings keeps that indicators were seen: those that are new are created, of origin extracted, and
// artifact.added is emitted. created counts them, seen the rows that were not known. What is marked as false positive is
// passed over. Batches at once wait for each other where they share indicators, and never deadlock.
func (t *Tenant) RecordSightings(ctx context.Context, sighted []Sighted) (created, seen int, err error) {
	err = t.InTx(ctx, func(ctx context.Context, t *Tenant) error {
		for i := range sighted {
			_, fresh, err := t.AddArtifact(ctx, &models.Artifact{ArtifactType: sighted[i].Type, Value: sighted[i].Value})
			if err != nil {
				return err
			}
			if fresh {
				created++
			}
			if sighted[i].ObservationID != 0 {
				seen++
			}
		}
		return nil
	})
	return created, seen, err
}
