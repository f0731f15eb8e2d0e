package contract

import (
	"time"

	"github.com/velocicompanion/velocicompanion/playbooks"
)

// RunInput is what a run is started with: everything it needs, pinned, so that later changes don't touch it.
type RunInput struct {
	Run
	TenantName  string           `json:"tenant_name"`
	PlaybookID  int64            `json:"playbook_id"`
	Version     int              `json:"version"`
	TriggerType string           `json:"trigger_type"`
	Plan        *playbooks.Plan  `json:"plan"`
	Inputs      map[string]any   `json:"inputs,omitempty"` // checked, defaults filled in
	Event       *playbooks.Event `json:"event,omitempty"`  // what started it, nil for a run by hand
}

// Run says which run something belongs to and whom it acts as.
type Run struct {
	TenantID    int64    `json:"tenant_id"`
	ExecutionID int64    `json:"execution_id"`
	ActorID     int64    `json:"actor_id,omitempty"`  // 0: nobody is left to act as, and no step may act
	Causation   []string `json:"causation,omitempty"` // ids of the events that led here, oldest first
}

// Tenant is what the guards on both sides compare with the task queue.
func (r Run) Tenant() int64 { return r.TenantID }

// RunResult is what a run leaves in Temporal; the database holds the rest.
type RunResult struct {
	Status string `json:"status"`
}

// Cancel is the payload of SignalCancel.
type Cancel struct {
	RequestID int64  `json:"request_id"` // the row of the wish; a repeat has the same
	Reason    string `json:"reason,omitempty"`
}

// StepInput is one attempt at one step.
type StepInput struct {
	Run
	Key      string         `json:"key"` // unique in the run
	ID       string         `json:"id"`
	Position int            `json:"position"`
	Action   string         `json:"action"`
	Role     string         `json:"role"`   // the least that the actor needs
	Params   map[string]any `json:"params"` // rendered
	Retries  bool           `json:"retries,omitempty"`
	Before   Progress       `json:"before,omitzero"`
	EndsRun  bool           `json:"ends_run,omitempty"` // once it is completed, so is the run: its transaction says so
}

// Progress is what the workflow knows and the database doesn't yet. It goes with the next write, so that a step that
// touches nothing costs no transaction.
type Progress struct {
	Started *Started     `json:"started,omitempty"` // with a run's first write
	Steps   []StepRecord `json:"steps,omitempty"`
}

// Started is what a run's first write says about it.
type Started struct {
	WorkflowID string `json:"workflow_id"`
	RunID      string `json:"run_id"`
}

// StepRecord is what became of a step that the workflow decided on its own.
type StepRecord struct {
	Key            string         `json:"key"`
	ID             string         `json:"id"`
	Type           string         `json:"type"` // the action, or set, or stop
	Position       int            `json:"position"`
	Status         string         `json:"status"`
	Attempts       int            `json:"attempts,omitempty"`
	Output         map[string]any `json:"output,omitempty"`
	Error          string         `json:"error,omitempty"`
	ErrorKind      string         `json:"error_kind,omitempty"`
	SkippedBecause string         `json:"skipped_because,omitempty"`
	At             time.Time      `json:"at"` // workflow time
}

// StepResult is what the database says came of a step: of this attempt, or of an earlier one that got through.
type StepResult struct {
	Status         string         `json:"status"`           // completed, of work waiting, or what an earlier attempt left: skipped, failed, cancelled
	Output         map[string]any `json:"output,omitempty"` // cut to a preview with truncated: true past MaxResult
	Error          string         `json:"error,omitempty"`
	ErrorKind      string         `json:"error_kind,omitempty"`
	SkippedBecause string         `json:"skipped_because,omitempty"`
	Work           *WorkRef       `json:"work,omitempty"` // of status waiting: what the step waits for
}

// MaxResult is the size of a step's result as JSON, in bytes, past which the workflow gets a preview; the row has it all.
const MaxResult = 64 << 10

// FinishInput is how a run ends.
type FinishInput struct {
	Run
	Before Progress `json:"before,omitzero"`
	Status string   `json:"status"`
	Error  string   `json:"error,omitempty"`
}

// FinishResult is the status that stands in the database: that of an earlier end where there was one.
type FinishResult struct {
	Status string `json:"status"`
}
