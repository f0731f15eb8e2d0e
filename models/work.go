package models

import (
	"encoding/json"
	"time"

	"github.com/uptrace/bun"
)

// Host is one endpoint of a tenant.
type Host struct {
	bun.BaseModel `bun:"table:hosts,alias:h"`

	ID           int64           `bun:",pk,autoincrement"`
	TenantID     int64           `bun:",notnull"`
	Hostname     string          `bun:",notnull"`
	IPAddress    string          `bun:"ip_address,notnull"`
	OS           string          `bun:"os,notnull"`
	ClientID     *string         `bun:"client_id"` // Velociraptor's; nil: not enrolled
	HostMetadata json.RawMessage `bun:"type:jsonb,notnull"`
	ThreatScore  float64         `bun:",notnull"` // 0 to 1
	Online       bool            `bun:",notnull"`
	Isolation    string          `bun:",notnull"`
	CreatedAt    time.Time       `bun:",nullzero,default:now()"`
	UpdatedAt    time.Time       `bun:",nullzero,default:now()"`
	LastSeen     *time.Time
	FirstSeen    *time.Time
	Criticality  string `bun:",notnull"` // low to critical, as severities
	Owner        string `bun:",notnull"` // whose it is: free text
	Notes        string `bun:",notnull"` // Markdown

	Labels       []string        `bun:",array,scanonly"`     // from host_labels, sorted
	CustomFields json.RawMessage `bun:"type:jsonb,scanonly"` // from host_field_values: an object
	OwnerKey     string          `bun:",scanonly"`           // the owner in lower case, as lists sort by it
	HostnameKey  string          `bun:",scanonly"`           // the hostname in lower case, as lists sort by it
	OSKey        string          `bun:"os_key,scanonly"`     // likewise
}

// HostLabel is one label on one host: a table of its own, because array operators can't use an index under row-level
// security.
type HostLabel struct {
	bun.BaseModel `bun:"table:host_labels,alias:hl"`

	TenantID int64  `bun:",pk"`
	HostID   int64  `bun:",pk"`
	Label    string `bun:",pk"`
	Origin   string `bun:",notnull"` // empty: a person's; LabelOfServer: the Velociraptor server's, with which it goes
}

// LabelOfServer is the origin of labels that the Velociraptor server gave.
const LabelOfServer = "velociraptor"

// Case is an investigation.
type Case struct {
	bun.BaseModel `bun:"table:cases,alias:c"`

	ID          int64     `bun:",pk,autoincrement"`
	TenantID    int64     `bun:",notnull"`
	Title       string    `bun:",notnull"`
	Description string    `bun:",notnull"`
	Status      string    `bun:",notnull"`
	Severity    string    `bun:",notnull"`
	AssigneeID  *int64    `bun:"assignee_id"`
	Tags        []string  `bun:",array,notnull"`
	CreatedAt   time.Time `bun:",nullzero,default:now()"`
	UpdatedAt   time.Time `bun:",nullzero,default:now()"`
}

// CaseHost ties a host to a case.
type CaseHost struct {
	bun.BaseModel `bun:"table:case_hosts,alias:ch"`

	TenantID int64     `bun:",pk"`
	CaseID   int64     `bun:",pk"`
	HostID   int64     `bun:",pk"`
	AddedAt  time.Time `bun:",nullzero,default:now()"`
}

// Notification is a message to one user; Seq counts without gaps per user.
type Notification struct {
	bun.BaseModel `bun:"table:notifications,alias:n"`

	ID        int64     `bun:",pk,autoincrement"`
	TenantID  int64     `bun:",notnull"`
	UserID    int64     `bun:",notnull"`
	Seq       int64     `bun:",notnull"`
	Type      string    `bun:",notnull"`
	Title     string    `bun:",notnull"`
	Message   string    `bun:",notnull"`
	Severity  string    `bun:",notnull"`
	Link      string    `bun:",notnull"`
	IsRead    bool      `bun:",notnull"`
	CreatedAt time.Time `bun:",nullzero,default:now()"`
}
