package fleet

import (
	"context"
	"errors"
	"time"

	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/models"
)

// AdvanceCollection does the next part of a collection: has the server start it, looks how far it is, brings a part of its
// rows or one of its files in. tell says that whoever watches is to be told how far it is. It may be called by many at once
// and after any crash: each part is marked in the transaction that does it. A server that is away, or an endpoint that is off,
// is waited for. Faults: NotFound for a collection that was deleted; those of the database.
func (s *Service) AdvanceCollection(ctx context.Context, t *store.Tenant, id int64, tell bool) (Step, error) {
	row, err := t.Collection(ctx, id)
	if err != nil {
		return Step{}, err
	}
	c := &collecting{s: s, t: t, row: row, tell: tell}
	if models.JobFinal(row.Status) {
		return c.step(0), nil
	}
	wait, err := c.next(ctx)
	if said, ok := errors.AsType[serverError](err); ok && ctx.Err() == nil {
		wait, err = c.trouble(ctx, said.error)
	}
	return c.step(wait), err
}

// collecting is one slice of a collection.
type collecting struct {
	s      *Service
	t      *store.Tenant
	server Server
	row    *models.Collection // as it was last read or written
	tell   bool
}

// serverError is an error of the Velociraptor server, or of the way to it: not one of ours.
type serverError struct{ error }

func bySaid(err error) error {
	if err == nil {
		return nil
	}
	return serverError{err}
}

func (c *collecting) step(wait time.Duration) Step {
	if models.JobFinal(c.row.Status) {
		wait = 0
	}
	return Step{Status: c.row.Status, Wait: wait}
}

func (c *collecting) next(ctx context.Context) (wait time.Duration, err error) {
	c.server, err = c.s.p.Servers.Server(ctx, c.t)
	if isOfServer(err) {
		return 0, serverError{err}
	}
	if err != nil {
		return 0, err
	}
	if err := c.abandoned(ctx); err != nil {
		return 0, err
	}
	switch {
	case models.JobFinal(c.row.Status):
		return 0, nil
	case c.row.Status == models.JobCancelling:
		return c.stop(ctx)
	}
	switch c.row.Phase {
	case models.CollectionLaunch:
		return c.launch(ctx)
	case models.CollectionFollow:
		return c.follow(ctx)
	case models.CollectionRows:
		return c.bringRows(ctx)
	case models.CollectionFiles:
		return c.bringFiles(ctx)
	default:
		return 0, c.finish(ctx)
	}
}

// abandoned cancels a collection that a run asked for which is over: closed from outside, or removed with its playbook. One
// that somebody tried again is his.
func (c *collecting) abandoned(ctx context.Context) error {
	if c.row.ExecutionID == nil || c.row.Attempt > 1 || c.row.Status == models.JobCancelling {
		return nil
	}
	run, err := c.t.Execution(ctx, *c.row.ExecutionID)
	if err != nil && !fault.Is(err, fault.NotFound) || err == nil && !models.ExecutionFinal(run.Status) {
		return err
	}
	row, err := c.t.CancelCollection(ctx, c.row.ID, "the run that waited for it is over")
	if fault.Is(err, fault.Conflict) {
		row, err = c.t.Collection(ctx, c.row.ID)
	}
	if err == nil {
		c.row = row
	}
	return err
}

// change writes the next mark. What kept it from going on is over then. Where the row has ended meanwhile nothing is written.
func (c *collecting) change(ctx context.Context, mark func(ctx context.Context, tx *store.Tenant, row *models.Collection) error) error {
	row, err := c.t.ChangeCollection(ctx, c.row.ID, c.row.Attempt, func(ctx context.Context, tx *store.Tenant, row *models.Collection) error {
		status := row.Status
		if row.ServerAwayAt != nil {
			row.ServerAwayAt, row.Polls = nil, 0
		}
		if status != models.JobCancelling {
			row.Reason = ""
		}
		if err := mark(ctx, tx, row); err != nil {
			return err
		}
		if status == models.JobCancelling {
			row.Status = status // the wish stands
		}
		if c.tell || row.Status != status {
			tx.TellCollection(row)
		}
		return nil
	})
	if err == nil {
		c.row = row
	}
	return err
}

// fail ends the collection with the reason.
func (c *collecting) fail(ctx context.Context, kind, text string) error {
	return c.end(ctx, store.CollectionEnd{Status: models.JobFailed, Error: collectionText(text, maxCollectionError), ErrorKind: kind})
}

func (c *collecting) end(ctx context.Context, e store.CollectionEnd) error {
	row, err := c.t.EndCollection(ctx, c.row.ID, c.row.Attempt, e)
	if err == nil {
		c.row = row
	}
	return err
}

// stop has the endpoint stop, and ends the collection as cancelled.
func (c *collecting) stop(ctx context.Context) (time.Duration, error) {
	if c.row.LaunchedAt != nil || c.row.LeaseUntil != nil {
		if _, err := c.server.CancelFlow(ctx, c.row.ClientID, c.row.FlowID); err != nil && !fault.Is(err, fault.NotFound) {
			return 0, bySaid(err)
		}
	}
	return 0, c.end(ctx, store.CollectionEnd{Status: models.JobCancelled, Error: c.row.Reason})
}

// finish ends a collection whose rows and files are here, as the endpoint ended.
func (c *collecting) finish(ctx context.Context) error {
	return c.end(ctx, endpointEnd(c.row))
}
