package playbooks

import (
	"bytes"
	"encoding/json"
	"time"

	"github.com/velocicompanion/velocicompanion/internal/fault"
)

// JSON is the document's canonical form: the full form of the language, the same for the same document however it was
// written, defaults left out. Parse of it gives the document back.
func (d *Document) JSON() ([]byte, error) {
	out, err := json.Marshal(documentJSON{
		Name: d.Name, Description: d.Description, Trigger: triggerJSON(d.Trigger), Inputs: d.Inputs, Vars: d.Vars,
		Timeout: optionalDuration(d.Timeout), Actions: stepsJSON(d.Actions), OnFailure: stepsJSON(d.OnFailure),
	})
	if err != nil {
		return nil, fault.Wrap(err, fault.Internal, "the playbook can't be written as JSON")
	}
	return out, nil
}

type documentJSON struct {
	Name        string         `json:"name"`
	Description string         `json:"description,omitempty"`
	Trigger     triggerJSON    `json:"trigger"`
	Inputs      inputsJSON     `json:"inputs,omitempty"`
	Vars        map[string]any `json:"vars,omitempty"`
	Timeout     string         `json:"timeout,omitempty"`
	Actions     []stepJSON     `json:"actions"`
	OnFailure   []stepJSON     `json:"on_failure,omitempty"`
}

// triggerJSON writes a trigger with its events under event, a single one as a text.
type triggerJSON Trigger

// MarshalJSON writes it as the language does.
func (t triggerJSON) MarshalJSON() ([]byte, error) {
	out := struct {
		Type  TriggerType `json:"type"`
		Event any         `json:"event,omitempty"`
		When  string      `json:"when,omitempty"`
	}{Type: t.Type, When: t.When}
	switch len(t.Events) {
	case 0:
	case 1:
		out.Event = t.Events[0]
	default:
		out.Event = t.Events
	}
	return json.Marshal(out)
}

// inputsJSON writes inputs as an object in the order of the document, which is the order of the form.
type inputsJSON []Input

// MarshalJSON keeps the order, which a map would lose.
func (inputs inputsJSON) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, in := range inputs {
		if i > 0 {
			b.WriteByte(',')
		}
		name, err := json.Marshal(in.Name)
		if err != nil {
			return nil, err
		}
		in.Name = ""
		body, err := json.Marshal(inputJSON(in))
		if err != nil {
			return nil, err
		}
		b.Write(name)
		b.WriteByte(':')
		b.Write(body)
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// inputJSON is an input without its name.
type inputJSON struct {
	Name        string    `json:"-"`
	Type        InputType `json:"type"`
	Label       string    `json:"label,omitempty"`
	Description string    `json:"description,omitempty"`
	Required    bool      `json:"required,omitempty"`
	Default     any       `json:"default,omitempty"`
	Min         *float64  `json:"min,omitempty"`
	Max         *float64  `json:"max,omitempty"`
	Enum        []any     `json:"enum,omitempty"`
}

type stepJSON struct {
	ID          string         `json:"id,omitempty"`
	Name        string         `json:"name,omitempty"`
	Description string         `json:"description,omitempty"`
	Type        string         `json:"type"`
	If          string         `json:"if,omitempty"`
	Params      map[string]any `json:"params,omitempty"`
	Timeout     string         `json:"timeout,omitempty"`
	Retry       *retryJSON     `json:"retry,omitempty"`
	OnError     OnError        `json:"on_error,omitempty"`
}

type retryJSON struct {
	MaxAttempts     int     `json:"max_attempts,omitempty"`
	InitialInterval string  `json:"initial_interval,omitempty"`
	Backoff         float64 `json:"backoff,omitempty"`
	MaxInterval     string  `json:"max_interval,omitempty"`
}

func stepsJSON(steps []StepDocument) []stepJSON {
	var out []stepJSON
	for _, s := range steps {
		step := stepJSON{
			ID: s.ID, Name: s.Name, Description: s.Description, Type: s.Type, If: s.If, Params: s.Params,
			Timeout: optionalDuration(s.Timeout), OnError: s.OnError,
		}
		if s.Retry != nil {
			step.Retry = &retryJSON{
				MaxAttempts: s.Retry.MaxAttempts, InitialInterval: optionalDuration(s.Retry.InitialInterval),
				Backoff: s.Retry.Backoff, MaxInterval: optionalDuration(s.Retry.MaxInterval),
			}
		}
		out = append(out, step)
	}
	return out
}

func optionalDuration(d time.Duration) string {
	if d == 0 {
		return ""
	}
	return durationText(d)
}
