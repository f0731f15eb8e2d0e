package workflows

import (
	"go.temporal.io/sdk/workflow"

	"github.com/velocicompanion/velocicompanion/workflows/contract"
)

// ledger keeps what the workflow knows and the database doesn't yet. It goes with the next write, so that a step that
// touches nothing costs no transaction; it is cleared when a write is known to have come through.
type ledger struct{ open contract.Progress }

func newLedger(info *workflow.Info) ledger {
	return ledger{contract.Progress{Started: &contract.Started{
		WorkflowID: info.WorkflowExecution.ID, RunID: info.WorkflowExecution.RunID,
	}}}
}

// add notes what became of a step; the step's identity and the time are filled in.
func (l *ledger) add(ctx workflow.Context, p place, rec contract.StepRecord) {
	rec.Key, rec.ID, rec.Type, rec.Position, rec.At = p.Key, p.ID, p.kind(), p.position, workflow.Now(ctx)
	l.open.Steps = append(l.open.Steps, rec)
}

// progress is what the next write has to carry.
func (l *ledger) progress() contract.Progress { return l.open }

// written says that the last progress stands in the database.
func (l *ledger) written() { l.open = contract.Progress{} }
