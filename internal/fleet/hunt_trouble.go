package fleet

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/internal/velociraptor"
	"github.com/velocicompanion/velocicompanion/models"
)

// How long a hunt waits for a server that is away.
const (
	troubleWait  = time.Second      // after the first try, then twice as long each time
	troubleLong  = 10 * time.Second // at most
	troubleGrace = time.Hour        // after the hunt's expiry
	stopGrace    = 5 * time.Minute  // where it is to be stopped
)

// isServers says whether an error is the Velociraptor server's or of the way to it, not ours.
func isServers(err error) bool {
	f, ok := errors.AsType[*fault.Error](err)
	return ok && strings.HasPrefix(f.StableCode(), "velociraptor_")
}

// kindOfFault names why the server failed us.
func kindOfFault(err error) string {
	f, ok := errors.AsType[*fault.Error](err)
	if !ok {
		return kindEndpoint
	}
	switch f.StableCode() {
	case velociraptor.CodeDown, velociraptor.CodeTLS, velociraptor.CodeTimeout:
		return kindServerDown
	case velociraptor.CodeDenied, velociraptor.CodeNoUser, velociraptor.CodeNoOrg:
		return kindPermission
	case velociraptor.CodeStatement:
		return kindRefused
	}
	return strings.TrimPrefix(f.StableCode(), "velociraptor_")
}

// trouble notes why the server can't be asked, for people to see, and says when to try again. Only the hunt's own expiry makes
// it fail.
func (h *hunting) trouble(ctx context.Context, cause error) (wait time.Duration, err error) {
	err = h.change(ctx, func(ctx context.Context, tx *store.Tenant, row *models.Hunt) ([]string, error) {
		if row.TroubleSince == nil {
			row.TroubleSince = &h.now
		}
		row.Tries++
		row.ErrorKind, row.Error = kindOfFault(cause), fault.Safe(cause)
		switch {
		case isCode(cause, velociraptor.CodeReduced) && row.Status != models.JobCancelling:
			text := "it runs on the Velociraptor server as " + row.HuntID + " and is to be looked at there: " + row.Error
			return nil, tx.EndHunt(ctx, row, models.JobFailed, models.HuntEndedFailed, text)
		case row.Status == models.JobCancelling && h.now.Sub(*row.TroubleSince) >= stopGrace:
			text := "stopped here; the Velociraptor server could not be told, the hunt is open there until it expires: " + row.Error
			return nil, tx.EndHunt(ctx, row, models.JobCompleted, models.HuntEndedStopped, text)
		case h.now.After(row.ExpiresAt.Add(troubleGrace)):
			return nil, tx.EndHunt(ctx, row, models.JobFailed, models.HuntEndedFailed, "it expired while the server could not be asked: "+row.Error)
		case row.Status != models.JobCancelling:
			row.Status = models.HuntWaiting
		}
		wait = min(troubleWait<<min(row.Tries-1, 10), troubleLong)
		return []string{"status", "error", "error_kind", "trouble_since", "tries"}, nil
	})
	return wait, err
}

// calm notes that the server is back.
func (h *hunting) calm(ctx context.Context) error {
	return h.change(ctx, func(_ context.Context, _ *store.Tenant, row *models.Hunt) ([]string, error) {
		row.TroubleSince, row.Tries, row.Error, row.ErrorKind = nil, 0, "", ""
		if row.Status == models.HuntWaiting {
			row.Status = models.JobRunning
		}
		return []string{"status", "error", "error_kind", "trouble_since", "tries"}, nil
	})
}
