package activities

import (
	"context"
	"encoding/json"
	"time"

	"github.com/invopop/jsonschema"

	"github.com/velocicompanion/velocicompanion/internal/auth"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/models"
	"github.com/velocicompanion/velocicompanion/playbooks"
	"github.com/velocicompanion/velocicompanion/workflows/contract"
)

// previewRows is how many rows of a collection a step's result shows, and previewRowBytes how large they may be together, so
// that they travel with the run; the observations hold all.
const (
	previewRows     = 1000
	previewRowBytes = 48 << 10
)

type collectArtifact struct{}

// CollectArtifactParams are what collect_artifact takes.
type CollectArtifactParams struct {
	HostID       *int64            `json:"host_id,omitempty" jsonschema:"minimum=1,description=Host to collect from; this or client_id"`
	ClientID     string            `json:"client_id,omitempty" jsonschema:"maxLength=100,description=Velociraptor client to collect from; this or host_id"`
	ArtifactName string            `json:"artifact_name" jsonschema:"minLength=1,maxLength=300,description=What to collect; as Velociraptor names it"`
	Parameters   map[string]string `json:"parameters,omitempty" jsonschema:"maxProperties=200,description=The artifact's parameters; all of them texts"`
	MaxRows      int64             `json:"max_rows,omitempty" jsonschema:"minimum=0,maximum=10000000,description=Rows that the endpoint may send; the server's own limit when missing"`
}

// CollectArtifactResult is what collect_artifact answers.
type CollectArtifactResult struct {
	CollectionID int64       `json:"collection_id"`
	HostID       int64       `json:"host_id" jsonschema:"description=0 where the endpoint is no host of ours"`
	ClientID     string      `json:"client_id"`
	FlowID       string      `json:"flow_id"`
	Status       string      `json:"status" jsonschema:"description=completed or failed or cancelled"`
	RowCount     int64       `json:"row_count" jsonschema:"description=Rows that came"`
	Files        int         `json:"files" jsonschema:"description=Files that came"`
	Rows         []resultRow `json:"rows" jsonschema:"description=The first rows; at most 1000 and 48 KiB of them"`
}

// resultRow is a row as it came: a JSON object of any shape, with its numbers whole.
type resultRow json.RawMessage

// MarshalJSON gives the row as it is.
func (r resultRow) MarshalJSON() ([]byte, error) { return r, nil }

// JSONSchema says that it is an object.
func (resultRow) JSONSchema() *jsonschema.Schema { return &jsonschema.Schema{Type: "object"} }

// Spec describes the action.
func (collectArtifact) Spec() playbooks.ActionSpec {
	return playbooks.ActionSpec{
		Name: contract.ActionCollectArtifact, Summary: "Collects an artifact from an endpoint and waits for its rows.",
		Effect: playbooks.EffectWork, Timeout: time.Hour, Retry: databaseRetry(), Role: string(auth.RoleUser),
		DryRun: "would collect an artifact from an endpoint",
	}
}

// Begin writes the collection. What the artifact needs is checked before the server is asked to start it. Faults: Invalid,
// NotFound for the host.
func (collectArtifact) Begin(ctx context.Context, c Call, p CollectArtifactParams) (store.WorkRef, error) {
	params, err := encode(p.Parameters)
	if err != nil {
		return store.WorkRef{}, err
	}
	row := &models.Collection{
		HostID: p.HostID, ClientID: p.ClientID, ArtifactName: p.ArtifactName, Parameters: params, MaxRows: p.MaxRows,
		Role: string(c.Actor.Role), ExecutionID: &c.Run.ExecutionID, StepKey: c.Step, Causation: c.Run.Causation, CreatedBy: &c.Run.ActorID,
	}
	if err := c.Tenant.CreateCollection(ctx, row); err != nil {
		return store.WorkRef{}, err
	}
	return store.WorkRef{Kind: models.JobCollection, ID: row.ID}, nil
}

// Result reads what came. Faults: NotFound for a collection that was deleted.
func (collectArtifact) Result(ctx context.Context, t *store.Tenant, id int64) (CollectArtifactResult, error) {
	row, err := t.Collection(ctx, id)
	if err != nil {
		return CollectArtifactResult{}, err
	}
	out := CollectArtifactResult{
		CollectionID: id, ClientID: row.ClientID, FlowID: row.FlowID, Status: row.Status, RowCount: row.Rows, Files: row.Files,
	}
	if row.HostID != nil {
		out.HostID = *row.HostID
	}
	out.Rows, err = previewOf(ctx, t, row)
	return out, err
}

// previewOf reads the first rows of a collection, as many as a step's result shows.
func previewOf(ctx context.Context, t *store.Tenant, row *models.Collection) ([]resultRow, error) {
	rows, size, next := []resultRow{}, 0, ""
	for {
		found, err := t.CollectionRows(ctx, row, store.ObservationQuery{PageQuery: store.PageQuery{Limit: previewRows / 2, Cursor: next}})
		if err != nil {
			return rows, err
		}
		for i := range found.Rows {
			if size += len(found.Rows[i].Data); size > previewRowBytes {
				return rows, nil
			}
			rows = append(rows, resultRow(found.Rows[i].Data))
		}
		if next = found.Next; next == "" || len(rows) >= previewRows {
			return rows, nil
		}
	}
}
