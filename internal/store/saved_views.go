package store

import (
	"context"
	"net/url"
	"slices"
	"strings"

	"github.com/uptrace/bun"

	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/models"
)

// The bounds of saved views.
const (
	MaxSavedViews = 200 // of one user
	maxViewQuery  = 4000
)

// SavedViews lists the views of a resource (empty: of all) that a user sees: the own ones and those that others share, by
// name, at most 500.
func (t *Tenant) SavedViews(ctx context.Context, userID int64, resource string) (rows []models.SavedView, err error) {
	err = t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		sel := db.NewSelect().Model(&rows).ColumnExpr(viewColumns).Where("sv.tenant_id = ?", t.id).
			Where("(sv.user_id = ? OR sv.shared)", userID)
		if resource != "" {
			sel = sel.Where("sv.resource = ?", resource)
		}
		return sel.OrderExpr("sv.user_id <> ?, lower(sv.name), sv.id", userID).Limit(500).Scan(ctx)
	})
	return rows, err
}

const viewColumns = "sv.*, (SELECT u.username FROM users AS u WHERE u.tenant_id = sv.tenant_id AND u.id = sv.user_id) AS owner"

// SavedView reads one view that a user sees. Faults: NotFound.
func (t *Tenant) SavedView(ctx context.Context, userID, id int64) (*models.SavedView, error) {
	row := &models.SavedView{}
	err := t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		return db.NewSelect().Model(row).ColumnExpr(viewColumns).Where("sv.tenant_id = ? AND sv.id = ?", t.id, id).
			Where("(sv.user_id = ? OR sv.shared)", userID).Scan(ctx)
	})
	return row, err
}

// CreateSavedView keeps a view of row.UserID. Faults: Invalid, Conflict (view_exists, view_limit).
func (t *Tenant) CreateSavedView(ctx context.Context, row *models.SavedView) error {
	row.TenantID = t.id
	if err := normalView(row); err != nil {
		return err
	}
	return t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		if _, err := db.NewSelect().ColumnExpr("?", bun.Safe(t.lockOf("views", decimal(row.UserID)))).Exec(ctx); err != nil {
			return err
		}
		n, err := db.NewSelect().Model((*models.SavedView)(nil)).Where("tenant_id = ? AND user_id = ?", t.id, row.UserID).Count(ctx)
		if err != nil {
			return err
		}
		if n >= MaxSavedViews {
			return fault.New(fault.Conflict, "you keep %d views, the most there may be", n).WithCode("view_limit")
		}
		row.CreatedAt = t.s.Now()
		row.UpdatedAt = row.CreatedAt
		_, err = db.NewInsert().Model(row).ExcludeColumn("id").Returning("id").Exec(ctx)
		return viewFault(err)
	})
}

// UpdateSavedView writes name, query and shared of a view that the caller may change. Faults: NotFound, Invalid, Conflict
// (view_exists).
func (t *Tenant) UpdateSavedView(ctx context.Context, row *models.SavedView) error {
	if err := normalView(row); err != nil {
		return err
	}
	return t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		row.UpdatedAt = after(row.UpdatedAt, t.s.Now())
		res, err := db.NewUpdate().Model(row).Column("name", "query", "shared", "updated_at").
			Where("tenant_id = ? AND id = ?", t.id, row.ID).Exec(ctx)
		if err != nil {
			return viewFault(err)
		}
		return mustAffect(res)
	})
}

// DeleteSavedView forgets a view. Faults: NotFound.
func (t *Tenant) DeleteSavedView(ctx context.Context, id int64) error {
	return t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		res, err := db.NewDelete().Model((*models.SavedView)(nil)).Where("tenant_id = ? AND id = ?", t.id, id).Exec(ctx)
		if err != nil {
			return err
		}
		return mustAffect(res)
	})
}

func normalView(row *models.SavedView) error {
	row.Name = strings.TrimSpace(row.Name)
	if p := models.TextProblem(row.Name, maxLabelLength); p != "" {
		return fault.InvalidField("name", "%s", p)
	}
	if row.Name == "" {
		return fault.InvalidField("name", "must not be empty")
	}
	if !slices.Contains(models.ViewResources(), row.Resource) {
		return fault.InvalidField("resource", "must be one of %s", strings.Join(models.ViewResources(), ", "))
	}
	row.Query = strings.TrimPrefix(row.Query, "?")
	if p := models.TextProblem(row.Query, maxViewQuery); p != "" {
		return fault.InvalidField("query", "%s", p)
	}
	if _, err := url.ParseQuery(row.Query); err != nil {
		return fault.InvalidField("query", "must be the query string of a page's address")
	}
	return nil
}

func viewFault(err error) error {
	if ConstraintOf(err) == "saved_views_name_key" {
		return fault.Wrap(err, fault.Conflict, "you keep a view of this name already").WithCode("view_exists")
	}
	return err
}
