package playbooks

import (
	"maps"
	"time"
)

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

// Kind is what a step is: an action of the catalog or a node of the language itself.
type Kind string

// The kinds of step.
const (
	KindAction Kind = "action" // carried out by an activity
	KindSet    Kind = "set"    // sets variables, pure
	KindStop   Kind = "stop"   // ends the run
)

// The statuses a stop gives its run.
const (
	StopCompleted = "completed"
	StopFailed    = "failed"
)

// Step is one step of a Plan.
type Step struct {
	Key     string         `json:"key"` // unique in the plan: the path of ids, "on_failure/…" for the failure part
	ID      string         `json:"id"`  // the name under steps in expressions
	Kind    Kind           `json:"kind"`
	Name    string         `json:"name,omitempty"`
	Action  string         `json:"action,omitempty"`  // of kind action: the catalog's name
	Params  map[string]any `json:"params,omitempty"`  // of kind action: raw, with ${…}
	If      string         `json:"if,omitempty"`      // condition, "" for always
	Timeout time.Duration  `json:"timeout,omitempty"` // of one attempt, of work until its end; nanoseconds in JSON
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

// Skipped is what steps.<id> holds for a step that was skipped or hasn't run: its result's zero values.
func (s Step) Skipped() map[string]any { return s.outcome(nil, true, "") }

// Finished is what steps.<id> holds after the step gave this result.
func (s Step) Finished(result map[string]any) map[string]any { return s.outcome(result, false, "") }

// Ended is Failed for a step that gave a result all the same: what there is of it.
func (s Step) Ended(result map[string]any, message string) map[string]any {
	out := s.outcome(result, false, message)
	out["failed"] = true
	return out
}

// Failed is what steps.<id> holds after the step failed with on_error continue: its result's zero values and the fault's
// safe message.
func (s Step) Failed(message string) map[string]any {
	out := s.outcome(nil, false, message)
	out["failed"] = true
	return out
}

func (s Step) outcome(result map[string]any, skipped bool, message string) map[string]any {
	out := make(map[string]any, len(s.Zero)+len(result)+3)
	maps.Copy(out, s.Zero)
	maps.Copy(out, result)
	out["skipped"], out["failed"], out["error"] = skipped, false, message
	return out
}

// PendingSteps is Env.Steps before the first step: every step as if it had been skipped, so that a part of the plan that
// runs early may look at any of them.
func (p *Plan) PendingSteps() map[string]any {
	out := make(map[string]any, len(p.Steps)+len(p.OnFailure))
	for _, step := range p.Steps {
		out[step.ID] = step.Skipped()
	}
	for _, step := range p.OnFailure {
		out[step.ID] = step.Skipped()
	}
	return out
}
