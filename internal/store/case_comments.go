package store

import (
	"context"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/models"
)

// MaxComment is how many characters a comment may have.
const MaxComment = 20_000

// AddComment keeps what the handle's actor says about a case, and tells those whom it names with @. Faults: NotFound for
// the case, Invalid.
func (t *Tenant) AddComment(ctx context.Context, caseID int64, body string) (row *models.Comment, err error) {
	if body, err = commentBody(body); err != nil {
		return nil, err
	}
	row = &models.Comment{TenantID: t.id, CaseID: caseID, Body: body}
	err = t.run(ctx, func(ctx context.Context, t *Tenant, _ bun.IDB) error {
		of, err := t.Case(ctx, caseID)
		if err != nil {
			return err
		}
		row.CreatedAt = t.s.Now()
		err = t.row(ctx, addCommentSQL, []any{
			t.id, caseID, t.actor.Name, t.actor.ExecutionID, t.actor.UserID, body, row.CreatedAt,
		}, &row.ID, &row.AuthorID, &row.Author, &row.ExecutionID)
		if err != nil {
			return err
		}
		if err := t.noteCaseRun(ctx, caseID, t.actor.ExecutionID); err != nil {
			return err
		}
		return t.tellMentioned(ctx, of, row, "")
	})
	if err != nil {
		return nil, err
	}
	return row, nil
}

// addCommentSQL: tenant, case, name, run, user, body, time.
const addCommentSQL = `INSERT INTO case_comments (tenant_id, case_id, author, execution_id, author_id, body, created_at)
VALUES ($1, $2, ` + actorNameSQL + `, nullif($4::bigint, 0), nullif($5::bigint, 0), $6, $7) RETURNING id, author_id, author, execution_id`

func commentBody(body string) (string, error) {
	body = strings.TrimSpace(body)
	if body == "" {
		return "", fault.InvalidField("body", "must not be empty")
	}
	if p := longTextProblem(body, MaxComment); p != "" {
		return "", fault.InvalidField("body", "%s", p)
	}
	return body, nil
}

// ListComments pages through what was said about a case. Sorts: created_at. Faults: NotFound for the case.
func (t *Tenant) ListComments(ctx context.Context, caseID int64, q PageQuery) (rows []models.Comment, p Page, err error) {
	err = t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		if _, err := t.Case(ctx, caseID); err != nil {
			return err
		}
		rows, p, err = page(ctx, db, q, listing[models.Comment]{
			sel:  db.NewSelect().Model((*models.Comment)(nil)).Where("cc.tenant_id = ? AND cc.case_id = ?", t.id, caseID),
			keys: map[string]sortKey{"created_at": {"cc.created_at", "timestamptz"}}, def: "created_at", id: "cc.id",
			at: func(row *models.Comment, _ string) (string, int64) {
				return row.CreatedAt.Format(time.RFC3339Nano), row.ID
			},
		})
		return err
	})
	return rows, p, err
}

// Comment reads one comment of a case. Faults: NotFound.
func (t *Tenant) Comment(ctx context.Context, caseID, id int64) (*models.Comment, error) {
	row := &models.Comment{}
	err := t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		return db.NewSelect().Model(row).Where("tenant_id = ? AND case_id = ? AND id = ?", t.id, caseID, id).Scan(ctx)
	})
	return row, err
}

// EditComment changes what a comment says; who is named for the first time is told. A run's comment is nobody's to edit.
// Faults: NotFound, Invalid, Forbidden (not_author).
func (t *Tenant) EditComment(ctx context.Context, caseID, id int64, body string) (row *models.Comment, err error) {
	if body, err = commentBody(body); err != nil {
		return nil, err
	}
	err = t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		row = &models.Comment{}
		err := db.NewSelect().Model(row).Where("tenant_id = ? AND case_id = ? AND id = ?", t.id, caseID, id).For("UPDATE").Scan(ctx)
		if err != nil {
			return err
		}
		if !t.wrote(row) {
			return notAuthor("change")
		}
		if row.Body == body {
			return nil
		}
		before := row.Body
		row.Body, row.EditedAt = body, new(t.s.Now())
		_, err = db.NewUpdate().Model(row).Column("body", "edited_at").Where("tenant_id = ? AND id = ?", t.id, id).Exec(ctx)
		if err != nil {
			return err
		}
		of, err := t.Case(ctx, caseID)
		if err != nil {
			return err
		}
		return t.tellMentioned(ctx, of, row, before)
	})
	return row, err
}

// DeleteComment removes a comment of the handle's actor, or with Anybodys of anyone. Faults: NotFound, Forbidden (not_author).
func (t *Tenant) DeleteComment(ctx context.Context, caseID, id int64, whose Whose) error {
	return t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		row := &models.Comment{}
		err := db.NewSelect().Model(row).Where("tenant_id = ? AND case_id = ? AND id = ?", t.id, caseID, id).For("UPDATE").Scan(ctx)
		if err != nil {
			return err
		}
		if whose != Anybodys && !t.wrote(row) {
			return notAuthor("remove")
		}
		if _, err := db.NewDelete().Model(row).Where("tenant_id = ? AND id = ?", t.id, id).Exec(ctx); err != nil {
			return err
		}
		return t.noteCase(ctx, caseID, caseNote{what: models.CommentRemoved, ref: id})
	})
}

// Whose says whose rows may be removed.
type Whose int

// Own rows, or anybody's.
const (
	Own Whose = iota
	Anybodys
)

func (t *Tenant) wrote(row *models.Comment) bool {
	return row.ExecutionID == nil && t.actor.UserID != 0 && deref(row.AuthorID) == t.actor.UserID
}

func notAuthor(verb string) error {
	return fault.New(fault.Forbidden, "only who wrote a comment can %s it", verb).WithCode("not_author")
}
