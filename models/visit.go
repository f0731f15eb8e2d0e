package models

import (
	"time"

	"github.com/uptrace/bun"
)

// How a visit ended.
const (
	VisitLeft    = "left"    // the visitor went home
	VisitExpired = "expired" // its time was over
	VisitNext    = "next"    // the same session began another
	VisitSession = "session" // the session ended, or the visitor may not visit any more
	VisitTenant  = "tenant"  // one of the two tenants was suspended
)

// Visit lets one session of a super_admin act in another tenant for a while.
type Visit struct {
	bun.BaseModel `bun:"table:tenant_visits,alias:tv"`

	ID             int64     `bun:",pk,autoincrement"`
	TenantID       int64     `bun:",notnull"` // the visited one
	HomeTenantID   int64     `bun:",notnull"`
	HomeTenantName string    `bun:",notnull"`
	UserID         int64     `bun:",notnull"`
	Username       string    `bun:",notnull"`
	Family         string    `bun:"type:uuid,notnull"` // the session
	Reason         string    `bun:",notnull"`
	StartedAt      time.Time `bun:",notnull"`
	ExpiresAt      time.Time `bun:",notnull"`
	EndedAt        *time.Time
	EndReason      string `bun:",notnull"`
}

// VisitorName is how a visitor is called where he visits.
func VisitorName(username, homeTenant string) string { return username + " (" + homeTenant + ")" }

// VisitorName is how the visitor is called in the visited tenant.
func (v *Visit) VisitorName() string { return VisitorName(v.Username, v.HomeTenantName) }
