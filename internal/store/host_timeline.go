package store

import (
	"context"
	"strings"

	"github.com/uptrace/bun"

	"github.com/velocicompanion/velocicompanion/models"
)

// HostTimeline tells what happened to a host, newest first, with the cursor of the following page. Faults: NotFound, Invalid.
func (t *Tenant) HostTimeline(ctx context.Context, hostID int64, q TimelineQuery) (entries []models.TimelineEntry, next string, err error) {
	err = t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		if err := t.selectHost(ctx, db, &models.Host{}, hostID, ""); err != nil {
			return err
		}
		entries, next, err = t.timeline(ctx, hostID, q, hostBranches())
		return err
	})
	return entries, next, err
}

func hostBranches() []timelineBranch {
	return []timelineBranch{observationBranch(), executionBranch(), caseBranch(), indicatorBranch(), changeBranch()}
}

func observationBranch() timelineBranch {
	return timelineBranch{
		kind: models.TimelineObservation, at: "h.collected_at", id: "h.source_id",
		sql: `SELECT h.collected_at, h.source_id, s.name, s.kind, '', '', h.rows, h.source_id
FROM source_hosts AS h JOIN sources AS s ON s.tenant_id = $1 AND s.id = h.source_id
WHERE h.tenant_id = $1 AND h.host_id = $2 AND h.rows > 0 AND %s`,
		entry: func(r *timelineRow) models.TimelineEntry {
			title := r.name
			if title == "" {
				title = "Rows by " + r.text
			}
			return models.TimelineEntry{
				Title: title, Text: rowsText(r.count) + " by " + r.text, Count: r.count, Ref: models.TimelineRef{Type: "source", ID: r.id},
			}
		},
	}
}

func executionBranch() timelineBranch {
	return timelineBranch{
		kind: models.TimelineExecution, at: "e.created_at", id: "e.id",
		sql: `SELECT e.created_at, e.id, coalesce((SELECT p.name FROM playbooks AS p WHERE p.tenant_id = $1 AND p.id = e.playbook_id), ''), e.status, '',
  coalesce((SELECT u.username FROM users AS u WHERE u.tenant_id = $1 AND u.id = e.actor_id), ''), 0, e.id
FROM playbook_executions AS e WHERE e.tenant_id = $1 AND e.host_id = $2 AND %s`,
		entry: func(r *timelineRow) models.TimelineEntry {
			severity := ""
			if r.text == models.ExecutionFailed || r.text == models.ExecutionTimedOut {
				severity = models.SeverityMedium
			}
			return models.TimelineEntry{
				Title: r.name, Text: r.text, Severity: severity, Actor: r.actor, Ref: models.TimelineRef{Type: "execution", ID: r.id},
				Link: "/runs/" + decimal(r.id),
			}
		},
	}
}

func caseBranch() timelineBranch {
	return timelineBranch{
		kind: models.TimelineCase, at: "ch.added_at", id: "ch.case_id",
		sql: `SELECT ch.added_at, ch.case_id, c.title, c.status, c.severity, '', 0, ch.case_id FROM case_hosts AS ch
JOIN cases AS c ON c.tenant_id = $1 AND c.id = ch.case_id WHERE ch.tenant_id = $1 AND ch.host_id = $2 AND %s`,
		entry: func(r *timelineRow) models.TimelineEntry {
			return models.TimelineEntry{
				Title: r.name, Text: r.text, Severity: r.severity, Ref: models.TimelineRef{Type: "case", ID: r.id}, Link: "/cases/" + decimal(r.id),
			}
		},
	}
}

func indicatorBranch() timelineBranch {
	return timelineBranch{
		kind: models.TimelineIndicator, at: "i.first_seen", id: "i.id",
		sql: `SELECT i.first_seen, i.id, a.value, a.artifact_type || CASE WHEN s.name <> '' THEN ', ' || s.name ELSE '' END, '', '', i.count, a.id
FROM sightings AS i JOIN artifacts AS a ON a.tenant_id = $1 AND a.id = i.artifact_id
JOIN sources AS s ON s.tenant_id = $1 AND s.id = i.source_id WHERE i.tenant_id = $1 AND i.host_id = $2 AND %s`,
		entry: func(r *timelineRow) models.TimelineEntry {
			return models.TimelineEntry{
				Title: r.name, Text: r.text, Count: r.count, Ref: models.TimelineRef{Type: "artifact", ID: r.ref}, Link: "/indicators/" + decimal(r.ref),
			}
		},
	}
}

// changeBranch tells what people did to the host and to those that were merged into it: which fields, not what stood in
// them, which is the trail's to tell. Rows that came in were told as lines about the host before they had a type of their own.
func changeBranch() timelineBranch {
	return timelineBranch{
		kind: models.TimelineChange, at: "ai.created_at", id: "ai.audit_id",
		sql: `SELECT y.created_at, y.id, y.action, (SELECT coalesce(string_agg(k, ', ' ORDER BY k), '') FROM jsonb_object_keys(
    CASE WHEN jsonb_typeof(y.before) = 'object' AND jsonb_typeof(y.after) = 'object' THEN y.after ELSE '{}' END) AS k
    WHERE y.before -> k IS DISTINCT FROM y.after -> k AND k NOT IN ('updated_at', 'last_seen')), '', y.username, 0, y.id
FROM (SELECT $2::bigint::text AS host UNION SELECT ha.from_host_id::text FROM host_aliases AS ha WHERE ha.tenant_id = $1 AND ha.host_id = $2) AS was,
LATERAL (SELECT ai.created_at, al.id, al.action, al.before::jsonb, al.after::jsonb, al.username FROM audit_index AS ai
  JOIN audit_logs AS al ON al.tenant_id = $1 AND al.id = ai.audit_id WHERE ai.tenant_id = $1 AND ai.resource_type = 'host'
  AND ai.action <> 'host.ingest' AND ai.outcome = 'success' AND ai.resource_id = was.host AND %s) AS y
ORDER BY 1 DESC, 2 DESC LIMIT $6`,
		entry: func(r *timelineRow) models.TimelineEntry {
			return models.TimelineEntry{
				Title: changeTitle(r.name), Text: r.text, Actor: r.actor, Ref: models.TimelineRef{Type: "audit", ID: r.id},
			}
		},
	}
}

// changeTitle says of an action of the trail what was done.
func changeTitle(action string) string {
	switch action {
	case "host.create":
		return "Host made"
	case "host.update":
		return "Host changed"
	case "host.merge":
		return "Hosts merged"
	case "host.delete":
		return "Host removed"
	}
	_, verb, _ := strings.Cut(action, ".")
	return "Host: " + strings.ReplaceAll(verb, "_", " ")
}

func rowsText(n int64) string {
	if n == 1 {
		return "1 row"
	}
	return decimal(n) + " rows"
}
