package api

import (
	"context"
	"strings"
	"time"

	"github.com/velocicompanion/velocicompanion/internal/audit"
	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/models"
)

// IsolationBody is an order to isolate or release a host on the wire.
type IsolationBody struct {
	ID           int64      `json:"id"`
	HostID       int64      `json:"host_id"`
	Hostname     string     `json:"hostname"`
	ClientID     string     `json:"client_id"`
	Action       string     `json:"action" enum:"isolate,release"`
	Status       string     `json:"status" enum:"queued,running,waiting,cancelling,completed,failed,cancelled"`
	Progress     float64    `json:"progress" doc:"0 to 1"`
	Phase        string     `json:"phase" enum:"order,carry_out,verify,done" doc:"to be given to the server; at the endpoint; a later sign of life is awaited; ended"`
	Verified     *bool      `json:"verified" doc:"null: not known yet; false: carried out as far as the server says, see note"`
	Note         string     `json:"note" doc:"what it waits for, or why it could not be verified"`
	Error        string     `json:"error"`
	ErrorKind    string     `json:"error_kind" doc:"refused, gone, artifact, permission, endpoint, timeout, server_down, interrupted; empty: none"`
	Reason       string     `json:"reason"`
	ArtifactName string     `json:"artifact_name" doc:"that isolates endpoints of this system; empty: not known yet"`
	FlowID       string     `json:"flow_id"`
	RequestedBy  *int64     `json:"requested_by" doc:"null: a visitor"`
	Username     string     `json:"username" doc:"of who ordered it"`
	ExecutionID  *int64     `json:"execution_id" doc:"the playbook run that ordered it"`
	CreatedAt    time.Time  `json:"created_at"`
	OrderedAt    *time.Time `json:"ordered_at" doc:"when the server was told"`
	CarriedOutAt *time.Time `json:"carried_out_at" doc:"when the endpoint was done"`
	FinishedAt   *time.Time `json:"finished_at"`
}

type isolationOut struct {
	Location string `header:"Location"`
	Body     IsolationBody
}

func shapeIsolation(row *models.Isolation) IsolationBody {
	return IsolationBody{
		ID: row.ID, HostID: row.HostID, Hostname: row.Hostname, ClientID: row.ClientID, Action: row.Action, Status: row.Status,
		Progress: row.Progress(), Phase: row.Phase, Verified: row.Verified, Note: row.Note, Error: row.Error, ErrorKind: row.ErrorKind,
		Reason: row.Reason, ArtifactName: row.Artifact, FlowID: row.FlowID, RequestedBy: row.RequestedBy, Username: row.Username,
		ExecutionID: row.ExecutionID, CreatedAt: row.CreatedAt.UTC(), OrderedAt: utc(row.OrderedAt), CarriedOutAt: utc(row.CarriedOutAt),
		FinishedAt: utc(row.FinishedAt),
	}
}

func oneIsolation(row *models.Isolation) *isolationOut {
	return &isolationOut{Body: shapeIsolation(row)}
}

type orderIsolationIn struct {
	IDInput

	Body struct {
		Reason  string `json:"reason" minLength:"1" maxLength:"2000" pattern:"\\S" patternDescription:"more than white space" doc:"why; it stands in the trail and in the host's timeline"`
		Confirm string `json:"confirm,omitempty" maxLength:"255" doc:"the host's name as somebody typed it; where it is given it must be right"`
	}
}

func (a *API) isolateHost(ctx context.Context, in *orderIsolationIn) (*isolationOut, error) {
	return a.orderIsolation(ctx, in, models.ActionIsolate)
}

func (a *API) releaseHost(ctx context.Context, in *orderIsolationIn) (*isolationOut, error) {
	return a.orderIsolation(ctx, in, models.ActionRelease)
}

// orderIsolation writes the order; a job carries it out.
func (a *API) orderIsolation(ctx context.Context, in *orderIsolationIn, action string) (*isolationOut, error) {
	who := actor(ctx)
	wish := store.IsolationWish{HostID: in.ID, Action: action, Reason: strings.TrimSpace(in.Body.Reason), Username: who.Username}
	if !who.Visiting() {
		wish.RequestedBy = &who.UserID
	}
	if who.KeyID != 0 {
		wish.KeyID = &who.KeyID
	}
	var row *models.Isolation
	err := a.audited(ctx, func(ctx context.Context, t *store.Tenant) (e audit.Entry, err error) {
		host, err := t.Host(ctx, in.ID)
		if err != nil {
			return e, err
		}
		if typed := strings.TrimSpace(in.Body.Confirm); typed != "" && !strings.EqualFold(typed, host.Hostname) {
			return e, fault.InvalidField("body.confirm", "is not the host's name, which is %s", host.Hostname)
		}
		if row, err = t.StartIsolation(ctx, wish); err != nil {
			return e, inBody(err)
		}
		return entry("host."+action, in.ID, map[string]any{"isolation": host.Isolation}, shapeIsolation(row)), nil
	})
	if err != nil {
		return nil, err
	}
	return &isolationOut{Location: location("/api/velociraptor/isolations/", row.ID), Body: shapeIsolation(row)}, nil
}

type listIsolationsIn struct {
	PageInput

	HostID int64    `query:"host_id" minimum:"1"`
	Action string   `query:"action" enum:"isolate,release"`
	Status []string `query:"status" enum:"queued,running,waiting,cancelling,completed,failed,cancelled" doc:"one or more, comma-separated"`
	Open   string   `query:"open" enum:"true,false" doc:"true: only those that have not ended"`
}

func (a *API) listIsolations(ctx context.Context, in *listIsolationsIn) (*listOut[IsolationBody], error) {
	q := store.IsolationQuery{PageQuery: in.query(), HostID: in.HostID, Action: in.Action, Statuses: in.Status, Open: in.Open == "true"}
	return a.isolationsBy(ctx, q)
}

func (a *API) isolationsBy(ctx context.Context, q store.IsolationQuery) (*listOut[IsolationBody], error) {
	if q.Sort == "" {
		q.Sort, q.Desc = "id", true
	}
	return listed(ctx, shapeIsolation)(a.tenant(ctx).ListIsolations(ctx, q))
}

type hostIsolationsIn struct {
	IDInput
	PageInput
}

func (a *API) hostIsolations(ctx context.Context, in *hostIsolationsIn) (*listOut[IsolationBody], error) {
	if _, err := a.tenant(ctx).Host(ctx, in.ID); err != nil {
		return nil, err
	}
	return a.isolationsBy(ctx, store.IsolationQuery{PageQuery: in.query(), HostID: in.ID})
}

func (a *API) getIsolation(ctx context.Context, in *IDInput) (*isolationOut, error) {
	return found(oneIsolation)(a.tenant(ctx).Isolation(ctx, in.ID))
}

func (a *API) cancelIsolation(ctx context.Context, in *IDInput) (*isolationOut, error) {
	var row *models.Isolation
	err := a.audited(ctx, func(ctx context.Context, t *store.Tenant) (e audit.Entry, err error) {
		if row, err = t.CancelIsolation(ctx, in.ID); err != nil {
			return e, err
		}
		return audit.Entry{
			Action: "host." + row.Action + "_cancel", ResourceType: "host", ResourceID: decimal(row.HostID), After: map[string]any{"isolation_id": row.ID},
		}, nil
	})
	if err != nil {
		return nil, err
	}
	return oneIsolation(row), nil
}
