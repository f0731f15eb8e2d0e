package playbooks

import (
	"encoding/json"
	"time"
)

// Effect says what an action touches, which decides how it is carried out and what a dry run leaves out.
type Effect string

// The effects of an action.
const (
	EffectNone     Effect = "none"     // reads or computes only
	EffectDatabase Effect = "database" // writes rows of ours, exactly once
	EffectOutside  Effect = "outside"  // reaches another system, at least once under one idempotency key
	EffectWork     Effect = "work"     // starts work that takes long, exactly once, and waits for its end
)

// RetryPolicy says how often and how fast a failed step is tried again. Validation, permission and not-found faults are
// never retried, whatever it says.
type RetryPolicy struct {
	MaxAttempts     int           `json:"max_attempts"`     // tries in all, at least 1
	InitialInterval time.Duration `json:"initial_interval"` // pause before the second try, nanoseconds in JSON
	Backoff         float64       `json:"backoff"`          // factor between pauses, at least 1
	MaxInterval     time.Duration `json:"max_interval"`     // longest pause, nanoseconds in JSON
}

// ActionSpec describes one action as pure data: what a playbook may ask of it, never how it is done.
type ActionSpec struct {
	Name    string          `json:"name"`    // verb_noun, what a step writes as its type
	Summary string          `json:"summary"` // one sentence for people
	Effect  Effect          `json:"effect"`
	Timeout time.Duration   `json:"timeout"` // of one attempt, of work until its end, unless the step says otherwise; nanoseconds in JSON
	Retry   RetryPolicy     `json:"retry"`   // unless the step says otherwise
	Role    string          `json:"role"`    // lowest role that may run it: viewer, user, admin or super_admin
	Params  json.RawMessage `json:"params"`  // JSON Schema (draft 2020-12) of the parameters, an object
	Result  json.RawMessage `json:"result"`  // JSON Schema (draft 2020-12) of the result, an object
	Undo    string          `json:"undo"`    // name of the action that takes it back, "" when nothing does
	DryRun  string          `json:"dry_run"` // what a dry run says instead of acting: "would …"

	Constant []string `json:"constant,omitempty"` // parameters in which no ${…} may stand: what they say is code
}
