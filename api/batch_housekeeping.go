package api

import (
	"context"
	"errors"
	"time"

	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/internal/ingest"
	"github.com/velocicompanion/velocicompanion/internal/store"
)

const (
	uploadSilence = 15 * time.Minute   // after which nobody sends an upload any more: its process died
	chunksKept    = 7 * 24 * time.Hour // how long a batch that failed or was cancelled can go on
	chunksLooked  = 48 * time.Hour     // how far behind that one round looks
)

// closeUploads closes batches whose upload died with its process.
func (a *API) closeUploads(ctx context.Context) (int64, error) {
	rows, err := a.store.System().StalledUploads(ctx, a.clock.Now().Add(-uploadSilence))
	return a.eachBatch(rows, err, func(t *store.Tenant, id int64) error {
		return t.FailUpload(ctx, id, ingest.CodeIncomplete, "the upload was cut off; send it again")
	})
}

// dropLeftChunks removes what is left of batches that nobody had go on in time.
func (a *API) dropLeftChunks(ctx context.Context) (int64, error) {
	until := a.clock.Now().Add(-chunksKept)
	rows, err := a.store.System().LeftBatches(ctx, until.Add(-chunksLooked), until)
	return a.eachBatch(rows, err, func(t *store.Tenant, id int64) error { return t.DropLeft(ctx, id) })
}

func (a *API) eachBatch(rows []store.StalledUpload, err error, do func(t *store.Tenant, id int64) error) (n int64, _ error) {
	errs := []error{err}
	for _, r := range rows {
		err := do(a.store.Tenant(r.TenantID), r.ID)
		if fault.Is(err, fault.NotFound) {
			continue
		}
		errs = append(errs, err)
		n++
	}
	return n, errors.Join(errs...)
}
