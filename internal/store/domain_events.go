package store

import (
	"context"
	"encoding/json"
	"strconv"
	"time"

	"github.com/velocicompanion/velocicompanion/internal/clock"
	"github.com/velocicompanion/velocicompanion/models"
)

// The types and payloads of these events are published in playbooks/events.go; the nested objects have the fields that
// the API answers.

// once is the id of a fact that can happen only once to a row; often that of one that may come again.
func once(what string, id int64) string { return what + ":" + strconv.FormatInt(id, 10) }

func often(what string, id int64) string { return once(what, id) + ":" + clock.Token(12) }

func (t *Tenant) emitHostCreated(ctx context.Context, row *models.Host, source string) error {
	return t.emitHost(ctx, once("host.created", row.ID), "host.created", row, source)
}

func (t *Tenant) emitHostUpdated(ctx context.Context, row *models.Host, source string) error {
	return t.emitHost(ctx, often("host.updated", row.ID), "host.updated", row, source)
}

// The bounds of what host.ingested shows of its rows, so that a condition can look at them: the first ones that are small
// enough.
const (
	SampleRows = 20
	SampleSize = 4 << 10 // bytes of one row's JSON
)

func (t *Tenant) emitHostIngested(ctx context.Context, fact string, row *models.Host, source string, rows []Row) error {
	sample := []json.RawMessage{}
	for i := range rows {
		if len(sample) == SampleRows {
			break
		}
		if len(rows[i].Data) <= SampleSize {
			sample = append(sample, rows[i].Data)
		}
	}
	return t.EmitHostsIngested(ctx, []HostIngested{{Fact: fact, Host: row, Source: source, Rows: len(rows), Sample: sample}})
}

// HostIngested tells of one host that came in with its rows.
type HostIngested struct {
	Fact   string // what was reported: the same has the same
	Host   *models.Host
	Source string
	Rows   int
	Sample []json.RawMessage // at most SampleRows rows of at most SampleSize bytes
}

// EmitHostsIngested tells playbooks of hosts that came in, many in one outbox row.
func (t *Tenant) EmitHostsIngested(ctx context.Context, hosts []HostIngested) error {
	return t.EmitAll(ctx, "host.ingested", len(hosts), func(i int) Event {
		h := &hosts[i]
		sample := h.Sample
		if sample == nil {
			sample = []json.RawMessage{}
		}
		return Event{ID: "host.ingested:" + h.Fact, Payload: map[string]any{
			"host_id": h.Host.ID, "host": HostPayload(h.Host), "source": h.Source, "rows": h.Rows, "sample": sample,
		}}
	})
}

func (t *Tenant) emitHost(ctx context.Context, id, typ string, row *models.Host, source string) error {
	return t.Emit(ctx, hostEvent(id, typ, row, source))
}

func hostEvent(id, typ string, row *models.Host, source string) Event {
	return Event{ID: id, Type: typ, Payload: map[string]any{
		"host_id": row.ID, "host": HostPayload(row), "source": source, "rows": 0, "sample": []any{},
	}}
}

func (t *Tenant) emitCase(ctx context.Context, id, typ string, row *models.Case, changed []string) error {
	return t.Emit(ctx, Event{ID: id, Type: typ, Payload: map[string]any{
		"case_id": row.ID, "case": CasePayload(row), "changed": changed,
	}})
}

// HostPayload is a host as events and playbooks see it: the fields of the API.
func HostPayload(row *models.Host) map[string]any {
	labels := row.Labels
	if labels == nil {
		labels = []string{}
	}
	return map[string]any{
		"id": row.ID, "hostname": row.Hostname, "ip_address": row.IPAddress, "os": row.OS, "client_id": row.ClientID,
		"labels": labels, "host_metadata": row.HostMetadata, "threat_score": row.ThreatScore, "online": row.Online,
		"isolation": row.Isolation, "created_at": row.CreatedAt.UTC(), "last_seen": utc(row.LastSeen),
		"first_seen": utc(row.FirstSeen), "criticality": row.Criticality, "owner": row.Owner, "notes": row.Notes, "custom_fields": orEmptyObject(row.CustomFields),
	}
}

// CasePayload is a case as events and playbooks see it: the fields of the API.
func CasePayload(row *models.Case) map[string]any {
	tags := row.Tags
	if tags == nil {
		tags = []string{}
	}
	return map[string]any{
		"id": row.ID, "title": row.Title, "description": row.Description, "status": row.Status, "severity": row.Severity,
		"assignee_id": row.AssigneeID, "tags": tags, "created_at": row.CreatedAt.UTC(), "updated_at": row.UpdatedAt.UTC(),
	}
}

// orEmptyObject is {} for no object at all.
func orEmptyObject(raw json.RawMessage) json.RawMessage {
	if len(raw) == 0 {
		return json.RawMessage(`{}`)
	}
	return raw
}

func utc(t *time.Time) *time.Time {
	if t == nil {
		return nil
	}
	u := t.UTC()
	return &u
}
