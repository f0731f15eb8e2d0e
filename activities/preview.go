package activities

import (
	"encoding/json"

	"github.com/velocicompanion/velocicompanion/workflows/contract"
)

// The parts of a result that is too large to travel: fields up to partBytes each, previewBytes together.
const (
	partBytes    = 1 << 10
	previewBytes = 16 << 10
)

// preview is a step's result as the workflow gets it: whole up to contract.MaxResult, else its small fields with
// truncated: true and its size in bytes; the row has it all.
func preview(result json.RawMessage) map[string]any {
	var whole map[string]any
	if len(result) <= contract.MaxResult {
		if json.Unmarshal(result, &whole) != nil || whole == nil {
			return map[string]any{}
		}
		return whole
	}
	var parts map[string]json.RawMessage
	if json.Unmarshal(result, &parts) != nil {
		parts = nil
	}
	out, room := map[string]any{"truncated": true, "bytes": len(result)}, previewBytes
	for name, part := range parts {
		var v any
		if len(part) > partBytes || len(part) > room || json.Unmarshal(part, &v) != nil {
			continue
		}
		out[name] = v
		room -= len(part)
	}
	return out
}

// shown is a step's input as its row keeps it.
func shown(input json.RawMessage) json.RawMessage {
	if len(input) <= contract.MaxResult {
		return input
	}
	small, err := json.Marshal(preview(input))
	if err != nil {
		return nil
	}
	return small
}
