package fleet

import (
	"context"
	"errors"
	"time"

	"github.com/velocicompanion/velocicompanion/internal/auth"
	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/internal/velociraptor"
	"github.com/velocicompanion/velocicompanion/models"
)

// AdvanceHunt does the next part of a hunt. tell says that whoever watches is to be told how far it is. It may be called by
// many at once and after any crash: what was done stands in the database before the server is asked for the next, and what is
// done twice shows only once. A server that is away is waited for. Faults: NotFound for a hunt that was deleted; Unavailable
// of the database.
func (s *Service) AdvanceHunt(ctx context.Context, t *store.Tenant, id int64, tell bool) (Step, error) {
	row, err := t.Hunt(ctx, id)
	if err != nil || models.JobFinal(row.Status) {
		return Step{Status: huntStatusOf(row)}, err
	}
	h := &hunting{s: s, t: t, row: row, tell: tell, now: s.p.Clock.Now()}
	h.server, err = s.p.Servers.Server(ctx, t)
	var wait time.Duration
	if err == nil {
		wait, err = h.next(ctx)
	}
	if isServers(err) {
		wait, err = h.trouble(ctx, err)
	} else if err == nil && row.TroubleSince != nil && !models.JobFinal(h.row.Status) {
		err = h.calm(ctx)
	}
	return Step{Status: huntStatusOf(h.row), Wait: wait}, err
}

func huntStatusOf(row *models.Hunt) string {
	if row == nil {
		return ""
	}
	return row.Status
}

// hunting is one slice of a hunt.
type hunting struct {
	s      *Service
	t      *store.Tenant
	server Server
	row    *models.Hunt // as last read or written
	tell   bool
	now    time.Time
}

// next does what is next. The answer is how long there is nothing to do.
func (h *hunting) next(ctx context.Context) (wait time.Duration, err error) {
	switch {
	case h.row.Status == models.JobCancelling:
		return h.stop(ctx)
	case h.row.Paused && (h.row.Mode == models.HuntByCollections || h.row.AskedAt == nil):
		return h.paused(ctx)
	case h.row.AskedAt == nil:
		return h.begin(ctx)
	case h.row.Mode == models.HuntByServer && h.row.HuntID == "":
		return h.create(ctx, true)
	case h.row.Status == models.JobQueued: // another attempt, for endpoints that are to be tried again
		return 0, h.change(ctx, func(_ context.Context, _ *store.Tenant, row *models.Hunt) ([]string, error) {
			row.Status = models.JobRunning
			return []string{"status"}, nil
		})
	}
	for _, part := range []func(context.Context) (bool, error){h.look, h.launch, h.poll, h.fetch} {
		if busy, err := part(ctx); busy || err != nil {
			return 0, err
		}
	}
	return h.rest(ctx)
}

// change makes one change of the hunt's row, in a transaction: fn changes the row and names the columns. One that has ended
// meanwhile is left alone.
func (h *hunting) change(ctx context.Context, fn func(ctx context.Context, tx *store.Tenant, row *models.Hunt) ([]string, error)) error {
	return h.t.InTx(ctx, func(ctx context.Context, tx *store.Tenant) error {
		row, err := tx.LockHunt(ctx, h.row.ID)
		if err != nil {
			return err
		}
		h.row = row
		if models.JobFinal(row.Status) {
			return nil
		}
		status := row.Status
		columns, err := fn(ctx, tx, row)
		if err != nil || models.JobFinal(row.Status) {
			return err
		}
		if len(columns) > 0 {
			if err := tx.SaveHunt(ctx, row, columns...); err != nil {
				return err
			}
		}
		if h.tell || row.Status != status {
			return tx.TellHunt(ctx, row)
		}
		return nil
	})
}

const pausedWait = 5 * time.Minute

// paused waits to be resumed, which wakes it.
func (h *hunting) paused(ctx context.Context) (time.Duration, error) {
	if !h.now.Before(h.row.ExpiresAt) {
		return 0, h.end(ctx, models.JobCompleted, models.HuntEndedExpired, "")
	}
	if h.row.Status == models.HuntWaiting && h.row.ErrorKind == "paused" {
		return min(pausedWait, h.row.ExpiresAt.Sub(h.now)), nil
	}
	err := h.change(ctx, func(_ context.Context, _ *store.Tenant, row *models.Hunt) ([]string, error) {
		row.Status, row.ErrorKind, row.Error = models.HuntWaiting, "paused", "paused: it begins when it is resumed"
		return []string{"status", "error_kind", "error"}, nil
	})
	return pausedWait, err
}

