package models

import (
	"slices"
	"time"
)

// lastCronYear is how far Temporal looks for a time.
const lastCronYear = 2100

// Next is the first time behind from, in the zone of from; zero when there is none until 2100. It is the time at which Temporal
// will start the run, to the minute: Temporal goes by the clock on the wall, which tells apart the two passes of an hour that
// comes twice only where Go takes the first of them (west of Greenwich). The calendars' own reckoning is done here again
// because any better one would show times at which nothing happens; standalone/temporal compares the two.
func (c *Cron) Next(from time.Time) time.Time {
	if !c.eitherDay {
		return c.walk(from, c.Days, c.Weekdays)
	}
	byDay, byWeekday := c.walk(from, c.Days, nil), c.walk(from, nil, c.Weekdays)
	if byDay.IsZero() || !byWeekday.IsZero() && byWeekday.Before(byDay) {
		return byWeekday
	}
	return byDay
}

// wall is a time as a clock shows it.
type wall struct {
	year, month, day, hour, minute int

	late time.Duration // how much later the second pass of an hour is
	zone *time.Location
}

func wallOf(t time.Time) wall {
	y, mo, d := t.Date()
	w := wall{year: y, month: int(mo), day: d, hour: t.Hour(), minute: t.Minute() + 1, zone: t.Location()}
	if t.Add(-time.Hour).Hour() == w.hour {
		w.late = time.Hour
	}
	return w
}

func (w *wall) time() time.Time {
	return time.Date(w.year, time.Month(w.month), w.day, w.hour, w.minute, 0, 0, w.zone)
}

// carry brings what has run over into the next larger part. Two hours between an hour and the next: one comes twice.
func (w *wall) carry() {
	if w.minute >= 60 {
		w.minute = 0
		before := w.time()
		w.hour++
		if w.late == 0 && w.time().Sub(before) > time.Hour {
			w.hour, w.late = w.hour-1, time.Hour
		} else {
			w.late = 0
		}
	}
	if w.hour >= 24 {
		w.day, w.hour = w.day+1, 0
	}
	if w.day > time.Date(w.year, time.Month(w.month)+1, 0, 0, 0, 0, 0, time.UTC).Day() {
		w.month, w.day = w.month+1, 1
	}
	if w.month > 12 {
		w.year, w.month = w.year+1, 1
	}
}

// walk goes on to the first time that fits; nil days or weekdays let all pass.
func (c *Cron) walk(from time.Time, days, weekdays []int) time.Time {
	w := wallOf(from)
	for w.carry(); w.year <= lastCronYear; w.carry() {
		switch {
		case !slices.Contains(c.Months, w.month):
			w.month, w.day, w.hour, w.minute, w.late = w.month+1, 1, 0, 0, 0
		case days != nil && !slices.Contains(days, w.day) || weekdays != nil && !slices.Contains(weekdays, int(w.time().Weekday())):
			w.day, w.hour, w.minute, w.late = w.day+1, 0, 0, 0
		case !slices.Contains(c.Hours, w.hour):
			w.hour, w.minute, w.late = w.hour+1, 0, 0
		case !slices.Contains(c.Minutes, w.minute):
			w.minute++
		case w.time().Hour() != w.hour: // the clocks skip it
			w.hour, w.minute = w.hour+1, 0
		default:
			return w.time().Add(w.late)
		}
	}
	return time.Time{}
}
