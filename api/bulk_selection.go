package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/velocicompanion/velocicompanion/internal/bulk"
	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/models"
)

// selection reads which rows are meant.
func (a *API) selection(s *BulkSelection) (store.Selection, error) {
	sel := store.Selection{Resource: s.Resource, IDs: s.IDs}
	switch {
	case s.IDs != nil && s.Filter != nil:
		return sel, fault.InvalidField("body.filter", "give ids or a filter, not both")
	case s.IDs == nil && s.Filter == nil:
		return sel, fault.InvalidField("body.ids", "give ids, or a filter; an empty filter means all")
	case s.IDs != nil:
		return sel, nil
	}
	fields := map[string]any{}
	d := json.NewDecoder(bytes.NewReader(*s.Filter))
	d.UseNumber()
	if err := d.Decode(&fields); err != nil {
		return sel, fault.InvalidField("body.filter", "must be an object")
	}
	var err error
	switch s.Resource {
	case models.BulkArtifacts:
		in := &listArtifactsIn{}
		err = a.fillFilter("list-artifacts", in, fields)
		sel.Artifacts = in.filter()
	case models.BulkCases:
		in := &listCasesIn{}
		err = a.fillFilter("list-cases", in, fields)
		sel.Cases = in.filter()
	default:
		in := &listHostsIn{}
		err = a.fillFilter("list-hosts", in, fields)
		sel.Hosts = in.filter()
	}
	return sel, err
}

// fillFilter reads a filter into the input of the list operation whose query parameters it names, by that operation's rules.
// What a list is paged and sorted with is no part of a selection.
func (a *API) fillFilter(operation string, in any, fields map[string]any) error {
	params := a.listParams(operation)
	to := reflect.ValueOf(in).Elem()
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		where := "body.filter." + name
		p, known := params[name]
		if !known {
			return fault.InvalidField(where, "the list has no such filter")
		}
		value, err := asParam(fields[name], p.Schema.Type)
		if err != nil {
			return fault.InvalidField(where, "%s", err.Error())
		}
		if err := a.validate(p.Schema, where, value); err != nil {
			return err
		}
		setQuery(to, name, value)
	}
	return nil
}

// listParams are the query parameters of an operation that filter, by name.
func (a *API) listParams(operation string) map[string]*huma.Param {
	out := map[string]*huma.Param{}
	for _, item := range a.huma.OpenAPI().Paths {
		if item.Get == nil || item.Get.OperationID != operation {
			continue
		}
		for _, p := range item.Get.Parameters {
			if p.In == "query" && !slices.Contains([]string{"limit", "skip", "cursor", "sort"}, p.Name) {
				out[p.Name] = p
			}
		}
	}
	return out
}

// asParam gives a filter's value the type that its query parameter has; text stands for anything, as it does in a query.
func asParam(value any, typ string) (any, error) {
	if list, ok := value.([]any); ok {
		if typ != huma.TypeArray {
			return nil, errors.New("must be one value")
		}
		for _, v := range list {
			if _, ok := v.(string); !ok {
				return nil, errors.New("must be a list of texts")
			}
		}
		return list, nil
	}
	var text string
	switch v := value.(type) {
	case string:
		text = v
	case json.Number:
		text = v.String()
	case bool:
		text = strconv.FormatBool(v)
	default:
		return nil, errors.New("must be a text, a number or true or false")
	}
	switch typ {
	case huma.TypeArray:
		var list []any
		for part := range strings.SplitSeq(text, ",") {
			list = append(list, part)
		}
		return list, nil
	case huma.TypeInteger, huma.TypeNumber:
		n, err := strconv.ParseFloat(text, 64)
		if err != nil {
			return nil, errors.New("must be a number")
		}
		return n, nil
	case huma.TypeBoolean:
		b, err := strconv.ParseBool(text)
		if err != nil {
			return nil, errors.New("must be true or false")
		}
		return b, nil
	}
	return text, nil
}

// setQuery sets the field of an input that a query parameter fills.
func setQuery(in reflect.Value, name string, value any) {
	for _, f := range reflect.VisibleFields(in.Type()) {
		if tag, _, _ := strings.Cut(f.Tag.Get("query"), ","); tag != name {
			continue
		}
		if b, err := json.Marshal(value); err == nil {
			_ = json.Unmarshal(b, in.FieldByIndex(f.Index).Addr().Interface()) // the schema has been checked
		}
	}
}

// validate checks a value against a schema, and says what is wrong as huma does of a body.
func (a *API) validate(schema *huma.Schema, where string, value any) error {
	path, found := huma.NewPathBuffer([]byte(where), len(where)), &huma.ValidateResult{}
	huma.Validate(a.huma.OpenAPI().Components.Schemas, schema, path, huma.ModeWriteToServer, value, found)
	var fields []fault.Field
	for _, err := range found.Errors {
		f := fault.Field{Location: where, Message: err.Error()}
		if d, ok := errors.AsType[*huma.ErrorDetail](err); ok {
			f = fault.Field{Location: d.Location, Message: d.Message, Value: d.Value}
		}
		fields = append(fields, f)
	}
	if len(fields) == 0 {
		return nil
	}
	return fault.New(fault.Invalid, "%s %s", fields[0].Location, fields[0].Message).WithFields(fields...)
}

// bulkParams checks an action's parameters against its type.
func (a *API) bulkParams(act bulk.Action, raw json.RawMessage) (json.RawMessage, error) {
	if len(raw) == 0 {
		raw = json.RawMessage("{}")
	}
	var value any
	if err := json.Unmarshal(raw, &value); err != nil {
		return nil, fault.InvalidField("body.params", "must be an object")
	}
	return raw, a.validate(a.bulkSchemas[act.Resource+"."+act.Name], "body.params", value)
}

// describeBulk makes the schemas of what the actions take.
func (a *API) describeBulk() {
	a.bulkSchemas = map[string]*huma.Schema{}
	for _, act := range bulk.Actions() {
		s := huma.SchemaFromType(a.huma.OpenAPI().Components.Schemas, act.Params)
		s.PrecomputeMessages()
		a.bulkSchemas[act.Resource+"."+act.Name] = s
	}
}
