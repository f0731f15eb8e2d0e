package store

import (
	"context"
	"encoding/json"
	"fmt"
	"unicode/utf8"

	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/models"
)

// maxNotedText is how many characters of a text a change keeps of what it was and what it is.
const maxNotedText = 200

// caseNote is one thing that happens to a case.
type caseNote struct {
	what   string
	ref    int64             // the host or the task; 0: the case itself
	fields map[string]fromTo // nil: none
}

// hostsNote tells of one host by its id, of many by their number.
func hostsNote(what string, hosts []int64) caseNote {
	if len(hosts) == 1 {
		return caseNote{what: what, ref: hosts[0]}
	}
	return caseNote{what: what, fields: map[string]fromTo{"hosts": {To: len(hosts)}}}
}

// fromTo is what a field was and what it is.
type fromTo struct {
	From any `json:"from"`
	To   any `json:"to"`
}

// noteCase keeps what happens to a case, who does it, and the run that does.
func (t *Tenant) noteCase(ctx context.Context, caseID int64, n caseNote) error {
	fields := []byte("{}")
	if n.fields != nil {
		var err error
		if fields, err = json.Marshal(n.fields); err != nil {
			return fault.Wrap(err, fault.Internal, "a change can't be written")
		}
	}
	if err := t.exec(ctx, noteCaseSQL, t.id, caseID, t.actor.Name, t.actor.ExecutionID, t.actor.UserID, n.what, n.ref, string(fields), t.s.Now()); err != nil {
		return err
	}
	return t.noteCaseRun(ctx, caseID, t.actor.ExecutionID)
}

// noteCaseSQL: tenant, case, name, run, user, what, ref, fields, time.
const noteCaseSQL = `INSERT INTO case_changes (tenant_id, case_id, actor, execution_id, user_id, what, ref_id, fields, created_at)
VALUES ($1, $2, ` + actorNameSQL + `, nullif($4::bigint, 0), nullif($5::bigint, 0), $6, nullif($7::bigint, 0), $8::text::jsonb, $9)`

// actorNameSQL is the name of who acts: $1 tenant, $3 name, $4 run. A run without a name goes by its playbook's.
const actorNameSQL = `coalesce(nullif($3::text, ''), (SELECT p.name FROM playbook_executions e
  JOIN playbooks p ON p.tenant_id = e.tenant_id AND p.id = e.playbook_id WHERE e.tenant_id = $1 AND e.id = $4::bigint), '')`

// noteCaseRun ties a run to a case that it works on; a run of 0 is none, and a case that is not there gets none.
func (t *Tenant) noteCaseRun(ctx context.Context, caseID, executionID int64) error {
	if executionID == 0 || caseID == 0 {
		return nil
	}
	return t.exec(ctx, `INSERT INTO case_executions (tenant_id, case_id, execution_id, added_at)
SELECT c.tenant_id, c.id, $3, $4 FROM cases c WHERE c.tenant_id = $1 AND c.id = $2 ON CONFLICT DO NOTHING`, t.id, caseID, executionID, t.s.Now())
}

// caseDiff is what the changed fields were and are.
func caseDiff(before, after *models.Case, changed []string) map[string]fromTo {
	values := func(row *models.Case) map[string]any {
		return map[string]any{
			"title": row.Title, "description": cutText(row.Description), "status": row.Status, "severity": row.Severity,
			"assignee_id": row.AssigneeID, "tags": row.Tags,
		}
	}
	was, is := values(before), values(after)
	out := make(map[string]fromTo, len(changed))
	for _, field := range changed {
		out[field] = fromTo{From: was[field], To: is[field]}
	}
	return out
}

// cutText is the beginning of a text.
func cutText(s string) string {
	if utf8.RuneCountInString(s) <= maxNotedText {
		return s
	}
	return string([]rune(s)[:maxNotedText-1]) + "…"
}

// tellCaseAssignee tells a person of a case that is his from now on, unless he took it himself.
func (t *Tenant) tellCaseAssignee(ctx context.Context, row *models.Case, before *int64) error {
	if row.AssigneeID == nil || deref(before) == *row.AssigneeID || t.byHimself(*row.AssigneeID) {
		return nil
	}
	_, err := t.Notify(ctx, Notice{
		Users: []int64{*row.AssigneeID}, Type: "case.assigned", Severity: row.Severity, Title: "A case was assigned to you",
		Message: row.Title, Link: caseLink(row.ID),
	})
	return err
}

// byHimself says whether a user does what is done; a run is nobody's own hand.
func (t *Tenant) byHimself(user int64) bool {
	return user == t.actor.UserID && t.actor.ExecutionID == 0
}

// caseLink is where the screen shows a case.
func caseLink(id int64) string { return fmt.Sprintf("/cases/%d", id) }
