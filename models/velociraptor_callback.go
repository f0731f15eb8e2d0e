package models

import (
	"encoding/json"
	"time"

	"github.com/uptrace/bun"
)

// How far callbacks are set up.
const (
	CallbacksInstalled = "installed"
	CallbacksManual    = "manual" // a person has to finish it on the server
)

// The kinds of callback.
const (
	CallbackFlowCompleted = "flow.completed"
	CallbackHuntCreated   = "hunt.created"
	CallbackPing          = "ping" // the test of an installation
)

// What came of a callback.
const (
	CallbackTold    = "told"
	CallbackLate    = "late"    // an end of the same thing was told before
	CallbackForeign = "foreign" // it is about another org of the server
)

// CallbackSetup is what was set up on a tenant's Velociraptor server.
type CallbackSetup struct {
	bun.BaseModel `bun:"table:velociraptor_callback_setups,alias:vcs"`

	TenantID    int64           `bun:",pk"`
	Suffix      string          `bun:",notnull"`
	Status      string          `bun:",notnull"`
	BaseURL     string          `bun:"base_url,notnull"` // how the server reaches us
	RootCA      string          `bun:"root_ca,notnull"`  // PEM; empty: the server's own trust
	OrgID       string          `bun:"org_id,notnull"`   // root for the root org
	Checks      json.RawMessage `bun:"type:jsonb,notnull"`
	InstalledAt time.Time       `bun:",notnull"`
	InstalledBy *int64
}

// CallbackKey is the address and the key of one installation.
type CallbackKey struct {
	bun.BaseModel `bun:"table:velociraptor_callback_keys,alias:vck"`

	ID          int64     `bun:",pk,autoincrement"`
	TenantID    int64     `bun:",notnull"`
	TokenHash   []byte    `bun:",notnull"` // SHA-256
	Token       []byte    `bun:",notnull"` // sealed
	Secret      []byte    `bun:",notnull"` // sealed
	CreatedAt   time.Time `bun:",nullzero,default:now()"`
	FirstUsedAt *time.Time
	ExpiresAt   *time.Time

	TenantStatus string `bun:"tenant_status,scanonly"`
	OrgID        string `bun:"org_id,scanonly"` // of the setup
}

// Callback is one word of a server's.
type Callback struct {
	bun.BaseModel `bun:"table:velociraptor_callbacks,alias:vc"`

	ID         int64  `bun:",autoincrement"`
	TenantID   int64  `bun:",pk"`
	Kind       string `bun:",notnull"`
	OrgID      string `bun:"org_id,notnull"`
	ClientID   string `bun:"client_id,notnull"`
	Subject    string `bun:",notnull"` // the flow, or the hunt
	State      string `bun:",notnull"`
	Outcome    string `bun:",notnull"`
	Repeats    int    `bun:",notnull"`
	OccurredAt *time.Time
	ReceivedAt time.Time `bun:",nullzero,default:now()"`
}

// Over says whether the word is of an end.
func (c *Callback) Over() bool {
	return c.Kind == CallbackFlowCompleted && (c.State == "FINISHED" || c.State == "ERROR")
}
