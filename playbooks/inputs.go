package playbooks

import (
	"fmt"
	"maps"
	"strings"
	"unicode/utf8"

	"github.com/velocicompanion/velocicompanion/internal/fault"
)

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

// CheckInputs checks what a caller gave against what the playbook declares and fills in defaults, those from the event
// included (nil where none started the run). Every declared input is in the answer, nil where it is optional and absent.
// A playbook that declares none takes whatever is given. The error is an Invalid fault with one field an input, located
// like inputs.host_id.
func CheckInputs(inputs []Input, given, event map[string]any) (map[string]any, error) {
	out := make(map[string]any, len(given))
	if len(inputs) == 0 {
		maps.Copy(out, given)
		return out, nil
	}
	var fields []fault.Field
	evaluator := NewEvaluator(DefaultBudget())
	var names []string
	for _, in := range inputs {
		names = append(names, in.Name)
		value, problem := in.value(evaluator, given[in.Name], event)
		if problem != "" {
			fields = append(fields, fault.Field{Location: rootInputs + "." + in.Name, Message: problem})
		}
		out[in.Name] = value
	}
	for _, name := range sortedKeys(given) {
		if _, declared := out[name]; !declared {
			fields = append(fields, fault.Field{
				Location: rootInputs + "." + cut(name),
				Message:  "the playbook has no such input" + suggestion(name, names),
			})
		}
	}
	if len(fields) == 0 {
		return out, nil
	}
	return nil, fault.New(fault.Invalid, "the inputs don't fit the playbook: %s %s", fields[0].Location, fields[0].Message).
		WithCode("invalid_inputs").WithFields(fields...)
}

// value is what the run gets for an input, or what is wrong with it.
func (in Input) value(evaluator *Evaluator, given any, event map[string]any) (value any, problem string) {
	value = given
	if value == nil {
		var err error
		if value, err = in.fallback(evaluator, event); err != nil {
			return nil, "the default can't be computed: " + fault.Safe(err)
		}
	}
	if value == nil {
		if in.Required {
			return nil, "is required"
		}
		return nil, ""
	}
	m := newMeter(DefaultBudget(), &Env{}, nil)
	value, err := plain(m, value)
	if err != nil {
		return nil, err.Error()
	}
	return value, in.wrong(value, true)
}

// fallback is the default. One that reads an event is nothing where there is no event.
func (in Input) fallback(evaluator *Evaluator, event map[string]any) (any, error) {
	s, isText := in.Default.(string)
	if !isText {
		return in.Default, nil
	}
	if event == nil && strings.Contains(s, "${") {
		return nil, nil
	}
	return evaluator.Render(s, Env{Event: event})
}

// wrong says what is wrong with a value, "" where nothing is. bounds says whether min, max and enum count.
func (in Input) wrong(value any, bounds bool) string {
	size, problem := in.size(value)
	if problem != "" || !bounds {
		return problem
	}
	if in.Min != nil && size < *in.Min {
		return fmt.Sprintf("must be at least %s%s", floatText(*in.Min), in.unit())
	}
	if in.Max != nil && size > *in.Max {
		return fmt.Sprintf("must be at most %s%s", floatText(*in.Max), in.unit())
	}
	if len(in.Enum) == 0 {
		return ""
	}
	found, err := contains(newMeter(DefaultBudget(), &Env{}, nil), in.Enum, value)
	if err != nil || !found {
		return "must be one of " + strings.Trim(quote(in.Enum), "[]")
	}
	return ""
}

// size checks the type and gives what min and max bound.
func (in Input) size(value any) (float64, string) {
	switch in.Type {
	case InputString:
		if s, ok := value.(string); ok {
			return float64(utf8.RuneCountInString(s)), ""
		}
	case InputNumber:
		if f, ok := number(value); ok {
			return f, ""
		}
	case InputInteger:
		if i, ok := integer(value); ok {
			return float64(i), ""
		}
	case InputHost, InputCase, InputArtifact:
		if i, ok := integer(value); ok && i > 0 {
			return float64(i), ""
		}
		return 0, fmt.Sprintf("must be the id of %s, a positive whole number, not %s", in.Type.article(), quote(value))
	case InputBoolean:
		if _, ok := value.(bool); ok {
			return 0, ""
		}
	case InputList:
		if list, ok := value.([]any); ok {
			return float64(len(list)), ""
		}
	case InputObject:
		if _, ok := value.(map[string]any); ok {
			return 0, ""
		}
	}
	return 0, fmt.Sprintf("must be %s, not %s: %s", in.Type.article(), quote(value), kindOf(value))
}

func (t InputType) article() string {
	switch t {
	case InputInteger, InputArtifact, InputObject:
		return "an " + string(t)
	case InputString, InputNumber, InputBoolean, InputHost, InputCase, InputList:
		return "a " + string(t)
	}
	return "of a known type"
}

func (in Input) unit() string {
	switch in.Type {
	case InputString:
		return " characters long"
	case InputList:
		return " items long"
	default:
		return ""
	}
}
