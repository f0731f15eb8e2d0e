package models

import (
	"time"

	"github.com/uptrace/bun"
)

// SavedView is a list as somebody keeps it: its filters, order and columns as the screen's query string.
type SavedView struct {
	bun.BaseModel `bun:"table:saved_views,alias:sv"`

	ID        int64     `bun:",pk,autoincrement"`
	TenantID  int64     `bun:",notnull"`
	UserID    int64     `bun:",notnull"`
	Resource  string    `bun:",notnull"`
	Name      string    `bun:",notnull"`
	Query     string    `bun:",notnull"` // without the question mark
	Shared    bool      `bun:",notnull"` // everybody in the tenant sees it
	CreatedAt time.Time `bun:",nullzero,default:now()"`
	UpdatedAt time.Time `bun:",nullzero,default:now()"`

	Owner string `bun:",scanonly"` // the user's name
}

// ViewResources lists the lists that views may be kept of.
func ViewResources() []string { return []string{"hosts", "artifacts", "cases", "observations"} }
