package models

import (
	"encoding/json"
	"time"

	"github.com/uptrace/bun"
)

// Tenant is one customer: everything else belongs to one.
type Tenant struct {
	bun.BaseModel `bun:"table:tenants,alias:t"`

	ID          int64           `bun:",pk,autoincrement"`
	Name        string          `bun:",notnull"`
	Description string          `bun:",notnull"`
	Status      string          `bun:",notnull"`
	Settings    json.RawMessage `bun:"type:jsonb,notnull"`
	CreatedBy   *int64          `bun:"created_by"`
	CreatedAt   time.Time       `bun:",nullzero,default:now()"`
	UpdatedAt   time.Time       `bun:",nullzero,default:now()"`

	SuspendedReason string     `bun:",notnull"`
	DeletedReason   string     `bun:",notnull"`
	DeletedBy       *int64     // the super_admin who asked; his tenant's trail keeps the last line
	DeleteAt        *time.Time // status deleting: from then on everything of it is removed
}

// Active says whether the tenant's people and runs may work.
func (t *Tenant) Active() bool { return t.Status == TenantActive }

// User is a person or, later, a service account of one tenant.
type User struct {
	bun.BaseModel `bun:"table:users,alias:u"`

	ID            int64           `bun:",pk,autoincrement"`
	TenantID      int64           `bun:",notnull"`
	Username      string          `bun:",notnull"` // unique in the installation, case-insensitive
	Email         string          `bun:",notnull"`
	EmailVerified bool            `bun:",notnull"`
	PasswordHash  string          `bun:",notnull"` // bcrypt; empty: no password yet
	Role          string          `bun:",notnull"`
	IsActive      bool            `bun:",notnull"`
	TOTPEnabled   bool            `bun:"totp_enabled,notnull"`
	Profile       json.RawMessage `bun:"type:jsonb,notnull"` // language, time zone, theme
	CreatedAt     time.Time       `bun:",nullzero,default:now()"`
	UpdatedAt     time.Time       `bun:",nullzero,default:now()"`
	LastLoginAt   *time.Time
	LockedUntil   *time.Time // too many failed sign-ins; may lie in the past
}

// RefreshToken is one link of a session's chain; the session is the family.
type RefreshToken struct {
	bun.BaseModel `bun:"table:refresh_tokens,alias:rt"`

	ID        int64     `bun:",pk,autoincrement"`
	TenantID  int64     `bun:",notnull"`
	UserID    int64     `bun:",notnull"`
	Family    string    `bun:"type:uuid,notnull"`
	TokenHash []byte    `bun:",notnull"` // SHA-256
	IssuedAt  time.Time `bun:",notnull"`
	ExpiresAt time.Time `bun:",notnull"`
	UsedAt    *time.Time
	RevokedAt *time.Time
	StartedAt *time.Time // the sign-in; nil: not known any more
	IPAddress string     `bun:"ip_address,notnull"`
	UserAgent string     `bun:",notnull"`
}

// Began is when the session did, or the token where nobody knows any more.
func (t *RefreshToken) Began() time.Time {
	if t.StartedAt != nil {
		return *t.StartedAt
	}
	return t.IssuedAt
}

// Elevation lets a session do dangerous things for some minutes.
type Elevation struct {
	bun.BaseModel `bun:"table:session_elevations,alias:se"`

	TenantID  int64     `bun:",pk"`
	UserID    int64     `bun:",pk"`
	Family    string    `bun:"type:uuid,pk"`
	Method    string    `bun:",notnull"` // how the user proved himself once more
	GrantedAt time.Time `bun:",notnull"`
	ExpiresAt time.Time `bun:",notnull"`
}

// IdempotencyKey remembers the answer to a POST for 24 hours.
type IdempotencyKey struct {
	bun.BaseModel `bun:"table:idempotency_keys,alias:ik"`

	TenantID    int64           `bun:",pk"`
	UserID      int64           `bun:",pk"`
	Operation   string          `bun:",pk"`
	Key         string          `bun:",pk"`
	RequestHash []byte          `bun:",notnull"`
	Status      int             `bun:",notnull"` // HTTP status; 0 while the first request is at work
	Headers     json.RawMessage `bun:"type:jsonb,notnull"`
	Response    []byte
	CreatedAt   time.Time `bun:",nullzero,default:now()"`
}
