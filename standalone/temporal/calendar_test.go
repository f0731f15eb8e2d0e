package temporal_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	schedulepb "go.temporal.io/api/schedule/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/server/common/dynamicconfig"
	"go.temporal.io/server/service/worker/scheduler"
	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/velocicompanion/velocicompanion/internal/runs"
	"github.com/velocicompanion/velocicompanion/models"
)

// Times that people are shown are those at which the server that runs schedules starts them: asked of its own calendars, also
// where the clocks change.
func TestNextTimesAreTemporals(t *testing.T) {
	t.Parallel()
	tests := []models.HuntSchedule{{EverySeconds: 6 * 3600, Anchor: time.Date(2026, 1, 1, 10, 7, 3, 0, time.UTC)}, {EverySeconds: 1800, Anchor: time.Date(2026, 1, 1, 0, 0, 59, 0, time.UTC)}}
	for _, cron := range []string{
		"* * * * *", "*/15 * * * *", "30 2 * * *", "0 2 * * *", "30 1 * * *", "0,30 0-3 * * *", "15 3 * * *", "0 0 * * *", "59 23 * * *", "30 2 29 3 *", "30 2 * * 0",
		"0 6 * * 1-5", "0 6 13 * 5", "0 0 */2 * 1", "0 0 1 * 0-7", "0 12 * * 5-7", "0 0 29 2 *", "0 0 31 * *", "@hourly", "@weekly", "@yearly", "5/20 2/6 * feb-apr,oct,nov sun,7",
	} {
		tests = append(tests, models.HuntSchedule{Cron: cron})
	}
	froms := []time.Time{
		time.Date(2026, 1, 31, 23, 30, 0, 0, time.UTC),
		time.Date(2026, 3, 7, 20, 0, 0, 0, time.UTC), time.Date(2026, 3, 8, 6, 59, 30, 0, time.UTC), // New York loses an hour at 07:00
		time.Date(2026, 3, 28, 20, 0, 0, 0, time.UTC), time.Date(2026, 3, 29, 0, 59, 59, 0, time.UTC), // Berlin at 01:00
		time.Date(2026, 4, 4, 10, 0, 0, 0, time.UTC), time.Date(2026, 10, 3, 10, 0, 0, 0, time.UTC), // Lord Howe: half an hour
		time.Date(2026, 10, 24, 20, 0, 0, 0, time.UTC), time.Date(2026, 10, 25, 0, 30, 0, 0, time.UTC), time.Date(2026, 10, 25, 1, 30, 0, 0, time.UTC), // Berlin wins one
		time.Date(2026, 10, 31, 20, 0, 0, 0, time.UTC), time.Date(2026, 11, 1, 5, 30, 0, 0, time.UTC), time.Date(2026, 11, 1, 6, 30, 0, 0, time.UTC), // New York
		time.Date(2026, 9, 5, 20, 0, 0, 0, time.UTC), time.Date(2026, 4, 4, 22, 0, 0, 0, time.UTC), // Santiago at midnight, both ways
	}
	for _, s := range tests {
		for _, s.Timezone = range []string{"UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "America/Santiago", "Asia/Kolkata"} {
			calendar := temporalCalendar(t, &s)
			for _, from := range froms {
				ours, err := s.NextTimes(from, 8)
				require.NoError(t, err)
				require.NotEmpty(t, ours)
				at := from
				for i, want := range ours {
					next, err := calendar.GetNextTime("", at)
					require.NoError(t, err)
					at = next.Nominal
					require.Equal(t, want.UTC(), at.UTC(), "%q every %d s in %s, the %d. behind %s", s.Cron, s.EverySeconds, s.Timezone, i+1, from)
				}
			}
		}
	}
}

// temporalCalendar is the server's own reading of a schedule.
func temporalCalendar(t *testing.T, s *models.HuntSchedule) *scheduler.CompiledSpec {
	t.Helper()
	spec, err := runs.ScheduleSpec(s)
	require.NoError(t, err)
	wire := &schedulepb.ScheduleSpec{TimezoneName: spec.TimeZoneName}
	for _, c := range spec.Calendars {
		wire.StructuredCalendar = append(wire.StructuredCalendar, &schedulepb.StructuredCalendarSpec{
			Second: wireRanges(c.Second), Minute: wireRanges(c.Minute), Hour: wireRanges(c.Hour),
			DayOfMonth: wireRanges(c.DayOfMonth), Month: wireRanges(c.Month), DayOfWeek: wireRanges(c.DayOfWeek),
		})
	}
	for _, i := range spec.Intervals {
		wire.Interval = append(wire.Interval, &schedulepb.IntervalSpec{Interval: durationpb.New(i.Every), Phase: durationpb.New(i.Offset)})
	}
	many := dynamicconfig.GetIntPropertyFn(1_000_000)
	compiled, err := scheduler.NewSpecBuilder(many, many).NewCompiledSpec(wire)
	require.NoError(t, err)
	return compiled
}

func wireRanges(ranges []client.ScheduleRange) (out []*schedulepb.Range) {
	for _, r := range ranges {
		out = append(out, &schedulepb.Range{Start: int32(r.Start), End: int32(r.End), Step: int32(r.Step)})
	}
	return out
}
