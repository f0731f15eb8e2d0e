package playbooks

import (
	"encoding/json"
	"fmt"
	"maps"
	"strings"

	"github.com/expr-lang/expr/types"
)

// dataType is what is known about a value before a run: a part of JSON Schema that conditions can be checked against.
// nil is a value nothing is known about.
type dataType struct {
	name   string               // boolean, integer, number, string, array or object
	fields map[string]*dataType // of an object
	open   bool                 // an object that may have other fields too
	items  *dataType            // of an array
}

func openObject() *dataType { return &dataType{name: "object", open: true} }

// schemaPart is the part of a JSON Schema that tells types.
type schemaPart struct {
	Type                 any                   `json:"type"`
	Format               string                `json:"format"`
	Properties           map[string]schemaPart `json:"properties"`
	AdditionalProperties json.RawMessage       `json:"additionalProperties"`
	Items                *schemaPart           `json:"items"`
	Ref                  string                `json:"$ref"`
	Defs                 map[string]schemaPart `json:"$defs"`
}

// typeOfSchema reads a JSON Schema. What it can't tell (a union, a reference elsewhere) is unknown, never wrong.
func typeOfSchema(schema json.RawMessage) (*dataType, error) {
	if len(schema) == 0 {
		return openObject(), nil
	}
	var part schemaPart
	if err := json.Unmarshal(schema, &part); err != nil {
		return nil, fmt.Errorf("the schema can't be read: %w", err)
	}
	return part.dataType(part.Defs, 0), nil
}

func (p schemaPart) dataType(defs map[string]schemaPart, depth int) *dataType {
	if depth > maxNested {
		return nil
	}
	if name, ok := strings.CutPrefix(p.Ref, "#/$defs/"); ok {
		if target, found := defs[name]; found {
			return target.dataType(defs, depth+1)
		}
		return nil
	}
	name, ok := p.Type.(string)
	if !ok {
		return nil
	}
	t := &dataType{name: name}
	switch name {
	case "object":
		t.open = len(p.Properties) == 0 || p.allowsOthers()
		t.fields = make(map[string]*dataType, len(p.Properties))
		for _, field := range sortedKeys(p.Properties) {
			t.fields[field] = p.Properties[field].dataType(defs, depth+1)
		}
	case "array":
		if p.Items != nil {
			t.items = p.Items.dataType(defs, depth+1)
		}
	case "string":
		if p.Format == "date-time" {
			return nil // compares with times as well as with texts
		}
	}
	return t
}

// allowsOthers takes a schema that says nothing about other properties for one that has none: ours are exact.
func (p schemaPart) allowsOthers() bool {
	s := strings.TrimSpace(string(p.AdditionalProperties))
	return s != "" && s != "false" && s != "null"
}

// zero is the value that stands for one that was never made.
func (t *dataType) zero() any {
	if t == nil {
		return nil
	}
	switch t.name {
	case "boolean":
		return false
	case "integer", "number":
		return 0
	case "string":
		return ""
	case "array":
		return []any{}
	case "object":
		return t.zeroFields()
	}
	return nil
}

func (t *dataType) zeroFields() map[string]any {
	out := make(map[string]any)
	if t != nil {
		for _, field := range sortedKeys(t.fields) {
			out[field] = t.fields[field].zero()
		}
	}
	return out
}

// exprType is the type in the words of expr's checker.
func (t *dataType) exprType() types.Type {
	if t == nil {
		return types.Any
	}
	switch t.name {
	case "boolean":
		return types.Bool
	case "integer":
		return types.Int
	case "number":
		return types.Float64
	case "string":
		return types.String
	case "array":
		return types.Array(t.items.exprType())
	case "object":
		out := types.Map{}
		if t.open {
			out[types.Extra] = types.Any
		}
		for _, field := range sortedKeys(t.fields) {
			out[field] = t.fields[field].exprType()
		}
		return out
	}
	return types.Any
}

// with is the object with further fields.
func (t *dataType) with(fields map[string]*dataType) *dataType {
	out := &dataType{name: "object", fields: maps.Clone(fields), open: t == nil || t.open}
	if t != nil {
		maps.Copy(out.fields, t.fields)
	}
	return out
}

// union is what is known of a value that has one of two types.
func (t *dataType) union(other *dataType) *dataType {
	if t == nil || other == nil || t.name != other.name {
		return nil
	}
	out := &dataType{name: t.name, open: t.open || other.open}
	switch t.name {
	case "array":
		out.items = t.items.union(other.items)
	case "object":
		out.fields = maps.Clone(t.fields)
		if out.fields == nil {
			out.fields = make(map[string]*dataType)
		}
		for _, field := range sortedKeys(other.fields) {
			if known, ok := out.fields[field]; ok {
				out.fields[field] = known.union(other.fields[field])
			} else {
				out.fields[field] = other.fields[field]
			}
		}
	}
	return out
}

// typeOfInput is what an input's value will be.
func typeOfInput(in Input) *dataType {
	switch in.Type {
	case InputString:
		return &dataType{name: "string"}
	case InputNumber:
		return &dataType{name: "number"}
	case InputInteger, InputHost, InputCase, InputArtifact:
		return &dataType{name: "integer"}
	case InputBoolean:
		return &dataType{name: "boolean"}
	case InputList:
		return &dataType{name: "array"}
	case InputObject:
		return openObject()
	}
	return nil
}
