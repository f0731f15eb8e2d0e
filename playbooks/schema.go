package playbooks

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"

	"github.com/velocicompanion/velocicompanion/internal/fault"
)

const schemaDraft = "https://json-schema.org/draft/2020-12/schema"

// schemaFields are the properties of an object's schema.
type schemaFields map[string]map[string]any

func (f schemaFields) and(more schemaFields) schemaFields {
	out := maps.Clone(f)
	maps.Copy(out, more)
	return out
}

func schemaOf(name string) map[string]any { return map[string]any{"type": name} }

func schemaNullable(name string) map[string]any { return map[string]any{"type": []any{name, "null"}} }

func schemaAny() map[string]any { return map[string]any{} }

func schemaFree() map[string]any {
	return map[string]any{"type": "object", "additionalProperties": true}
}

func schemaTime() map[string]any {
	return map[string]any{"type": []any{"string", "null"}, "format": "date-time"}
}

func schemaList(items map[string]any) map[string]any {
	return map[string]any{"type": "array", "items": items}
}

func schemaObject(fields schemaFields) map[string]any {
	properties := make(map[string]any, len(fields))
	for _, name := range sortedKeys(fields) {
		properties[name] = fields[name]
	}
	return map[string]any{"type": "object", "properties": properties, "additionalProperties": false}
}

// schemaText writes a schema. One that can't be written refuses everything: it is made of maps, lists and texts alone, so
// only a mistake of ours can get there.
func schemaText(schema map[string]any) json.RawMessage {
	b, err := json.Marshal(schema)
	if err != nil {
		return json.RawMessage("false")
	}
	return b
}

// checkedSchema is a compiled JSON Schema.
type checkedSchema struct{ schema *jsonschema.Schema }

// compileSchema reads a JSON Schema (draft 2020-12). It loads nothing: a reference outside the schema is an error.
func compileSchema(raw json.RawMessage) (*checkedSchema, error) {
	if len(raw) == 0 {
		raw = json.RawMessage(`{"type":"object"}`)
	}
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		return nil, fmt.Errorf("the schema is not JSON: %w", err)
	}
	c := jsonschema.NewCompiler()
	c.UseLoader(noLoader{})
	c.DefaultDraft(jsonschema.Draft2020)
	const url = "mem:///schema.json"
	if err := c.AddResource(url, document); err != nil {
		return nil, fmt.Errorf("the schema can't be used: %w", err)
	}
	schema, err := c.Compile(url)
	if err != nil {
		return nil, fmt.Errorf("the schema can't be used: %w", err)
	}
	return &checkedSchema{schema}, nil
}

// noLoader refuses to fetch anything.
type noLoader struct{}

// Load always fails.
func (noLoader) Load(url string) (any, error) { return nil, fmt.Errorf("%s is not loaded", url) }

// schemaProblem is one way in which a value doesn't fit a schema.
type schemaProblem struct {
	path    []string // keys and indexes from the value down
	message string
}

// problems lists how a value doesn't fit. ignore says which parts are not known yet (they hold ${…}).
func (s *checkedSchema) problems(value any, ignore func(path []string, isType bool) bool) []schemaProblem {
	err, ok := errors.AsType[*jsonschema.ValidationError](s.schema.Validate(value))
	if !ok {
		return nil
	}
	var out []schemaProblem
	collectProblems(err, ignore, &out)
	return out
}

// collectProblems takes the innermost errors. It reports whether any was left out as unknown: then a choice among
// several schemas is unknown as well.
func collectProblems(err *jsonschema.ValidationError, ignore func([]string, bool) bool, out *[]schemaProblem) bool {
	if len(err.Causes) == 0 {
		_, isType := err.ErrorKind.(*kind.Type)
		if ignore != nil && ignore(err.InstanceLocation, isType) {
			return true
		}
		*out = append(*out, schemaMessages(err)...)
		return false
	}
	isChoice := false
	switch err.ErrorKind.(type) {
	case *kind.AnyOf, *kind.OneOf, *kind.Not, *kind.Contains:
		isChoice = true
	}
	var inner []schemaProblem
	ignored := false
	for _, cause := range err.Causes {
		ignored = collectProblems(cause, ignore, &inner) || ignored
	}
	if !isChoice || !ignored {
		*out = append(*out, inner...)
	}
	return ignored
}

// schemaMessages says what one innermost error means.
func schemaMessages(err *jsonschema.ValidationError) []schemaProblem {
	at := err.InstanceLocation
	var out []schemaProblem
	say := func(path []string, format string, args ...any) {
		out = append(out, schemaProblem{path: path, message: fmt.Sprintf(format, args...)})
	}
	switch k := err.ErrorKind.(type) {
	case *kind.Required:
		for _, name := range k.Missing {
			say(slices.Concat(at, []string{name}), "is missing")
		}
	case *kind.AdditionalProperties:
		for _, name := range k.Properties {
			say(slices.Concat(at, []string{name}), "unknown field %s", quote(name))
		}
	case *kind.Type:
		say(at, "must be of type %s, not %s", strings.Join(k.Want, " or "), k.Got)
	case *kind.Enum:
		say(at, "must be one of %s", strings.Trim(quote(k.Want), "[]"))
	case *kind.Const:
		say(at, "must be %s", quote(k.Want))
	case *kind.Format:
		say(at, "must be of the format %s", k.Want)
	case *kind.Pattern:
		say(at, "must match the pattern %s", k.Want)
	default:
		schemaBounds(say, at, err)
	}
	return out
}

func schemaBounds(say func([]string, string, ...any), at []string, err *jsonschema.ValidationError) {
	switch k := err.ErrorKind.(type) {
	case *kind.MinLength:
		say(at, "must have at least %d characters", k.Want)
	case *kind.MaxLength:
		say(at, "must have at most %d characters", k.Want)
	case *kind.MinItems:
		say(at, "must have at least %d items", k.Want)
	case *kind.MaxItems:
		say(at, "must have at most %d items", k.Want)
	case *kind.Minimum:
		say(at, "must be at least %s", k.Want.RatString())
	case *kind.Maximum:
		say(at, "must be at most %s", k.Want.RatString())
	default:
		say(at, "doesn't fit %s of its schema", strings.Join(err.ErrorKind.KeywordPath(), "/"))
	}
}

// check is an Invalid fault that names every problem under root, or nil.
func (s *checkedSchema) check(root string, value any) error {
	var fields []fault.Field
	for _, problem := range s.problems(value, nil) {
		fields = append(fields, fault.Field{Location: pathText(root, problem.path), Message: problem.message})
	}
	if len(fields) == 0 {
		return nil
	}
	return fault.New(fault.Invalid, "%s: %s", fields[0].Location, fields[0].Message).WithFields(fields...)
}

// pathText writes keys and indexes as params.rows[2].name.
func pathText(root string, path []string) string {
	for _, part := range path {
		if i, err := strconv.Atoi(part); err == nil {
			root += "[" + strconv.Itoa(i) + "]"
		} else {
			root = join(root, part)
		}
	}
	return root
}
