package store

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/models"
)

// TaskChange is a partial change of a task; nil fields stay.
type TaskChange struct {
	Title       *string
	Description *string
	Status      *string
	AssigneeID  *int64     // 0: nobody
	DueAt       *time.Time // zero: at no time
	Position    *int       // from 1; beyond the last: the last

	Seen time.Time // the updated_at that the change was made on; zero: whatever it is now
}

// TaskQuery filters a case's tasks; zero values filter nothing. Sorts: position, due_at (those without last), created_at.
type TaskQuery struct {
	PageQuery

	Status     string
	AssigneeID *int64 // 0: nobody's
}

// ListTasks pages through a case's tasks. Faults: NotFound for the case.
func (t *Tenant) ListTasks(ctx context.Context, caseID int64, q TaskQuery) (rows []models.Task, p Page, err error) {
	err = t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		if _, err := t.Case(ctx, caseID); err != nil {
			return err
		}
		sel := db.NewSelect().Model((*models.Task)(nil)).Where("ct.tenant_id = ? AND ct.case_id = ?", t.id, caseID)
		if q.Status != "" {
			sel = sel.Where("ct.status = ?", q.Status)
		}
		if q.AssigneeID != nil {
			sel = sel.Where("coalesce(ct.assignee_id, 0) = ?", *q.AssigneeID)
		}
		rows, p, err = page(ctx, db, q.PageQuery, listing[models.Task]{
			sel: sel,
			keys: map[string]sortKey{
				"position": {"ct.position", "integer"}, "due_at": {"coalesce(ct.due_at, 'infinity')", "timestamptz"}, "created_at": {"ct.created_at", "timestamptz"},
			},
			def: "position", id: "ct.id", at: taskSortValue,
		})
		return err
	})
	return rows, p, err
}

func taskSortValue(row *models.Task, sort string) (string, int64) {
	switch {
	case sort == "created_at":
		return row.CreatedAt.Format(time.RFC3339Nano), row.ID
	case sort == "due_at" && row.DueAt == nil:
		return "infinity", row.ID
	case sort == "due_at":
		return row.DueAt.Format(time.RFC3339Nano), row.ID
	}
	return decimal(int64(row.Position)), row.ID
}

// Task reads one task of a case. Faults: NotFound.
func (t *Tenant) Task(ctx context.Context, caseID, id int64) (*models.Task, error) {
	row := &models.Task{}
	err := t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		return db.NewSelect().Model(row).Where("tenant_id = ? AND case_id = ? AND id = ?", t.id, caseID, id).Scan(ctx)
	})
	return row, err
}

// AddTask adds a task to a case, open and at the end where row does not say, and tells the assignee. Faults: NotFound for
// the case, Invalid, Conflict (task_limit).
func (t *Tenant) AddTask(ctx context.Context, caseID int64, row *models.Task) error {
	row.TenantID, row.CaseID = t.id, caseID
	if row.Status == "" {
		row.Status = models.TaskOpen
	}
	if err := normalTask(row); err != nil {
		return err
	}
	return t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		of, err := t.lockCase(ctx, db, caseID, time.Time{}) // tasks are put in order one after the other
		if err != nil {
			return err
		}
		n, err := t.countTasks(ctx, db, caseID)
		if err != nil {
			return err
		}
		if n >= MaxTasks {
			return fault.New(fault.Conflict, "the case has %d tasks, the most there may be", n).WithCode("task_limit")
		}
		wanted := row.Position
		row.Position = n + 1
		row.CreatedAt = t.s.Now()
		row.UpdatedAt = row.CreatedAt
		finishTask(row, row.CreatedAt)
		if _, err := db.NewInsert().Model(row).ExcludeColumn("id").Returning("id").Exec(ctx); err != nil {
			return taskFault(err)
		}
		if wanted > 0 {
			if err := t.moveTask(ctx, db, row, wanted); err != nil {
				return err
			}
		}
		if err := t.noteCase(ctx, caseID, caseNote{what: models.CaseTaskCreated, ref: row.ID, fields: map[string]fromTo{"title": {To: row.Title}}}); err != nil {
			return err
		}
		return t.tellTaskAssignee(ctx, of, row, nil)
	})
}

