package store

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"github.com/velocicompanion/velocicompanion/models"
)

// firstUserLock is the advisory lock that makes first registrations wait for each other ("user" in ASCII).
const firstUserLock = 0x75736572

// Account is a user as the edge needs it on each request: with the tenant's status and whether the session still lives.
type Account struct {
	models.User `bun:",extend"`

	TenantStatus string `bun:"tenant_status,scanonly"`
	SessionLive  bool   `bun:"session_live,scanonly"`  // false also when no session was asked for
	TOTPRequired bool   `bun:"totp_required,scanonly"` // the tenant demands a second factor of this role

	ElevatedUntil *time.Time    `bun:"elevated_until,scanonly"`   // of the session; nil: never, may lie in the past
	Visit         *AccountVisit `bun:"visit,type:jsonb,scanonly"` // the session's; nil: none, may be over
}

// MayWork says whether the user and his tenant are active.
func (a *Account) MayWork() bool { return a.IsActive && a.TenantStatus == models.TenantActive }

// EnrolmentDue says whether the tenant demands a second factor that the user has not set up.
func (a *Account) EnrolmentDue() bool { return a.TOTPRequired && !a.TOTPEnabled }

// CreateUser inserts a user of row.TenantID. Faults: Conflict (username_taken).
func (y *System) CreateUser(ctx context.Context, row *models.User) error {
	return y.run(ctx, func(ctx context.Context, y *System, db bun.IDB) error {
		if err := insertUser(ctx, db, row); err != nil {
			return err
		}
		y.left.Users = append(y.left.Users, row.ID)
		return nil
	})
}

// CreateFirstUser makes the default tenant and its first user, unless there is any user already: then it answers false
// and changes nothing. Of many calls at once one wins.
func (y *System) CreateFirstUser(ctx context.Context, tenant *models.Tenant, user *models.User) (made bool, err error) {
	err = y.run(ctx, func(ctx context.Context, y *System, db bun.IDB) error {
		if _, err := db.ExecContext(ctx, "SELECT pg_advisory_xact_lock(?)", firstUserLock); err != nil {
			return err
		}
		taken, err := db.NewSelect().Model((*models.User)(nil)).Exists(ctx)
		if err != nil || taken {
			return err
		}
		if err := y.CreateTenant(ctx, tenant); err != nil {
			return err
		}
		user.TenantID = tenant.ID
		if err := y.CreateUser(ctx, user); err != nil {
			return err
		}
		made = true
		return nil
	})
	return made && err == nil, err
}

// AnyUser says whether the installation has a user yet.
func (y *System) AnyUser(ctx context.Context) (any bool, err error) { //nolint:predeclared // reads as the question it is
	err = y.read(ctx, func(ctx context.Context, db bun.IDB) error {
		any, err = db.NewSelect().Model((*models.User)(nil)).Exists(ctx)
		return err
	})
	return any, err
}

// UserByUsername finds a user of any tenant by name, in any case: the login look-up. Faults: NotFound.
func (y *System) UserByUsername(ctx context.Context, username string) (*Account, error) {
	a := &Account{}
	err := y.read(ctx, func(ctx context.Context, db bun.IDB) error {
		return db.NewSelect().Model(a).ColumnExpr("u.*").ColumnExpr("t.status AS tenant_status, false AS session_live").
			Join("JOIN tenants AS t ON t.id = u.tenant_id").Where("lower(u.username) = lower(?)", username).Scan(ctx)
	})
	return a, err
}

// accountByID is asked on every request: it has parameters, so that each connection plans it only once.
const accountByID = `SELECT u.id, u.tenant_id, u.username, u.email, u.email_verified, u.password_hash, u.role, u.is_active,
  u.totp_enabled, u.profile, u.created_at, u.updated_at, u.last_login_at, u.locked_until, t.status AS tenant_status,
  EXISTS (SELECT 1 FROM refresh_tokens AS rt WHERE rt.tenant_id = u.tenant_id AND rt.user_id = u.id
    AND rt.family = $2::uuid AND rt.revoked_at IS NULL) AS session_live,
  coalesce(t.settings -> 'require_totp_roles' @> to_jsonb(u.role), false) AS totp_required,
  (SELECT se.expires_at FROM session_elevations AS se WHERE se.tenant_id = u.tenant_id AND se.user_id = u.id
    AND se.family = $2::uuid) AS elevated_until,
  (SELECT jsonb_build_object('id', tv.id, 'tenant_id', tv.tenant_id, 'tenant_name', vt.name, 'tenant_status', vt.status,
      'home_name', t.name, 'reason', tv.reason, 'expires_at', tv.expires_at)
    FROM tenant_visits AS tv JOIN tenants AS vt ON vt.id = tv.tenant_id
    WHERE tv.user_id = u.id AND tv.family = $2::uuid AND tv.ended_at IS NULL) AS visit
FROM users AS u JOIN tenants AS t ON t.id = u.tenant_id WHERE u.id = $1`

// UserByID reads a user of any tenant with the state of one session (its family; empty for none). Faults: NotFound.
func (y *System) UserByID(ctx context.Context, id int64, session string) (*Account, error) {
	a := &Account{}
	family := &session
	if session == "" {
		family = nil
	}
	err := y.read(ctx, func(ctx context.Context, db bun.IDB) error {
		return scanPrepared(ctx, db, a, accountByID, id, family)
	})
	return a, err
}

// UsersByEmail finds the active users of any tenant with an address, in any case, the oldest first, ten at most: for mails
// that help those in who forgot. An address need not be unique.
func (y *System) UsersByEmail(ctx context.Context, email string) ([]Account, error) {
	var rows []Account
	err := y.read(ctx, func(ctx context.Context, db bun.IDB) error {
		return db.NewSelect().Model(&rows).ColumnExpr("u.*").ColumnExpr("t.status AS tenant_status").
			Join("JOIN tenants AS t ON t.id = u.tenant_id").Where("lower(u.email) = lower(?) AND u.email <> ''", email).
			Where("u.is_active AND t.status = ?", models.TenantActive).OrderExpr("u.id").Limit(10).Scan(ctx)
	})
	return rows, err
}
