package models

import (
	"encoding/json"
	"time"

	"github.com/uptrace/bun"
)

// AuditLog is one line of the trail; written in the transaction of the change it tells of, and never changed.
type AuditLog struct {
	bun.BaseModel `bun:"table:audit_logs,alias:al"`

	ID           int64           `bun:",pk,autoincrement"`
	TenantID     int64           `bun:",notnull"`
	UserID       *int64          `bun:"user_id"`
	Username     string          `bun:",notnull"`
	Action       string          `bun:",notnull"` // for example host.delete
	ResourceType string          `bun:",notnull"`
	ResourceID   string          `bun:",notnull"`
	IPAddress    string          `bun:"ip_address,notnull"`
	UserAgent    string          `bun:",notnull"`
	RequestID    string          `bun:",notnull"`
	Outcome      string          `bun:",notnull"`                // success, failure or denied
	Before       json.RawMessage `bun:"type:json,nullzero"`      // kept as it is, byte by byte
	After        json.RawMessage `bun:"type:json,nullzero"`      // likewise
	CreatedAt    time.Time       `bun:",nullzero,default:now()"` // to the microsecond
	Stamp        []byte          `bun:",nullzero"`               // nil: from before there were stamps, or foreign

	XactID int64  `bun:"xact_id,scanonly"` // of the transaction that wrote it; 0: from before there were stamps
	Seq    *int64 `bun:"seq,scanonly"`     // its place in the chain; nil: not sealed
}

// AuditSeal puts a line into its tenant's chain.
type AuditSeal struct {
	TenantID int64
	Seq      int64 // from 1, without gaps
	AuditID  int64
	LineMAC  []byte // of the whole line
	MAC      []byte // of LineMAC, Seq and the MAC before
	KeyID    []byte
	SealedAt time.Time
}

// SealedLine is a seal with its line.
type SealedLine struct {
	AuditSeal

	Line     *AuditLog // nil: there is no such line
	Misfiled bool      // what the line is found by is not what it says
}

// AuditHead is where a tenant's chain ends.
type AuditHead struct {
	TenantID  int64
	Seq       int64 // 0: nothing is sealed yet
	MAC       []byte
	XactID    int64 // lines up to (XactID, AuditID) were looked at
	AuditID   int64
	KeyID     []byte
	SealedAt  time.Time
	Signature []byte // empty: nothing is sealed yet
}

// Kinds of checkpoints.
const (
	CheckpointRetired = "retired" // lines up to Seq were older than the tenant keeps them; the chain begins with MAC
	CheckpointBroken  = "broken"  // the chain's end was not the signed one; sealing went on after Seq with MAC
)

// AuditCheckpoint is a signed seam of a chain.
type AuditCheckpoint struct {
	ID        int64
	TenantID  int64
	Kind      string
	Seq       int64
	MAC       []byte
	Reason    string
	CreatedAt time.Time
	KeyID     []byte
	Signature []byte
}
