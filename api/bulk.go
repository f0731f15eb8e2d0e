package api

import (
	"context"
	"encoding/json"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/velocicompanion/velocicompanion/internal/auth"
	"github.com/velocicompanion/velocicompanion/internal/bulk"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/models"
)

type bulkBody struct {
	ID         int64      `json:"id"`
	Resource   string     `json:"resource" enum:"hosts,artifacts,cases"`
	Action     string     `json:"action"`
	Params     freeObject `json:"params"`
	Filter     freeObject `json:"filter,omitempty" doc:"as it was asked; not there where ids were"`
	Title      string     `json:"title" doc:"the job in few words"`
	Status     string     `json:"status" enum:"queued,running,cancelling,completed,failed,cancelled"`
	Progress   float64    `json:"progress" doc:"0 to 1"`
	Total      int        `json:"total" doc:"rows that were selected when it started"`
	Done       int        `json:"done"`
	Failed     int        `json:"failed"`
	Skipped    int        `json:"skipped" doc:"rows that are gone, or were so already"`
	Error      string     `json:"error" doc:"why the job itself did not complete"`
	Undoable   bool       `json:"undoable" doc:"POST …/undo takes it back"`
	UndoOf     *int64     `json:"undo_of" doc:"the job that this one takes back"`
	UndoneBy   *int64     `json:"undone_by" doc:"the job that takes this one back, or took"`
	CreatedBy  *int64     `json:"created_by"`
	Username   string     `json:"username" doc:"of who started it"`
	CreatedAt  time.Time  `json:"created_at"`
	StartedAt  *time.Time `json:"started_at"`
	FinishedAt *time.Time `json:"finished_at"`
	File       *bulkFile  `json:"file,omitempty" doc:"what an export wrote"`
}

type bulkFile struct {
	Name      string    `json:"name"`
	Size      int64     `json:"size" doc:"bytes"`
	SHA256    string    `json:"sha256"`
	ExpiresAt time.Time `json:"expires_at"`
	Available bool      `json:"available" doc:"false: it is past its time"`
}

type bulkOut struct {
	Location string `header:"Location"`
	Body     bulkBody
}

func shapeBulk(row *models.BulkJob) bulkBody {
	out := bulkBody{
		ID: row.ID, Resource: row.Resource, Action: row.Action, Params: freeObject(row.Params), Filter: freeObject(row.Filter), Title: bulk.Title(row),
		Status: row.Status, Progress: row.Progress(), Total: row.Total, Done: row.Done, Failed: row.Failed, Skipped: row.Skipped,
		Error: row.Error, Undoable: bulk.Undoable(row), UndoOf: row.UndoOf, UndoneBy: row.UndoneBy, CreatedBy: row.CreatedBy,
		Username: row.Username, CreatedAt: row.CreatedAt.UTC(), StartedAt: utc(row.StartedAt), FinishedAt: utc(row.FinishedAt),
	}
	if row.FileExpiresAt != nil {
		out.File = &bulkFile{Name: row.FileName, Size: row.FileSize, SHA256: row.FileSHA256, ExpiresAt: row.FileExpiresAt.UTC(), Available: row.FileRef != ""}
	}
	return out
}

func oneBulk(row *models.BulkJob) *bulkOut { return &bulkOut{Body: shapeBulk(row)} }

// BulkSelection says which rows: by their ids, or by what the resource's list would be filtered with.
type BulkSelection struct {
	Resource string      `json:"resource" enum:"hosts,artifacts,cases"`
	IDs      []int64     `json:"ids,omitempty" nullable:"false" minItems:"1" maxItems:"100000" doc:"these rows"`
	Filter   *freeObject `json:"filter,omitempty" doc:"every row that the resource's list finds with these query parameters; an empty one means all"`
}

type startBulkIn struct {
	Body struct {
		BulkSelection

		Action string     `json:"action" minLength:"1" maxLength:"60" doc:"one of GET /api/bulk/actions"`
		Params freeObject `json:"params,omitempty" doc:"as the action takes them"`
	}
}

func (a *API) startBulk(ctx context.Context, in *startBulkIn) (*bulkOut, error) {
	r, err := a.bulkRequest(&in.Body.BulkSelection, in.Body.Action, in.Body.Params)
	if err != nil {
		return nil, err
	}
	var row *models.BulkJob
	err = a.tenant(ctx).InTx(ctx, func(ctx context.Context, t *store.Tenant) (err error) {
		if row, err = a.bulk.Start(ctx, t, actor(ctx), r); err != nil {
			return err
		}
		return a.mayDoSoMany(ctx, row)
	})
	if err != nil {
		return nil, err
	}
	return &bulkOut{Location: location("/api/bulk/", row.ID), Body: shapeBulk(row)}, nil
}

// mayDoSoMany asks for a step-up where an action is dangerous on many rows. How many there are the job knows.
func (a *API) mayDoSoMany(ctx context.Context, row *models.BulkJob) error {
	act, err := bulk.Find(row.Resource, row.Action)
	if err != nil || act.StepUpOver == 0 || row.Total <= act.StepUpOver {
		return err
	}
	return a.steppedUp(actor(ctx))
}

// bulkRequest reads what somebody wants done.
func (a *API) bulkRequest(s *BulkSelection, action string, params freeObject) (r bulk.Request, err error) {
	if r.Selection, err = a.selection(s); err != nil {
		return r, err
	}
	if s.Filter != nil {
		r.Filter = json.RawMessage(*s.Filter)
	}
	act, err := bulk.Find(s.Resource, action)
	if err != nil {
		return r, err
	}
	r.Action = action
	r.Params, err = a.bulkParams(act, json.RawMessage(params))
	return r, err
}

