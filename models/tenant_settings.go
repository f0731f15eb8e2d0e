package models

import (
	"encoding/json"
	"slices"
	"time"
)

// Bounds of a tenant's settings.
const (
	DefaultConcurrentRuns = 100   // runs of a tenant at once where its settings don't say
	MaxConcurrentRuns     = 5_000 // the most that settings may say
	MaxQueueConcurrency   = 1_000 // activities of a tenant at once in one worker process
	MinAuditRetention     = 30    // days
	MaxAuditRetention     = 3_650 // days
	MaxSessionHours       = 8_760 // a year

	DefaultObservationRetention = 365   // days
	MaxObservationRetention     = 3_650 // days
	MaxStackedFields            = 50    // that a tenant may add to those that everybody has
	MaxStackedField             = 200   // bytes
)

// TenantSettings is what a tenant's administrators choose. Get one from DefaultSettings or Tenant.Chosen: its zero value
// is not what a tenant without settings has.
type TenantSettings struct {
	TimeZone             string   `json:"time_zone,omitempty"`              // IANA name; default UTC
	RequireTOTPRoles     []string `json:"require_totp_roles,omitempty"`     // roles that must have a second factor; default none
	MaxConcurrentRuns    int      `json:"max_concurrent_runs,omitempty"`    // runs at once; what is past them waits in queued
	TaskQueueConcurrency int      `json:"task_queue_concurrency,omitempty"` // activities at once per worker process; 0: the process's own cap
	AuditRetentionDays   int      `json:"audit_retention_days,omitempty"`   // 0: for ever
	SessionMaxHours      int      `json:"session_max_hours,omitempty"`      // from sign-in to a session's end; 0: as long as it is used

	ObservationRetentionDays int      `json:"observation_retention_days"` // 0: for ever
	StackedFields            []string `json:"stacked_fields,omitempty"`   // dotted paths whose values are counted besides the usual ones

	RunVQLEnabled bool `json:"run_vql_enabled,omitempty"` // playbooks may run queries of their own on the Velociraptor server; a super_admin's to say
}

// DefaultSettings is what a tenant has that chose nothing.
func DefaultSettings() TenantSettings {
	return TenantSettings{
		TimeZone: "UTC", RequireTOTPRoles: []string{}, MaxConcurrentRuns: DefaultConcurrentRuns,
		ObservationRetentionDays: DefaultObservationRetention, StackedFields: []string{},
	}
}

// SettingProblem is one field of settings that won't do.
type SettingProblem struct {
	Field   string // its JSON name
	Message string // what would be right
}

// Problems lists the fields that won't do; none for settings that may be kept.
func (s TenantSettings) Problems() []SettingProblem {
	out := s.outOfBounds()
	if !knownZone(s.TimeZone) {
		out = append(out, SettingProblem{"time_zone", "must be an IANA time zone such as Europe/Berlin"})
	}
	return out
}

// outOfBounds is Problems without a look into the time zone database, which lies on disk.
func (s TenantSettings) outOfBounds() (out []SettingProblem) {
	refuse := func(bad bool, field, message string) {
		if bad {
			out = append(out, SettingProblem{field, message})
		}
	}
	refuse(!distinctRoles(s.RequireTOTPRoles), "require_totp_roles", "must list roles (viewer, user, admin, super_admin), each once")
	refuse(s.MaxConcurrentRuns < 1 || s.MaxConcurrentRuns > MaxConcurrentRuns, "max_concurrent_runs", "must be 1 to 5000")
	refuse(s.TaskQueueConcurrency < 0 || s.TaskQueueConcurrency > MaxQueueConcurrency, "task_queue_concurrency", "must be 1 to 1000, or 0 for the installation's")
	refuse(s.AuditRetentionDays != 0 && (s.AuditRetentionDays < MinAuditRetention || s.AuditRetentionDays > MaxAuditRetention),
		"audit_retention_days", "must be 30 to 3650, or 0 for ever")
	refuse(s.SessionMaxHours < 0 || s.SessionMaxHours > MaxSessionHours, "session_max_hours", "must be 1 to 8760, or 0 for no bound")
	refuse(s.ObservationRetentionDays < 0 || s.ObservationRetentionDays > MaxObservationRetention, "observation_retention_days", "must be 1 to 3650, or 0 for ever")
	refuse(!distinctPaths(s.StackedFields), "stacked_fields", "must list up to 50 different paths such as EventData.LogonType, each of at most 200 bytes")
	return out
}

