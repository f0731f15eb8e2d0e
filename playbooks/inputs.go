package playbooks

// InputType is the type of an input's value.
type InputType string

// The types an input can have. Host, case and artifact are ids of rows, positive integers.
const (
	InputString   InputType = "string"
	InputNumber   InputType = "number"
	InputInteger  InputType = "integer"
	InputBoolean  InputType = "boolean"
	InputHost     InputType = "host"
	InputCase     InputType = "case"
	InputArtifact InputType = "artifact"
	InputList     InputType = "list"
	InputObject   InputType = "object"
)

// Input is one declared input: a field of the form shown before a manual run, and a bare name in expressions.
type Input struct {
	Name        string    `json:"name"`
	Type        InputType `json:"type"`
	Label       string    `json:"label,omitempty"`
	Description string    `json:"description,omitempty"`
	Required    bool      `json:"required,omitempty"`
	Default     any       `json:"default,omitempty"` // a value, or text with ${event.…}
	Min         *float64  `json:"min,omitempty"`     // smallest number; shortest text or list
	Max         *float64  `json:"max,omitempty"`     // largest number; longest text or list
	Enum        []any     `json:"enum,omitempty"`
}
