package playbooks

import "time"

// PlanFormat is the version of the Plan's own shape. A worker refuses a format it doesn't know.
const PlanFormat = 1

// Plan is a compiled playbook: everything a run needs, with every timeout, retry, expression and budget pinned, so that
// editing the playbook or raising a limit never changes a run in flight. It is the workflow's input, as JSON.
type Plan struct {
	Format      int            `json:"format"`
	Name        string         `json:"name"`
	Description string         `json:"description,omitempty"`
	Trigger     Trigger        `json:"trigger"`
	Inputs      []Input        `json:"inputs,omitempty"`
	Vars        map[string]any `json:"vars,omitempty"` // raw, rendered once before the first step
	Steps       []Step         `json:"steps"`
	OnFailure   []Step         `json:"on_failure,omitempty"`
	Timeout     time.Duration  `json:"timeout"` // of the whole run, nanoseconds in JSON
	Budget      Budget         `json:"budget"`
}

// Trigger is what starts a playbook.
type Trigger struct {
	Type   TriggerType `json:"type"`
	Events []string    `json:"events,omitempty"` // event types, with * wildcards
	When   string      `json:"when,omitempty"`   // condition over the event, "" for always
}

// Step is one step of a Plan.
type Step struct {
	Key     string         `json:"key"` // unique in the plan: the path of ids, "on_failure/…" for the failure part
	ID      string         `json:"id"`  // the name under steps in expressions
	Kind    Kind           `json:"kind"`
	Name    string         `json:"name,omitempty"`
	Action  string         `json:"action,omitempty"`  // of kind action: the catalog's name
	Params  map[string]any `json:"params,omitempty"`  // of kind action: raw, with ${…}
	If      string         `json:"if,omitempty"`      // condition, "" for always
	Timeout time.Duration  `json:"timeout,omitempty"` // of one attempt, nanoseconds in JSON
	Retry   RetryPolicy    `json:"retry,omitzero"`
	OnError OnError        `json:"on_error"`
	Effect  Effect         `json:"effect,omitempty"`
	Role    string         `json:"role,omitempty"`
	DryRun  string         `json:"dry_run,omitempty"`
	Zero    map[string]any `json:"zero,omitempty"`    // the result's zero values, what a skipped step answers
	Vars    map[string]any `json:"vars,omitempty"`    // of kind set: raw, with ${…}
	Status  string         `json:"status,omitempty"`  // of kind stop: completed or failed
	Message string         `json:"message,omitempty"` // of kind stop: raw, with ${…}
}
