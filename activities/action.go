package activities

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"maps"

	"github.com/invopop/jsonschema"

	"github.com/velocicompanion/velocicompanion/internal/auth"
	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/playbooks"
	"github.com/velocicompanion/velocicompanion/workflows/contract"
)

// Call is for whom and inside what an action acts.
type Call struct {
	Tenant         *store.Tenant // for database actions inside the step's transaction, whose commit is the effect
	Actor          auth.Principal
	Run            contract.Run
	Step           string // the step's key
	IdempotencyKey string // the same for every attempt at this step
}

// action is the shape of every action: a struct with its dependencies. Params and results are what the JSON tags say; a
// field without omitempty is required. Execute's faults: Invalid and the like end the step, Unavailable and Internal are
// tried again.
type action[P, R any] interface {
	Spec() playbooks.ActionSpec
	Execute(ctx context.Context, c Call, p P) (R, error)
}

// Action is an entry of the catalog.
type Action struct {
	Spec playbooks.ActionSpec
	do   func(ctx context.Context, c Call, params map[string]any) (json.RawMessage, error)

	begin  func(ctx context.Context, c Call, params map[string]any) (store.WorkRef, error) // of effect work, instead of do
	result func(ctx context.Context, t *store.Tenant, id int64) (json.RawMessage, error)   // likewise
}

// lift makes a catalog entry of an action; the schemas come from its types.
func lift[P, R any](a action[P, R]) Action {
	spec := a.Spec()
	spec.Params, spec.Result = schemaOf[P](), schemaOf[R]()
	return Action{Spec: spec, do: func(ctx context.Context, c Call, params map[string]any) (json.RawMessage, error) {
		p, err := decode[P](params)
		if err != nil {
			return nil, err
		}
		r, err := a.Execute(ctx, c, p)
		if err != nil {
			return nil, err
		}
		return encode(r)
	}}
}

// decode reads rendered parameters into an action's own. The catalog's schema check went before; what is left are
// numbers out of an integer's range.
func decode[P any](params map[string]any) (p P, err error) {
	raw, err := encode(params)
	if err != nil {
		return p, err
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&p); err != nil {
		if bad, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
			return p, fault.InvalidField(bad.Field, "must be of type %s, not %s", bad.Type, bad.Value)
		}
		return p, fault.Wrap(err, fault.Invalid, "the parameters can't be read")
	}
	return p, nil
}

func encode(v any) (json.RawMessage, error) {
	raw, err := json.Marshal(v)
	if err != nil {
		return nil, fault.Wrap(err, fault.Invalid, "a value can't be written as JSON")
	}
	return raw, nil
}

// given leaves out parameters that rendered to nothing: an expression over a skipped step gives null, which means the
// same as not to give the parameter.
func given(params map[string]any) map[string]any {
	out := maps.Clone(params)
	maps.DeleteFunc(out, func(_ string, v any) bool { return v == nil })
	return out
}

// schemaOf is the JSON Schema (draft 2020-12) of a parameter or result type, in one piece.
func schemaOf[T any]() json.RawMessage {
	r := jsonschema.Reflector{Anonymous: true, DoNotReference: true, ExpandedStruct: true}
	s := r.Reflect(new(T))
	s.Version = ""
	raw, err := json.Marshal(s)
	if err != nil {
		panic("a schema made from a type can't be written: " + err.Error())
	}
	return raw
}