// knownZone says whether a name is one of the time zone database's. "Local" is the machine's own business.
func knownZone(name string) bool {
	if name == "" || name == "Local" {
		return false
	}
	_, err := time.LoadLocation(name)
	return err == nil
}

func distinctRoles(list []string) bool {
	for i, r := range list {
		if !slices.Contains([]string{"viewer", "user", "admin", "super_admin"}, r) || slices.Contains(list[:i], r) {
			return false
		}
	}
	return true
}

// distinctPaths says whether a list of dotted paths will do.
func distinctPaths(list []string) bool {
	if len(list) > MaxStackedFields {
		return false
	}
	for i, p := range list {
		if p == "" || len(p) > MaxStackedField || TextProblem(p, MaxStackedField) != "" || slices.Contains(list[:i], p) {
			return false
		}
	}
	return true
}

// sound is s with the default in the place of every field that is out of bounds.
func (s TenantSettings) sound() TenantSettings {
	def := DefaultSettings()
	for _, p := range s.outOfBounds() {
		switch p.Field {
		case "require_totp_roles":
			s.RequireTOTPRoles = def.RequireTOTPRoles
		case "max_concurrent_runs":
			s.MaxConcurrentRuns = def.MaxConcurrentRuns
		case "task_queue_concurrency":
			s.TaskQueueConcurrency = def.TaskQueueConcurrency
		case "audit_retention_days":
			s.AuditRetentionDays = def.AuditRetentionDays
		case "session_max_hours":
			s.SessionMaxHours = def.SessionMaxHours
		case "observation_retention_days":
			s.ObservationRetentionDays = def.ObservationRetentionDays
		case "stacked_fields":
			s.StackedFields = def.StackedFields
		}
	}
	return s
}

// Stored is the JSON object to keep: only what differs from the defaults, so that a better default reaches everybody who
// chose nothing.
func (s TenantSettings) Stored() json.RawMessage {
	def := DefaultSettings()
	if s.TimeZone == def.TimeZone {
		s.TimeZone = ""
	}
	if s.MaxConcurrentRuns == def.MaxConcurrentRuns {
		s.MaxConcurrentRuns = 0
	}
	kept := struct {
		TenantSettings

		ObservationRetentionDays *int `json:"observation_retention_days,omitempty"` // 0 is a choice
	}{TenantSettings: s}
	if s.ObservationRetentionDays != def.ObservationRetentionDays {
		kept.ObservationRetentionDays = &s.ObservationRetentionDays
	}
	b, err := json.Marshal(kept)
	if err != nil {
		return json.RawMessage(`{}`) // a struct of texts and numbers is never refused
	}
	return b
}

// ReadSettings reads what a row holds; what is missing or out of bounds has its default. It is cheap enough for every
// request.
func ReadSettings(raw json.RawMessage) TenantSettings {
	s := DefaultSettings()
	_ = json.Unmarshal(raw, &s) // a field of the wrong type is skipped, the others are read
	return s.sound()
}

// RequiresTOTP says whether somebody with this role must have a second factor.
func (s TenantSettings) RequiresTOTP(role string) bool {
	return slices.Contains(s.RequireTOTPRoles, role)
}

// Location is the tenant's time zone; UTC for one that this machine doesn't know.
func (s TenantSettings) Location() *time.Location {
	loc, err := time.LoadLocation(s.TimeZone)
	if err != nil {
		return time.UTC
	}
	return loc
}

// Chosen are the tenant's settings with the defaults in them.
func (t *Tenant) Chosen() TenantSettings { return ReadSettings(t.Settings) }
