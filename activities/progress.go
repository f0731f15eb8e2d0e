package activities

import (
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/models"
	"github.com/velocicompanion/velocicompanion/workflows/contract"
)

// records turns what the workflow decided on its own into rows.
func records(steps []contract.StepRecord) []models.ExecutionStep {
	rows := make([]models.ExecutionStep, len(steps))
	for i, s := range steps {
		at := s.At.UTC()
		rows[i] = models.ExecutionStep{
			Key: s.Key, ID: s.ID, Type: s.Type, Position: s.Position, Status: s.Status, Attempts: s.Attempts,
			Error: s.Error, ErrorKind: s.ErrorKind, SkippedBecause: s.SkippedBecause, StartedAt: &at, FinishedAt: &at,
		}
		if len(s.Output) > 0 {
			if raw, err := encode(s.Output); err == nil {
				rows[i].Output = raw
			}
		}
	}
	return rows
}

func started(p contract.Progress) *store.RunStarted {
	if p.Started == nil {
		return nil
	}
	return &store.RunStarted{WorkflowID: p.Started.WorkflowID, RunID: p.Started.RunID}
}
