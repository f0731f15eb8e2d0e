package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"github.com/velocicompanion/velocicompanion/models"
)

// FlowTold wakes whatever waits for a flow that is said to have moved on, in the transaction that keeps the word. It is a
// hint: what came of the flow is read from the server. A flow that nobody waits for is none of ours.
func (t *Tenant) FlowTold(ctx context.Context, _, clientID, flowID string) error {
	return t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		if err := t.isolationTold(ctx, db, clientID, flowID); err != nil {
			return err
		}
		if err := t.collectionTold(ctx, db, clientID, flowID); err != nil {
			return err
		}
		return t.HuntFlowTold(ctx, clientID, flowID)
	})
}

// collectionTold wakes the collection that waits for a flow.
func (t *Tenant) collectionTold(ctx context.Context, db bun.IDB, clientID, flowID string) error {
	var ids []int64
	err := db.NewRaw("UPDATE collections SET polls = 0 WHERE tenant_id = ? AND flow_id = ? AND client_id = ? AND finished_at IS NULL RETURNING id",
		t.id, flowID, clientID).Scan(ctx, &ids)
	if err != nil || len(ids) == 0 {
		return err
	}
	return t.WakeJob(ctx, models.JobCollection, ids[0])
}

// TellCollection has everybody in the tenant told how far a collection is, once the transaction is committed.
func (t *Tenant) TellCollection(row *models.Collection) {
	if t.left != nil {
		t.tellCollection(row)
	}
}

func (t *Tenant) tellCollection(row *models.Collection) {
	counters, err := json.Marshal(map[string]int64{
		"rows": row.Rows, "rows_found": row.RowsFound, "rows_bad": row.RowsBad, "files": int64(row.Files), "files_kept": int64(row.FilesKept),
	})
	if err != nil {
		counters = nil // numbers under texts: can't be
	}
	t.left.Jobs = append(t.left.Jobs, JobNews{
		TenantID: t.id, ID: row.ID, Kind: models.JobCollection, Status: row.Status, Progress: row.Progress(), Counters: string(counters),
	})
}

// noticeAfter is how long a collection must have taken for its end to be worth a notification: who asked has gone on.
const noticeAfter = time.Minute

// notifyCollection tells who asked for a collection that it has ended, where he no longer looks at it. Who cancelled it knows,
// and a playbook's collection is the run's.
func (t *Tenant) notifyCollection(ctx context.Context, row *models.Collection) error {
	if row.CreatedBy == nil || row.ExecutionID != nil || row.Status == models.JobCancelled || row.FinishedAt.Sub(row.CreatedAt) < noticeAfter {
		return nil
	}
	n := Notice{
		Users: []int64{*row.CreatedBy}, Type: "collection." + row.Status, Link: "/collections/" + decimal(row.ID),
		Title:   row.ArtifactName + " is in",
		Message: fmt.Sprintf("%d rows and %d files from %s.", row.Rows, row.FilesKept, row.ClientID),
	}
	if row.Status == models.JobFailed {
		n.Severity, n.Title, n.Message = models.SeverityLow, row.ArtifactName+" could not be collected", row.ClientID+": "+row.Error
	}
	_, err := t.Notify(ctx, n)
	return err
}

// emitCollection tells playbooks that a collection has ended. Each attempt's end is a fact of its own.
func (t *Tenant) emitCollection(ctx context.Context, row *models.Collection) error {
	payload := map[string]any{"collection": CollectionPayload(row), "status": row.Status, "rows": row.Rows, "errors": []string{}}
	if row.Error != "" {
		payload["errors"] = []string{row.Error}
	}
	return t.WithCausation(row.Causation).Emit(ctx, Event{
		ID: once("collection.completed", row.ID) + ":" + decimal(int64(row.Attempt)), Type: "collection.completed", Payload: payload,
	})
}

// CollectionPayload is a collection as events and playbooks see it: the fields of the API.
func CollectionPayload(row *models.Collection) map[string]any {
	return map[string]any{
		"id": row.ID, "host_id": row.HostID, "client_id": row.ClientID, "artifact_name": row.ArtifactName, "parameters": row.Parameters,
		"flow_id": row.FlowID, "status": row.Status, "rows": row.Rows, "rows_new": row.RowsNew, "files": row.Files, "error": row.Error,
		"error_kind": row.ErrorKind, "attempt": row.Attempt, "execution_id": row.ExecutionID, "created_by": row.CreatedBy,
		"created_at": row.CreatedAt.UTC(), "finished_at": utc(row.FinishedAt),
	}
}
