package store

import (
	"context"
	"fmt"

	"github.com/velocicompanion/velocicompanion/models"
)

// notifyBatch tells who sent a batch that it has ended; who cancelled it knows.
func (t *Tenant) notifyBatch(ctx context.Context, row *models.Batch) error {
	if row.CreatedBy == nil || row.Status == models.JobCancelled {
		return nil
	}
	name := row.Filename
	if name == "" {
		name = "batch " + decimal(row.ID)
	}
	n := Notice{
		Users: []int64{*row.CreatedBy}, Type: "batch." + row.Status, Link: fmt.Sprintf("/ingestion/%d", row.ID),
		Title:   fmt.Sprintf("%q is in", name),
		Message: fmt.Sprintf("%d of %d lines, %d new rows, %d new hosts.", row.Accepted, row.Lines, row.RowsNew, row.HostsCreated),
	}
	switch {
	case row.Status == models.JobFailed:
		n.Severity, n.Title, n.Message = models.SeverityMedium, fmt.Sprintf("%q failed", name), row.Error
	case row.Rejected > 0:
		n.Severity = models.SeverityLow
		n.Message += fmt.Sprintf(" %d lines could not be read; they are listed with the reason.", row.Rejected)
	}
	_, err := t.Notify(ctx, n)
	return err
}
