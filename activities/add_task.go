package activities

import (
	"context"
	"time"

	"github.com/velocicompanion/velocicompanion/internal/auth"
	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/models"
	"github.com/velocicompanion/velocicompanion/playbooks"
	"github.com/velocicompanion/velocicompanion/workflows/contract"
)

type addTask struct{}

// AddTaskParams are what add_task takes.
type AddTaskParams struct {
	CaseID      int64      `json:"case_id" jsonschema:"minimum=1"`
	Title       string     `json:"title" jsonschema:"minLength=1,maxLength=300"`
	Description string     `json:"description,omitempty" jsonschema:"maxLength=20000,description=Markdown"`
	AssigneeID  *int64     `json:"assignee_id,omitempty" jsonschema:"minimum=1,description=User who is to do it; he is told"`
	DueAt       *time.Time `json:"due_at,omitempty" jsonschema:"description=When it is to be done: RFC 3339"`
}

// AddTaskResult is what add_task answers.
type AddTaskResult struct {
	ID       int64  `json:"id"`
	CaseID   int64  `json:"case_id"`
	Title    string `json:"title"`
	Status   string `json:"status"`
	Position int    `json:"position"`
}

// Spec describes the action.
func (addTask) Spec() playbooks.ActionSpec {
	return playbooks.ActionSpec{
		Name: contract.ActionAddTask, Summary: "Adds a task to a case, the last in its order.",
		Effect: playbooks.EffectDatabase, Timeout: databaseTimeout, Retry: databaseRetry(), Role: string(auth.RoleUser),
		DryRun: "would add a task to a case",
	}
}

// Execute adds the task and tells its assignee. Faults: NotFound, Invalid, also for an assignee that doesn't exist.
func (addTask) Execute(ctx context.Context, c Call, p AddTaskParams) (AddTaskResult, error) {
	row := &models.Task{Title: p.Title, Description: p.Description, AssigneeID: p.AssigneeID, DueAt: p.DueAt}
	if err := c.Tenant.AddTask(ctx, p.CaseID, row); err != nil {
		return AddTaskResult{}, noCase(err, p.CaseID)
	}
	return AddTaskResult{ID: row.ID, CaseID: row.CaseID, Title: row.Title, Status: row.Status, Position: row.Position}, nil
}

// noCase names the case that is not there.
func noCase(err error, id int64) error {
	if fault.Is(err, fault.NotFound) {
		return fault.Wrap(err, fault.NotFound, "there is no case %d", id)
	}
	return err
}
