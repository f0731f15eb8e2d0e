package models

import (
	"encoding/json"
	"time"

	"github.com/uptrace/bun"
)

// Types of a tenant's own fields.
const (
	FieldText    = "text"
	FieldNumber  = "number"
	FieldBoolean = "boolean"
	FieldDate    = "date" // 2026-11-22
	FieldSelect  = "select"
)

// HostField is a field that a tenant adds to its hosts.
type HostField struct {
	bun.BaseModel `bun:"table:host_fields,alias:hf"`

	ID        int64     `bun:",pk,autoincrement"`
	TenantID  int64     `bun:",notnull"`
	Key       string    `bun:",notnull"` // names it in JSON; never changes
	Label     string    `bun:",notnull"` // names it for people
	Type      string    `bun:",notnull"` // never changes
	Options   []string  `bun:",array,notnull"`
	CreatedAt time.Time `bun:",nullzero,default:now()"`
	UpdatedAt time.Time `bun:",nullzero,default:now()"`
}

// HostFieldValue is what one host has in one field.
type HostFieldValue struct {
	bun.BaseModel `bun:"table:host_field_values,alias:hv"`

	TenantID int64           `bun:",pk"`
	HostID   int64           `bun:",pk"`
	Key      string          `bun:",pk"`
	Value    json.RawMessage `bun:"type:jsonb,notnull"`
}

// Kinds of aliases.
const (
	AliasClientID = "client_id"
	AliasHostname = "hostname"
)

// HostAlias is a client id or a name that means a host because one that had it was merged into it.
type HostAlias struct {
	bun.BaseModel `bun:"table:host_aliases,alias:ha"`

	ID         int64     `bun:",pk,autoincrement"`
	TenantID   int64     `bun:",notnull"`
	HostID     int64     `bun:",notnull"`
	Kind       string    `bun:",notnull"`
	Value      string    `bun:",notnull"`
	FromHostID int64     `bun:",notnull"` // the host that is gone
	CreatedAt  time.Time `bun:",nullzero,default:now()"`
}

// HostFieldTypes lists the types of a tenant's own fields.
func HostFieldTypes() []string {
	return []string{FieldText, FieldNumber, FieldBoolean, FieldDate, FieldSelect}
}

// IsolationStates lists what a host's isolation may be.
func IsolationStates() []string {
	return []string{"none", "pending", "isolated", "unverified", "releasing", "failed"}
}
