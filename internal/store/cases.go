package store

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/uptrace/bun"

	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/models"
)

// The bounds of a case.
const (
	maxTitle       = 300
	maxDescription = 100_000
	maxTags        = 50
)

// CaseChange is a partial change of a case; nil fields stay.
type CaseChange struct {
	Title       *string
	Description *string
	Status      *string
	Severity    *string
	AssigneeID  *int64 // 0: nobody
	Tags        *[]string

	Seen time.Time // the updated_at that the change was made on; zero: whatever it is now
}

// CreateCase inserts a case, open and of medium severity where row does not say, fills in what the database gives it and
// emits case.created. Faults: Invalid.
func (t *Tenant) CreateCase(ctx context.Context, row *models.Case) error {
	row.TenantID = t.id
	if row.Status == "" {
		row.Status = models.CaseOpen
	}
	if row.Severity == "" {
		row.Severity = models.SeverityMedium
	}
	if err := normalCase(row); err != nil {
		return err
	}
	return t.run(ctx, func(ctx context.Context, t *Tenant, _ bun.IDB) error {
		row.CreatedAt = t.s.Now()
		row.UpdatedAt = row.CreatedAt
		if err := t.row(ctx, createCaseSQL, []any{
			t.id, row.Title, row.Description, row.Status, row.Severity, row.AssigneeID, row.Tags, row.CreatedAt,
		}, &row.ID); err != nil {
			return caseFault(err)
		}
		if err := t.noteCase(ctx, row.ID, caseNote{what: models.CaseCreated}); err != nil {
			return err
		}
		if err := t.emitCase(ctx, once("case.created", row.ID), "case.created", row, []string{}); err != nil {
			return err
		}
		return t.tellCaseAssignee(ctx, row, nil)
	})
}

const createCaseSQL = `INSERT INTO cases (tenant_id, title, description, status, severity, assignee_id, tags, created_at, updated_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8) RETURNING id`

func normalCase(row *models.Case) error {
	row.Title = strings.TrimSpace(row.Title)
	if row.Title == "" {
		return fault.InvalidField("title", "must not be empty")
	}
	if p := models.TextProblem(row.Title, maxTitle); p != "" {
		return fault.InvalidField("title", "%s", p)
	}
	if p := longTextProblem(row.Description, maxDescription); p != "" {
		return fault.InvalidField("description", "%s", p)
	}
	if !slices.Contains(models.CaseStatuses(), row.Status) {
		return fault.InvalidField("status", "must be one of %s", strings.Join(models.CaseStatuses(), ", "))
	}
	if !slices.Contains(models.CaseSeverities(), row.Severity) {
		return fault.InvalidField("severity", "must be one of %s", strings.Join(models.CaseSeverities(), ", "))
	}
	if row.AssigneeID != nil && *row.AssigneeID == 0 {
		row.AssigneeID = nil
	}
	var err error
	row.Tags, err = normalTags(row.Tags)
	return err
}

// NormalTags trims, sorts and removes repetitions. Faults: Invalid on the field "tags".
func NormalTags(tags []string) ([]string, error) { return normalTags(tags) }

// longTextProblem says what is wrong with text of many lines, "" when it will do.
func longTextProblem(s string, limit int) string {
	switch {
	case !utf8.ValidString(s) || strings.ContainsRune(s, 0):
		return "holds a character that can't be stored"
	case utf8.RuneCountInString(s) > limit:
		return "is too long"
	}
	return ""
}

func caseFault(err error) error {
	if ConstraintOf(err) == "cases_tenant_id_assignee_id_fkey" {
		return fault.InvalidField("assignee_id", "there is no such user")
	}
	return err
}

// Case reads one case. Faults: NotFound.
func (t *Tenant) Case(ctx context.Context, id int64) (*models.Case, error) {
	return one[models.Case](ctx, t, id)
}

// lockCase reads a case and keeps others from changing it until the transaction ends.
func (t *Tenant) lockCase(ctx context.Context, db bun.IDB, id int64, seen time.Time) (*models.Case, error) {
	row := &models.Case{}
	err := db.NewSelect().Model(row).Where("tenant_id = ? AND id = ?", t.id, id).For("NO KEY UPDATE").Scan(ctx)
	if err != nil {
		return nil, err
	}
	return row, unchangedSince(row.UpdatedAt, seen)
}

// UpdateCase changes a case and emits case.updated with the changed fields, and case.closed when it closes; a change that
// makes nothing different does nothing. Faults: NotFound, Invalid, Stale when it changed after c.Seen.
func (t *Tenant) UpdateCase(ctx context.Context, id int64, c CaseChange) (row *models.Case, err error) {
	err = t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		if row, err = t.lockCase(ctx, db, id, c.Seen); err != nil {
			return err
		}
		before := *row
		c.apply(row)
		if err := normalCase(row); err != nil {
			return err
		}
		changed := changedInCase(&before, row)
		if len(changed) == 0 {
			return nil
		}
		if err := t.saveCase(ctx, db, row); err != nil {
			return err
		}
		return t.tellCaseChange(ctx, &before, row, changed)
	})
	return row, err
}

// tellCaseChange keeps what a change made different, and tells those who listen and the new assignee.
func (t *Tenant) tellCaseChange(ctx context.Context, before, row *models.Case, changed []string) error {
	if err := t.noteCase(ctx, row.ID, caseNote{what: models.CaseUpdated, fields: caseDiff(before, row, changed)}); err != nil {
		return err
	}
	if err := t.emitCase(ctx, often("case.updated", row.ID), "case.updated", row, changed); err != nil {
		return err
	}
	if row.Status == models.CaseClosed && before.Status != models.CaseClosed {
		if err := t.emitCase(ctx, often("case.closed", row.ID), "case.closed", row, changed); err != nil {
			return err
		}
	}
	return t.tellCaseAssignee(ctx, row, before.AssigneeID)
}

// saveCase writes a locked case under a new updated_at.
func (t *Tenant) saveCase(ctx context.Context, db bun.IDB, row *models.Case) error {
	row.UpdatedAt = after(row.UpdatedAt, t.s.Now())
	_, err := db.NewUpdate().Model(row).ExcludeColumn("id", "tenant_id", "created_at").
		Where("tenant_id = ? AND id = ?", t.id, row.ID).Exec(ctx)
	return caseFault(err)
}

func (c CaseChange) apply(row *models.Case) {
	assign(&row.Title, c.Title)
	assign(&row.Description, c.Description)
	assign(&row.Status, c.Status)
	assign(&row.Severity, c.Severity)
	assign(&row.Tags, c.Tags)
	if c.AssigneeID != nil {
		row.AssigneeID = c.AssigneeID
	}
}

func changedInCase(a, b *models.Case) []string {
	var changed []string
	for field, same := range map[string]bool{
		"title": a.Title == b.Title, "description": a.Description == b.Description, "status": a.Status == b.Status,
		"severity": a.Severity == b.Severity, "assignee_id": deref(a.AssigneeID) == deref(b.AssigneeID), "tags": slices.Equal(a.Tags, b.Tags),
	} {
		if !same {
			changed = append(changed, field)
		}
	}
	slices.Sort(changed)
	return changed
}

// DeleteCase removes a case; its indicators stay. Faults: NotFound, Stale when it changed after seen (zero: any).
func (t *Tenant) DeleteCase(ctx context.Context, id int64, seen time.Time) error {
	return t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		if _, err := t.lockCase(ctx, db, id, seen); err != nil {
			return err
		}
		_, err := db.NewDelete().Model((*models.Case)(nil)).Where("tenant_id = ? AND id = ?", t.id, id).Exec(ctx)
		return err
	})
}
