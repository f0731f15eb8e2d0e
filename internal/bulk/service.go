package bulk

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"time"

	"github.com/velocicompanion/velocicompanion/internal/audit"
	"github.com/velocicompanion/velocicompanion/internal/auth"
	"github.com/velocicompanion/velocicompanion/internal/blob"
	"github.com/velocicompanion/velocicompanion/internal/clock"
	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/models"
)

// Params are what the service needs.
type Params struct {
	Store *store.Store
	Files blob.Store // where exports go
	Clock clock.Clock
	Log   *slog.Logger
}

// Service starts jobs and works on them.
type Service struct{ p Params }

// New makes the service.
func New(p Params) *Service { return &Service{p} }

// Request is what somebody wants done.
type Request struct {
	Action    string
	Params    json.RawMessage
	Filter    json.RawMessage // as it was asked, for the record; nil where ids were
	Selection store.Selection
}

// Start writes the job that a request asks for, in the handle's transaction, with its line in the trail. Faults: Invalid for
// an action, parameters or a selection that won't do; Forbidden for who may not do it; NotFound where none of the ids exists.
func (s *Service) Start(ctx context.Context, t *store.Tenant, who auth.Principal, r Request) (*models.BulkJob, error) {
	a, err := Find(r.Selection.Resource, r.Action)
	if err != nil {
		return nil, err
	}
	params, err := s.Check(ctx, t, who, r)
	if err != nil {
		return nil, err
	}
	job := &models.BulkJob{Action: a.Name, Params: params, Filter: r.Filter}
	sign(job, who)
	if err := t.CreateBulkJob(ctx, job, r.Selection); err != nil {
		return nil, err
	}
	return job, audit.Write(auth.WithPrincipal(ctx, who), t, line("bulk.start", job))
}

// Check says whether somebody may do what a request asks for, and gives its parameters in the form that a job keeps.
func (s *Service) Check(ctx context.Context, t *store.Tenant, who auth.Principal, r Request) (json.RawMessage, error) {
	a, err := Find(r.Selection.Resource, r.Action)
	if err != nil {
		return nil, err
	}
	if err := permit(who, a.Permission); err != nil {
		return nil, err
	}
	if err := permit(who, Reading(a.Resource)); err != nil { // else names of rows could be learnt by acting on them
		return nil, err
	}
	return a.check(ctx, Call{Tenant: t, Actor: who, Log: s.p.Log}, r.Params)
}

// Undo writes a job that takes back what another did. Faults: NotFound, Forbidden; Conflict (not_undoable, bulk_running,
// bulk_undone, nothing_to_undo).
func (s *Service) Undo(ctx context.Context, t *store.Tenant, who auth.Principal, id int64) (*models.BulkJob, error) {
	old, a, err := s.mine(ctx, t, who, id)
	if err != nil {
		return nil, err
	}
	if !a.Undoable || old.UndoOf != nil {
		return nil, fault.New(fault.Conflict, "this can't be undone").WithCode("not_undoable")
	}
	job := &models.BulkJob{}
	sign(job, who)
	if err := t.UndoBulkJob(ctx, id, job); err != nil {
		return nil, err
	}
	return job, audit.Write(auth.WithPrincipal(ctx, who), t, line("bulk.undo", job))
}

// Cancel ends a job before its next slice. Faults: NotFound, Forbidden, Conflict (bulk_ended).
func (s *Service) Cancel(ctx context.Context, t *store.Tenant, who auth.Principal, id int64) (*models.BulkJob, error) {
	if _, _, err := s.mine(ctx, t, who, id); err != nil {
		return nil, err
	}
	job, err := t.CancelBulkJob(ctx, id)
	if err != nil {
		return nil, err
	}
	return job, audit.Write(auth.WithPrincipal(ctx, who), t, line("bulk.cancel", job))
}

// mine reads a job whose action somebody may do.
func (*Service) mine(ctx context.Context, t *store.Tenant, who auth.Principal, id int64) (*models.BulkJob, Action, error) {
	job, err := t.BulkJob(ctx, id)
	if err != nil {
		return nil, Action{}, err
	}
	a, err := Find(job.Resource, job.Action)
	if err != nil {
		return nil, Action{}, err
	}
	return job, a, permit(who, a.Permission)
}

// CodeDenied is the code of a refusal by an action's own permission.
const CodeDenied = "action_denied"

// permit asks whether somebody may do what an action does, beyond what the operation asked.
func permit(who auth.Principal, needs auth.Permission) error {
	err := who.Permit(needs)
	if f, ok := errors.AsType[*fault.Error](err); ok && f.Code == auth.CodePermissionDenied {
		return fault.Wrap(err, fault.Forbidden, "%s", f.Message).WithCode(CodeDenied)
	}
	return err
}

