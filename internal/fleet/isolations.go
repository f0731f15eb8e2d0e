package fleet

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/models"
)

// How long the parts of an isolation may take.
const (
	isolationPatience = 14 * 24 * time.Hour // an endpoint that is switched off is isolated when it comes back
	isolationSettle   = 3 * time.Second     // a policy that cuts the agent off as well does so within moments
	isolationProof    = 10 * time.Minute    // until a later sign of life
	isolationPoll     = time.Second         // the first; they grow
	isolationPollMost = 30 * time.Second
	isolationAway     = 2 * time.Minute // between two looks at an endpoint that is offline
)

// Why an isolation failed.
const (
	isolationRefused    = "refused"     // a rule of the tenant's
	isolationGone       = "gone"        // the server does not know the client
	isolationArtifact   = "artifact"    // no artifact for the system, or the server does not know it
	isolationPermission = "permission"  // our user may not
	isolationEndpoint   = "endpoint"    // the endpoint says that it did not work
	isolationTimeout    = "timeout"     // it never came back
	isolationServerDown = "server_down" // nor did the server
)

// AdvanceIsolation does the next part of an isolation: the order is given to the server once, carried out by the endpoint, and
// verified by what the endpoint says, by a later sign of life and by the server's label. tell says that whoever watches is to
// be told how far it is. Faults: NotFound.
func (s *Service) AdvanceIsolation(ctx context.Context, t *store.Tenant, id int64, tell bool) (Step, error) {
	row, err := t.Isolation(ctx, id)
	if err != nil || models.JobFinal(row.Status) {
		return stepOf(row), err
	}
	if tell {
		if err := t.TellJob(ctx, models.JobIsolation, id, row.Status, row.Progress(), map[string]int64{}); err != nil {
			return Step{}, err
		}
	}
	i := &isolation{s: s, t: t, row: row}
	if i.server, err = s.p.Servers.Server(ctx, t); err != nil {
		return i.trouble(ctx, err)
	}
	step, err := i.next(ctx)
	if err != nil {
		return i.trouble(ctx, err)
	}
	return step, nil
}

func stepOf(row *models.Isolation) Step {
	if row == nil {
		return Step{}
	}
	return Step{Status: row.Status}
}

// isolation is one order at work.
type isolation struct {
	s      *Service
	t      *store.Tenant
	row    *models.Isolation
	server Server
}

func (i *isolation) next(ctx context.Context) (Step, error) {
	switch {
	case i.row.Status == models.JobCancelling:
		return i.callOff(ctx)
	case i.row.Phase == models.IsolationOrder:
		return i.order(ctx)
	case i.row.Phase == models.IsolationCarryOut:
		return i.follow(ctx)
	default:
		return i.verify(ctx)
	}
}

func (i *isolation) isolating() bool { return i.row.Action == models.ActionIsolate }

// save changes the row, unless it was ended or called off meanwhile.
func (i *isolation) save(ctx context.Context, change func(row *models.Isolation)) error {
	row, err := i.t.SaveIsolation(ctx, i.row.ID, func(row *models.Isolation) bool {
		change(row)
		return true
	})
	if err == nil {
		i.row = row
	}
	return err
}

// wait says that there is nothing to do for a while, and why.
func (i *isolation) wait(ctx context.Context, note string, wait time.Duration) (Step, error) {
	err := i.save(ctx, func(row *models.Isolation) {
		row.Polls++
		row.Failures = 0
		row.Note = note
		if row.Status != models.JobCancelling {
			row.Status = models.JobWaiting
		}
	})
	return Step{Status: i.row.Status, Wait: wait}, err
}

// trouble tells what a repeat may help from what it won't. The server may be away as long as an endpoint may.
func (i *isolation) trouble(ctx context.Context, cause error) (Step, error) {
	switch {
	case errors.Is(cause, context.Canceled) || ctx.Err() != nil:
		return Step{}, cause
	case fault.Retryable(cause) || codeOf(cause) == store.CodeNotConfigured:
		if i.s.p.Clock.Now().Sub(i.row.CreatedAt) > isolationPatience {
			return i.fail(ctx, isolationServerDown, fault.Safe(cause))
		}
		failures := 0
		err := i.save(ctx, func(row *models.Isolation) {
			row.Failures++
			failures, row.Note = row.Failures, fault.Safe(cause)
			if row.Status != models.JobCancelling {
				row.Status = models.JobWaiting
			}
		})
		return Step{Status: i.row.Status, Wait: backOff(failures, 5*time.Second, isolationAway)}, err
	case fault.Is(cause, fault.Forbidden):
		return i.fail(ctx, isolationPermission, fault.Safe(cause))
	case fault.Is(cause, fault.NotFound):
		return i.fail(ctx, isolationGone, fault.Safe(cause))
	default:
		return i.fail(ctx, isolationArtifact, fault.Safe(cause))
	}
}

