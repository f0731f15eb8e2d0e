package store

import (
	"context"

	"github.com/uptrace/bun"

	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/models"
)

// administration says who could run a tenant. Somebody who was only invited can't before the invitation is accepted, which
// may never happen.
type administration int

const (
	unadministered administration = iota
	invitedOnly                   // every active administrator still has to set a password
	administered
)

// keepingAdministrator lets a change happen unless it takes the tenant's last active administrator away. Such changes
// wait for each other, so that two can't each remove the other's last one.
func (t *Tenant) keepingAdministrator(ctx context.Context, db bun.IDB, change func() error) func() error {
	return func() error {
		_, err := db.NewSelect().Model((*models.Tenant)(nil)).ColumnExpr("1").Where("id = ?", t.id).For("NO KEY UPDATE").Exec(ctx)
		if err != nil {
			return err
		}
		before, err := t.administration(ctx, db)
		if err != nil {
			return err
		}
		if err := change(); err != nil {
			return err
		}
		after, err := t.administration(ctx, db)
		if err == nil && after < before {
			err = fault.New(fault.Conflict, "this is the tenant's last active administrator").WithCode("last_admin")
		}
		return err
	}
}

func (t *Tenant) administration(ctx context.Context, db bun.IDB) (administration, error) {
	var admins, able int
	err := db.NewSelect().Model((*models.User)(nil)).ColumnExpr("count(*), count(*) FILTER (WHERE password_hash <> '')").
		Where("tenant_id = ?", t.id).Where("is_active").Where("role IN (?)", bun.List([]string{"admin", "super_admin"})).
		Scan(ctx, &admins, &able)
	switch {
	case err != nil || admins == 0:
		return unadministered, err
	case able == 0:
		return invitedOnly, nil
	default:
		return administered, nil
	}
}
