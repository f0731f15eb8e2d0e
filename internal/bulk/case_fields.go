package bulk

import (
	"context"
	"slices"

	"github.com/velocicompanion/velocicompanion/internal/auth"
	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/models"
)

// StatusParams are what set_status takes.
type StatusParams struct {
	Status string `json:"status" enum:"open,investigating,closed"`
}

// SeverityParams are what set_severity takes.
type SeverityParams struct {
	Severity string `json:"severity" enum:"low,medium,high,critical"`
}

// AssignParams are what assign takes.
type AssignParams struct {
	AssigneeID *int64 `json:"assignee_id" nullable:"true" minimum:"0" doc:"a user's id; null or 0: nobody"`
}

// TagParams are what add_tags and remove_tags take.
type TagParams struct {
	Tags []string `json:"tags" minItems:"1" maxItems:"50" nullable:"false" doc:"1 to 100 characters each"`
}

// caseFields are the fields of a case that jobs change; nil ones are not of the change.
type caseFields struct {
	Status     *string   `json:"status,omitempty"`
	Severity   *string   `json:"severity,omitempty"`
	AssigneeID *int64    `json:"assignee_id,omitempty"` // 0: nobody
	Tags       *[]string `json:"tags,omitempty"`
}

func setCaseStatus() spec[StatusParams] {
	return caseSpec("set_status", "Set the status of cases", func(_ *models.Case, p StatusParams) caseFields {
		return caseFields{Status: &p.Status}
	}, nil)
}

func setCaseSeverity() spec[SeverityParams] {
	return caseSpec("set_severity", "Set the severity of cases", func(_ *models.Case, p SeverityParams) caseFields {
		return caseFields{Severity: &p.Severity}
	}, nil)
}

func assignCases() spec[AssignParams] {
	return caseSpec("assign", "Give cases to somebody, or to nobody", func(_ *models.Case, p AssignParams) caseFields {
		nobody := int64(0)
		if p.AssigneeID == nil {
			p.AssigneeID = &nobody
		}
		return caseFields{AssigneeID: p.AssigneeID}
	}, checkAssignee)
}

func addCaseTags() spec[TagParams] {
	return caseSpec("add_tags", "Put tags on cases", func(row *models.Case, p TagParams) caseFields {
		return caseFields{Tags: united(row.Tags, p.Tags)}
	}, checkTags)
}

func removeCaseTags() spec[TagParams] {
	return caseSpec("remove_tags", "Take tags off cases", func(row *models.Case, p TagParams) caseFields {
		return caseFields{Tags: without(row.Tags, p.Tags)}
	}, checkTags)
}

// caseSpec is an action that gives cases the fields that wish names.
func caseSpec[P any](name, summary string, wish func(*models.Case, P) caseFields, check func(context.Context, Call, *P) error) spec[P] {
	return fieldSpec(
		spec[P]{resource: models.BulkCases, name: name, summary: summary, permission: auth.CasesWrite, check: check},
		kind[models.Case, caseFields]{read: (*store.Tenant).Case, of: caseFields.of, change: changeCase}, wish)
}

// of gives the row's values of the fields that f names.
func (f caseFields) of(row *models.Case) (out caseFields) {
	if f.Status != nil {
		out.Status = &row.Status
	}
	if f.Severity != nil {
		out.Severity = &row.Severity
	}
	if f.AssigneeID != nil {
		out.AssigneeID = new(int64)
		if row.AssigneeID != nil {
			*out.AssigneeID = *row.AssigneeID
		}
	}
	if f.Tags != nil {
		tags := append([]string{}, row.Tags...)
		out.Tags = &tags
	}
	return out
}

func changeCase(ctx context.Context, t *store.Tenant, row *models.Case, f caseFields) (*change, error) {
	before := f.of(row)
	updated, err := t.UpdateCase(ctx, row.ID, store.CaseChange{
		Status: f.Status, Severity: f.Severity, AssigneeID: f.AssigneeID, Tags: f.Tags, Seen: row.UpdatedAt,
	})
	if err != nil || updated.UpdatedAt.Equal(row.UpdatedAt) {
		return nil, err
	}
	return &change{before: before, after: f.of(updated)}, nil
}

func checkAssignee(ctx context.Context, c Call, p *AssignParams) error {
	if p.AssigneeID == nil || *p.AssigneeID == 0 {
		return nil
	}
	u, err := c.Tenant.User(ctx, *p.AssigneeID)
	if fault.Is(err, fault.NotFound) || err == nil && !u.IsActive {
		return badParam("assignee_id", "there is no such active user")
	}
	return err
}

func checkTags(_ context.Context, _ Call, p *TagParams) (err error) {
	p.Tags, err = store.NormalTags(p.Tags)
	return inParams(err)
}

func united(have, more []string) *[]string {
	out := append(slices.Clone(have), more...)
	slices.Sort(out)
	out = slices.Compact(out)
	return &out
}

func without(have, gone []string) *[]string {
	out := slices.DeleteFunc(append([]string{}, have...), func(s string) bool { return slices.Contains(gone, s) })
	return &out
}

func deleteCases() spec[none] {
	return spec[none]{
		resource: models.BulkCases, name: "delete", summary: "Remove cases with what is in them", permission: auth.CasesWrite, slice: deleteSlice,
		do: func(ctx context.Context, c Call, _ none, items []models.BulkItem) ([]store.BulkOutcome, error) {
			return each(ctx, c, items, func(ctx context.Context, t *store.Tenant, item *models.BulkItem) (*change, error) {
				row, err := t.Case(ctx, item.ResourceID)
				if err != nil {
					return nil, err
				}
				return &change{before: store.CasePayload(row)}, t.DeleteCase(ctx, row.ID, row.UpdatedAt)
			})
		},
	}
}
