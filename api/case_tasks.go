package api

import (
	"context"
	"time"

	"github.com/velocicompanion/velocicompanion/internal/audit"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/models"
)

type taskBody struct {
	ID          int64      `json:"id"`
	CaseID      int64      `json:"case_id"`
	Title       string     `json:"title"`
	Description string     `json:"description" doc:"Markdown"`
	Status      string     `json:"status" enum:"open,in_progress,done,cancelled"`
	AssigneeID  *int64     `json:"assignee_id"`
	DueAt       *time.Time `json:"due_at"`
	Position    int        `json:"position" doc:"from 1, without gaps in its case"`
	CreatedAt   time.Time  `json:"created_at"`
	UpdatedAt   time.Time  `json:"updated_at"`
	CompletedAt *time.Time `json:"completed_at" doc:"when it was done"`
}

func shapeTask(row *models.Task) taskBody {
	return taskBody{
		ID: row.ID, CaseID: row.CaseID, Title: row.Title, Description: row.Description, Status: row.Status, AssigneeID: row.AssigneeID, DueAt: utc(row.DueAt),
		Position: row.Position, CreatedAt: row.CreatedAt.UTC(), UpdatedAt: row.UpdatedAt.UTC(), CompletedAt: utc(row.CompletedAt),
	}
}

type taskOut struct {
	Location string `header:"Location"`
	ETag     string `header:"ETag"`
	Body     taskBody
}

func oneTask(row *models.Task) *taskOut {
	return &taskOut{ETag: etag(row.UpdatedAt), Body: shapeTask(row)}
}

type listTasksIn struct {
	IDInput
	PageInput

	Status     string `query:"status" enum:"open,in_progress,done,cancelled"`
	AssigneeID string `query:"assignee_id" pattern:"^[0-9]{1,18}$" patternDescription:"a user's id" doc:"a user's id; 0: nobody's"`
}

func (a *API) listTasks(ctx context.Context, in *listTasksIn) (*listOut[taskBody], error) {
	return listed(ctx, shapeTask)(a.tenant(ctx).ListTasks(ctx, in.ID, store.TaskQuery{
		PageQuery: in.query(), Status: in.Status, AssigneeID: number(in.AssigneeID),
	}))
}

type addTaskIn struct {
	IDInput

	Body struct {
		Title       string     `json:"title" minLength:"1" maxLength:"300"`
		Description string     `json:"description,omitempty" maxLength:"20000"`
		Status      string     `json:"status,omitempty" enum:"open,in_progress,done,cancelled" default:"open"`
		AssigneeID  *int64     `json:"assignee_id,omitempty" minimum:"1"`
		DueAt       *time.Time `json:"due_at,omitempty"`
		Position    int        `json:"position,omitempty" minimum:"1" doc:"the place among the case's tasks; the last where it is left out"`
	}
}

func (a *API) addTask(ctx context.Context, in *addTaskIn) (*taskOut, error) {
	b := &in.Body
	row := &models.Task{
		Title: b.Title, Description: b.Description, Status: b.Status, AssigneeID: b.AssigneeID, DueAt: b.DueAt, Position: b.Position,
	}
	err := a.audited(ctx, func(ctx context.Context, t *store.Tenant) (audit.Entry, error) {
		if err := t.AddTask(ctx, in.ID, row); err != nil {
			return audit.Entry{}, inBody(err)
		}
		return entry("case_task.create", row.ID, nil, shapeTask(row)), nil
	})
	if err != nil {
		return nil, err
	}
	out := oneTask(row)
	out.Location = location("/api/cases/", in.ID) + location("/tasks/", row.ID)
	return out, nil
}

// TaskInput names a task of a case; embed it.
type TaskInput struct {
	IDInput

	TaskID int64 `path:"task_id" minimum:"1"`
}

type updateTaskIn struct {
	TaskInput
	IfMatchInput

	Body struct {
		Title       *string             `json:"title,omitempty" minLength:"1" maxLength:"300"`
		Description *string             `json:"description,omitempty" maxLength:"20000"`
		Status      *string             `json:"status,omitempty" enum:"open,in_progress,done,cancelled"`
		AssigneeID  nullable[int64]     `json:"assignee_id,omitzero" doc:"null: nobody"`
		DueAt       nullable[time.Time] `json:"due_at,omitzero" doc:"null: at no time"`
		Position    *int                `json:"position,omitempty" minimum:"1" doc:"the others make room"`
	}
}

func (a *API) updateTask(ctx context.Context, in *updateTaskIn) (*taskOut, error) {
	seen, err := in.seen()
	if err != nil {
		return nil, err
	}
	b := &in.Body
	change := store.TaskChange{
		Title: b.Title, Description: b.Description, Status: b.Status, AssigneeID: b.AssigneeID.orZero(), DueAt: b.DueAt.orZero(), Position: b.Position, Seen: seen,
	}
	var row *models.Task
	err = a.audited(ctx, func(ctx context.Context, t *store.Tenant) (audit.Entry, error) {
		before, err := t.Task(ctx, in.ID, in.TaskID)
		if err != nil {
			return audit.Entry{}, err
		}
		if row, err = t.UpdateTask(ctx, in.ID, in.TaskID, change); err != nil {
			return audit.Entry{}, inBody(err)
		}
		return entry("case_task.update", in.TaskID, shapeTask(before), shapeTask(row)), nil
	})
	if err != nil {
		return nil, err
	}
	return oneTask(row), nil
}

type deleteTaskIn struct {
	TaskInput
	IfMatchInput
}

func (a *API) deleteTask(ctx context.Context, in *deleteTaskIn) (*struct{}, error) {
	seen, err := in.seen()
	if err != nil {
		return nil, err
	}
	return nil, a.audited(ctx, func(ctx context.Context, t *store.Tenant) (audit.Entry, error) {
		before, err := t.Task(ctx, in.ID, in.TaskID)
		if err != nil {
			return audit.Entry{}, err
		}
		return entry("case_task.delete", in.TaskID, shapeTask(before), nil), t.DeleteTask(ctx, in.ID, in.TaskID, seen)
	})
}
