package playbooks

import (
	"bytes"
	"encoding/json"
	"maps"
	pathpkg "path"
	"strings"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/velocicompanion/velocicompanion/internal/fault"
)

// Event is what happened in a tenant. Expressions see the payload's fields beside id, type, time and causation.
type Event struct {
	ID        string         `json:"id"`
	Type      string         `json:"type"`
	Time      time.Time      `json:"time"`
	Causation []string       `json:"causation"` // ids of the events that led here, oldest first
	Payload   map[string]any `json:"payload"`
}

// UnmarshalJSON reads an event; numbers keep what was written, so that 2^53+1 is still that in a condition.
func (e *Event) UnmarshalJSON(raw []byte) error {
	type plain Event
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	return dec.Decode((*plain)(e))
}

// MaxCausation is the longest chain of events and runs; an event deeper than that starts nothing, so that a playbook
// can't feed itself for ever.
const MaxCausation = 8

// Fields is the event as expressions see it, and as Env.Event takes it: the payload's fields beside the envelope's.
func (e Event) Fields() map[string]any {
	out := make(map[string]any, len(e.Payload)+4)
	maps.Copy(out, e.Payload)
	causation := make([]any, len(e.Causation))
	for i, id := range e.Causation {
		causation[i] = id
	}
	out["id"], out["type"], out["causation"] = e.ID, e.Type, causation
	out["time"] = e.Time.UTC().Format(time.RFC3339Nano)
	return out
}

// EventType is a published kind of event.
type EventType struct {
	Name    string          `json:"name"`
	Summary string          `json:"summary"`
	Schema  json.RawMessage `json:"schema"` // JSON Schema (draft 2020-12) of the payload
}

// Check says whether a payload is what the type publishes. Rooms that raise events test themselves with it.
func (t EventType) Check(payload map[string]any) error {
	schema, err := compileSchema(t.Schema)
	if err != nil {
		return err
	}
	raw, err := json.Marshal(payload)
	if err != nil {
		return fault.Wrap(err, fault.Invalid, "the payload can't be written as JSON")
	}
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		return fault.Wrap(err, fault.Invalid, "the payload can't be read back")
	}
	return schema.check("payload", value)
}

// MatchPattern says whether an event type fits a pattern. A * stands for any run of characters: host.*, *.created, *.
func MatchPattern(pattern, eventType string) bool {
	if strings.ContainsAny(pattern, `?[]\`) {
		return false
	}
	matched, err := pathpkg.Match(pattern, eventType)
	return err == nil && matched
}

// MatchedTypes lists the published event types that fit any of the patterns.
func MatchedTypes(patterns []string) []string {
	var out []string
	for _, t := range matched(EventTypes(), patterns) {
		out = append(out, t.Name)
	}
	return out
}

func matched(all []EventType, patterns []string) []EventType {
	var out []EventType
	for _, t := range all {
		for _, pattern := range patterns {
			if MatchPattern(pattern, t.Name) {
				out = append(out, t)
				break
			}
		}
	}
	return out
}

// Matches says whether an event of this type starts the playbook: its type fits a pattern, and the condition holds for
// env, whose Event is Event.Fields. A condition that fails is an Invalid fault and no match.
func (t Trigger) Matches(evaluator *Evaluator, eventType string, env Env) (bool, error) {
	if !t.Listens(eventType) || t.When == "" {
		return t.Listens(eventType), nil
	}
	return evaluator.Bool(t.When, env)
}

// Listens says whether the event's type fits, whatever the condition says.
func (t Trigger) Listens(eventType string) bool {
	if t.Type != TriggerEvent {
		return false
	}
	for _, pattern := range t.Events {
		if MatchPattern(pattern, eventType) {
			return true
		}
	}
	return false
}
