package activities

import (
	"context"
	"time"

	"github.com/velocicompanion/velocicompanion/internal/auth"
	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/models"
	"github.com/velocicompanion/velocicompanion/playbooks"
	"github.com/velocicompanion/velocicompanion/workflows/contract"
)

// isolationTimeout is how long a step waits for an endpoint; a step of its own may say otherwise.
const isolationTimeout = time.Hour

type isolateHost struct{}

// IsolateHostParams are what isolate_host and release_host take.
type IsolateHostParams struct {
	HostID int64  `json:"host_id" jsonschema:"minimum=1"`
	Reason string `json:"reason,omitempty" jsonschema:"maxLength=2000,description=Why; it stands in the trail and in the host's timeline"`
}

// IsolateHostResult is what isolate_host and release_host answer.
type IsolateHostResult struct {
	IsolationID int64  `json:"isolation_id"`
	HostID      int64  `json:"host_id"`
	Hostname    string `json:"hostname"`
	Status      string `json:"status" jsonschema:"description=completed or failed or cancelled"`
	Verified    bool   `json:"verified" jsonschema:"description=The endpoint says so itself and answered later"`
	Isolated    bool   `json:"isolated" jsonschema:"description=The endpoint is isolated now and this is verified"`
	Note        string `json:"note" jsonschema:"description=Why it could not be verified"`
}

// Spec describes the action.
func (isolateHost) Spec() playbooks.ActionSpec {
	return playbooks.ActionSpec{
		Name: contract.ActionIsolateHost, Summary: "Cuts a host off the network, but for its Velociraptor server, and verifies it.",
		Effect: playbooks.EffectWork, Timeout: isolationTimeout, Retry: databaseRetry(), Role: string(auth.RoleAdmin), Undo: contract.ActionReleaseHost,
		DryRun: "would isolate a host",
	}
}

// Begin writes the order. Faults: NotFound; Conflict for a host that must not be isolated, is isolated or is none of the
// server's clients.
func (isolateHost) Begin(ctx context.Context, c Call, p IsolateHostParams) (store.WorkRef, error) {
	return orderIsolation(ctx, c, p, models.ActionIsolate)
}

// Result reads what came of it. Faults: NotFound.
func (isolateHost) Result(ctx context.Context, t *store.Tenant, id int64) (IsolateHostResult, error) {
	return isolationResult(ctx, t, id)
}

type releaseHost struct{}

// Spec describes the action.
func (releaseHost) Spec() playbooks.ActionSpec {
	return playbooks.ActionSpec{
		Name: contract.ActionReleaseHost, Summary: "Lets an isolated host back into the network, and verifies it.",
		Effect: playbooks.EffectWork, Timeout: isolationTimeout, Retry: databaseRetry(), Role: string(auth.RoleAdmin),
		DryRun: "would release a host",
	}
}

// Begin writes the order. Faults: NotFound, Conflict.
func (releaseHost) Begin(ctx context.Context, c Call, p IsolateHostParams) (store.WorkRef, error) {
	return orderIsolation(ctx, c, p, models.ActionRelease)
}

// Result reads what came of it. Faults: NotFound.
func (releaseHost) Result(ctx context.Context, t *store.Tenant, id int64) (IsolateHostResult, error) {
	return isolationResult(ctx, t, id)
}

func orderIsolation(ctx context.Context, c Call, p IsolateHostParams, action string) (store.WorkRef, error) {
	row, err := c.Tenant.StartIsolation(ctx, store.IsolationWish{
		HostID: p.HostID, Action: action, Reason: p.Reason, RequestedBy: &c.Run.ActorID, ExecutionID: &c.Run.ExecutionID, StepKey: c.Step,
	})
	if fault.Is(err, fault.NotFound) {
		err = fault.Wrap(err, fault.NotFound, "there is no host %d", p.HostID)
	}
	if err != nil {
		return store.WorkRef{}, err
	}
	return store.WorkRef{Kind: models.JobIsolation, ID: row.ID}, nil
}

func isolationResult(ctx context.Context, t *store.Tenant, id int64) (IsolateHostResult, error) {
	row, err := t.Isolation(ctx, id)
	if err != nil {
		return IsolateHostResult{}, err
	}
	out := IsolateHostResult{IsolationID: id, HostID: row.HostID, Hostname: row.Hostname, Status: row.Status, Note: row.Note}
	out.Verified = row.Verified != nil && *row.Verified
	out.Isolated = out.Verified && row.Action == models.ActionIsolate && row.Status == models.JobCompleted
	return out, nil
}
