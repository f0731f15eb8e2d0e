package models

import (
	"time"

	"github.com/uptrace/bun"
)

// What an isolation does.
const (
	ActionIsolate = "isolate"
	ActionRelease = "release"
)

// A host's isolation.
const (
	IsolationNone       = "none"
	IsolationPending    = "pending"    // ordered, not carried out yet
	IsolationIsolated   = "isolated"   // and verified
	IsolationUnverified = "unverified" // ordered; whether it holds is not known
	IsolationReleasing  = "releasing"
	IsolationFailed     = "failed" // the endpoint could not be isolated
)

// The phases of an isolation.
const (
	IsolationOrder    = "order"     // to be given to the server
	IsolationCarryOut = "carry_out" // the endpoint is to carry it out
	IsolationVerify   = "verify"    // a later sign of life is awaited
	IsolationDone     = "done"
)

// Isolation is one order to take an endpoint off the network, or to let it back.
type Isolation struct {
	bun.BaseModel `bun:"table:isolations,alias:iso"`

	ID           int64  `bun:",pk,autoincrement"`
	TenantID     int64  `bun:",notnull"`
	HostID       int64  `bun:",notnull"`
	ClientID     string `bun:"client_id,notnull"`
	Action       string `bun:",notnull"`
	Status       string `bun:",notnull"` // of a job
	Phase        string `bun:",notnull"`
	Verified     *bool  // nil: not known yet
	Note         string `bun:",notnull"` // what it waits for, or why it is not verified
	Error        string `bun:",notnull"`
	ErrorKind    string `bun:",notnull"`
	Reason       string `bun:",notnull"`
	Artifact     string `bun:",notnull"`
	FlowID       string `bun:"flow_id,notnull"`       // of the order
	ProofFlowID  string `bun:"proof_flow_id,notnull"` // of the later sign of life
	Said         *bool  // what the endpoint's own rows say came of it; nil: nothing
	Labelled     bool   `bun:",notnull"` // the server's label was put on, or taken off
	BeforeState  string `bun:",notnull"` // the host's isolation before
	Polls        int    `bun:",notnull"`
	Failures     int    `bun:",notnull"` // of the server, in a row
	RequestedBy  *int64
	Username     string `bun:",notnull"`
	KeyID        *int64
	ExecutionID  *int64    // the run that waits for it
	StepKey      string    `bun:",notnull"`
	CreatedAt    time.Time `bun:",nullzero,default:now()"`
	OrderedAt    *time.Time
	CarriedOutAt *time.Time
	FinishedAt   *time.Time

	Hostname string `bun:",scanonly"` // of the host, where it is listed
}

// Progress is how far an isolation is, 0 to 1.
func (i *Isolation) Progress() float64 {
	switch i.Phase {
	case IsolationCarryOut:
		return 0.25
	case IsolationVerify:
		return 0.75
	case IsolationDone:
		return 1
	}
	return 0
}

// IsolationRules name the hosts of a tenant that nobody may isolate.
type IsolationRules struct {
	bun.BaseModel `bun:"table:isolation_rules,alias:isr"`

	TenantID  int64     `bun:",pk"`
	HostIDs   []int64   `bun:"host_ids,array,notnull"`
	Labels    []string  `bun:",array,notnull"`
	Hostnames []string  `bun:",array,notnull"` // in lower case; * stands for any run of characters
	UpdatedBy *int64    `bun:"updated_by"`
	UpdatedAt time.Time `bun:",nullzero,default:now()"`
}
