package store

import (
	"context"
	"encoding/json"

	"github.com/jackc/pgx/v5"

	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/models"
)

const artifactAdded = "artifact.added" // in playbooks/event_types.go

// emitArtifactsAdded tells of indicators that are new. Whether anybody listens is asked once, before anything is written.
func (t *Tenant) emitArtifactsAdded(ctx context.Context, rows []*models.Artifact) error {
	if len(rows) == 0 {
		return nil
	}
	var heard bool
	if err := t.row(ctx, listensSQL, []any{t.id, artifactAdded}, &heard); err != nil || !heard {
		return err
	}
	return t.tellArtifactsAdded(ctx, rows)
}

// tellArtifactsAdded tells of indicators that are new where somebody listens.
func (t *Tenant) tellArtifactsAdded(ctx context.Context, rows []*models.Artifact) error {
	const atOnce = 1000
	for len(rows) > 0 {
		n := min(atOnce, len(rows))
		events := make([]string, n)
		for i, row := range rows[:n] {
			b, err := json.Marshal(t.artifactEvent(once(artifactAdded, row.ID), row, row.FirstCase()))
			if err != nil {
				return fault.Wrap(err, fault.Internal, "the event can't be written")
			}
			events[i] = string(b)
		}
		if err := t.emitRows(ctx, events); err != nil {
			return err
		}
		rows = rows[n:]
	}
	return nil
}

const listensSQL = `SELECT EXISTS (
  SELECT 1 FROM playbook_triggers WHERE tenant_id = $1 AND $2::text LIKE replace(replace(pattern, '_', '\_'), '*', '%'))`

func (t *Tenant) emitRows(ctx context.Context, events []string) error {
	const sql = "INSERT INTO outbox (tenant_id, kind, payload) SELECT $1, 'event', e::jsonb FROM unnest($2::text[]) AS e RETURNING id"
	return t.rows(ctx, sql, []any{t.id, events}, func(r pgx.Rows) error {
		var id int64
		err := r.Scan(&id)
		t.left.Outbox = append(t.left.Outbox, id)
		return err
	})
}

// emitArtifactTied tells that a known indicator is new to a case; of a false positive nobody is told.
func (t *Tenant) emitArtifactTied(ctx context.Context, row *models.Artifact, caseID int64) error {
	if row.FalsePositive {
		return nil
	}
	return t.Emit(ctx, t.artifactEvent(once(once(artifactAdded, row.ID), caseID), row, &caseID))
}

func (t *Tenant) artifactEvent(id string, row *models.Artifact, caseID *int64) Event {
	payload := map[string]any{"artifact_id": row.ID, "artifact": ArtifactPayload(row)}
	if caseID != nil {
		payload["case_id"] = *caseID
	}
	return Event{ID: id, Type: artifactAdded, Time: t.s.Now(), Causation: append([]string{}, t.causation...), Payload: payload}
}

// ArtifactPayload is an indicator as events and playbooks see it: the fields of the API.
func ArtifactPayload(row *models.Artifact) map[string]any {
	caseIDs, tags := row.CaseIDs, row.Tags
	if caseIDs == nil {
		caseIDs = []int64{}
	}
	if tags == nil {
		tags = []string{}
	}
	return map[string]any{
		"id": row.ID, "case_id": row.FirstCase(), "case_ids": caseIDs, "artifact_type": row.ArtifactType, "value": row.Value,
		"description": row.Description, "artifact_metadata": row.ArtifactMetadata, "tlp": row.TLP, "tags": tags,
		"expires_at": utc(row.ExpiresAt), "origin": row.Origin, "false_positive": row.FalsePositive, "created_at": row.CreatedAt.UTC(),
	}
}
