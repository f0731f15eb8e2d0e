package models

import (
	"time"

	"github.com/uptrace/bun"
)

// TOTP is a user's second factor.
type TOTP struct {
	bun.BaseModel `bun:"table:user_totp,alias:ut"`

	TenantID    int64      `bun:",pk"`
	UserID      int64      `bun:",pk"`
	Secret      []byte     `bun:",notnull"` // sealed
	LastStep    int64      `bun:",notnull"` // of the last code accepted
	ConfirmedAt *time.Time // nil: enrolment has begun, the factor is not asked for yet
	CreatedAt   time.Time  `bun:",nullzero,default:now()"`
}

// RecoveryCode stands in once for a lost second factor.
type RecoveryCode struct {
	bun.BaseModel `bun:"table:recovery_codes,alias:rc"`

	TenantID  int64  `bun:",pk"`
	UserID    int64  `bun:",pk"`
	CodeHash  []byte `bun:",pk"` // SHA-256
	UsedAt    *time.Time
	CreatedAt time.Time `bun:",nullzero,default:now()"`
}

// AuthAttempt counts the failures of one account or address at one action.
type AuthAttempt struct {
	bun.BaseModel `bun:"table:auth_attempts,alias:at"`

	Action       string    `bun:",pk"`
	Scope        string    `bun:",pk"`
	Subject      []byte    `bun:",pk"`
	Failures     int       `bun:",notnull"` // with those still being checked
	LastAt       time.Time `bun:",notnull"`
	BlockedUntil *time.Time
	Told         bool `bun:",notnull"` // the owner knows of these failures
}

// Invitation lets a user without a password set the first one.
type Invitation struct {
	bun.BaseModel `bun:"table:invitations,alias:iv"`

	ID        int64     `bun:",pk,autoincrement"`
	TenantID  int64     `bun:",notnull"`
	UserID    int64     `bun:",notnull"`
	TokenHash []byte    `bun:",notnull"` // SHA-256
	Email     string    `bun:",notnull"` // where it went
	InvitedBy *int64    // may be of another tenant
	IssuedAt  time.Time `bun:",notnull"`
	ExpiresAt time.Time `bun:",notnull"`
	UsedAt    *time.Time
}

// APIKey lets a program act as a user, with no more than its scopes.
type APIKey struct {
	bun.BaseModel `bun:"table:api_keys,alias:ak"`

	ID         int64     `bun:",pk,autoincrement"`
	TenantID   int64     `bun:",notnull"`
	UserID     int64     `bun:",notnull"`
	Name       string    `bun:",notnull"`
	Hint       string    `bun:",notnull"` // the key's first characters
	KeyHash    []byte    `bun:",notnull"` // SHA-256
	Scopes     []string  `bun:",array,notnull"`
	CreatedAt  time.Time `bun:",nullzero,default:now()"`
	ExpiresAt  *time.Time
	RevokedAt  *time.Time
	LastUsedAt *time.Time // to the minute
	LastUsedIP string     `bun:"last_used_ip,notnull"`
}

// LiveAt says whether the key opens anything at that moment.
func (k *APIKey) LiveAt(now time.Time) bool {
	return k.RevokedAt == nil && (k.ExpiresAt == nil || k.ExpiresAt.After(now))
}

// HolderName is how the trail calls who acts with a key: its user, with the key's first characters.
func (k *APIKey) HolderName(username string) string { return username + " (key " + k.Hint + ")" }
