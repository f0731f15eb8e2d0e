package activities

import (
	"context"
	"encoding/json"
	"time"

	"github.com/velocicompanion/velocicompanion/internal/auth"
	"github.com/velocicompanion/velocicompanion/internal/fleet"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/models"
	"github.com/velocicompanion/velocicompanion/playbooks"
	"github.com/velocicompanion/velocicompanion/workflows/contract"
)

type startHunt struct{ hunts huntStarter }

// huntStarter writes hunts; *fleet.Service is one.
type huntStarter interface {
	StartHunt(ctx context.Context, tx *store.Tenant, ask fleet.HuntAsk) (*models.Hunt, error)
}

// StartHuntParams are what start_hunt takes.
type StartHuntParams struct {
	Description   string                       `json:"description" jsonschema:"minLength=1,maxLength=400,description=What it is for; the Velociraptor server shows it too"`
	Artifacts     []string                     `json:"artifacts" jsonschema:"minItems=1,maxItems=20,description=What to collect; as Velociraptor names it"`
	Parameters    map[string]map[string]string `json:"parameters,omitempty" jsonschema:"description=By artifact: its parameters; all of them texts"`
	OS            string                       `json:"os,omitempty" jsonschema:"enum=windows,enum=linux,enum=darwin,description=Every system when missing"`
	IncludeLabels []string                     `json:"include_labels,omitempty" jsonschema:"maxItems=50,description=Hosts with one of these labels"`
	ExcludeLabels []string                     `json:"exclude_labels,omitempty" jsonschema:"maxItems=50,description=Hosts with none of these labels"`
	HostIDs       []int64                      `json:"host_ids,omitempty" jsonschema:"maxItems=10000,description=These hosts only"`
	Expires       string                       `json:"expires,omitempty" jsonschema:"maxLength=40,description=A time or how long it is open: 30m 24h 7d 2w; a week when missing"`
	ClientLimit   int                          `json:"client_limit,omitempty" jsonschema:"minimum=0,maximum=1000000,description=At most so many hosts; the online ones first"`
	MaxRows       int                          `json:"max_rows,omitempty" jsonschema:"minimum=0,maximum=10000000,description=Of a host; the server's own limit when missing"`
}

// StartHuntResult is what start_hunt answers.
type StartHuntResult struct {
	HuntID    int64  `json:"hunt_id"`
	Status    string `json:"status" jsonschema:"description=completed or failed or cancelled"`
	Ended     string `json:"ended" jsonschema:"description=done or expired or stopped or failed"`
	Scheduled int    `json:"scheduled" jsonschema:"description=Hosts that had it"`
	Finished  int    `json:"finished" jsonschema:"description=Of them those that ended; errors included"`
	Errors    int    `json:"errors" jsonschema:"description=Of them those that failed"`
	RowCount  int64  `json:"row_count" jsonschema:"description=Rows that came"`
}

// Spec describes the action.
func (startHunt) Spec() playbooks.ActionSpec {
	return playbooks.ActionSpec{
		Name: contract.ActionStartHunt, Summary: "Collects artifacts from many endpoints and waits until they have answered.",
		Effect: playbooks.EffectWork, Timeout: 24 * time.Hour, Retry: databaseRetry(), Role: string(auth.RoleAdmin),
		DryRun: "would start a hunt",
	}
}

// Begin writes the hunt. What its artifacts need is checked before the server is asked to start it. Faults: Invalid.
func (a startHunt) Begin(ctx context.Context, c Call, p StartHuntParams) (store.WorkRef, error) {
	params, err := json.Marshal(p.Parameters)
	if err != nil {
		return store.WorkRef{}, err
	}
	row, err := a.hunts.StartHunt(ctx, c.Tenant, fleet.HuntAsk{
		Description: p.Description, Artifacts: p.Artifacts, Parameters: params, OS: p.OS, IncludeLabels: p.IncludeLabels, ExcludeLabels: p.ExcludeLabels,
		HostIDs: p.HostIDs, Expires: p.Expires, ClientLimit: p.ClientLimit, MaxRows: p.MaxRows,
		By: fleet.HuntBy{UserID: c.Run.ActorID, Username: c.Actor.Username}, ExecutionID: c.Run.ExecutionID, StepKey: c.Step, Causation: c.Run.Causation,
	})
	if err != nil {
		return store.WorkRef{}, err
	}
	return store.WorkRef{Kind: models.JobHunt, ID: row.ID}, nil
}

// Result reads what came. Faults: NotFound for a hunt that was deleted.
func (startHunt) Result(ctx context.Context, t *store.Tenant, id int64) (StartHuntResult, error) {
	row, err := t.Hunt(ctx, id)
	if err != nil {
		return StartHuntResult{}, err
	}
	return StartHuntResult{
		HuntID: id, Status: row.Status, Ended: row.Ended, Scheduled: row.Scheduled, Finished: row.Finished, Errors: row.Errors, RowCount: row.Rows,
	}, nil
}
