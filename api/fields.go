package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/velocicompanion/velocicompanion/internal/fault"
)

// nullable is a field of a partial change that may be left out, null or a value.
type nullable[T any] struct {
	Sent  bool
	Null  bool
	Value T
}

// UnmarshalJSON notes that the field was there.
func (n *nullable[T]) UnmarshalJSON(b []byte) error {
	n.Sent = true
	if bytes.Equal(b, []byte("null")) {
		n.Null = true
		return nil
	}
	return json.Unmarshal(b, &n.Value)
}

// Schema is the value's schema, with null allowed.
func (nullable[T]) Schema(r huma.Registry) *huma.Schema {
	s := huma.SchemaFromType(r, reflect.TypeFor[T]())
	s.Nullable = true
	return s
}

// orZero is nil for a field that was left out, the type's zero for null: how the store is told to clear it.
func (n nullable[T]) orZero() *T {
	if !n.Sent {
		return nil
	}
	return &n.Value
}

// freeObject is a JSON object of the caller's own shape; its numbers keep every digit.
type freeObject json.RawMessage

// MarshalJSON writes the object as it is.
func (o freeObject) MarshalJSON() ([]byte, error) {
	if len(o) == 0 {
		return []byte("{}"), nil
	}
	return o, nil
}

// UnmarshalJSON keeps the object as it is.
func (o *freeObject) UnmarshalJSON(b []byte) error {
	*o = append((*o)[:0], b...)
	return nil
}

// Schema is any JSON object.
func (freeObject) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeObject, AdditionalProperties: true}
}

// inBody says of the fields that a row's rules refused that they came in the body.
func inBody(err error) error {
	f, ok := errors.AsType[*fault.Error](err)
	if !ok || f.Kind != fault.Invalid {
		return err
	}
	for i := range f.Fields {
		if !strings.Contains(f.Fields[i].Location, ".") {
			f.Fields[i].Location = "body." + f.Fields[i].Location
		}
	}
	return err
}

// notNil makes an empty list of none, so that it is [] and never null on the wire.
func notNil[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

// utc is the moment in UTC; nil for none.
func utc(t *time.Time) *time.Time {
	if t == nil {
		return nil
	}
	u := t.UTC()
	return &u
}

// flag reads a query parameter that is true, false or left out.
func flag(s string) *bool {
	switch s {
	case "true":
		return new(true)
	case "false":
		return new(false)
	}
	return nil
}
