package store

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/models"
)

// The bounds of a case's tasks.
const (
	MaxTasks           = 500
	maxTaskDescription = 20_000
)

// finishTask keeps when a task was done, and forgets it when it is not.
func finishTask(row *models.Task, now time.Time) {
	switch {
	case row.Status != models.TaskDone:
		row.CompletedAt = nil
	case row.CompletedAt == nil:
		row.CompletedAt = &now
	}
}

func (c TaskChange) apply(row *models.Task) {
	assign(&row.Title, c.Title)
	assign(&row.Description, c.Description)
	assign(&row.Status, c.Status)
	if c.AssigneeID != nil {
		row.AssigneeID = c.AssigneeID
	}
	if c.DueAt != nil {
		row.DueAt = c.DueAt
	}
}

func normalTask(row *models.Task) error {
	row.Title = strings.TrimSpace(row.Title)
	if row.Title == "" {
		return fault.InvalidField("title", "must not be empty")
	}
	if p := models.TextProblem(row.Title, maxTitle); p != "" {
		return fault.InvalidField("title", "%s", p)
	}
	if p := longTextProblem(row.Description, maxTaskDescription); p != "" {
		return fault.InvalidField("description", "%s", p)
	}
	if !slices.Contains(models.TaskStatuses(), row.Status) {
		return fault.InvalidField("status", "must be one of %s", strings.Join(models.TaskStatuses(), ", "))
	}
	if row.AssigneeID != nil && *row.AssigneeID == 0 {
		row.AssigneeID = nil
	}
	if row.DueAt != nil && row.DueAt.IsZero() {
		row.DueAt = nil
	}
	if row.DueAt != nil && (row.DueAt.Year() < 1970 || row.DueAt.Year() > 9999) {
		return fault.InvalidField("due_at", "must lie between the years 1970 and 9999")
	}
	return nil
}

func taskFault(err error) error {
	if ConstraintOf(err) == "case_tasks_tenant_id_assignee_id_fkey" {
		return fault.InvalidField("assignee_id", "there is no such user")
	}
	return err
}

func taskDiff(a, b *models.Task) map[string]fromTo {
	out := map[string]fromTo{}
	note := func(field string, same bool, from, to any) {
		if !same {
			out[field] = fromTo{from, to}
		}
	}
	note("title", a.Title == b.Title, a.Title, b.Title)
	note("description", a.Description == b.Description, cutText(a.Description), cutText(b.Description))
	note("status", a.Status == b.Status, a.Status, b.Status)
	note("assignee_id", deref(a.AssigneeID) == deref(b.AssigneeID), a.AssigneeID, b.AssigneeID)
	note("due_at", deref(a.DueAt).Equal(deref(b.DueAt)), a.DueAt, b.DueAt)
	note("position", a.Position == b.Position, a.Position, b.Position)
	return out
}

// tellTaskAssignee tells a person of a task that is his from now on, unless he took it himself.
func (t *Tenant) tellTaskAssignee(ctx context.Context, of *models.Case, row *models.Task, before *int64) error {
	if row.AssigneeID == nil || deref(before) == *row.AssigneeID || t.byHimself(*row.AssigneeID) {
		return nil
	}
	_, err := t.Notify(ctx, Notice{
		Users: []int64{*row.AssigneeID}, Type: "case.task_assigned", Severity: models.SeverityInfo, Title: "A task was assigned to you",
		Message: row.Title + "\n\n" + of.Title, Link: caseLink(of.ID),
	})
	return err
}
