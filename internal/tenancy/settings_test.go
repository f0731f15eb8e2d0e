package tenancy_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/internal/tenancy"
	"github.com/velocicompanion/velocicompanion/models"
)

func TestSettingsHaveDefaultsAndReadStrictly(t *testing.T) {
	t.Parallel()
	base := models.DefaultSettings()
	got, err := tenancy.ParseSettings(base, json.RawMessage(`{"time_zone": "Europe/Berlin", "require_totp_roles": ["admin"], "max_concurrent_runs": 3}`))
	require.NoError(t, err)
	require.Equal(t, "Europe/Berlin", got.Location().String())
	require.True(t, got.RequiresTOTP("admin"))
	require.False(t, got.RequiresTOTP("user"))
	require.Equal(t, 3, got.MaxConcurrentRuns)
	require.Zero(t, got.AuditRetentionDays)
	again := models.ReadSettings(got.Stored())
	require.Equal(t, got, again)
	require.JSONEq(t, `{}`, string(base.Stored()))

	for raw, field := range map[string]string{
		`{"time_zone": "Mars/Olympus"}`:                 "settings.time_zone",
		`{"time_zone": "Local"}`:                        "settings.time_zone",
		`{"time_zone": "../../etc/passwd"}`:             "settings.time_zone",
		`{"require_totp_roles": ["admin", "admin"]}`:    "settings.require_totp_roles",
		`{"require_totp_roles": ["god"]}`:               "settings.require_totp_roles",
		`{"max_concurrent_runs": 0}`:                    "settings.max_concurrent_runs",
		`{"max_concurrent_runs": "many"}`:               "settings.max_concurrent_runs",
		`{"task_queue_concurrency": -1}`:                "settings.task_queue_concurrency",
		`{"audit_retention_days": 29}`:                  "settings.audit_retention_days",
		`{"session_max_hours": 100000}`:                 "settings.session_max_hours",
		`{"color": "red"}`:                              "settings.color",
		`[]`:                                            "settings",
		`{} {}`:                                         "settings",
		`{"max_concurrent_runs": 99999999999999999999}`: "settings.max_concurrent_runs",
	} {
		_, err := tenancy.ParseSettings(base, json.RawMessage(raw))
		f := &fault.Error{}
		require.ErrorAs(t, err, &f, raw)
		require.Equal(t, fault.Invalid, f.Kind, raw)
		require.Equal(t, field, f.Fields[0].Location, raw)
	}
}

func TestSettingsThatNobodyCheckedFallBackFieldByField(t *testing.T) {
	t.Parallel()
	got := models.ReadSettings(json.RawMessage(`{"time_zone": 7, "max_concurrent_runs": -4, "audit_retention_days": 90, "what": 1}`))
	want := models.DefaultSettings()
	want.AuditRetentionDays = 90
	require.Equal(t, want, got)
	require.Equal(t, models.DefaultSettings(), models.ReadSettings(nil))
}
