package bulk

import (
	"context"
	"slices"
	"strings"

	"github.com/velocicompanion/velocicompanion/internal/auth"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/models"
)

// isolationStepUp is how many hosts somebody may isolate or release together without proving once more that it is him.
const isolationStepUp = 10

// IsolationParams are what isolate and release take.
type IsolationParams struct {
	Reason string `json:"reason" minLength:"1" maxLength:"2000" pattern:"\\S" patternDescription:"more than white space" doc:"why; it stands in the trail and in the hosts' timelines"`
}

func isolateHosts() spec[IsolationParams] {
	return isolation("isolate", models.ActionIsolate, "Cut hosts off the network")
}

func releaseHosts() spec[IsolationParams] {
	return isolation("release", models.ActionRelease, "Let hosts back into the network")
}

// isolation orders one of the two for each host: an item is done when the order is given, and the host says how it stands.
func isolation(name, action, summary string) spec[IsolationParams] {
	return spec[IsolationParams]{
		resource: models.BulkHosts, name: name, summary: summary, permission: auth.HostsIsolate, slice: isolationSlice, stepUpOver: isolationStepUp,
		check: func(ctx context.Context, c Call, p *IsolationParams) error {
			if p.Reason = strings.TrimSpace(p.Reason); p.Reason == "" {
				return badParam("reason", "is needed")
			}
			_, err := c.Tenant.VelociraptorConfig(ctx)
			return err
		},
		do: func(ctx context.Context, c Call, p IsolationParams, items []models.BulkItem) ([]store.BulkOutcome, error) {
			return each(ctx, c, items, func(ctx context.Context, t *store.Tenant, item *models.BulkItem) (*change, error) {
				return orderIsolation(ctx, c, t, item.ResourceID, action, p.Reason)
			})
		},
	}
}

// isolationSlice is small: each order locks its host.
const isolationSlice = 50

// orderIsolation gives one host's order. One that is so already, or is on its way there, is passed over.
func orderIsolation(ctx context.Context, c Call, t *store.Tenant, id int64, action, reason string) (*change, error) {
	host, err := t.Host(ctx, id)
	if err != nil {
		return nil, err
	}
	so := []string{models.IsolationIsolated, models.IsolationPending}
	if action == models.ActionRelease {
		so = []string{models.IsolationNone, models.IsolationReleasing}
	}
	if slices.Contains(so, host.Isolation) {
		return nil, nil //nolint:nilnil // nothing to change is an ordinary answer
	}
	wish := store.IsolationWish{HostID: id, Action: action, Reason: reason, Username: c.Actor.Username}
	if c.Job.CreatedBy != nil && c.Job.VisitID == nil {
		wish.RequestedBy = c.Job.CreatedBy
	}
	wish.KeyID = c.Job.KeyID
	row, err := t.StartIsolation(ctx, wish)
	if err != nil {
		return nil, err
	}
	return &change{before: map[string]any{"isolation": host.Isolation}, after: map[string]any{"isolation_id": row.ID}}, nil
}
