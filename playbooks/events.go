package playbooks

import (
	"encoding/json"
	"time"
)

// Event is what happened in a tenant. Expressions see the payload's fields beside id, type, time and causation.
type Event struct {
	ID        string         `json:"id"`
	Type      string         `json:"type"`
	Time      time.Time      `json:"time"`
	Causation []string       `json:"causation"` // ids of the events that led here, oldest first
	Payload   map[string]any `json:"payload"`
}

// EventType is a published kind of event.
type EventType struct {
	Name    string          `json:"name"`
	Summary string          `json:"summary"`
	Schema  json.RawMessage `json:"schema"` // JSON Schema (draft 2020-12) of the payload
}
