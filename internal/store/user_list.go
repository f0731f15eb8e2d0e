package store

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"github.com/velocicompanion/velocicompanion/models"
)

// UserQuery filters a tenant's users; zero values filter nothing. Sorts: id, username, created_at, last_login_at.
type UserQuery struct {
	PageQuery

	Search  string // somewhere in the name or the address, in any case; * stands for any text
	Role    string
	Active  *bool
	Invited *bool // has no password yet
	Locked  *bool // signing in is refused at this moment
}

// ListUsers pages through the tenant's users.
func (t *Tenant) ListUsers(ctx context.Context, q UserQuery) (rows []models.User, p Page, err error) {
	err = t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		rows, p, err = page(ctx, db, q.PageQuery, listing[models.User]{
			sel: q.filter(db.NewSelect().Model((*models.User)(nil)).Where("u.tenant_id = ?", t.id), t.s.Now()),
			keys: map[string]sortKey{
				"id": {"u.id", "bigint"}, "username": {"lower(u.username)", "text"}, "created_at": {"u.created_at", "timestamptz"},
				"last_login_at": {"coalesce(u.last_login_at, '-infinity')", "timestamptz"},
			},
			def: "id", id: "u.id",
			at: func(row *models.User, sort string) (string, int64) { return userSortValue(row, sort), row.ID },
		})
		return err
	})
	return rows, p, err
}

func (q UserQuery) filter(sel *bun.SelectQuery, now time.Time) *bun.SelectQuery {
	if q.Search != "" {
		like := containing(q.Search)
		sel = sel.Where("(u.username ILIKE ? OR u.email ILIKE ?)", like, like)
	}
	if q.Role != "" {
		sel = sel.Where("u.role = ?", q.Role)
	}
	if q.Active != nil {
		sel = sel.Where("u.is_active = ?", *q.Active)
	}
	if q.Invited != nil {
		sel = sel.Where("(u.password_hash = '') = ?", *q.Invited)
	}
	if q.Locked != nil {
		sel = sel.Where("coalesce(u.locked_until > ?::timestamptz, false) = ?", now, *q.Locked)
	}
	return sel
}

func userSortValue(row *models.User, sort string) string {
	switch sort {
	case "username":
		return lower(row.Username)
	case "created_at":
		return row.CreatedAt.Format(time.RFC3339Nano)
	case "last_login_at":
		if row.LastLoginAt == nil {
			return "-infinity"
		}
		return row.LastLoginAt.Format(time.RFC3339Nano)
	default:
		return decimal(row.ID)
	}
}
