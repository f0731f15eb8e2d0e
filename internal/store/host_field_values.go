package store

import (
	"bytes"
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/models"
)

// fieldValues are values by the key of their field; nil takes a value away.
type fieldValues map[string]json.RawMessage

// checkFieldValues reads an object of values for the tenant's own fields; nothing of nothing. Faults: Invalid at
// custom_fields, naming the key.
func (t *Tenant) checkFieldValues(ctx context.Context, db bun.IDB, raw json.RawMessage) (fieldValues, error) {
	if len(raw) == 0 || bytes.Equal(bytes.TrimSpace(raw), []byte("{}")) {
		return nil, nil
	}
	f := readFreeJSON(raw)
	if f.fault != "" {
		return nil, fault.InvalidField("custom_fields", "%s", f.fault)
	}
	var fields []models.HostField
	if err := db.NewSelect().Model(&fields).Where("tenant_id = ?", t.id).Scan(ctx); err != nil {
		return nil, err
	}
	out := make(fieldValues, len(f.object))
	for key, v := range f.object {
		i := slices.IndexFunc(fields, func(f models.HostField) bool { return f.Key == key })
		if i < 0 {
			return nil, fault.InvalidField("custom_fields", "there is no field %.80q", key)
		}
		value, problem := fieldValue(&fields[i], v)
		if problem != "" {
			return nil, fault.InvalidField("custom_fields", "%s %s", key, problem)
		}
		out[key] = value
	}
	return out, nil
}

// fieldValue checks one value against its field's type; nil for null and an empty text.
func fieldValue(f *models.HostField, v any) (value json.RawMessage, problem string) {
	if v == nil {
		return nil, ""
	}
	switch f.Type {
	case models.FieldNumber:
		if n, ok := v.(json.Number); ok {
			return json.RawMessage(n.String()), ""
		}
		return nil, "must be a number"
	case models.FieldBoolean:
		if b, ok := v.(bool); ok {
			return mustJSON(b), ""
		}
		return nil, "must be true or false"
	}
	s, ok := v.(string)
	if !ok {
		return nil, "must be a text"
	}
	if s = strings.TrimSpace(s); s == "" {
		return nil, ""
	}
	switch f.Type {
	case models.FieldDate:
		if _, err := time.Parse(time.DateOnly, s); err != nil {
			return nil, "must be a date such as 2026-11-22"
		}
	case models.FieldSelect:
		if !slices.Contains(f.Options, s) {
			return nil, "must be one of " + strings.Join(f.Options, ", ")
		}
	default:
		if p := models.TextProblem(s, maxFieldText); p != "" {
			return nil, p
		}
	}
	return mustJSON(s), ""
}

// mustJSON writes what always has a JSON form: a text, a truth value.
func mustJSON[T string | bool](v T) json.RawMessage {
	b, _ := json.Marshal(v) //nolint:errchkjson // strings and bools always marshal
	return b
}

// withFieldValues lays values over a host's object of fields.
func withFieldValues(object json.RawMessage, values fieldValues) (json.RawMessage, error) {
	if len(values) == 0 {
		return object, nil
	}
	f := readFreeJSON(orEmptyObject(object))
	if f.fault != "" {
		return nil, fault.New(fault.Internal, "the host's fields can't be read: %s", f.fault)
	}
	for key, v := range values {
		if v == nil {
			delete(f.object, key)
			continue
		}
		f.object[key] = v
	}
	return f.canonical()
}

// replaceFieldValues makes a host's values those of row; before says what they are now. Keys that are no field of the
// tenant's any more are left out.
func (t *Tenant) replaceFieldValues(ctx context.Context, db bun.IDB, before, row *models.Host) error {
	if sameObject(before.CustomFields, row.CustomFields, "custom_fields") {
		return nil
	}
	_, err := db.NewRaw("DELETE FROM host_field_values WHERE tenant_id = ? AND host_id = ?", t.id, row.ID).Exec(ctx)
	if err != nil {
		return err
	}
	_, err = db.NewRaw(`INSERT INTO host_field_values (tenant_id, host_id, key, value)
SELECT ?, ?, v.key, v.value FROM jsonb_each(?::jsonb) AS v JOIN host_fields AS f ON f.tenant_id = ? AND f.key = v.key`,
		t.id, row.ID, string(orEmptyObject(row.CustomFields)), t.id).Exec(ctx)
	return err
}

// firstRunes is the beginning of a text, at most n characters.
func firstRunes(s string, n int) string {
	r := []rune(s)
	if len(r) <= n {
		return s
	}
	return string(r[:n])
}
