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

// Document is a playbook as written, in YAML or in JSON. It keeps its source, so that every later complaint can name
// line and column.
type Document struct {
	Name        string
	Description string
	Trigger     Trigger
	Inputs      []Input        // in the order written
	Vars        map[string]any // values may hold ${…}
	Timeout     time.Duration  // of the whole run, zero for the default
	Actions     []StepDocument
	OnFailure   []StepDocument

	source *node
}

// StepDocument is one step as written.
type StepDocument struct {
	ID          string // "" takes one from the type
	Name        string
	Description string
	Type        string // an action's name, or a node of the language: set, stop
	If          string // condition, "" for always
	Params      map[string]any
	Timeout     time.Duration // zero for the action's own
	Retry       *RetryDocument
	OnError     OnError // "" is fail
}

// RetryDocument is the part of a retry policy that a step overrides; zero values leave the action's own.
type RetryDocument struct {
	MaxAttempts     int
	InitialInterval time.Duration
	Backoff         float64
	MaxInterval     time.Duration
}

// The bounds of what an author may write.
const (
	maxTitle         = 200 // characters of a name
	maxDescription   = 4000
	maxInputs        = 50
	maxVars          = 200
	minTimeout       = time.Second
	maxStepTimeout   = 7 * 24 * time.Hour
	maxRunTimeout    = 90 * 24 * time.Hour
	defaultTimeout   = 24 * time.Hour
	maxAttempts      = 20
	minRetryInterval = 10 * time.Millisecond
	maxRetryInterval = 24 * time.Hour
	maxBackoff       = 10
	maxEventPatterns = 20
)