// begin notes that the server is asked from now on, chooses the endpoints where that is ours to do, and asks.
func (h *hunting) begin(ctx context.Context) (time.Duration, error) {
	if refused, err := h.inspect(ctx); refused || err != nil {
		return 0, err
	}
	mine := false
	err := h.change(ctx, func(ctx context.Context, tx *store.Tenant, row *models.Hunt) ([]string, error) {
		if row.AskedAt != nil {
			return nil, nil // somebody else has begun, and asks
		}
		mine = true
		row.AskedAt, row.StartedAt, row.ChangedAt, row.Status, row.Error, row.ErrorKind = &h.now, &h.now, &h.now, models.JobRunning, "", ""
		columns := []string{"asked_at", "started_at", "changed_at", "status", "error", "error_kind"}
		if row.Mode == models.HuntByServer {
			return columns, nil
		}
		n, err := tx.ChooseHuntHosts(ctx, row)
		if err != nil {
			return nil, err
		}
		if n == 0 {
			return nil, tx.EndHunt(ctx, row, models.JobFailed, models.HuntEndedFailed, "no host with a Velociraptor agent fits the hunt's limits")
		}
		return columns, tx.RecountHunt(ctx, row)
	})
	if err != nil || !mine || h.row.Mode == models.HuntByCollections || models.JobFinal(h.row.Status) {
		return 0, err
	}
	return h.create(ctx, false)
}

// inspect ends a hunt whose artifacts may not be collected: a schedule or a playbook asked for it, or the list of what may be
// has changed since.
func (h *hunting) inspect(ctx context.Context) (refused bool, err error) {
	for _, name := range h.row.Artifacts {
		err := h.s.checkHunted(ctx, h.t, name, h.row.Parameters[name], auth.RoleAdmin) // who may not start hunts at all never came so far
		f, ok := errors.AsType[*fault.Error](err)
		if !ok || isServers(err) || f.Kind != fault.Invalid && f.Kind != fault.Forbidden && f.Kind != fault.NotFound {
			if err != nil {
				return false, err
			}
			continue
		}
		text := f.Message
		for _, field := range f.Fields {
			text = name + ": " + field.Location + ": " + field.Message
		}
		return true, h.change(ctx, func(ctx context.Context, tx *store.Tenant, row *models.Hunt) ([]string, error) {
			row.ErrorKind = "artifact"
			return nil, tx.EndHunt(ctx, row, models.JobFailed, models.HuntEndedFailed, text)
		})
	}
	return false, nil
}

// settled is how long after the first try the server surely has the hunt, or will never have it.
const settled = 3 * time.Second

// create starts the hunt on the server, once: after a try whose end is not known it is looked for first.
func (h *hunting) create(ctx context.Context, again bool) (time.Duration, error) {
	id := ""
	if again {
		if left := settled - h.now.Sub(*h.row.AskedAt); left > 0 {
			return left, nil
		}
		found, err := h.server.FindHunt(ctx, h.row.Key)
		if err != nil {
			return 0, err
		}
		id = found
		if mine, err := h.askAgain(ctx, found); !mine || err != nil {
			return 0, err
		}
	}
	if id == "" {
		request, err := h.request(ctx)
		if err != nil {
			return 0, err
		}
		if id, err = h.server.CreateHunt(ctx, request); err != nil {
			return 0, h.refused(ctx, err)
		}
	}
	return 0, h.change(ctx, func(_ context.Context, _ *store.Tenant, row *models.Hunt) ([]string, error) {
		row.HuntID, row.ChangedAt = id, &h.now
		return []string{"hunt_id", "changed_at"}, nil
	})
}

// askAgain notes that the server is asked once more, where it was not found there. mine is false where somebody else does so.
func (h *hunting) askAgain(ctx context.Context, found string) (mine bool, err error) {
	if found != "" {
		return true, nil
	}
	before := *h.row.AskedAt
	err = h.change(ctx, func(_ context.Context, _ *store.Tenant, row *models.Hunt) ([]string, error) {
		if mine = row.AskedAt.Equal(before) && row.HuntID == ""; !mine {
			return nil, nil
		}
		row.AskedAt = &h.now
		return []string{"asked_at"}, nil
	})
	return mine && !models.JobFinal(h.row.Status), err
}

func (h *hunting) request(ctx context.Context) (velociraptor.HuntRequest, error) {
	params := map[string]map[string]string{}
	for _, name := range h.row.Artifacts {
		wire, err := h.s.wireParams(ctx, h.t, name, h.row.Parameters[name])
		if err != nil {
			return velociraptor.HuntRequest{}, err
		}
		params[name] = wire
	}
	return velociraptor.HuntRequest{
		Description: h.row.Description + " [" + h.row.Key + "]", Artifacts: h.row.Artifacts, Params: params, OS: h.row.OS,
		Include: h.row.IncludeLabels, Exclude: h.row.ExcludeLabels, Expires: h.row.ExpiresAt, Timeout: time.Duration(h.row.TimeoutSeconds) * time.Second,
		MaxRows: h.row.MaxRows,
	}, nil
}

// refused ends a hunt that the server does not start; one that is away is waited for.
func (h *hunting) refused(ctx context.Context, err error) error {
	if fault.Is(err, fault.Unavailable) || !isServers(err) && !fault.Is(err, fault.NotFound) {
		return err
	}
	return h.change(ctx, func(ctx context.Context, tx *store.Tenant, row *models.Hunt) ([]string, error) {
		row.ErrorKind = kindOfFault(err)
		return nil, tx.EndHunt(ctx, row, models.JobFailed, models.HuntEndedFailed, fault.Safe(err))
	})
}

func (h *hunting) end(ctx context.Context, status, ended, text string) error {
	return h.change(ctx, func(ctx context.Context, tx *store.Tenant, row *models.Hunt) ([]string, error) {
		return nil, tx.EndHunt(ctx, row, status, ended, text)
	})
}
