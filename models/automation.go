package models

import (
	"encoding/json"
	"time"

	"github.com/uptrace/bun"
)

// Playbook is the head of a document's versions.
type Playbook struct {
	bun.BaseModel `bun:"table:playbooks,alias:p"`

	ID          int64     `bun:",pk,autoincrement"`
	TenantID    int64     `bun:",notnull"`
	Name        string    `bun:",notnull"`
	Description string    `bun:",notnull"`
	Enabled     bool      `bun:",notnull"`
	TriggerType string    `bun:",notnull"`
	Version     int       `bun:",notnull"`
	PublisherID *int64    `bun:"publisher_id"` // who event and scheduled runs act as
	CreatedAt   time.Time `bun:",nullzero,default:now()"`
	UpdatedAt   time.Time `bun:",nullzero,default:now()"`
}

// PlaybookVersion is one saved document with the plan compiled from it; it never changes.
type PlaybookVersion struct {
	bun.BaseModel `bun:"table:playbook_versions,alias:pv"`

	TenantID    int64           `bun:",pk"`
	PlaybookID  int64           `bun:",pk"`
	Version     int             `bun:",pk"`
	Source      string          `bun:",notnull"` // as written, YAML or JSON
	Document    json.RawMessage `bun:"type:jsonb,notnull"`
	Plan        json.RawMessage `bun:"type:jsonb,notnull"`
	PublishedBy *int64          `bun:"published_by"`
	CreatedAt   time.Time       `bun:",nullzero,default:now()"`
}

// PlaybookTrigger is one event pattern that an enabled playbook listens to.
type PlaybookTrigger struct {
	bun.BaseModel `bun:"table:playbook_triggers,alias:ptr"`

	TenantID   int64  `bun:",pk"`
	PlaybookID int64  `bun:",pk"`
	Pattern    string `bun:",pk"` // an event type, * stands for any run of characters
}

// Execution is one run of one playbook version.
type Execution struct {
	bun.BaseModel `bun:"table:playbook_executions,alias:e"`

	ID              int64           `bun:",pk,autoincrement"`
	TenantID        int64           `bun:",notnull"`
	PlaybookID      int64           `bun:",notnull"`
	PlaybookVersion int             `bun:",notnull"`
	Status          string          `bun:",notnull"`
	TriggerType     string          `bun:",notnull"`
	EventID         *string         `bun:"event_id"` // unique with the playbook: one run per event
	Event           json.RawMessage `bun:"type:jsonb,nullzero"`
	Causation       []string        `bun:",array,notnull"` // ids of the events that led here, oldest first
	Inputs          json.RawMessage `bun:"type:jsonb,notnull"`
	ActorID         *int64          `bun:"actor_id"` // the starter, or the publisher
	WorkflowID      string          `bun:",notnull"`
	RunID           string          `bun:",notnull"`
	Parked          bool            `bun:",notnull"` // queued past the tenant's limit: no outbox row until a slot is free
	AdmittedAt      *time.Time      // when it got one of the tenant's slots, which it holds until it is finished
	DispatchedAt    *time.Time      // when Temporal accepted the start
	Error           string          `bun:",notnull"`
	RetryOf         *int64          `bun:"retry_of"`
	CreatedAt       time.Time       `bun:",nullzero,default:now()"`
	StartedAt       *time.Time
	FinishedAt      *time.Time
}

// ExecutionStep is what became of one step of a run; Key is its path in the plan.
type ExecutionStep struct {
	bun.BaseModel `bun:"table:playbook_execution_steps,alias:es"`

	TenantID       int64           `bun:",pk"`
	ExecutionID    int64           `bun:",pk"`
	Key            string          `bun:",pk"`
	Position       int             `bun:",notnull"`
	ID             string          `bun:"id,notnull"`
	Type           string          `bun:",notnull"`
	Status         string          `bun:",notnull"`
	Attempts       int             `bun:",notnull"`
	Input          json.RawMessage `bun:"type:jsonb,nullzero"`
	Output         json.RawMessage `bun:"type:jsonb,nullzero"`
	Error          string          `bun:",notnull"`
	ErrorKind      string          `bun:",notnull"` // the fault's kind, "" without an error
	SkippedBecause string          `bun:",notnull"`
	StartedAt      *time.Time
	FinishedAt     *time.Time
}

// ExecutionRequest is a person's wish about a run (cancel): a row first, then a signal that carries its id.
type ExecutionRequest struct {
	bun.BaseModel `bun:"table:execution_requests,alias:er"`

	ID          int64     `bun:",pk,autoincrement"`
	TenantID    int64     `bun:",notnull"`
	ExecutionID int64     `bun:",notnull"`
	Kind        string    `bun:",notnull"`
	UserID      *int64    `bun:"user_id"`
	Reason      string    `bun:",notnull"`
	CreatedAt   time.Time `bun:",nullzero,default:now()"`
}

// OutboxRow is work that the dispatcher must hand on, written in the transaction that makes it necessary.
type OutboxRow struct {
	bun.BaseModel `bun:"table:outbox,alias:ob"`

	ID          int64           `bun:",pk,autoincrement"`
	TenantID    int64           `bun:",notnull"`
	Kind        string          `bun:",notnull"`
	Payload     json.RawMessage `bun:"type:jsonb,notnull"`
	AvailableAt time.Time       `bun:",nullzero,default:now()"`
	LockedUntil *time.Time
	Attempts    int       `bun:",notnull"`
	LastError   string    `bun:",notnull"`
	CreatedAt   time.Time `bun:",nullzero,default:now()"`
}