// UpdateTask changes a task and tells a new assignee; a change that makes nothing different does nothing. Faults: NotFound,
// Invalid, Stale when it changed after c.Seen.
func (t *Tenant) UpdateTask(ctx context.Context, caseID, id int64, c TaskChange) (row *models.Task, err error) {
	err = t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		of, err := t.lockCase(ctx, db, caseID, time.Time{})
		if err != nil {
			return err
		}
		if row, err = t.Task(ctx, caseID, id); err != nil {
			return err
		}
		if err := unchangedSince(row.UpdatedAt, c.Seen); err != nil {
			return err
		}
		before := *row
		c.apply(row)
		if err := normalTask(row); err != nil {
			return err
		}
		if c.Position != nil && *c.Position != row.Position {
			if err := t.moveTask(ctx, db, row, *c.Position); err != nil {
				return err
			}
		}
		return t.settleTask(ctx, db, of, &before, row)
	})
	return row, err
}

// settleTask keeps what became different about a task, and tells of it.
func (t *Tenant) settleTask(ctx context.Context, db bun.IDB, of *models.Case, before, row *models.Task) error {
	diff := taskDiff(before, row)
	if len(diff) == 0 {
		return nil
	}
	if err := t.saveTask(ctx, db, row); err != nil {
		return err
	}
	if _, moved := diff["position"]; moved && len(diff) == 1 {
		return nil // the order of work is no news
	}
	diff["title"] = fromTo{From: before.Title, To: row.Title} // names the task, changed or not
	if err := t.noteCase(ctx, row.CaseID, caseNote{what: models.CaseTaskUpdated, ref: row.ID, fields: diff}); err != nil {
		return err
	}
	return t.tellTaskAssignee(ctx, of, row, before.AssigneeID)
}

// DeleteTask removes a task. Faults: NotFound, Stale when it changed after seen (zero: any).
func (t *Tenant) DeleteTask(ctx context.Context, caseID, id int64, seen time.Time) error {
	return t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		if _, err := t.lockCase(ctx, db, caseID, time.Time{}); err != nil {
			return err
		}
		row, err := t.Task(ctx, caseID, id)
		if err != nil {
			return err
		}
		if err := unchangedSince(row.UpdatedAt, seen); err != nil {
			return err
		}
		if err := t.moveTask(ctx, db, row, MaxTasks); err != nil { // the others close the gap
			return err
		}
		if _, err := db.NewDelete().Model(row).Where("tenant_id = ? AND id = ?", t.id, id).Exec(ctx); err != nil {
			return err
		}
		return t.noteCase(ctx, caseID, caseNote{what: models.CaseTaskRemoved, ref: id, fields: map[string]fromTo{"title": {From: row.Title}}})
	})
}

func (t *Tenant) countTasks(ctx context.Context, db bun.IDB, caseID int64) (int, error) {
	n, err := db.NewSelect().Model((*models.Task)(nil)).Where("tenant_id = ? AND case_id = ?", t.id, caseID).Count(ctx)
	return int(n), err
}

// moveTask puts a task at a place and those between closer together. The case is locked.
func (t *Tenant) moveTask(ctx context.Context, db bun.IDB, row *models.Task, to int) error {
	n, err := t.countTasks(ctx, db, row.CaseID)
	if err != nil {
		return err
	}
	from := row.Position
	row.Position = min(max(to, 1), n)
	_, err = db.NewRaw(`UPDATE case_tasks SET position = CASE WHEN id = ?0 THEN ?1 WHEN ?1 > ?2 THEN position - 1 ELSE position + 1 END
WHERE tenant_id = ?3 AND case_id = ?4 AND position BETWEEN least(?1, ?2) AND greatest(?1, ?2)`,
		row.ID, row.Position, from, t.id, row.CaseID).Exec(ctx)
	return err
}

// saveTask writes a task of a locked case under a new updated_at.
func (t *Tenant) saveTask(ctx context.Context, db bun.IDB, row *models.Task) error {
	row.UpdatedAt = after(row.UpdatedAt, t.s.Now())
	finishTask(row, row.UpdatedAt)
	_, err := db.NewUpdate().Model(row).ExcludeColumn("id", "tenant_id", "case_id", "position", "created_at").
		Where("tenant_id = ? AND id = ?", t.id, row.ID).Exec(ctx)
	return taskFault(err)
}
