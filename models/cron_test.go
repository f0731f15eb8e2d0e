package models_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/velocicompanion/velocicompanion/models"
)

func TestCronTimes(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		cron, zone, from string
		want             []string
	}{
		"every quarter":     {"*/15 * * * *", "UTC", "2026-01-01T00:07:30Z", []string{"2026-01-01T00:15:00Z", "2026-01-01T00:30:00Z"}},
		"working days":      {"0 6 * * mon-fri", "UTC", "2026-01-02T06:00:00Z", []string{"2026-01-05T06:00:00Z", "2026-01-06T06:00:00Z"}},
		"in a zone":         {"30 8 * * *", "Europe/Berlin", "2026-07-01T00:00:00Z", []string{"2026-07-01T06:30:00Z", "2026-07-02T06:30:00Z"}},
		"skipped in spring": {"30 2 * * *", "Europe/Berlin", "2026-03-28T12:00:00Z", []string{"2026-03-30T00:30:00Z", "2026-03-31T00:30:00Z"}},
		"once in autumn":    {"30 2 * * *", "Europe/Berlin", "2026-10-24T12:00:00Z", []string{"2026-10-25T01:30:00Z", "2026-10-26T01:30:00Z"}},
		"twice in autumn":   {"30 1 * * *", "America/New_York", "2026-10-31T12:00:00Z", []string{"2026-11-01T05:30:00Z", "2026-11-01T06:30:00Z", "2026-11-02T06:30:00Z"}},
		"leap day":          {"0 0 29 2 *", "UTC", "2026-01-01T00:00:00Z", []string{"2028-02-29T00:00:00Z", "2032-02-29T00:00:00Z"}},
		"either day":        {"0 0 13 * 5", "UTC", "2026-02-10T00:00:00Z", []string{"2026-02-13T00:00:00Z", "2026-02-20T00:00:00Z"}},
		"Sunday is 7":       {"0 0 * * 7", "UTC", "2026-01-01T00:00:00Z", []string{"2026-01-04T00:00:00Z"}},
		"by name":           {"@weekly", "UTC", "2026-01-01T00:00:00Z", []string{"2026-01-04T00:00:00Z"}},
		"never":             {"0 0 31 2 *", "UTC", "2026-01-01T00:00:00Z", nil},
	} {
		from, err := time.Parse(time.RFC3339, test.from)
		require.NoError(t, err)
		s := models.HuntSchedule{Cron: test.cron, Timezone: test.zone}
		got, err := s.NextTimes(from, max(len(test.want), 1))
		require.NoError(t, err, name)
		var texts []string
		for _, at := range got {
			texts = append(texts, at.Format(time.RFC3339))
		}
		require.Equal(t, test.want, texts, name)
	}
}

func TestCronsThatAreNone(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "* * * *", "60 * * * *", "* 24 * * *", "* * 0 * *", "* * * 13 *", "* * * * 8", "*/0 * * * *", "5-1 * * * *", "a * * * *", "* * * * * *", "@every 5m", "-1 * * * *", "TZ=UTC", "TZ=", "@", "@reboot", "* * * * 1-8", "* * * * 7-5"} {
		_, err := models.ParseCron(text)
		require.Error(t, err, text)
	}
	for text, says := range map[string]string{
		"TZ=Europe/Berlin 0 6 * * *": "timezone", "CRON_TZ=UTC 0 6 * * *": "timezone", "@every 5m": "interval", "0 6 * *": "five fields", "60 * * * *": "60",
	} {
		_, err := models.ParseCron(text)
		require.ErrorContains(t, err, says)
	}
}

func TestCronDays(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]struct {
		weekdays []int
		either   bool
	}{
		"0 0 * * 5-7": {[]int{0, 5, 6}, false}, "0 0 1 * 0-7": {[]int{0, 1, 2, 3, 4, 5, 6}, true}, "0 0 1 * fri,7": {[]int{0, 5}, true},
		"0 0 */2 * 1": {[]int{1}, false}, "0 0 ? * 7": {[]int{0}, false}, "@DAILY": {[]int{0, 1, 2, 3, 4, 5, 6}, false},
	} {
		c, err := models.ParseCron(text)
		require.NoError(t, err, text)
		require.Equal(t, want.weekdays, c.Weekdays, text)
		require.Equal(t, want.either, c.EitherDay(), text)
	}
}

func TestIntervalsAreCountedFromTheirAnchor(t *testing.T) {
	t.Parallel()
	anchor := time.Date(2026, 1, 1, 10, 7, 3, 0, time.UTC)
	s := models.HuntSchedule{EverySeconds: 6 * 3600, Anchor: anchor, Timezone: "UTC"}
	got, err := s.NextTimes(anchor.Add(time.Minute), 2)
	require.NoError(t, err)
	require.Equal(t, []time.Time{anchor.Add(6 * time.Hour), anchor.Add(12 * time.Hour)}, got)
	got, err = s.NextTimes(anchor.Add(12*time.Hour), 1)
	require.NoError(t, err)
	require.Equal(t, anchor.Add(18*time.Hour), got[0])
}