type previewBulkIn struct {
	Body struct {
		BulkSelection

		Action string     `json:"action,omitempty" maxLength:"60" doc:"checked as well, where it is given"`
		Params freeObject `json:"params,omitempty"`
	}
}

type bulkTarget struct {
	ID   int64  `json:"id"`
	Name string `json:"name"`
}

type previewBulkOut struct {
	Body struct {
		Total   int          `json:"total" doc:"rows selected, counted to 100,001"`
		TooMany bool         `json:"too_many" doc:"more than one job may act on"`
		Sample  []bulkTarget `json:"sample" nullable:"false" doc:"the first ten"`
	}
}

func (a *API) previewBulk(ctx context.Context, in *previewBulkIn) (*previewBulkOut, error) {
	b, t := &in.Body, a.tenant(ctx)
	if err := actor(ctx).Permit(bulk.Reading(b.Resource)); err != nil {
		return nil, err
	}
	sel, err := a.selection(&b.BulkSelection)
	if err != nil {
		return nil, err
	}
	if b.Action != "" {
		r, err := a.bulkRequest(&b.BulkSelection, b.Action, b.Params)
		if err != nil {
			return nil, err
		}
		if _, err := a.bulk.Check(ctx, t, actor(ctx), r); err != nil {
			return nil, err
		}
	}
	total, sample, err := t.Preview(ctx, sel)
	if err != nil {
		return nil, err
	}
	out := &previewBulkOut{}
	out.Body.Total, out.Body.TooMany, out.Body.Sample = total, total > store.MaxBulk, make([]bulkTarget, len(sample))
	for i, s := range sample {
		out.Body.Sample[i] = bulkTarget(s)
	}
	return out, nil
}

type listBulkIn struct {
	PageInput

	Resource string   `query:"resource" enum:"hosts,artifacts,cases"`
	Action   string   `query:"action" maxLength:"60"`
	Status   []string `query:"status" enum:"queued,running,cancelling,completed,failed,cancelled" doc:"one or more, comma-separated"`
	UserID   int64    `query:"user_id" minimum:"1" doc:"who started it"`
}

func (a *API) listBulk(ctx context.Context, in *listBulkIn) (*listOut[bulkBody], error) {
	q := store.BulkQuery{PageQuery: in.query(), Resource: in.Resource, Action: in.Action, Statuses: in.Status, UserID: in.UserID}
	if q.Sort == "" {
		q.Sort, q.Desc = "id", true
	}
	return listed(ctx, shapeBulk)(a.tenant(ctx).ListBulkJobs(ctx, q))
}

func (a *API) getBulk(ctx context.Context, in *IDInput) (*bulkOut, error) {
	return found(oneBulk)(a.tenant(ctx).BulkJob(ctx, in.ID))
}

type bulkItem struct {
	ResourceID int64  `json:"resource_id"`
	Name       string `json:"name" doc:"of the row when the job started"`
	Status     string `json:"status" enum:"pending,done,failed,skipped"`
	Error      string `json:"error" doc:"why it failed or was skipped"`
}

type bulkItemsIn struct {
	IDInput
	PageInput

	Status string `query:"status" enum:"pending,done,failed,skipped"`
}

func (a *API) listBulkItems(ctx context.Context, in *bulkItemsIn) (*listOut[bulkItem], error) {
	q := store.BulkItemQuery{PageQuery: in.query(), Status: in.Status}
	return listed(ctx, func(row *models.BulkItem) bulkItem {
		return bulkItem{ResourceID: row.ResourceID, Name: row.Name, Status: row.Status, Error: row.Error}
	})(a.tenant(ctx).ListBulkItems(ctx, in.ID, q))
}

func (a *API) cancelBulk(ctx context.Context, in *IDInput) (*bulkOut, error) {
	return a.onBulk(ctx, in.ID, a.bulk.Cancel)
}

func (a *API) undoBulk(ctx context.Context, in *IDInput) (*bulkOut, error) {
	out, err := a.onBulk(ctx, in.ID, a.bulk.Undo)
	if err == nil {
		out.Location = location("/api/bulk/", out.Body.ID)
	}
	return out, err
}

func (a *API) onBulk(ctx context.Context, id int64, act func(context.Context, *store.Tenant, auth.Principal, int64) (*models.BulkJob, error)) (*bulkOut, error) {
	var row *models.BulkJob
	err := a.tenant(ctx).InTx(ctx, func(ctx context.Context, t *store.Tenant) (err error) {
		row, err = act(ctx, t, actor(ctx), id)
		return err
	})
	if err != nil {
		return nil, err
	}
	return oneBulk(row), nil
}

// BulkAction is a line of the table of what can be done.
type BulkAction struct {
	Resource   string          `json:"resource" enum:"hosts,artifacts,cases"`
	Action     string          `json:"action"`
	Summary    string          `json:"summary"`
	Permission auth.Permission `json:"permission" doc:"what starting it needs beside bulk:start"`
	Undoable   bool            `json:"undoable"`
	StepUpOver int             `json:"step_up_over" doc:"more rows than this need a step-up; 0: never"`
	Params     *huma.Schema    `json:"params" doc:"JSON Schema of what it takes"`
}

type bulkActionsOut struct {
	Body []BulkAction `nullable:"false"`
}

func (a *API) listBulkActions(context.Context, *struct{}) (*bulkActionsOut, error) {
	out := &bulkActionsOut{}
	for _, act := range bulk.Actions() {
		out.Body = append(out.Body, BulkAction{
			Resource: act.Resource, Action: act.Name, Summary: act.Summary, Permission: act.Permission, Undoable: act.Undoable, StepUpOver: act.StepUpOver,
			Params: a.bulkSchemas[act.Resource+"."+act.Name],
		})
	}
	return out, nil
}
