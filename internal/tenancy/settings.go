package tenancy

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strings"

	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/models"
)

// Settings is what a tenant's administrators choose; models holds it, because the store reads it too.
type Settings = models.TenantSettings

// SettingsOf reads a tenant's row; what it doesn't say has its default.
func SettingsOf(row *models.Tenant) Settings { return row.Chosen() }

// ParseSettings reads settings strictly: on top of base, every field known, of its type and within its bounds. Faults:
// Invalid, naming each field that is wrong as "settings.<name>".
func ParseSettings(base Settings, raw json.RawMessage) (Settings, error) {
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.DisallowUnknownFields()
	s := base
	if err := dec.Decode(&s); err != nil {
		return base, unreadable(err)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return base, fault.InvalidField("settings", "must be one JSON object")
	}
	return s, CheckSettings(s)
}

// CheckSettings refuses settings out of bounds. Faults: Invalid, naming each field that is wrong as "settings.<name>".
func CheckSettings(s Settings) error {
	problems := s.Problems()
	if len(problems) == 0 {
		return nil
	}
	out := fault.New(fault.Invalid, "settings.%s %s", problems[0].Field, problems[0].Message)
	for _, p := range problems {
		out.Fields = append(out.Fields, fault.Field{Location: "settings." + p.Field, Message: p.Message})
	}
	return out
}

// unreadable names the field that a decoder stumbled over.
func unreadable(err error) error {
	if bad, ok := errors.AsType[*json.UnmarshalTypeError](err); ok && bad.Field != "" {
		return fault.InvalidField("settings."+bad.Field, "must not be a %s", bad.Value)
	}
	if name, ok := strings.CutPrefix(err.Error(), "json: unknown field "); ok {
		return fault.InvalidField("settings."+strings.Trim(name, `"`), "there is no such setting")
	}
	return fault.InvalidField("settings", "must be one JSON object")
}
