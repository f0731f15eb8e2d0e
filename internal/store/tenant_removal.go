package store

import (
	"context"
	"slices"

	"github.com/uptrace/bun"

	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/models"
)

// TenantsToRemove gives the tenants whose deletion is due, the longest due first.
func (y *System) TenantsToRemove(ctx context.Context) (rows []models.Tenant, err error) {
	err = y.read(ctx, func(ctx context.Context, db bun.IDB) error {
		return db.NewSelect().Model(&rows).Where("status = ? AND delete_at <= ?", models.TenantDeleting, y.s.Now()).OrderExpr("delete_at, id").Scan(ctx)
	})
	return rows, err
}

// RemoveSome removes at most limit rows of each of the tenant's tables, each table in a transaction of its own, those that
// point to others first. It says how many there were; zero says that only its trail, its visits and its own row are left.
// Faults: Conflict unless the tenant is being deleted.
func (t *Tenant) RemoveSome(ctx context.Context, limit int) (n int64, err error) {
	row, err := t.Own(ctx)
	if err != nil {
		return 0, err
	}
	if row.Status != models.TenantDeleting || row.DeleteAt.After(t.s.Now()) {
		return 0, fault.New(fault.Conflict, "the tenant is not to be removed")
	}
	tables, err := t.removable(ctx)
	if err != nil {
		return 0, err
	}
	for _, table := range tables {
		err := t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
			name := bun.Ident(table)
			res, err := db.NewRaw("DELETE FROM ? WHERE tenant_id = ? AND ctid = ANY (ARRAY(SELECT ctid FROM ? WHERE tenant_id = ? LIMIT ?))",
				name, t.id, name, t.id, limit).Exec(ctx)
			if err != nil {
				return err
			}
			gone, err := res.RowsAffected()
			n += gone
			return err
		})
		if err != nil {
			return n, err
		}
	}
	return n, nil
}

// removable lists the tables that hold the tenant's rows and let it remove them, as the database has them: a table that
// comes later is not forgotten. A table comes before those that its foreign keys point to.
func (t *Tenant) removable(ctx context.Context) (tables []string, err error) {
	var keys []struct{ Child, Parent string }
	err = t.run(ctx, func(ctx context.Context, _ *Tenant, db bun.IDB) error {
		err := db.NewRaw(`SELECT c.relname FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attname = 'tenant_id'
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition AND has_table_privilege(c.oid, 'DELETE')
ORDER BY 1`).Scan(ctx, &tables)
		if err != nil {
			return err
		}
		return db.NewRaw(`SELECT c.relname AS child, p.relname AS parent FROM pg_constraint AS k
JOIN pg_class AS c ON c.oid = k.conrelid JOIN pg_class AS p ON p.oid = k.confrelid
WHERE k.contype = 'f' AND c.oid <> p.oid AND c.relnamespace = 'public'::regnamespace ORDER BY 1, 2`).Scan(ctx, &keys)
	})
	if err != nil {
		return nil, err
	}
	children := make(map[string][]string, len(tables))
	for _, k := range keys {
		children[k.Parent] = append(children[k.Parent], k.Child)
	}
	return childrenFirst(tables, children), nil
}

// childrenFirst orders tables so that each comes after all that point to it.
func childrenFirst(tables []string, children map[string][]string) []string {
	out := make([]string, 0, len(tables))
	seen := make(map[string]bool, len(tables))
	var visit func(table string)
	visit = func(table string) {
		if seen[table] {
			return
		}
		seen[table] = true
		for _, child := range children[table] {
			visit(child)
		}
		if slices.Contains(tables, table) {
			out = append(out, table)
		}
	}
	for _, table := range tables {
		visit(table)
	}
	return out
}

// ForgetTenant removes the trail and the row of a tenant that is being deleted, once RemoveSome finds nothing any more. False
// says that somebody else already did. Faults: Conflict (rows_left) when something still points to the row.
func (y *System) ForgetTenant(ctx context.Context, id int64) (lines int64, gone bool, err error) {
	err = y.run(ctx, func(ctx context.Context, y *System, db bun.IDB) error {
		row := &models.Tenant{}
		err := db.NewSelect().Model(row).Where("id = ? AND status = ?", id, models.TenantDeleting).For("UPDATE").Scan(ctx)
		if err = translate(err); fault.Is(err, fault.NotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		if lines, err = y.ForgetAudit(ctx, id); err != nil {
			return err
		}
		if _, err := db.NewDelete().Model(row).Where("id = ?", id).Exec(ctx); err != nil {
			if fault.Is(translate(err), fault.Invalid) {
				return fault.Wrap(err, fault.Conflict, "something still points to the tenant's row").WithCode("rows_left")
			}
			return err
		}
		gone = true
		y.left.Tenants = true
		return nil
	})
	return lines, gone, err
}

// TrailKeeper says whose trail keeps the line about a tenant that is gone, and who asked: the super_admin who had it deleted,
// or the installation's first active one where he is gone too. Faults: NotFound.
func (y *System) TrailKeeper(ctx context.Context, asked *int64) (*models.User, error) {
	row := &models.User{}
	err := y.read(ctx, func(ctx context.Context, db bun.IDB) error {
		return db.NewSelect().Model(row).Where("id = ? OR (role = 'super_admin' AND is_active)", asked).
			OrderExpr("id = ? DESC NULLS LAST, id", asked).Limit(1).Scan(ctx)
	})
	return row, err
}
