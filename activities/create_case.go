package activities

import (
	"context"

	"github.com/velocicompanion/velocicompanion/internal/auth"
	"github.com/velocicompanion/velocicompanion/models"
	"github.com/velocicompanion/velocicompanion/playbooks"
	"github.com/velocicompanion/velocicompanion/workflows/contract"
)

type createCase struct{}

// CreateCaseParams are what create_case takes.
type CreateCaseParams struct {
	Title       string   `json:"title" jsonschema:"minLength=1,maxLength=300"`
	Description string   `json:"description,omitempty" jsonschema:"maxLength=100000"`
	Severity    string   `json:"severity,omitempty" jsonschema:"enum=low,enum=medium,enum=high,enum=critical,default=medium"`
	AssigneeID  *int64   `json:"assignee_id,omitempty" jsonschema:"minimum=1,description=User who works on it"`
	Tags        []string `json:"tags,omitempty" jsonschema:"maxItems=50"`
	HostID      *int64   `json:"host_id,omitempty" jsonschema:"minimum=1,description=Host that it is about"`
	HostIDs     []int64  `json:"host_ids,omitempty" jsonschema:"maxItems=100,description=Further hosts"`
}

// CreateCaseResult is what create_case answers.
type CreateCaseResult struct {
	ID       int64  `json:"id"`
	Title    string `json:"title"`
	Status   string `json:"status"`
	Severity string `json:"severity"`
}

// Spec describes the action.
func (createCase) Spec() playbooks.ActionSpec {
	return playbooks.ActionSpec{
		Name: contract.ActionCreateCase, Summary: "Opens a case, with the hosts it is about.",
		Effect: playbooks.EffectDatabase, Timeout: databaseTimeout, Retry: databaseRetry(), Role: string(auth.RoleUser),
		DryRun: "would open a case",
	}
}

// Execute inserts the case. Faults: Invalid, also for a host or an assignee that doesn't exist.
func (createCase) Execute(ctx context.Context, c Call, p CreateCaseParams) (CreateCaseResult, error) {
	row := &models.Case{
		Title: p.Title, Description: p.Description, Severity: p.Severity, AssigneeID: p.AssigneeID, Tags: p.Tags,
	}
	if err := c.Tenant.CreateCase(ctx, row); err != nil {
		return CreateCaseResult{}, err
	}
	hosts := p.HostIDs
	if p.HostID != nil {
		hosts = append([]int64{*p.HostID}, hosts...)
	}
	for _, id := range hosts {
		if _, err := c.Tenant.AddCaseHost(ctx, row.ID, id); err != nil {
			return CreateCaseResult{}, err
		}
	}
	return CreateCaseResult{ID: row.ID, Title: row.Title, Status: row.Status, Severity: row.Severity}, nil
}
