package api

import (
	"context"
	"time"

	"github.com/velocicompanion/velocicompanion/internal/audit"
	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/internal/fleet"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/models"
)

// huntBody is a hunt on the wire.
type huntBody struct {
	ID            int64                        `json:"id"`
	HuntID        string                       `json:"hunt_id" doc:"the Velociraptor server's; empty: it has none yet, or it is carried out by collections"`
	Mode          string                       `json:"mode" enum:"hunt,collections" doc:"hunt: as a hunt of the Velociraptor server; collections: as one collection a host"`
	Description   string                       `json:"description"`
	Artifacts     []string                     `json:"artifacts" nullable:"false"`
	Parameters    map[string]map[string]string `json:"parameters" doc:"artifact → parameter → value"`
	OS            string                       `json:"os" doc:"windows, linux, darwin; empty: all"`
	IncludeLabels []string                     `json:"include_labels" nullable:"false"`
	ExcludeLabels []string                     `json:"exclude_labels" nullable:"false"`
	HostIDs       []int64                      `json:"host_ids" nullable:"false" doc:"empty: all within the other limits"`
	ClientLimit   int                          `json:"client_limit" doc:"0: none"`
	Timeout       int                          `json:"timeout" doc:"seconds on a host; 0: the artifact's own"`
	MaxRows       int                          `json:"max_rows" doc:"of a host; 0: the server's own limit"`
	Until         string                       `json:"until" enum:"idle,expires"`
	Paused        bool                         `json:"paused" doc:"it begins when it is resumed"`
	Status        string                       `json:"status" enum:"queued,running,waiting,cancelling,completed,failed,cancelled" doc:"waiting: paused, or the server is away; error says which. cancelling: it is being stopped"`
	Ended         string                       `json:"ended" enum:"done,expired,stopped,failed," doc:"why it is over; empty: it is not"`
	Progress      float64                      `json:"progress" doc:"0 to 1, of the hosts that have it or are online"`
	Error         string                       `json:"error" doc:"why it failed, or what it waits for"`
	ErrorKind     string                       `json:"error_kind"`
	Targets       int                          `json:"targets" doc:"hosts that it was about when it was started, as far as they were known"`
	Online        int                          `json:"online" doc:"of them, online then"`
	Scheduled     int                          `json:"scheduled" doc:"hosts that have it"`
	Running       int                          `json:"running" doc:"of them, not finished"`
	Finished      int                          `json:"finished" doc:"of them, whose rows are all here; errors included"`
	Errors        int                          `json:"errors" doc:"of them, that failed"`
	Rows          int64                        `json:"rows" doc:"that came"`
	RowsNew       int64                        `json:"rows_new" doc:"that were not known from this hunt: a host's equal rows are one"`
	RowsRefused   int64                        `json:"rows_refused" doc:"that could not be kept"`
	RefusedReason string                       `json:"refused_reason" doc:"of the first of them"`
	Indicators    int                          `json:"indicators" doc:"found in new rows that were not known yet"`
	Sources       []huntSourceBody             `json:"sources" nullable:"false" doc:"where the rows are, by artifact; left empty in lists"`
	ScheduleID    *int64                       `json:"schedule_id"`
	ScheduledAt   *time.Time                   `json:"scheduled_at" doc:"the time of the schedule that it was for"`
	ExecutionID   *int64                       `json:"execution_id" doc:"the run of a playbook that started it"`
	CreatedBy     *int64                       `json:"created_by"`
	Username      string                       `json:"username" doc:"of who started it"`
	CreatedAt     time.Time                    `json:"created_at"`
	StartedAt     *time.Time                   `json:"started_at"`
	ExpiresAt     time.Time                    `json:"expires_at"`
	FinishedAt    *time.Time                   `json:"finished_at"`
}

type huntSourceBody struct {
	Artifact string `json:"artifact" doc:"with its source, as Generic.Client.Info/Users"`
	SourceID int64  `json:"source_id" doc:"of observations"`
	Rows     int64  `json:"rows"`
}

