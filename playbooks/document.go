package playbooks

import "time"

// TriggerType is how a run of a playbook comes about.
type TriggerType string

// The trigger types of the language.
const (
	TriggerManual TriggerType = "manual"
	TriggerEvent  TriggerType = "event"
)

// OnError is what a step's failure means for its run.
type OnError string

// The answers to a failed step.
const (
	OnErrorFail     OnError = "fail"     // the run fails, on_failure runs
	OnErrorContinue OnError = "continue" // the run goes on with the next step
)

// Kind is what a step is: an action of the catalog or a node of the language itself.
type Kind string

// The kinds of step.
const (
	KindAction Kind = "action" // carried out by an activity
	KindSet    Kind = "set"    // sets variables, pure
	KindStop   Kind = "stop"   // ends the run
)

// Document is a playbook as written, in YAML or in JSON. It keeps where each part stood, so that every later complaint
// can name line and column.
type Document struct {
	Name        string
	Description string
	Trigger     Trigger
	Inputs      []Input        // in the order written
	Vars        map[string]any // values may hold ${…}
	Timeout     time.Duration  // of the whole run, zero for the default
	Actions     []StepDocument
	OnFailure   []StepDocument

	positions map[string]position // by path, for diagnostics
}

// StepDocument is one step as written.
type StepDocument struct {
	ID          string // "" takes one from the type
	Name        string
	Description string
	Type        string // an action's name, or set, or stop
	If          string // condition, "" for always
	Params      map[string]any
	Timeout     time.Duration // zero for the action's own
	Retry       *RetryDocument
	OnError     OnError        // "" is fail
	Vars        map[string]any // of set: values may hold ${…}
	Status      string         // of stop: completed (default) or failed
	Message     string         // of stop, may hold ${…}
}

// RetryDocument is the part of a retry policy that a step overrides; zero values leave the action's own.
type RetryDocument struct {
	MaxAttempts     int
	InitialInterval time.Duration
	Backoff         float64
	MaxInterval     time.Duration
}
