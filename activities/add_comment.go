package activities

import (
	"context"

	"github.com/velocicompanion/velocicompanion/internal/auth"
	"github.com/velocicompanion/velocicompanion/playbooks"
	"github.com/velocicompanion/velocicompanion/workflows/contract"
)

type addComment struct{}

// AddCommentParams are what add_comment takes.
type AddCommentParams struct {
	CaseID int64  `json:"case_id" jsonschema:"minimum=1"`
	Body   string `json:"body" jsonschema:"minLength=1,maxLength=20000,description=Markdown; @name tells that user of the tenant"`
}

// AddCommentResult is what add_comment answers.
type AddCommentResult struct {
	ID     int64 `json:"id"`
	CaseID int64 `json:"case_id"`
}

// Spec describes the action.
func (addComment) Spec() playbooks.ActionSpec {
	return playbooks.ActionSpec{
		Name: contract.ActionAddComment, Summary: "Writes a comment into a case under the playbook's name.",
		Effect: playbooks.EffectDatabase, Timeout: databaseTimeout, Retry: databaseRetry(), Role: string(auth.RoleUser),
		DryRun: "would comment on a case",
	}
}

// Execute keeps the comment and tells whom it names. Faults: NotFound, Invalid.
func (addComment) Execute(ctx context.Context, c Call, p AddCommentParams) (AddCommentResult, error) {
	row, err := c.Tenant.AddComment(ctx, p.CaseID, p.Body)
	if err != nil {
		return AddCommentResult{}, noCase(err, p.CaseID)
	}
	return AddCommentResult{ID: row.ID, CaseID: row.CaseID}, nil
}