type huntOut struct {
	Location string `header:"Location"`
	Body     huntBody
}

func shapeHunt(row *models.Hunt) huntBody {
	return huntBody{
		ID: row.ID, HuntID: row.HuntID, Mode: row.Mode, Description: row.Description, Artifacts: row.Artifacts, Parameters: row.Parameters, OS: row.OS,
		IncludeLabels: listed0(row.IncludeLabels), ExcludeLabels: listed0(row.ExcludeLabels), HostIDs: listed0(row.HostIDs), ClientLimit: row.ClientLimit,
		Timeout: row.TimeoutSeconds, MaxRows: row.MaxRows, Until: row.Until, Paused: row.Paused, Status: row.Status, Ended: row.Ended,
		Progress: row.Progress(), Error: row.Error, ErrorKind: row.ErrorKind, Targets: row.Targets, Online: row.Online, Scheduled: row.Scheduled,
		Running: row.Running, Finished: row.Finished, Errors: row.Errors, Rows: row.Rows, RowsNew: row.RowsNew, RowsRefused: row.RowsRefused,
		RefusedReason: row.RefusedReason, Indicators: row.Indicators, Sources: []huntSourceBody{}, ScheduleID: row.ScheduleID,
		ScheduledAt: utc(row.ScheduledAt), ExecutionID: row.ExecutionID, CreatedBy: row.CreatedBy, Username: row.Username,
		CreatedAt: row.CreatedAt.UTC(), StartedAt: utc(row.StartedAt), ExpiresAt: row.ExpiresAt.UTC(), FinishedAt: utc(row.FinishedAt),
	}
}

