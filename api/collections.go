package api

import (
	"context"
	"time"

	"github.com/velocicompanion/velocicompanion/internal/audit"
	"github.com/velocicompanion/velocicompanion/internal/fleet"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/models"
)

// CollectionBody is a collection on the wire.
type CollectionBody struct {
	ID           int64      `json:"id"`
	HostID       *int64     `json:"host_id" doc:"null: the endpoint is no host of ours yet, or the host was removed"`
	Hostname     string     `json:"hostname"`
	ClientID     string     `json:"client_id"`
	ArtifactName string     `json:"artifact_name"`
	Parameters   freeObject `json:"parameters" doc:"texts by name"`
	FlowID       string     `json:"flow_id" doc:"on the Velociraptor server"`
	Status       string     `json:"status" enum:"queued,running,waiting,cancelling,completed,failed,cancelled" doc:"waiting: the endpoint doesn't answer; last_seen says since when"`
	Phase        string     `json:"phase" enum:"launch,follow,rows,files,done"`
	Progress     float64    `json:"progress" doc:"0 to 1"`
	Reason       string     `json:"reason" doc:"why it goes no further just now, for people"`
	Error        string     `json:"error" doc:"why it failed, for people"`
	ErrorKind    string     `json:"error_kind" enum:",timeout,offline,refused,endpoint,permission,gone,server_down,artifact,internal" doc:"why it failed, for programs"`
	FlowState    string     `json:"flow_state" doc:"the Velociraptor server's word: WAITING, IN_PROGRESS, RUNNING, FINISHED, ERROR, UNRESPONSIVE"`
	LastSeen     *time.Time `json:"last_seen" doc:"the endpoint's last sign of life, as far as the collection asked"`
	Sources      []string   `json:"sources" nullable:"false" doc:"that have rows: the artifact, or its parts as Artifact/Part"`
	RowsFound    int64      `json:"rows_found" doc:"rows on the Velociraptor server"`
	Rows         int64      `json:"rows" doc:"rows that were brought in; equal ones are one observation"`
	RowsNew      int64      `json:"rows_new" doc:"of them, observations that were made"`
	RowsBad      int64      `json:"rows_bad" doc:"rows that can't be kept"`
	BadReason    string     `json:"bad_reason" doc:"why the first of those can't"`
	Indicators   int64      `json:"indicators" doc:"found in the rows that were not known yet"`
	Files        int        `json:"files" doc:"that the endpoint sent"`
	FilesKept    int        `json:"files_kept" doc:"of them, those that can be downloaded here"`
	Timeout      int        `json:"timeout" doc:"seconds on the endpoint; 0: the artifact's own"`
	MaxRows      int64      `json:"max_rows" doc:"0: the server's own limit"`
	Wait         int        `json:"wait" doc:"seconds that an endpoint is waited for that doesn't answer"`
	Attempt      int        `json:"attempt" doc:"from 1; a retry is the next"`
	ExecutionID  *int64     `json:"execution_id" doc:"the playbook's run that waits for it"`
	StepKey      string     `json:"step_key" doc:"the step of that run"`
	CreatedBy    *int64     `json:"created_by"`
	Username     string     `json:"username"`
	CreatedAt    time.Time  `json:"created_at"`
	LaunchedAt   *time.Time `json:"launched_at" doc:"when the Velociraptor server took it"`
	StartedAt    *time.Time `json:"started_at" doc:"when the endpoint began"`
	FinishedAt   *time.Time `json:"finished_at"`
}

type collectionOut struct {
	Body CollectionBody
}

func shapeCollection(row *models.Collection) CollectionBody {
	return CollectionBody{
		ID: row.ID, HostID: row.HostID, Hostname: row.Hostname, ClientID: row.ClientID, ArtifactName: row.ArtifactName,
		Parameters: freeObject(row.Parameters), FlowID: row.FlowID, Status: row.Status, Phase: row.Phase, Progress: row.Progress(),
		Reason: row.Reason, Error: row.Error, ErrorKind: row.ErrorKind, FlowState: row.FlowState, LastSeen: utc(row.LastSeen),
		Sources: notNil(row.Sources), RowsFound: row.RowsFound, Rows: row.Rows, RowsNew: row.RowsNew, RowsBad: row.RowsBad, BadReason: row.BadReason,
		Indicators: row.Indicators, Files: row.Files, FilesKept: row.FilesKept, Timeout: row.TimeoutSeconds, MaxRows: row.MaxRows, Wait: row.WaitSeconds,
		Attempt: row.Attempt, ExecutionID: row.ExecutionID, StepKey: row.StepKey, CreatedBy: row.CreatedBy, Username: row.Username,
		CreatedAt: row.CreatedAt.UTC(), LaunchedAt: utc(row.LaunchedAt), StartedAt: utc(row.StartedAt), FinishedAt: utc(row.FinishedAt),
	}
}

func oneCollection(row *models.Collection) *collectionOut {
	return &collectionOut{Body: shapeCollection(row)}
}

