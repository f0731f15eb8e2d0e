package store

import (
	"context"

	"github.com/uptrace/bun"

	"github.com/velocicompanion/velocicompanion/models"
)

// CaseTimeline tells what happened in a case, newest first, with the cursor of the following page. Faults: NotFound, Invalid.
func (t *Tenant) CaseTimeline(ctx context.Context, caseID int64, q TimelineQuery) (entries []models.TimelineEntry, next string, err error) {
	err = t.run(ctx, func(ctx context.Context, t *Tenant, _ bun.IDB) error {
		if _, err := t.Case(ctx, caseID); err != nil {
			return err
		}
		entries, next, err = t.timeline(ctx, caseID, q, caseBranches(caseLink(caseID)))
		for i := range entries {
			if entries[i].Ref.Type == "case" {
				entries[i].Ref.ID = caseID
			}
		}
		return err
	})
	return entries, next, err
}

// caseBranches are the parts of a case's timeline; page is where the screen shows the case.
func caseBranches(page string) []timelineBranch {
	return []timelineBranch{
		commentBranch(page), caseIndicatorBranch(page), caseExecutionBranch(),
		caseChangeBranch(page, models.TimelineChange, "NOT LIKE"), caseChangeBranch(page, models.TimelineTask, "LIKE"),
	}
}

func commentBranch(page string) timelineBranch {
	return timelineBranch{
		kind: models.TimelineComment, at: "c.created_at", id: "c.id",
		sql: `SELECT c.created_at, c.id, '', c.body, '', c.author, 0, c.id FROM case_comments AS c WHERE c.tenant_id = $1 AND c.case_id = $2 AND %s`,
		entry: func(r *timelineRow) models.TimelineEntry {
			return models.TimelineEntry{
				Title: "Comment", Text: r.text, Actor: r.actor, Ref: models.TimelineRef{Type: "comment", ID: r.id}, Link: page,
			}
		},
	}
}

// caseExecutionBranch are the runs that the case's events started, that were started for it, or that worked on it.
func caseExecutionBranch() timelineBranch {
	b := executionBranch()
	b.at, b.id = "ce.added_at", "ce.execution_id"
	b.sql = `SELECT ce.added_at, ce.execution_id, coalesce((SELECT p.name FROM playbooks AS p WHERE p.tenant_id = $1 AND p.id = e.playbook_id), ''), e.status, '',
  coalesce((SELECT u.username FROM users AS u WHERE u.tenant_id = $1 AND u.id = e.actor_id), ''), 0, e.id
FROM case_executions AS ce JOIN playbook_executions AS e ON e.tenant_id = $1 AND e.id = ce.execution_id
WHERE ce.tenant_id = $1 AND ce.case_id = $2 AND %s`
	return b
}

// caseChangeBranch tells what people and playbooks did to the case and its hosts, or to its tasks. How the row's text is
// to be read says noted.
func caseChangeBranch(page, kind, like string) timelineBranch {
	return timelineBranch{
		kind: kind, at: "k.created_at", id: "k.id",
		sql: `SELECT k.created_at, k.id, k.what, jsonb_build_object('ref', coalesce(k.ref_id, 0), 'fields', k.fields, 'host', h.hostname, 'users',
  (SELECT jsonb_object_agg(u.id, u.username) FROM users AS u WHERE u.tenant_id = $1 AND u.id::text IN (k.fields #>> '{assignee_id,from}', k.fields #>> '{assignee_id,to}')))::text,
  '', k.actor, 0, k.id
FROM case_changes AS k LEFT JOIN hosts AS h ON h.tenant_id = $1 AND h.id = k.ref_id AND k.what IN ('host_added', 'host_removed')
WHERE k.tenant_id = $1 AND k.case_id = $2 AND k.what ` + like + ` 'task\_%' AND %s`,
		entry: func(r *timelineRow) models.TimelineEntry { return readNoted(r.name, r.text).entry(page, r.actor) },
	}
}

// caseIndicatorBranch tells of indicators; those that came in one go are one entry.
func caseIndicatorBranch(page string) timelineBranch {
	return timelineBranch{
		kind: models.TimelineIndicator, at: "g.at", id: "g.id",
		sql: `SELECT g.at, g.id, a.value, a.artifact_type, '', '', g.n, g.id FROM (SELECT ca.added_at AS at, min(ca.artifact_id) AS id, count(*) AS n
  FROM case_artifacts AS ca WHERE ca.tenant_id = $1 AND ca.case_id = $2 GROUP BY ca.added_at) AS g
JOIN artifacts AS a ON a.tenant_id = $1 AND a.id = g.id WHERE %s`,
		entry: func(r *timelineRow) models.TimelineEntry {
			if r.count > 1 {
				return models.TimelineEntry{
					Title: decimal(r.count) + " indicators added", Text: r.name + " and others", Count: r.count, Ref: models.TimelineRef{Type: "case"}, Link: page,
				}
			}
			return models.TimelineEntry{
				Title: "Indicator added", Text: r.text + " " + r.name, Ref: models.TimelineRef{Type: "artifact", ID: r.id}, Link: "/indicators/" + decimal(r.id),
			}
		},
	}
}
