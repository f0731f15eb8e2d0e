package api

import (
	"context"
	"errors"

	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/internal/tenancy"
	"github.com/velocicompanion/velocicompanion/models"
)

// settingsChange is a partial change of a tenant's settings.
type settingsChange struct {
	TimeZone             *string   `json:"time_zone,omitempty" maxLength:"64" doc:"IANA name, for example Europe/Berlin"`
	RequireTOTPRoles     *[]string `json:"require_totp_roles,omitempty" nullable:"false" maxItems:"4" enum:"viewer,user,admin,super_admin"`
	MaxConcurrentRuns    *int      `json:"max_concurrent_runs,omitempty" minimum:"1" maximum:"5000"`
	TaskQueueConcurrency *int      `json:"task_queue_concurrency,omitempty" minimum:"0" maximum:"1000"`
	AuditRetentionDays   *int      `json:"audit_retention_days,omitempty" minimum:"0" maximum:"3650" doc:"at least 30, or 0 for ever"`
	SessionMaxHours      *int      `json:"session_max_hours,omitempty" minimum:"0" maximum:"8760"`

	ObservationRetentionDays *int      `json:"observation_retention_days,omitempty" minimum:"0" maximum:"3650" doc:"0: for ever"`
	StackedFields            *[]string `json:"stacked_fields,omitempty" nullable:"false" maxItems:"50" doc:"dotted paths of at most 200 bytes"`

	RunVQLEnabled *bool `json:"run_vql_enabled,omitempty" doc:"only a super_admin turns it on"`
}

// over lays the given fields over what the tenant has.
func (c *settingsChange) over(s *tenancy.Settings) {
	set(&s.TimeZone, c.TimeZone)
	set(&s.RequireTOTPRoles, c.RequireTOTPRoles)
	set(&s.MaxConcurrentRuns, c.MaxConcurrentRuns)
	set(&s.TaskQueueConcurrency, c.TaskQueueConcurrency)
	set(&s.AuditRetentionDays, c.AuditRetentionDays)
	set(&s.SessionMaxHours, c.SessionMaxHours)
	set(&s.ObservationRetentionDays, c.ObservationRetentionDays)
	set(&s.StackedFields, c.StackedFields)
	set(&s.RunVQLEnabled, c.RunVQLEnabled)
}

// set gives to the value where there is one.
func set[T any](to, value *T) {
	if value != nil {
		*to = *value
	}
}

type updateTenantIn struct {
	IDInput
	IfMatchInput

	Body struct {
		Name        *string         `json:"name,omitempty" minLength:"1" maxLength:"200" pattern:"\\S" patternDescription:"more than white space"`
		Description *string         `json:"description,omitempty" maxLength:"10000"`
		Settings    *settingsChange `json:"settings,omitempty" doc:"only what is given changes"`
	}
}

// updateTenant changes one's own tenant; any, for a super_admin.
func (a *API) updateTenant(ctx context.Context, in *updateTenantIn) (*tenantOut, error) {
	if err := reaches(ctx, in.ID); err != nil {
		return nil, err
	}
	seen, err := in.seen()
	if err != nil {
		return nil, err
	}
	change := tenancy.Change{TenantChange: store.TenantChange{Name: in.Body.Name, Description: in.Body.Description, Seen: seen}}
	if in.Body.Settings != nil {
		change.Choose = in.Body.Settings.over
	}
	row, err := a.tenancy.Update(ctx, actor(ctx), in.ID, change)
	if err != nil {
		return nil, err
	}
	return oneTenant(row), nil
}

// Reason is why somebody does what others will ask about. Embed it in a body.
type Reason struct {
	Reason string `json:"reason" minLength:"1" maxLength:"500" pattern:"\\S" patternDescription:"more than white space" doc:"stands in the audit trail"`
}

type reasonIn struct {
	IDInput

	Body Reason
}

func (a *API) suspendTenant(ctx context.Context, in *reasonIn) (*tenantOut, error) {
	return answerTenant(a.tenancy.Suspend(ctx, actor(ctx), in.ID, in.Body.Reason))
}

func (a *API) resumeTenant(ctx context.Context, in *reasonIn) (*tenantOut, error) {
	return answerTenant(a.tenancy.Resume(ctx, actor(ctx), in.ID, in.Body.Reason))
}

func (a *API) restoreTenant(ctx context.Context, in *reasonIn) (*tenantOut, error) {
	return answerTenant(a.tenancy.Restore(ctx, actor(ctx), in.ID, in.Body.Reason))
}

type deleteTenantIn struct {
	IDInput

	Reason  string `query:"reason" required:"true" minLength:"1" maxLength:"500" pattern:"\\S" patternDescription:"more than white space" doc:"stands in the audit trail"`
	Confirm string `query:"confirm" required:"true" minLength:"1" maxLength:"200" doc:"the tenant's name, exactly as it is"`
}

// deleteTenant suspends a tenant and sets the moment of its removal, until which it can be restored.
func (a *API) deleteTenant(ctx context.Context, in *deleteTenantIn) (*tenantOut, error) {
	row, err := a.tenancy.Delete(ctx, actor(ctx), in.ID, in.Reason, in.Confirm)
	if f, ok := errors.AsType[*fault.Error](err); ok && f.Kind == fault.Invalid {
		err = fault.InvalidField("query.confirm", "%s", f.Fields[0].Message)
	}
	return answerTenant(row, err)
}

func answerTenant(row *models.Tenant, err error) (*tenantOut, error) {
	if err != nil {
		return nil, err
	}
	return oneTenant(row), nil
}
