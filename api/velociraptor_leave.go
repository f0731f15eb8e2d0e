package api

import (
	"context"
	"strings"

	"github.com/velocicompanion/velocicompanion/internal/audit"
	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/internal/fleet"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/models"
)

// FormerCallbacks is what became of our callbacks on a server, or in an org, that a tenant left.
type FormerCallbacks struct {
	Artifact string          `json:"artifact" doc:"its name on that server"`
	OrgID    string          `json:"org_id" doc:"root: the root org"`
	Removed  bool            `json:"removed" doc:"that server has nothing of ours any more; calls are refused in any case"`
	Checks   []CallbackCheck `json:"checks" nullable:"false" doc:"what was tried"`
	Steps    []string        `json:"steps" nullable:"false" doc:"what is left for a person to do on that server"`
}

func shapeLeaving(l *fleet.Leaving) *FormerCallbacks {
	if l == nil {
		return nil
	}
	return &FormerCallbacks{Artifact: l.Artifact, OrgID: l.OrgID, Removed: l.Removed(), Checks: shapeCallbackChecks(l.Checks), Steps: l.Steps}
}

// leaveIfMoved takes our callbacks away from the server that is connected, where the proposed one is another.
func (a *API) leaveIfMoved(ctx context.Context, q *fleet.Candidate) (*fleet.Leaving, error) {
	moves, err := a.fleet.Moves(ctx, a.tenant(ctx), q)
	if err != nil || !moves {
		return nil, err
	}
	return a.fleet.LeaveServer(ctx, a.tenant(ctx))
}

// leaveOrg takes our callbacks away from the org that is connected, where another is named. Faults: Conflict
// (velociraptor_not_configured).
func (a *API) leaveOrg(ctx context.Context, org *string) (*fleet.Leaving, error) {
	row, err := a.tenant(ctx).VelociraptorConfig(ctx)
	if err != nil || org == nil || row.OrgID == *org {
		return nil, err
	}
	return a.fleet.LeaveServer(ctx, a.tenant(ctx))
}

// forgetCallbacks refuses calls from the server that was left, with the line that says what stays there.
func forgetCallbacks(ctx context.Context, t *store.Tenant, l *fleet.Leaving) error {
	if l == nil {
		return nil
	}
	before, err := t.RemoveCallbacks(ctx)
	if fault.Is(err, fault.NotFound) { // somebody else removed them meanwhile
		return nil
	}
	if err != nil {
		return err
	}
	return audit.Write(ctx, t, audit.Entry{
		Action: "callbacks.leave", ResourceType: "callbacks", ResourceID: l.Artifact,
		Before: map[string]any{"status": before.Status, "base_url": before.BaseURL, "org_id": before.OrgID},
		After:  map[string]any{"removed": l.Removed(), "failed": fleet.Failed(l.Checks), "left_to_do": l.Steps},
	})
}

// tellLeft tells the caller what is left for a person to do on a server that was given up.
func tellLeft(ctx context.Context, t *store.Tenant, l *fleet.Leaving) error {
	if l == nil || l.Removed() {
		return nil
	}
	_, err := t.Notify(ctx, store.Notice{
		Users: []int64{actor(ctx).UserID}, Type: "callbacks.left", Severity: models.SeverityMedium, Link: "/connection",
		Title: "Our callbacks stay on the Velociraptor server that was disconnected", Message: strings.Join(l.Steps, "\n"),
	})
	return err
}
