package fleet

import (
	"context"
	"time"

	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/internal/velociraptor"
	"github.com/velocicompanion/velocicompanion/models"
)

// QuarantineLabel is the server's label of isolated endpoints. On Windows it isolates by itself, as long as it is there.
const QuarantineLabel = "Quarantine"

// proofArtifact is what every endpoint can collect at any time, and changes nothing.
const proofArtifact = "Generic.Client.Info"

// The bounds of what is read of an order's rows.
const isolationRows = 50

// collectOnce starts a collection under an id of ours, unless it is there: an id that is used twice launches it anew.
func (i *isolation) collectOnce(ctx context.Context, flowID, artifact string, params map[string]string) error {
	_, err := i.server.Flow(ctx, i.row.ClientID, flowID)
	if !fault.Is(err, fault.NotFound) {
		return err
	}
	_, err = i.server.Collect(ctx, velociraptor.Collection{ClientID: i.row.ClientID, FlowID: flowID, Artifact: artifact, Params: params, Urgent: true})
	return err
}

// label puts the server's label on, or takes it off, once.
func (i *isolation) label(ctx context.Context, on bool) error {
	if i.row.Labelled {
		return nil
	}
	if err := i.server.SetLabel(ctx, i.row.ClientID, QuarantineLabel, on); err != nil {
		return err
	}
	return i.save(ctx, func(row *models.Isolation) { row.Labelled = true })
}

// follow waits until the endpoint has carried the order out, and judges what it says of it.
func (i *isolation) follow(ctx context.Context) (Step, error) {
	flow, err := i.server.Flow(ctx, i.row.ClientID, i.row.FlowID)
	if err != nil {
		return Step{}, err
	}
	if !flow.State.Over() {
		return i.stillOut(ctx, "the endpoint is carrying it out")
	}
	if flow.State == velociraptor.FlowError {
		return i.fail(ctx, isolationEndpoint, "the endpoint gave up: "+clipFact(orWords(flow.Status, "it said nothing")))
	}
	rows, err := i.rowsOf(ctx, &flow)
	if err != nil {
		return Step{}, err
	}
	said, words := verdict(rows, i.isolating())
	if said != nil && !*said {
		return i.fail(ctx, isolationEndpoint, "the endpoint says: "+words)
	}
	if i.isolating() {
		if err := i.label(ctx, true); err != nil && !fault.Is(err, fault.Forbidden) {
			return Step{}, err
		}
	}
	now := i.s.p.Clock.Now()
	err = i.save(ctx, func(row *models.Isolation) {
		row.Phase, row.CarriedOutAt, row.Said, row.Polls = models.IsolationVerify, &now, said, 0
		row.Note = "carried out; it is being verified"
	})
	return Step{Status: i.row.Status, Wait: isolationSettle}, err
}

func orWords(words, otherwise string) string {
	if words == "" {
		return otherwise
	}
	return words
}

// stillOut waits for the endpoint: long where it is offline, until it was waited for too long.
func (i *isolation) stillOut(ctx context.Context, note string) (Step, error) {
	now := i.s.p.Clock.Now()
	wait := backOff(i.row.Polls/3+1, isolationPoll, isolationPollMost)
	e, err := i.server.ClientInfo(ctx, i.row.ClientID)
	if err != nil {
		return Step{}, err
	}
	if now.Sub(e.LastSeen) >= store.OnlineFor {
		if now.Sub(i.row.CreatedAt) > isolationPatience {
			_, err := i.server.CancelFlow(ctx, i.row.ClientID, i.row.FlowID)
			if err != nil {
				return Step{}, err
			}
			return i.fail(ctx, isolationTimeout, "the endpoint did not come back within 14 days; the order was taken back")
		}
		note = "the endpoint is offline" + since(e.LastSeen) + "; the order stands at the server and takes effect when it comes back"
		wait = max(wait, isolationPollMost)
		if now.Sub(e.LastSeen) > time.Hour {
			wait = isolationAway
		}
	}
	return i.wait(ctx, note, wait)
}

func since(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return " since " + at.UTC().Format("2006-01-02 15:04") + " UTC"
}

// rowsOf reads what the endpoint says, the first rows of each source.
func (i *isolation) rowsOf(ctx context.Context, flow *velociraptor.Flow) (rows []velociraptor.Row, err error) {
	for _, artifact := range flow.WithResults {
		err := i.server.Rows(ctx, i.row.ClientID, flow.FlowID, artifact, 0, isolationRows, func(row velociraptor.Row) error {
			rows = append(rows, append(velociraptor.Row(nil), row...))
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return rows, nil
}

// callOff takes an order back. What was carried out before stands, and goes on to be verified; whether an order that was being
// carried out left something is not known.
func (i *isolation) callOff(ctx context.Context) (Step, error) {
	called := store.IsolationEnd{Status: models.JobCancelled, Note: "called off before anything was done", State: i.row.BeforeState}
	if i.row.Phase == models.IsolationVerify {
		no := false
		return i.end(ctx, store.IsolationEnd{
			Status: models.JobCancelled, Verified: &no, State: models.IsolationUnverified,
			Note: "called off while it was being verified: the endpoint has carried it out",
		})
	}
	if i.row.FlowID == "" {
		return i.end(ctx, called)
	}
	flow, err := i.server.Flow(ctx, i.row.ClientID, i.row.FlowID)
	if fault.Is(err, fault.NotFound) { // it never got there
		return i.end(ctx, called)
	}
	if err != nil {
		return Step{}, err
	}
	begun := flow.State != velociraptor.FlowWaiting
	if !flow.State.Over() {
		if flow, err = i.server.CancelFlow(ctx, i.row.ClientID, i.row.FlowID); err != nil {
			return Step{}, err
		}
		if !flow.State.Over() {
			return i.wait(ctx, "the endpoint is told to stop", isolationPoll)
		}
	}
	if flow.State == velociraptor.FlowFinished || begun {
		no := false
		return i.end(ctx, store.IsolationEnd{
			Status: models.JobCancelled, Verified: &no, State: models.IsolationUnverified,
			Note: "called off while the endpoint was carrying it out: what it left is not known",
		})
	}
	return i.end(ctx, called)
}
