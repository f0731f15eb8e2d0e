package bulk

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/velocicompanion/velocicompanion/internal/audit"
	"github.com/velocicompanion/velocicompanion/internal/auth"
	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/models"
)

// workFor is how long one call of Work goes on: about how often those who watch are told.
const workFor = 500 * time.Millisecond

// Work decides the next items of a job, slice by slice, each slice in one transaction, for about half a second or to the job's
// end. Progress says how a step went, for heartbeats; may be nil. It may be repeated at any time: what a transaction decided
// is decided. Faults: NotFound for a job that was deleted; those that another try may help.
func (s *Service) Work(ctx context.Context, tenantID, jobID int64, progress func()) (status string, done bool, err error) {
	t, begun := s.p.Store.Tenant(tenantID), s.p.Clock.Now()
	for tell := true; ; tell = false {
		status, done, err = s.step(ctx, t, jobID, tell, progress)
		if err != nil || done || s.p.Clock.Now().Sub(begun) > workFor {
			return status, done, err
		}
		if progress != nil {
			progress()
		}
	}
}

// errFile says that the job writes a file, which no transaction may wait for.
var errFile = errors.New("the job writes a file")

func (s *Service) step(ctx context.Context, t *store.Tenant, jobID int64, tell bool, progress func()) (status string, done bool, err error) {
	err = t.InTx(ctx, func(ctx context.Context, t *store.Tenant) error {
		job, err := t.LockBulkJob(ctx, jobID)
		if err != nil {
			return err
		}
		by := store.Actor{Name: job.Username}
		if job.CreatedBy != nil {
			by.UserID = *job.CreatedBy
		}
		t = t.As(by)
		err = s.slice(ctx, t, job)
		status, done = job.Status, models.JobFinal(job.Status)
		if err == nil && tell && !done {
			err = t.TellBulkJob(ctx, job)
		}
		return err
	})
	if errors.Is(err, errFile) {
		return s.export(ctx, t, jobID, progress)
	}
	return status, done, err
}

// slice decides the next items of a locked job, or its end.
func (s *Service) slice(ctx context.Context, t *store.Tenant, job *models.BulkJob) error {
	switch {
	case models.JobFinal(job.Status):
		return nil
	case job.Status == models.JobCancelling:
		return s.end(ctx, t, job, models.JobCancelled, "")
	}
	a, c, err := s.call(ctx, t, job)
	switch {
	case err != nil && !fault.Retryable(err) && !transient(err):
		return s.end(ctx, t, job, models.JobFailed, fault.Safe(err))
	case err != nil:
		return err
	}
	job.Status = models.JobRunning
	if a.file {
		return errFile
	}
	items, err := t.NextBulkItems(ctx, job, a.slice)
	if err != nil {
		return err
	}
	if len(items) == 0 {
		return s.end(ctx, t, job, models.JobCompleted, "")
	}
	var out []store.BulkOutcome
	if job.UndoOf != nil {
		out, err = a.undo(ctx, c, items)
	} else {
		out, err = a.do(ctx, c, job.Params, items)
	}
	if err != nil {
		return err
	}
	return t.FinishBulkSlice(ctx, job, out)
}

// call finds what a job does and asks anew whether who started it may do it, and whether it can still be done.
func (s *Service) call(ctx context.Context, t *store.Tenant, job *models.BulkJob) (Action, Call, error) {
	a, err := Find(job.Resource, job.Action)
	if err != nil {
		return a, Call{}, err
	}
	who, err := s.actor(ctx, t, job)
	if err != nil {
		return a, Call{}, err
	}
	c := Call{Tenant: t, Actor: who, Job: job, Log: s.p.Log}
	if err := permit(who, a.Permission); err != nil {
		return a, c, err
	}
	if job.UndoOf == nil {
		_, err = a.check(ctx, c, job.Params)
	}
	return a, c, err
}

func transient(err error) bool {
	return errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}

// end writes a job's end with its line in the trail, and tells who started it.
func (s *Service) end(ctx context.Context, t *store.Tenant, job *models.BulkJob, status, reason string) error {
	if err := t.EndBulkJob(ctx, job, status, reason); err != nil {
		return err
	}
	who := auth.Principal{TenantID: t.ID(), Username: job.Username}
	if job.CreatedBy != nil {
		who.UserID = *job.CreatedBy
	}
	e := line("bulk.end", job)
	if status != models.JobCompleted {
		e.Outcome = audit.Failure
	}
	if err := audit.Write(auth.WithPrincipal(ctx, who), t, e); err != nil {
		return err
	}
	return s.tell(ctx, t, job)
}

// tell gives who started a job a notification of its end. A visitor has none where he visits.
func (*Service) tell(ctx context.Context, t *store.Tenant, job *models.BulkJob) error {
	if job.CreatedBy == nil || job.VisitID != nil {
		return nil
	}
	n := store.Notice{
		Users: []int64{*job.CreatedBy}, Type: "bulk." + job.Status, Severity: models.SeverityInfo,
		Title: fmt.Sprintf("%s: %s", Title(job), job.Status), Message: summary(job), Link: store.BulkLink(job),
	}
	if job.Status == models.JobFailed || job.Failed > 0 {
		n.Severity = models.SeverityMedium
	}
	_, err := t.Notify(ctx, n)
	return err
}

// Title is a job in few words.
func Title(job *models.BulkJob) string {
	a, err := Find(job.Resource, job.Action)
	title := job.Action
	if err == nil {
		title = a.Summary
	}
	if job.UndoOf != nil {
		return "Undo: " + title
	}
	return title
}

// summary is a job's end in numbers.
func summary(job *models.BulkJob) string {
	text := fmt.Sprintf("%d of %d done, %d failed, %d skipped", job.Done, job.Total, job.Failed, job.Skipped)
	if job.Error != "" {
		text += ". " + job.Error
	}
	return text
}

func digits(id int64) string { return strconv.FormatInt(id, 10) }

func keysOf(m map[string]any) []string { return slices.Sorted(maps.Keys(m)) }

// rawParams reads a job's parameters.
func rawParams[P any](job *models.BulkJob) (p P, err error) {
	if err := json.Unmarshal(job.Params, &p); err != nil {
		return p, fault.Wrap(err, fault.Internal, "the job's parameters can't be read")
	}
	return p, nil
}
