package fleet

import (
	"context"
	"encoding/json"
	"time"

	"github.com/velocicompanion/velocicompanion/internal/auth"
	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/internal/velociraptor"
	"github.com/velocicompanion/velocicompanion/models"
)

// launchLease is how long one asks the server to start a collection before another may: as long as a worker that died is
// waited for.
const launchLease = 20 * time.Second

// launch has the server start the collection, once: its flow has an id of ours, and from the second try on it is looked for
// before it is asked for again, because the server starts a flow that it knows anew.
func (c *collecting) launch(ctx context.Context) (time.Duration, error) {
	if err := c.check(ctx); err != nil || c.row.Status == models.JobCancelling {
		return 0, err
	}
	mine, first, err := c.lease(ctx)
	if err != nil || !mine {
		return time.Second, err
	}
	flowID, err := c.collect(ctx, first)
	if err != nil {
		return 0, bySaid(err)
	}
	now := c.s.p.Clock.Now()
	return firstLook, c.change(ctx, func(_ context.Context, _ *store.Tenant, row *models.Collection) error {
		row.LaunchedAt, row.LeaseUntil, row.Phase, row.Status, row.Polls = &now, nil, models.CollectionFollow, models.JobRunning, 0
		row.FlowID = flowID
		return nil
	})
}

// lease takes the right to ask the server; first says that nobody has asked before.
func (c *collecting) lease(ctx context.Context) (mine, first bool, err error) {
	now := c.s.p.Clock.Now()
	until := now.Add(launchLease)
	err = c.change(ctx, func(_ context.Context, _ *store.Tenant, row *models.Collection) error {
		mine = row.Phase == models.CollectionLaunch && row.Status != models.JobCancelling && (row.LeaseUntil == nil || !row.LeaseUntil.After(now))
		if mine {
			first = row.LeaseUntil == nil
			row.LeaseUntil, row.Status = &until, models.JobRunning
		}
		return nil
	})
	return mine && c.row.Status == models.JobRunning, first, err
}

// collect gives the flow's id: ours, but for a gateway that chooses its own.
func (c *collecting) collect(ctx context.Context, first bool) (string, error) {
	if !first {
		if _, err := c.server.Flow(ctx, c.row.ClientID, c.row.FlowID); !fault.Is(err, fault.NotFound) {
			return c.row.FlowID, err // it is there, or nobody can tell
		}
	}
	params, err := collectionParams(c.row)
	if err != nil {
		return "", err
	}
	if params, err = c.s.wireParams(ctx, c.t, c.row.ArtifactName, params); err != nil {
		return "", err
	}
	return c.server.Collect(ctx, velociraptor.Collection{
		ClientID: c.row.ClientID, FlowID: c.row.FlowID, Artifact: c.row.ArtifactName, Params: params,
		Timeout: time.Duration(c.row.TimeoutSeconds) * time.Second, MaxRows: int(c.row.MaxRows),
	})
}

// check says whether who asked may collect the artifact with these parameters, where that is not known yet: a playbook's step
// can't ask the server, and the screen's question may have met a server that was away.
func (c *collecting) check(ctx context.Context) error {
	if c.row.Checked {
		return nil
	}
	params, err := collectionParams(c.row)
	if err != nil {
		return bySaid(err)
	}
	if err := c.s.CheckArtifact(ctx, c.t, c.row.ArtifactName, params, auth.Role(c.row.Role)); err != nil {
		if fault.Is(err, fault.Internal) {
			return err
		}
		return bySaid(err)
	}
	return c.change(ctx, func(_ context.Context, _ *store.Tenant, row *models.Collection) error {
		row.Checked = true
		return nil
	})
}

func collectionParams(row *models.Collection) (params map[string]string, err error) {
	if err := json.Unmarshal(row.Parameters, &params); err != nil {
		return nil, fault.InvalidField("parameters", "must be texts by name")
	}
	return params, nil
}
