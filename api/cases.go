package api

import (
	"context"
	"time"

	"github.com/velocicompanion/velocicompanion/internal/audit"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/models"
)

type caseBody struct {
	ID          int64     `json:"id"`
	Title       string    `json:"title"`
	Description string    `json:"description"`
	Status      string    `json:"status" enum:"open,investigating,closed"`
	Severity    string    `json:"severity" enum:"low,medium,high,critical"`
	AssigneeID  *int64    `json:"assignee_id"`
	Tags        []string  `json:"tags" nullable:"false"`
	CreatedAt   time.Time `json:"created_at"`
	UpdatedAt   time.Time `json:"updated_at"`
}

type caseOut struct {
	Location string `header:"Location"`
	ETag     string `header:"ETag"`
	Body     caseBody
}

func shapeCase(row *models.Case) caseBody {
	return caseBody{
		ID: row.ID, Title: row.Title, Description: row.Description, Status: row.Status, Severity: row.Severity,
		AssigneeID: row.AssigneeID, Tags: notNil(row.Tags), CreatedAt: row.CreatedAt.UTC(), UpdatedAt: row.UpdatedAt.UTC(),
	}
}

func oneCase(row *models.Case) *caseOut {
	return &caseOut{ETag: etag(row.UpdatedAt), Body: shapeCase(row)}
}

type listCasesIn struct {
	PageInput

	Status     string `query:"status" enum:"open,investigating,closed"`
	Severity   string `query:"severity" enum:"low,medium,high,critical"`
	AssigneeID string `query:"assignee_id" pattern:"^[0-9]{1,18}$" patternDescription:"a user's id" doc:"a user's id; 0: nobody's"`
	Tag        string `query:"tag" maxLength:"100" doc:"exactly this tag"`
	HostID     int64  `query:"host_id" minimum:"1" doc:"cases about this host"`
	Q          string `query:"q" maxLength:"255" doc:"part of title or description"`
}

// filter is the input as the store takes it.
func (in *listCasesIn) filter() store.CaseQuery {
	return store.CaseQuery{
		PageQuery: in.query(), Status: in.Status, Severity: in.Severity, AssigneeID: number(in.AssigneeID), Tag: in.Tag, HostID: in.HostID, Q: in.Q,
	}
}

func (a *API) listCases(ctx context.Context, in *listCasesIn) (*listOut[caseBody], error) {
	return listed(ctx, shapeCase)(a.tenant(ctx).ListCases(ctx, in.filter()))
}

func (a *API) getCase(ctx context.Context, in *IDInput) (*caseOut, error) {
	row, err := a.tenant(ctx).Case(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return oneCase(row), nil
}

type createCaseIn struct {
	Body struct {
		Title       string   `json:"title" minLength:"1" maxLength:"300"`
		Description string   `json:"description,omitempty" maxLength:"100000"`
		Status      string   `json:"status,omitempty" enum:"open,investigating,closed" default:"open"`
		Severity    string   `json:"severity,omitempty" enum:"low,medium,high,critical" default:"medium"`
		AssigneeID  *int64   `json:"assignee_id,omitempty" minimum:"1"`
		Tags        []string `json:"tags,omitempty" nullable:"false" maxItems:"50"`
	}
}

func (a *API) createCase(ctx context.Context, in *createCaseIn) (*caseOut, error) {
	b := &in.Body
	row := &models.Case{
		Title: b.Title, Description: b.Description, Status: b.Status, Severity: b.Severity, AssigneeID: b.AssigneeID, Tags: b.Tags,
	}
	err := a.audited(ctx, func(ctx context.Context, t *store.Tenant) (audit.Entry, error) {
		if err := t.CreateCase(ctx, row); err != nil {
			return audit.Entry{}, inBody(err)
		}
		return entry("case.create", row.ID, nil, shapeCase(row)), nil
	})
	if err != nil {
		return nil, err
	}
	out := oneCase(row)
	out.Location = location("/api/cases/", row.ID)
	return out, nil
}

type updateCaseIn struct {
	IDInput
	IfMatchInput

	Body struct {
		Title       *string         `json:"title,omitempty" minLength:"1" maxLength:"300"`
		Description *string         `json:"description,omitempty" maxLength:"100000"`
		Status      *string         `json:"status,omitempty" enum:"open,investigating,closed"`
		Severity    *string         `json:"severity,omitempty" enum:"low,medium,high,critical"`
		AssigneeID  nullable[int64] `json:"assignee_id,omitzero" doc:"null: nobody"`
		Tags        *[]string       `json:"tags,omitempty" nullable:"false" maxItems:"50" doc:"replaces all tags"`
	}
}

func (a *API) updateCase(ctx context.Context, in *updateCaseIn) (*caseOut, error) {
	seen, err := in.seen()
	if err != nil {
		return nil, err
	}
	b := &in.Body
	change := store.CaseChange{
		Title: b.Title, Description: b.Description, Status: b.Status, Severity: b.Severity, AssigneeID: b.AssigneeID.orZero(), Tags: b.Tags, Seen: seen,
	}
	var row *models.Case
	err = a.audited(ctx, func(ctx context.Context, t *store.Tenant) (audit.Entry, error) {
		before, err := t.Case(ctx, in.ID)
		if err != nil {
			return audit.Entry{}, err
		}
		if row, err = t.UpdateCase(ctx, in.ID, change); err != nil {
			return audit.Entry{}, inBody(err)
		}
		return entry("case.update", in.ID, shapeCase(before), shapeCase(row)), nil
	})
	if err != nil {
		return nil, err
	}
	return oneCase(row), nil
}

func (a *API) deleteCase(ctx context.Context, in *deleteIn) (*struct{}, error) {
	seen, err := in.seen()
	if err != nil {
		return nil, err
	}
	return nil, a.audited(ctx, func(ctx context.Context, t *store.Tenant) (audit.Entry, error) {
		before, err := t.Case(ctx, in.ID)
		if err != nil {
			return audit.Entry{}, err
		}
		return entry("case.delete", in.ID, shapeCase(before), nil), t.DeleteCase(ctx, in.ID, seen)
	})
}
