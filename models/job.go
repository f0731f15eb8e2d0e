package models

import (
	"time"

	"github.com/uptrace/bun"
)

// Job is work that is being carried out by a workflow; the row of its kind says how far it is.
type Job struct {
	bun.BaseModel `bun:"table:jobs,alias:j"`

	TenantID     int64     `bun:",pk"`
	Kind         string    `bun:",pk"`
	ID           int64     `bun:",pk"` // of the row of its kind
	Attempt      int       `bun:",notnull"`
	CreatedAt    time.Time `bun:",nullzero,default:now()"`
	DispatchedAt *time.Time
}
