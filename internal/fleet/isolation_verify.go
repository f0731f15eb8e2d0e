package fleet

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"github.com/velocicompanion/velocicompanion/internal/audit"
	"github.com/velocicompanion/velocicompanion/internal/auth"
	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/internal/velociraptor"
	"github.com/velocicompanion/velocicompanion/models"
)

// verify asks the endpoint for something later: who can still answer has not been cut off from its server, so that it can be
// released. Then the server's label is read back.
func (i *isolation) verify(ctx context.Context) (Step, error) {
	if i.row.ProofFlowID == "" {
		if err := i.save(ctx, func(row *models.Isolation) { row.ProofFlowID = flowOf(row, "proof") }); err != nil {
			return Step{}, err
		}
	}
	if err := i.collectOnce(ctx, i.row.ProofFlowID, proofArtifact, nil); err != nil {
		if fault.Retryable(err) {
			return Step{}, err
		}
		return i.judged(ctx, "no later sign of life could be asked for: "+fault.Safe(err), nil)
	}
	flow, err := i.server.Flow(ctx, i.row.ClientID, i.row.ProofFlowID)
	if err != nil {
		return Step{}, err
	}
	switch {
	case flow.State == velociraptor.FlowFinished:
		e, err := i.server.ClientInfo(ctx, i.row.ClientID)
		if err != nil {
			return Step{}, err
		}
		return i.judged(ctx, "", &e)
	case flow.State.Over():
		return i.judged(ctx, "the endpoint answers, but could not collect anything since: "+clipFact(flow.Status), nil)
	case i.s.p.Clock.Now().Sub(*i.row.CarriedOutAt) > isolationProof:
		return i.judged(ctx, "the endpoint has not answered since it carried the order out", nil)
	}
	return i.wait(ctx, "carried out; a later sign of life is awaited", backOff(i.row.Polls/3+1, isolationPoll, isolationPollMost))
}

// judged ends an order that was carried out. doubt is why it is not verified; e is the endpoint as it is after.
func (i *isolation) judged(ctx context.Context, doubt string, e *velociraptor.Endpoint) (Step, error) {
	if doubt == "" {
		doubt = i.doubt(e)
	}
	yes := doubt == ""
	end := store.IsolationEnd{Status: models.JobCompleted, Verified: &yes, Note: doubt, State: models.IsolationUnverified}
	if yes {
		end.State = models.IsolationNone
		if i.isolating() {
			end.State = models.IsolationIsolated
		}
	}
	return i.end(ctx, end)
}

// doubt is what speaks against an order having come through; empty: nothing does, and something says so.
func (i *isolation) doubt(e *velociraptor.Endpoint) string {
	labelled := quarantined(e)
	windows := e.System == "windows"
	switch {
	case i.isolating() && i.row.Labelled && !labelled:
		return "the label " + QuarantineLabel + " was taken off at the server meanwhile"
	case !i.isolating() && labelled:
		return "the label " + QuarantineLabel + " stands at the server again"
	case i.row.Said != nil, windows && i.isolating() && labelled: // what said no has ended before
		return ""
	default:
		return "the rows of " + i.row.Artifact + " don't say what came of it"
	}
}

// quarantined says whether an endpoint has the server's label.
func quarantined(e *velociraptor.Endpoint) bool {
	return slices.ContainsFunc(e.Labels, func(l string) bool { return strings.EqualFold(l, QuarantineLabel) })
}

// verdict reads what rows of an isolating artifact say: nil where they say nothing that is known, with the words that decided.
func verdict(rows []velociraptor.Row, isolating bool) (came *bool, words string) {
	yes, no := true, false
	for _, row := range rows {
		for _, text := range results(row) {
			low := strings.ToLower(text)
			switch {
			case mentions(low, "fail", "error", "denied", "unable", "could not", "cannot", "not applied", "not removed"):
				return &no, clipFact(text)
			case isolating && mentions(low, "applied", "success", "quarantined", "isolated"), !isolating && mentions(low, "removed", "released", "success"):
				came, words = &yes, clipFact(text)
			}
		}
	}
	return came, words
}

func mentions(text string, words ...string) bool {
	return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(text, w) })
}

// results are the texts of a row's columns that tell of an outcome.
func results(row velociraptor.Row) (texts []string) {
	var columns map[string]any
	if json.Unmarshal(row, &columns) != nil {
		return nil
	}
	for name, value := range columns {
		text, ok := value.(string)
		if ok && slices.Contains([]string{"result", "status", "message", "state"}, strings.ToLower(name)) {
			texts = append(texts, text)
		}
	}
	slices.Sort(texts)
	return texts
}

// tellIsolation writes the line of an order's end, and tells who gave it.
func tellIsolation(ctx context.Context, t *store.Tenant, row *models.Isolation, state string) error {
	who := auth.Principal{TenantID: t.ID(), Username: row.Username}
	if row.RequestedBy != nil {
		who.UserID = *row.RequestedBy
	}
	e := audit.Entry{Action: "host." + row.Action + "_end", ResourceType: "host", ResourceID: strconv.FormatInt(row.HostID, 10), After: map[string]any{
		"isolation_id": row.ID, "status": row.Status, "verified": row.Verified, "isolation": state, "error": row.Error, "note": row.Note,
	}}
	if row.Status != models.JobCompleted {
		e.Outcome = audit.Failure
	}
	if err := audit.Write(auth.WithPrincipal(ctx, who), t, e); err != nil {
		return err
	}
	if row.RequestedBy == nil {
		return nil
	}
	n := store.Notice{
		Users: []int64{*row.RequestedBy}, Type: "isolation." + row.Status, Severity: models.SeverityInfo, Link: "/hosts/" + strconv.FormatInt(row.HostID, 10),
		Title: isolationTitle(row), Message: orWords(row.Error, row.Note),
	}
	if row.Verified == nil || !*row.Verified {
		n.Severity = models.SeverityHigh
	}
	_, err := t.Notify(ctx, n)
	return err
}

// isolationTitle is an order's end in few words.
func isolationTitle(row *models.Isolation) string {
	done := map[string]string{models.ActionIsolate: "isolated", models.ActionRelease: "released"}[row.Action]
	switch {
	case row.Status == models.JobCompleted && row.Verified != nil && *row.Verified:
		return row.Hostname + " is " + done
	case row.Status == models.JobCompleted:
		return row.Hostname + " was " + done + "; this could not be verified"
	case row.Status == models.JobCancelled:
		return row.Hostname + " is not " + done + ": called off"
	default:
		return row.Hostname + " could not be " + done
	}
}
