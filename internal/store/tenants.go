package store

import (
	"context"
	"encoding/json"
	"time"

	"github.com/uptrace/bun"

	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/models"
)

// CreateTenant inserts the row and fills in what the database gives it (id, times; status and settings where empty).
// Faults: Conflict (tenant_exists) for a name taken in any case.
func (y *System) CreateTenant(ctx context.Context, row *models.Tenant) error {
	if row.Status == "" {
		row.Status = models.TenantActive
	}
	if row.Settings == nil {
		row.Settings = json.RawMessage(`{}`)
	}
	return y.run(ctx, func(ctx context.Context, y *System, db bun.IDB) error {
		if _, err := db.NewInsert().Model(row).ExcludeColumn("id").Returning("*").Exec(ctx); err != nil {
			return tenantFault(err)
		}
		y.left.Tenants = true
		return nil
	})
}

// TenantByID reads any tenant's row.
func (y *System) TenantByID(ctx context.Context, id int64) (*models.Tenant, error) {
	row := &models.Tenant{}
	err := y.read(ctx, func(ctx context.Context, db bun.IDB) error {
		return db.NewSelect().Model(row).Where("id = ?", id).Scan(ctx)
	})
	return row, err
}

// ActiveTenants gives the ids of all tenants that may work, ascending.
func (y *System) ActiveTenants(ctx context.Context) ([]int64, error) {
	var ids []int64
	err := y.read(ctx, func(ctx context.Context, db bun.IDB) error {
		return db.NewSelect().Model((*models.Tenant)(nil)).Column("id").Where("status = ?", models.TenantActive).
			OrderExpr("id").Scan(ctx, &ids)
	})
	return ids, err
}

// ListTenants pages through all tenants; sorts: id, name, created_at.
func (y *System) ListTenants(ctx context.Context, q PageQuery) (rows []models.Tenant, p Page, err error) {
	err = y.run(ctx, func(ctx context.Context, _ *System, db bun.IDB) error {
		rows, p, err = page(ctx, db, q, listing[models.Tenant]{
			sel: db.NewSelect().Model((*models.Tenant)(nil)),
			keys: map[string]sortKey{
				"id": {"t.id", "bigint"}, "name": {"lower(t.name)", "text"}, "created_at": {"t.created_at", "timestamptz"},
			},
			def: "id", id: "t.id",
			at: func(row *models.Tenant, sort string) (string, int64) {
				return tenantSortValue(row, sort), row.ID
			},
		})
		return err
	})
	return rows, p, err
}

func tenantSortValue(row *models.Tenant, sort string) string {
	switch sort {
	case "name":
		return lower(row.Name)
	case "created_at":
		return row.CreatedAt.Format(time.RFC3339Nano)
	default:
		return decimal(row.ID)
	}
}

// TenantsCreatedBy counts the tenants that a user created. Inside InTx it also locks that user's row, so that the count
// still holds when the tenant it is asked for is inserted.
func (y *System) TenantsCreatedBy(ctx context.Context, userID int64) (n int64, err error) {
	err = y.run(ctx, func(ctx context.Context, _ *System, db bun.IDB) error {
		if _, err := db.NewSelect().Model((*models.User)(nil)).ColumnExpr("1").Where("id = ?", userID).For("UPDATE").Exec(ctx); err != nil {
			return err
		}
		n, err = db.NewSelect().Model((*models.Tenant)(nil)).Where("created_by = ?", userID).Count(ctx)
		return err
	})
	return n, err
}

// ServedTenant is a tenant whose queue wants a worker.
type ServedTenant struct {
	ID          int64
	Concurrency int // activities at once in one process; 0: the process's own cap
}

// ServedTenants gives all tenants that may work with what a worker needs to know of each, by id. What their settings say
// beyond reason counts as nothing said.
func (y *System) ServedTenants(ctx context.Context) (rows []ServedTenant, err error) {
	err = y.read(ctx, func(ctx context.Context, db bun.IDB) error {
		return db.NewRaw(`SELECT id, CASE WHEN jsonb_typeof(settings -> 'task_queue_concurrency') = 'number'
  THEN greatest(least((settings ->> 'task_queue_concurrency')::numeric, ?), 0)::integer ELSE 0 END AS concurrency
FROM tenants WHERE status = ? ORDER BY id`, models.MaxQueueConcurrency, models.TenantActive).Scan(ctx, &rows)
	})
	return rows, err
}

// TenantChange is a partial change of a tenant; nil fields stay.
type TenantChange struct {
	Name        *string
	Description *string
	Settings    *models.TenantSettings
	Seen        time.Time // the updated_at that the change was made on; zero: no demand
}

// UpdateTenant changes a tenant's own description and choices, and gives it as it was and as it is now. change sees the
// row locked. Faults: NotFound, Conflict (tenant_exists), Stale (edited_meanwhile), and change's own.
func (y *System) UpdateTenant(
	ctx context.Context, id int64, change func(row *models.Tenant) (TenantChange, error),
) (was, is *models.Tenant, err error) {
	was, is = &models.Tenant{}, &models.Tenant{}
	err = y.run(ctx, func(ctx context.Context, y *System, db bun.IDB) error {
		if err := db.NewSelect().Model(was).Where("id = ?", id).For("NO KEY UPDATE").Scan(ctx); err != nil {
			return err
		}
		c, err := change(was)
		if err != nil {
			return err
		}
		if err := unchangedSince(was.UpdatedAt, c.Seen); err != nil {
			return err
		}
		*is = *was
		assign(&is.Name, c.Name)
		assign(&is.Description, c.Description)
		if c.Settings != nil {
			is.Settings = c.Settings.Stored()
		}
		is.UpdatedAt = after(was.UpdatedAt, y.s.Now())
		_, err = db.NewUpdate().Model(is).Column("name", "description", "settings", "updated_at").Where("id = ?", id).
			Returning("*").Exec(ctx)
		y.left.Tenants = true
		return tenantFault(err)
	})
	return was, is, err
}

func tenantFault(err error) error {
	if ConstraintOf(err) == "tenants_name_key" {
		return fault.Wrap(err, fault.Conflict, "there is a tenant of this name already").WithCode("tenant_exists")
	}
	return err
}

// Own reads the tenant's own row.
func (t *Tenant) Own(ctx context.Context) (*models.Tenant, error) {
	row := &models.Tenant{}
	err := t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		return db.NewSelect().Model(row).Where("id = ?", t.id).Scan(ctx)
	})
	return row, err
}
