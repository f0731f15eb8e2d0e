package store

import (
	"context"
	"encoding/json"

	"github.com/uptrace/bun"

	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/models"
)

// UserChange is a partial change of a user; nil fields stay.
type UserChange struct {
	Email         *string // another one is not verified
	EmailVerified *bool
	Role          *string
	IsActive      *bool
	PasswordHash  *string
	Profile       json.RawMessage
}

// CreateUser inserts a user of this tenant; the database fills in id and times. Faults: Conflict (username_taken).
func (t *Tenant) CreateUser(ctx context.Context, row *models.User) error {
	row.TenantID = t.id
	return t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		if err := insertUser(ctx, db, row); err != nil {
			return err
		}
		t.left.Users = append(t.left.Users, row.ID)
		return nil
	})
}

func insertUser(ctx context.Context, db bun.IDB, row *models.User) error {
	if row.Profile == nil {
		row.Profile = json.RawMessage(`{}`)
	}
	_, err := db.NewInsert().Model(row).ExcludeColumn("id").Returning("*").Exec(ctx)
	if ConstraintOf(err) == "users_username_key" {
		return fault.Wrap(err, fault.Conflict, "this user name is taken").WithCode("username_taken")
	}
	return err
}

// User reads one user of the tenant.
func (t *Tenant) User(ctx context.Context, id int64) (*models.User, error) {
	return one[models.User](ctx, t, id)
}

// UpdateUser changes a user. Taking the last active administrator's role or activity away is refused, and a user who is
// deactivated or gets another password loses every session. An invitation that went to another address is void. Faults:
// NotFound, Conflict (last_admin).
func (t *Tenant) UpdateUser(ctx context.Context, id int64, c UserChange) (*models.User, error) {
	row := &models.User{}
	err := t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		change := func() error { return c.update(db, t, id, row).Scan(ctx) }
		if c.Role != nil || c.IsActive != nil {
			change = t.keepingAdministrator(ctx, db, change)
		}
		if err := change(); err != nil {
			return err
		}
		t.left.Users = append(t.left.Users, id)
		if c.Email != nil {
			if err := t.voidInvitations(ctx, db, row); err != nil {
				return err
			}
		}
		if c.PasswordHash != nil || !row.IsActive {
			_, err := t.EndSessions(ctx, id, "")
			return err
		}
		return nil
	})
	return row, err
}

// update is the statement for the fields that are given.
func (c UserChange) update(db bun.IDB, t *Tenant, id int64, row *models.User) *bun.UpdateQuery {
	upd := db.NewUpdate().Model(row).Set("updated_at = ?", t.s.Now()).Where("tenant_id = ? AND id = ?", t.id, id).Returning("*")
	switch {
	case c.EmailVerified != nil:
		upd = upd.Set("email_verified = ? AND email <> ''", *c.EmailVerified)
	case c.Email != nil:
		upd = upd.Set("email_verified = (email_verified AND email = ?)", *c.Email)
	}
	if c.Email != nil {
		upd = upd.Set("email = ?", *c.Email)
	}
	if c.Role != nil {
		upd = upd.Set("role = ?", *c.Role)
	}
	if c.IsActive != nil {
		upd = upd.Set("is_active = ?", *c.IsActive)
	}
	if c.PasswordHash != nil {
		upd = upd.Set("password_hash = ?", *c.PasswordHash)
	}
	if c.Profile != nil {
		upd = upd.Set("profile = ?::jsonb", string(c.Profile))
	}
	return upd
}

// DeleteUser removes a user with all sessions. Faults: NotFound, Conflict (last_admin).
func (t *Tenant) DeleteUser(ctx context.Context, id int64) error {
	return t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		t.left.Users = append(t.left.Users, id)
		return t.keepingAdministrator(ctx, db, func() error {
			res, err := db.NewDelete().Model((*models.User)(nil)).Where("tenant_id = ? AND id = ?", t.id, id).Exec(ctx)
			if err != nil {
				return err
			}
			return mustAffect(res)
		})()
	})
}

// TouchLogin notes that a user signed in.
func (t *Tenant) TouchLogin(ctx context.Context, id int64) error {
	return t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		_, err := db.NewUpdate().Model((*models.User)(nil)).Set("last_login_at = ?", t.s.Now()).
			Where("tenant_id = ? AND id = ?", t.id, id).Exec(ctx)
		return err
	})
}

// Rehash replaces a password's hash without ending sessions: a renewed hash of the same password, or a change by the
// user, who then ends the other sessions.
func (t *Tenant) Rehash(ctx context.Context, id int64, hash string) error {
	return t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		res, err := db.NewUpdate().Model((*models.User)(nil)).Set("password_hash = ?", hash).Set("updated_at = ?", t.s.Now()).
			Where("tenant_id = ? AND id = ?", t.id, id).Exec(ctx)
		if err != nil {
			return err
		}
		return mustAffect(res)
	})
}