type collectIn struct {
	Body struct {
		HostID       int64             `json:"host_id,omitempty" minimum:"1" doc:"this or client_id"`
		ClientID     string            `json:"client_id,omitempty" maxLength:"100" doc:"this or host_id"`
		ArtifactName string            `json:"artifact_name" minLength:"1" maxLength:"300"`
		Parameters   map[string]string `json:"parameters,omitempty" doc:"texts by name, as the artifact has them"`
		Timeout      int64             `json:"timeout,omitempty" minimum:"0" maximum:"86400" doc:"seconds on the endpoint; 0: the artifact's own"`
		MaxRows      int64             `json:"max_rows,omitempty" minimum:"0" maximum:"10000000" doc:"0: the server's own limit"`
		Wait         int64             `json:"wait,omitempty" minimum:"0" maximum:"2592000" doc:"seconds that an endpoint is waited for that doesn't answer; 0: 7 days"`
	}
}

func (a *API) collect(ctx context.Context, in *collectIn) (*collectionOut, error) {
	b := &in.Body
	row, err := a.fleet.CheckCollection(ctx, a.tenant(ctx), fleet.CollectRequest{
		HostID: b.HostID, ClientID: b.ClientID, Artifact: b.ArtifactName, Params: b.Parameters, Timeout: time.Duration(b.Timeout) * time.Second,
		MaxRows: b.MaxRows, Wait: time.Duration(b.Wait) * time.Second,
	}, actor(ctx))
	if err != nil {
		return nil, belowBody(err)
	}
	err = a.audited(ctx, func(ctx context.Context, t *store.Tenant) (audit.Entry, error) {
		if err := t.CreateCollection(ctx, row); err != nil {
			return audit.Entry{}, belowBody(err)
		}
		return entry("collection.start", row.ID, nil, collectionRecord(row)), nil
	})
	if err != nil {
		return nil, err
	}
	return found(oneCollection)(a.tenant(ctx).Collection(ctx, row.ID))
}

// collectionRecord is what the trail keeps of a collection.
func collectionRecord(row *models.Collection) map[string]any {
	return map[string]any{
		"client_id": row.ClientID, "host_id": row.HostID, "artifact_name": row.ArtifactName, "parameters": row.Parameters, "flow_id": row.FlowID,
	}
}

type listCollectionsIn struct {
	PageInput

	HostID   int64    `query:"host_id" minimum:"1"`
	ClientID string   `query:"client_id" maxLength:"100"`
	Artifact string   `query:"artifact" maxLength:"300" doc:"the whole name"`
	Status   []string `query:"status" enum:"queued,running,waiting,cancelling,completed,failed,cancelled" doc:"one or more, comma-separated"`
}

func (a *API) listCollections(ctx context.Context, in *listCollectionsIn) (*listOut[CollectionBody], error) {
	q := store.CollectionQuery{PageQuery: in.query(), HostID: in.HostID, ClientID: in.ClientID, Artifact: in.Artifact, Statuses: in.Status}
	if in.Sort == "" {
		q.Desc = true
	}
	return listed(ctx, shapeCollection)(a.tenant(ctx).ListCollections(ctx, q))
}

func (a *API) getCollection(ctx context.Context, in *IDInput) (*collectionOut, error) {
	return found(oneCollection)(a.tenant(ctx).Collection(ctx, in.ID))
}

func (a *API) cancelCollection(ctx context.Context, in *IDInput) (*collectionOut, error) {
	return a.changeCollection(ctx, "collection.cancel", in.ID, func(t *store.Tenant, ctx context.Context, id int64) (*models.Collection, error) {
		return t.CancelCollection(ctx, id, "cancelled by "+actor(ctx).Username)
	})
}

func (a *API) retryCollection(ctx context.Context, in *IDInput) (*collectionOut, error) {
	role := string(actor(ctx).Role)
	return a.changeCollection(ctx, "collection.retry", in.ID, func(t *store.Tenant, ctx context.Context, id int64) (*models.Collection, error) {
		return t.RetryCollection(ctx, id, role)
	})
}

// changeCollection makes one change of a collection's course, on record.
func (a *API) changeCollection(
	ctx context.Context, action string, id int64, change func(*store.Tenant, context.Context, int64) (*models.Collection, error),
) (*collectionOut, error) {
	err := a.audited(ctx, func(ctx context.Context, t *store.Tenant) (audit.Entry, error) {
		before, err := t.Collection(ctx, id)
		if err != nil {
			return audit.Entry{}, err
		}
		row, err := change(t, ctx, id)
		if err != nil {
			return audit.Entry{}, err
		}
		return entry(action, id, map[string]any{"status": before.Status}, map[string]any{"status": row.Status, "attempt": row.Attempt, "flow_id": row.FlowID}), nil
	})
	if err != nil {
		return nil, err
	}
	return found(oneCollection)(a.tenant(ctx).Collection(ctx, id))
}