// listed0 is an empty list for none.
func listed0[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

// oneHunt is a hunt with where its rows are.
func (a *API) oneHunt(ctx context.Context, row *models.Hunt) (*huntOut, error) {
	sources, err := a.tenant(ctx).HuntSources(ctx, row.ID)
	if err != nil {
		return nil, err
	}
	out := &huntOut{Body: shapeHunt(row)}
	for _, s := range sources {
		out.Body.Sources = append(out.Body.Sources, huntSourceBody{Artifact: s.Artifact, SourceID: s.SourceID, Rows: s.Rows})
	}
	return out, nil
}

type huntIn struct {
	Body fleet.HuntAsk
}

// hunts is the service, where there is one. Faults: Unavailable.
func (a *API) hunts() (*fleet.Service, error) {
	if a.fleet == nil {
		return nil, fault.New(fault.Unavailable, "this installation has no part that talks to Velociraptor servers")
	}
	return a.fleet, nil
}

func (a *API) startHunt(ctx context.Context, in *huntIn) (*huntOut, error) {
	s, err := a.hunts()
	if err != nil {
		return nil, err
	}
	who, ask := actor(ctx), in.Body
	ask.By = fleet.HuntBy{UserID: who.UserID, Username: who.Username}
	if err := s.CheckHunt(ctx, a.tenant(ctx), ask, who.Role); err != nil {
		return nil, err
	}
	var row *models.Hunt
	err = a.audited(ctx, func(ctx context.Context, t *store.Tenant) (e audit.Entry, err error) {
		if row, err = s.StartHunt(ctx, t, ask); err != nil {
			return e, err
		}
		return entry("hunt.start", row.ID, nil, huntRecord(row)), nil
	})
	if err != nil {
		return nil, err
	}
	return &huntOut{Location: location("/api/velociraptor/hunts/", row.ID), Body: shapeHunt(row)}, nil
}

// huntRecord is what the trail keeps of a hunt's start.
func huntRecord(row *models.Hunt) map[string]any {
	return map[string]any{
		"description": row.Description, "artifacts": row.Artifacts, "parameters": row.Parameters, "os": row.OS, "include_labels": row.IncludeLabels,
		"exclude_labels": row.ExcludeLabels, "hosts": len(row.HostIDs), "client_limit": row.ClientLimit, "expires_at": row.ExpiresAt.UTC(), "targets": row.Targets,
	}
}

type estimateOut struct {
	Body fleet.HuntEstimate
}

func (a *API) estimateHunt(ctx context.Context, in *huntIn) (*estimateOut, error) {
	s, err := a.hunts()
	if err != nil {
		return nil, err
	}
	out, err := s.EstimateHunt(ctx, a.tenant(ctx), in.Body, actor(ctx).Role)
	if err != nil {
		return nil, err
	}
	return &estimateOut{Body: out}, nil
}

type listHuntsIn struct {
	PageInput

	Status     []string `query:"status" enum:"queued,running,waiting,cancelling,completed,failed,cancelled" doc:"one of these; several with commas"`
	Q          string   `query:"q" maxLength:"200" doc:"part of the description, in any case"`
	Artifact   string   `query:"artifact" maxLength:"200" doc:"hunts for this artifact"`
	ScheduleID int64    `query:"schedule_id" minimum:"1"`
	HostID     int64    `query:"host_id" minimum:"1" doc:"hunts that this host has"`
}

func (a *API) listHunts(ctx context.Context, in *listHuntsIn) (*listOut[huntBody], error) {
	q := store.HuntQuery{PageQuery: in.query(), Statuses: in.Status, Q: in.Q, Artifact: in.Artifact, ScheduleID: in.ScheduleID, HostID: in.HostID}
	if in.Sort == "" {
		q.Desc = true
	}
	return listed(ctx, shapeHunt)(a.tenant(ctx).ListHunts(ctx, q))
}

func (a *API) getHunt(ctx context.Context, in *IDInput) (*huntOut, error) {
	row, err := a.tenant(ctx).Hunt(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return a.oneHunt(ctx, row)
}

func (a *API) stopHunt(ctx context.Context, in *IDInput) (*huntOut, error) {
	return a.changeHunt(ctx, "hunt.stop", in.ID, (*store.Tenant).StopHunt)
}

func (a *API) resumeHunt(ctx context.Context, in *IDInput) (*huntOut, error) {
	return a.changeHunt(ctx, "hunt.resume", in.ID, (*store.Tenant).ResumeHunt)
}

type extendHuntIn struct {
	IDInput

	Body struct {
		Expires string `json:"expires" minLength:"1" maxLength:"40" example:"7d" doc:"a time (RFC 3339), or how long from now: 30m, 24h, 7d, 2w"`
	}
}

func (a *API) extendHunt(ctx context.Context, in *extendHuntIn) (*huntOut, error) {
	s, err := a.hunts()
	if err != nil {
		return nil, err
	}
	when, err := fleet.ParseExpiry(in.Body.Expires, a.clock.Now())
	if err != nil {
		return nil, err
	}
	if err := s.ExtendHunt(ctx, a.tenant(ctx), in.ID, when); err != nil {
		return nil, err
	}
	return a.changeHunt(ctx, "hunt.extend", in.ID, func(t *store.Tenant, ctx context.Context, id int64) (*models.Hunt, error) {
		return t.ExtendHunt(ctx, id, when)
	})
}

// changeHunt makes one change of a hunt's course, on record.
func (a *API) changeHunt(
	ctx context.Context, action string, id int64, change func(*store.Tenant, context.Context, int64) (*models.Hunt, error),
) (*huntOut, error) {
	var row *models.Hunt
	err := a.audited(ctx, func(ctx context.Context, t *store.Tenant) (audit.Entry, error) {
		before, err := t.Hunt(ctx, id)
		if err != nil {
			return audit.Entry{}, err
		}
		if row, err = change(t, ctx, id); err != nil {
			return audit.Entry{}, err
		}
		return entry(action, id, huntCourse(before), huntCourse(row)), nil
	})
	if err != nil {
		return nil, err
	}
	return a.oneHunt(ctx, row)
}

func huntCourse(row *models.Hunt) map[string]any {
	return map[string]any{"status": row.Status, "paused": row.Paused, "expires_at": row.ExpiresAt.UTC(), "attempt": row.Attempt}
}
