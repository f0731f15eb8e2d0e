package activities

import (
	"context"

	"github.com/velocicompanion/velocicompanion/internal/auth"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/playbooks"
	"github.com/velocicompanion/velocicompanion/workflows/contract"
)

type updateCase struct{}

// UpdateCaseParams are what update_case takes; what isn't given stays.
type UpdateCaseParams struct {
	CaseID      int64     `json:"case_id" jsonschema:"minimum=1"`
	Title       *string   `json:"title,omitempty" jsonschema:"minLength=1,maxLength=300"`
	Description *string   `json:"description,omitempty" jsonschema:"maxLength=100000"`
	Status      *string   `json:"status,omitempty" jsonschema:"enum=open,enum=investigating,enum=closed"`
	Severity    *string   `json:"severity,omitempty" jsonschema:"enum=low,enum=medium,enum=high,enum=critical"`
	AssigneeID  *int64    `json:"assignee_id,omitempty" jsonschema:"minimum=0,description=User who works on it; 0 for nobody"`
	Tags        *[]string `json:"tags,omitempty" jsonschema:"maxItems=50,description=Replaces the tags"`
}

// UpdateCaseResult is what update_case answers.
type UpdateCaseResult struct {
	ID       int64  `json:"id"`
	Title    string `json:"title"`
	Status   string `json:"status"`
	Severity string `json:"severity"`
}

// Spec describes the action.
func (updateCase) Spec() playbooks.ActionSpec {
	return playbooks.ActionSpec{
		Name: contract.ActionUpdateCase, Summary: "Changes a case: title, description, status, severity, assignee, tags.",
		Effect: playbooks.EffectDatabase, Timeout: databaseTimeout, Retry: databaseRetry(), Role: string(auth.RoleUser),
		DryRun: "would change a case",
	}
}

// Execute changes the case. Faults: NotFound, Invalid.
func (updateCase) Execute(ctx context.Context, c Call, p UpdateCaseParams) (UpdateCaseResult, error) {
	row, err := c.Tenant.UpdateCase(ctx, p.CaseID, store.CaseChange{
		Title: p.Title, Description: p.Description, Status: p.Status, Severity: p.Severity, AssigneeID: p.AssigneeID, Tags: p.Tags,
	})
	if err != nil {
		return UpdateCaseResult{}, noCase(err, p.CaseID)
	}
	return UpdateCaseResult{ID: row.ID, Title: row.Title, Status: row.Status, Severity: row.Severity}, nil
}
