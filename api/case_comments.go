package api

import (
	"context"
	"time"

	"github.com/velocicompanion/velocicompanion/internal/audit"
	"github.com/velocicompanion/velocicompanion/internal/auth"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/models"
)

type commentBody struct {
	ID          int64      `json:"id"`
	AuthorID    *int64     `json:"author_id" doc:"null: a playbook, or somebody who is no user of the tenant any more"`
	Author      string     `json:"author" doc:"the name at the time, of the person or the playbook"`
	ExecutionID *int64     `json:"execution_id" doc:"the run that wrote it; null: a person"`
	Body        string     `json:"body" doc:"Markdown as it was written: it may hold HTML, which must not be shown as such"`
	CreatedAt   time.Time  `json:"created_at"`
	EditedAt    *time.Time `json:"edited_at"`
}

func shapeComment(row *models.Comment) commentBody {
	return commentBody{
		ID: row.ID, AuthorID: row.AuthorID, Author: row.Author, ExecutionID: row.ExecutionID, Body: row.Body, CreatedAt: row.CreatedAt.UTC(),
		EditedAt: utc(row.EditedAt),
	}
}

type commentOut struct {
	Location string `header:"Location"`
	Body     commentBody
}

func oneComment(row *models.Comment) *commentOut { return &commentOut{Body: shapeComment(row)} }

type listCommentsIn struct {
	IDInput
	PageInput
}

func (a *API) listComments(ctx context.Context, in *listCommentsIn) (*listOut[commentBody], error) {
	return listed(ctx, shapeComment)(a.tenant(ctx).ListComments(ctx, in.ID, in.query()))
}

// CommentFields are what a comment says.
type CommentFields struct {
	Body string `json:"body" minLength:"1" maxLength:"20000" doc:"Markdown; @name tells that user of the tenant"`
}

type addCommentIn struct {
	IDInput

	Body CommentFields
}

func (a *API) addComment(ctx context.Context, in *addCommentIn) (*commentOut, error) {
	var row *models.Comment
	err := a.audited(ctx, func(ctx context.Context, t *store.Tenant) (e audit.Entry, err error) {
		if row, err = t.AddComment(ctx, in.ID, in.Body.Body); err != nil {
			return e, inBody(err)
		}
		return entry("case_comment.create", row.ID, nil, commentLine(in.ID, row)), nil
	})
	if err != nil {
		return nil, err
	}
	out := oneComment(row)
	out.Location = location("/api/cases/", in.ID) + location("/comments/", row.ID)
	return out, nil
}

// commentLine is a comment as the audit trail keeps it.
func commentLine(caseID int64, row *models.Comment) map[string]any {
	return map[string]any{"case_id": caseID, "author_id": row.AuthorID, "author": row.Author, "body": row.Body}
}

// CommentInput names a comment of a case; embed it.
type CommentInput struct {
	IDInput

	CommentID int64 `path:"comment_id" minimum:"1"`
}

type editCommentIn struct {
	CommentInput

	Body CommentFields
}

func (a *API) editComment(ctx context.Context, in *editCommentIn) (*commentOut, error) {
	var row *models.Comment
	err := a.audited(ctx, func(ctx context.Context, t *store.Tenant) (e audit.Entry, err error) {
		before, err := t.Comment(ctx, in.ID, in.CommentID)
		if err != nil {
			return e, err
		}
		if row, err = t.EditComment(ctx, in.ID, in.CommentID, in.Body.Body); err != nil {
			return e, inBody(err)
		}
		return entry("case_comment.update", row.ID, commentLine(in.ID, before), commentLine(in.ID, row)), nil
	})
	if err != nil {
		return nil, err
	}
	return oneComment(row), nil
}

func (a *API) deleteComment(ctx context.Context, in *CommentInput) (*struct{}, error) {
	whose := store.Own
	if actor(ctx).Role.AtLeast(auth.RoleAdmin) {
		whose = store.Anybodys
	}
	return nil, a.audited(ctx, func(ctx context.Context, t *store.Tenant) (e audit.Entry, err error) {
		before, err := t.Comment(ctx, in.ID, in.CommentID)
		if err != nil {
			return e, err
		}
		return entry("case_comment.delete", in.CommentID, commentLine(in.ID, before), nil), t.DeleteComment(ctx, in.ID, in.CommentID, whose)
	})
}
