package models

import (
	"encoding/json"
	"time"

	"github.com/uptrace/bun"
)

// Source is where observations came from: one ingestion, collection or hunt flow.
type Source struct {
	bun.BaseModel `bun:"table:sources,alias:s"`

	ID          int64     `bun:",pk,autoincrement"`
	TenantID    int64     `bun:",notnull"`
	Kind        string    `bun:",notnull"`
	Name        string    `bun:",notnull"`
	Key         string    `bun:",notnull"` // unique in the tenant: a repeat finds the same source
	CollectedAt time.Time `bun:",notnull"` // of all of its rows

	Rows  int64 `bun:",scanonly"` // observations that came from it, moments behind
	Hosts int64 `bun:",scanonly"` // hosts that they are about
}

// Observation is one row that a source reported about a host.
type Observation struct {
	bun.BaseModel `bun:"table:observations,alias:o"`

	ID          int64           `bun:",autoincrement"`
	TenantID    int64           `bun:",pk"`
	HostID      int64           `bun:",pk"`
	SourceID    int64           `bun:",pk"`
	CollectedAt time.Time       `bun:",pk"`
	EventTime   *time.Time      `bun:"event_time"`
	ContentHash []byte          `bun:",pk"` // SHA-256 of the canonical row
	Data        json.RawMessage `bun:"type:jsonb,notnull"`

	Hostname   string `bun:",scanonly"`
	SourceName string `bun:",scanonly"`
	SourceKind string `bun:",scanonly"`
}

// StackField is a field whose values are counted.
type StackField struct {
	ID      int64
	Field   string // dotted path
	Values  int64  // different ones, of each source name by itself
	Rows    int64  // that have the field
	Sources int64  // names of sources whose rows have it
}

// StackValue is one value of a field in the rows of the sources of one name.
type StackValue struct {
	ID        int64
	Source    string
	Value     string
	ValueKey  string // its beginning in lower case, as lists sort by it
	Hosts     int64  // that have it now
	Rows      int64  // that had it, also those past their retention
	FirstSeen time.Time
	LastSeen  time.Time
}

// StackHost is a host that has a value.
type StackHost struct {
	HostID    int64
	Hostname  string
	Rows      int64
	FirstSeen time.Time
	LastSeen  time.Time
}