// Undoable says whether a job can be taken back now.
func Undoable(job *models.BulkJob) bool {
	a, err := Find(job.Resource, job.Action)
	return err == nil && a.Undoable && job.UndoOf == nil && job.UndoneBy == nil && models.JobFinal(job.Status) && job.Done > 0 && !job.ItemsRemoved
}

// sign notes who a job acts for.
func sign(job *models.BulkJob, who auth.Principal) {
	job.CreatedBy, job.Username = &who.UserID, who.Username
	if who.KeyID != 0 {
		job.KeyID = &who.KeyID
	}
	if who.Visiting() {
		job.VisitID = &who.Visit.ID
	}
}

// line is the trail's line about a job: what it does to how many, never to which.
func line(action string, job *models.BulkJob) audit.Entry {
	after := map[string]any{"resource": job.Resource, "action": job.Action, "total": job.Total, "status": job.Status}
	if job.UndoOf != nil {
		after["undo_of"] = *job.UndoOf
	}
	switch {
	case action == "bulk.end":
		after["done"], after["failed"], after["skipped"] = job.Done, job.Failed, job.Skipped
		if job.Error != "" {
			after["error"] = job.Error
		}
	case action == "bulk.start" && job.Action == "run_playbook": // names only: values may be secrets
		var p PlaybookParams
		if json.Unmarshal(job.Params, &p) == nil {
			after["params"] = map[string]any{"playbook_id": p.PlaybookID, "version": p.Version, "inputs": keysOf(p.Inputs)}
		}
	case action == "bulk.start":
		after["params"] = job.Params
	}
	if job.Filter != nil && action == "bulk.start" {
		after["filter"] = job.Filter
	}
	return audit.Entry{Action: action, ResourceType: "bulk", ResourceID: digits(job.ID), After: after}
}

// actor is who a job acts for, with what he may do now. Faults: Forbidden for who is gone, deactivated or home again.
func (s *Service) actor(ctx context.Context, t *store.Tenant, job *models.BulkJob) (p auth.Principal, err error) {
	a, err := t.BulkActor(ctx, job)
	if err != nil {
		return p, err
	}
	p = auth.Principal{TenantID: t.ID(), Username: job.Username, Role: auth.Role(a.Role)}
	if job.CreatedBy != nil {
		p.UserID = *job.CreatedBy
	}
	now := s.p.Clock.Now()
	switch {
	case job.VisitID != nil && (a.Visit == nil || a.Visit.EndedAt != nil || !now.Before(a.Visit.ExpiresAt)):
		return p, fault.New(fault.Forbidden, "the visit during which this was started is over").WithCode("actor_gone")
	case job.VisitID != nil:
		p.Role = auth.RoleAdmin
		return p, nil
	case a.Role == "":
		return p, fault.New(fault.Forbidden, "the person who started this no longer exists").WithCode("actor_gone")
	case !a.Active:
		return p, fault.New(fault.Forbidden, "the person who started this is deactivated").WithCode("actor_inactive")
	case job.KeyID == nil:
		return p, nil
	case a.Key == nil || a.Key.ExpiresAt != nil && !now.Before(*a.Key.ExpiresAt):
		return p, fault.New(fault.Forbidden, "the API key that started this is revoked or expired").WithCode("actor_gone")
	}
	p.KeyID = a.Key.ID
	for _, scope := range a.Key.Scopes {
		p.Scopes = append(p.Scopes, auth.Permission(scope))
	}
	return p, nil
}

// How long what a job left is kept.
const (
	FileKept  = 7 * 24 * time.Hour  // the file of an export
	ItemsKept = 30 * 24 * time.Hour // what became of each item, and with it the way back
)

// Tidy removes what is past its time and says how much it was.
func (s *Service) Tidy(ctx context.Context) (n int64, err error) {
	files, err := s.p.Store.System().ExpiredBulkFiles(ctx, s.p.Clock.Now(), tidyJobs)
	if err != nil {
		return 0, err
	}
	for _, f := range files {
		if err := s.p.Files.Delete(ctx, f.TenantID, f.FileRef); err != nil && !fault.Is(err, fault.NotFound) {
			return n, err
		}
		if err := s.p.Store.Tenant(f.TenantID).ForgetBulkFile(ctx, f.ID); err != nil {
			return n, err
		}
		n++
	}
	aged, err := s.p.Store.System().AgedBulkJobs(ctx, s.p.Clock.Now().Add(-ItemsKept), tidyJobs)
	if err != nil {
		return n, err
	}
	for _, j := range aged {
		removed, err := s.p.Store.Tenant(j.TenantID).RemoveBulkItems(ctx, j.ID)
		if err != nil {
			return n, err
		}
		n += int64(removed)
	}
	return n, nil
}

// tidyJobs is how many jobs one round of housekeeping looks at.
const tidyJobs = 100
