package models

import (
	"encoding/json"
	"time"

	"github.com/uptrace/bun"
)

// Comment is what somebody, or a playbook, wrote about a case.
type Comment struct {
	bun.BaseModel `bun:"table:case_comments,alias:cc"`

	ID          int64     `bun:",pk,autoincrement"`
	TenantID    int64     `bun:",notnull"`
	CaseID      int64     `bun:",notnull"`
	AuthorID    *int64    // nil: a user who is gone
	Author      string    `bun:",notnull"` // the name at the time
	ExecutionID *int64    // the run that wrote it
	Body        string    `bun:",notnull"` // Markdown, as it was written
	CreatedAt   time.Time `bun:",nullzero,default:now()"`
	EditedAt    *time.Time
}

// The states of a task.
const (
	TaskOpen       = "open"
	TaskInProgress = "in_progress"
	TaskDone       = "done"
	TaskCancelled  = "cancelled"
)

// TaskStatuses lists the states of a task in their order.
func TaskStatuses() []string { return []string{TaskOpen, TaskInProgress, TaskDone, TaskCancelled} }

// Task is a piece of work in a case.
type Task struct {
	bun.BaseModel `bun:"table:case_tasks,alias:ct"`

	ID          int64      `bun:",pk,autoincrement"`
	TenantID    int64      `bun:",notnull"`
	CaseID      int64      `bun:",notnull"`
	Title       string     `bun:",notnull"`
	Description string     `bun:",notnull"` // Markdown
	Status      string     `bun:",notnull"`
	AssigneeID  *int64     `bun:"assignee_id"`
	DueAt       *time.Time `bun:"due_at"`
	Position    int        `bun:",notnull"` // from 1, without gaps in its case
	CreatedAt   time.Time  `bun:",nullzero,default:now()"`
	UpdatedAt   time.Time  `bun:",nullzero,default:now()"`
	CompletedAt *time.Time
}

// What may happen to a case, as its changes name it.
const (
	CaseCreated     = "created"
	CaseUpdated     = "updated"
	CaseHostAdded   = "host_added"
	CaseHostRemoved = "host_removed"
	CaseTaskCreated = "task_created"
	CaseTaskUpdated = "task_updated"
	CaseTaskRemoved = "task_removed"
	CommentRemoved  = "comment_removed"
)

// CaseChange is one thing that happened to a case.
type CaseChange struct {
	bun.BaseModel `bun:"table:case_changes,alias:ck"`

	ID          int64           `bun:",pk,autoincrement"`
	TenantID    int64           `bun:",notnull"`
	CaseID      int64           `bun:",notnull"`
	What        string          `bun:",notnull"`
	RefID       *int64          `bun:"ref_id"`             // the host or the task; nil: the case itself
	Fields      json.RawMessage `bun:"type:jsonb,notnull"` // {field: {from, to}}
	UserID      *int64
	Actor       string    `bun:",notnull"` // the name at the time
	ExecutionID *int64    // the run that did it
	CreatedAt   time.Time `bun:",nullzero,default:now()"`
}
