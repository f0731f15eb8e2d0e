package api

import (
	"context"
	"time"

	"github.com/velocicompanion/velocicompanion/internal/audit"
	"github.com/velocicompanion/velocicompanion/internal/auth"
	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/models"
)

// SavedView is a list as somebody keeps it, on the wire.
type SavedView struct {
	ID        int64     `json:"id"`
	Resource  string    `json:"resource" enum:"hosts,artifacts,cases,observations"`
	Name      string    `json:"name"`
	Query     string    `json:"query" doc:"the page's query string, without the question mark"`
	Shared    bool      `json:"shared" doc:"everybody in the tenant sees it"`
	Mine      bool      `json:"mine"`
	Owner     string    `json:"owner" doc:"whose it is"`
	CreatedAt time.Time `json:"created_at"`
	UpdatedAt time.Time `json:"updated_at"`
}

type savedViewOut struct {
	Location string `header:"Location"`
	Body     SavedView
}

func shapeView(ctx context.Context, row *models.SavedView) SavedView {
	return SavedView{
		ID: row.ID, Resource: row.Resource, Name: row.Name, Query: row.Query, Shared: row.Shared, Mine: row.UserID == actor(ctx).UserID,
		Owner: row.Owner, CreatedAt: row.CreatedAt.UTC(), UpdatedAt: row.UpdatedAt.UTC(),
	}
}

type listViewsIn struct {
	Resource string `query:"resource" enum:"hosts,artifacts,cases,observations"`
}

type savedViewsOut struct {
	Body []SavedView `nullable:"false"`
}

func (a *API) listViews(ctx context.Context, in *listViewsIn) (*savedViewsOut, error) {
	rows, err := a.tenant(ctx).SavedViews(ctx, actor(ctx).UserID, in.Resource)
	if err != nil {
		return nil, err
	}
	out := &savedViewsOut{Body: make([]SavedView, 0, len(rows))}
	for i := range rows {
		out.Body = append(out.Body, shapeView(ctx, &rows[i]))
	}
	return out, nil
}

func (a *API) getView(ctx context.Context, in *IDInput) (*savedViewOut, error) {
	row, err := a.tenant(ctx).SavedView(ctx, actor(ctx).UserID, in.ID)
	if err != nil {
		return nil, err
	}
	return &savedViewOut{Body: shapeView(ctx, row)}, nil
}

type createViewIn struct {
	Body struct {
		Resource string `json:"resource" enum:"hosts,artifacts,cases,observations"`
		Name     string `json:"name" minLength:"1" maxLength:"100"`
		Query    string `json:"query" maxLength:"4000" doc:"the page's query string"`
		Shared   bool   `json:"shared,omitempty" doc:"needs the role user"`
	}
}

func (a *API) createView(ctx context.Context, in *createViewIn) (*savedViewOut, error) {
	if err := mayShare(ctx, in.Body.Shared); err != nil {
		return nil, err
	}
	row := &models.SavedView{
		UserID: actor(ctx).UserID, Resource: in.Body.Resource, Name: in.Body.Name, Query: in.Body.Query, Shared: in.Body.Shared, Owner: actor(ctx).Username,
	}
	err := a.audited(ctx, func(ctx context.Context, t *store.Tenant) (audit.Entry, error) {
		if err := t.CreateSavedView(ctx, row); err != nil {
			return audit.Entry{}, inBody(err)
		}
		return entry("view.create", row.ID, nil, shapeView(ctx, row)), nil
	})
	if err != nil {
		return nil, err
	}
	return &savedViewOut{Location: location("/api/views/", row.ID), Body: shapeView(ctx, row)}, nil
}

// mayShare refuses who only reads to put views before everybody.
func mayShare(ctx context.Context, shared bool) error {
	if shared && !actor(ctx).Role.AtLeast(auth.RoleUser) {
		return fault.New(fault.Forbidden, "to share a view needs the role %s", auth.RoleUser).WithCode("view_sharing")
	}
	return nil
}

type updateViewIn struct {
	IDInput

	Body struct {
		Name   *string `json:"name,omitempty" minLength:"1" maxLength:"100"`
		Query  *string `json:"query,omitempty" maxLength:"4000"`
		Shared *bool   `json:"shared,omitempty" doc:"needs the role user"`
	}
}

// updateView changes an own view; an administrator changes those that others share as well.
func (a *API) updateView(ctx context.Context, in *updateViewIn) (*savedViewOut, error) {
	out := &savedViewOut{}
	err := a.audited(ctx, func(ctx context.Context, t *store.Tenant) (audit.Entry, error) {
		row, err := viewToChange(ctx, t, in.ID)
		if err != nil {
			return audit.Entry{}, err
		}
		before := shapeView(ctx, row)
		if in.Body.Name != nil {
			row.Name = *in.Body.Name
		}
		if in.Body.Query != nil {
			row.Query = *in.Body.Query
		}
		if in.Body.Shared != nil {
			row.Shared = *in.Body.Shared
		}
		if err := mayShare(ctx, row.Shared && !before.Shared); err != nil {
			return audit.Entry{}, err
		}
		if err := t.UpdateSavedView(ctx, row); err != nil {
			return audit.Entry{}, inBody(err)
		}
		out.Body = shapeView(ctx, row)
		return entry("view.update", row.ID, before, out.Body), nil
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// viewToChange reads a view that the caller may change.
func viewToChange(ctx context.Context, t *store.Tenant, id int64) (*models.SavedView, error) {
	row, err := t.SavedView(ctx, actor(ctx).UserID, id)
	if err != nil {
		return nil, err
	}
	if row.UserID != actor(ctx).UserID && !actor(ctx).Role.AtLeast(auth.RoleAdmin) {
		return nil, fault.New(fault.Forbidden, "this view is %s's; only its owner and administrators change it", row.Owner).WithCode("view_of_another")
	}
	return row, nil
}

func (a *API) deleteView(ctx context.Context, in *IDInput) (*struct{}, error) {
	return nil, a.audited(ctx, func(ctx context.Context, t *store.Tenant) (audit.Entry, error) {
		row, err := viewToChange(ctx, t, in.ID)
		if err != nil {
			return audit.Entry{}, err
		}
		return entry("view.delete", row.ID, shapeView(ctx, row), nil), t.DeleteSavedView(ctx, row.ID)
	})
}