// fail ends the order. What the server was told may have been carried out in part: only what was never told leaves the host
// as it was.
func (i *isolation) fail(ctx context.Context, kind, words string) (Step, error) {
	state := i.row.BeforeState
	switch {
	case i.isolating() && i.row.OrderedAt != nil && kind == isolationEndpoint:
		state = models.IsolationFailed
	case i.row.OrderedAt != nil && kind != isolationEndpoint:
		state = models.IsolationUnverified
	case i.isolating() && kind != isolationRefused:
		state = models.IsolationFailed
		if i.row.BeforeState == models.IsolationIsolated || i.row.BeforeState == models.IsolationUnverified {
			state = i.row.BeforeState
		}
	}
	return i.end(ctx, store.IsolationEnd{Status: models.JobFailed, Error: words, ErrorKind: kind, State: state})
}

// end writes the end with its line in the trail, and tells who ordered it.
func (i *isolation) end(ctx context.Context, e store.IsolationEnd) (Step, error) {
	err := i.t.InTx(ctx, func(ctx context.Context, t *store.Tenant) error {
		row, ended, err := t.FinishIsolation(ctx, i.row.ID, e)
		if err != nil {
			return err
		}
		if i.row = row; !ended {
			return nil
		}
		return tellIsolation(ctx, t, row, e.State)
	})
	return stepOf(i.row), err
}

// order gives the order to the server.
func (i *isolation) order(ctx context.Context) (Step, error) {
	if i.isolating() {
		if err := i.t.CheckIsolation(ctx, i.row.HostID); fault.Is(err, fault.Conflict) {
			return i.fail(ctx, isolationRefused, fault.Safe(err))
		} else if err != nil {
			return Step{}, err
		}
	}
	e, err := i.server.ClientInfo(ctx, i.row.ClientID)
	if err != nil {
		return Step{}, err
	}
	config, err := i.t.VelociraptorConfig(ctx)
	if err != nil {
		return Step{}, err
	}
	artifact := config.QuarantineFor(e.System)
	if artifact == "" {
		return i.fail(ctx, isolationArtifact, fmt.Sprintf("no artifact is named that isolates endpoints of the system %q: an administrator does that on the page Velociraptor", e.System))
	}
	err = i.save(ctx, func(row *models.Isolation) {
		row.Artifact, row.FlowID, row.Note = artifact, flowOf(row, "order"), ""
		if row.Status != models.JobCancelling {
			row.Status = models.JobRunning
		}
	})
	if err != nil || i.row.Status != models.JobRunning {
		return stepOf(i.row), err
	}
	if !i.isolating() && quarantined(&e) { // on Windows the label would isolate again what is released
		if err := i.label(ctx, false); err != nil {
			return Step{}, err
		}
	}
	params := map[string]string{}
	if !i.isolating() {
		params["RemovePolicy"] = "Y"
	}
	if err := i.collectOnce(ctx, i.row.FlowID, artifact, params); err != nil {
		return Step{}, err
	}
	now := i.s.p.Clock.Now()
	err = i.save(ctx, func(row *models.Isolation) { row.Phase, row.OrderedAt, row.Polls = models.IsolationCarryOut, &now, 0 })
	return Step{Status: i.row.Status, Wait: isolationPoll}, err
}

// flowOf is the id of a collection of ours, the same for every try: the server launches an id twice that it gets twice.
func flowOf(row *models.Isolation, part string) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "isolation %s %d %d %d", part, row.TenantID, row.ID, row.CreatedAt.UnixMicro()))
	return "F." + strings.ToUpper(hex.EncodeToString(sum[:7]))[:13]
}
