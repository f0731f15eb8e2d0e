package models

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Cron is a parsed cron expression of five fields: the values that each field lets pass, ascending.
type Cron struct {
	Minutes, Hours, Days, Months, Weekdays []int // weekdays from 0, Sunday

	anyDay, anyWeekday bool // where both are limited, one of them suffices, as cron always had it
}

// ParseCron reads minute, hour, day of the month, month and day of the week: numbers, names, ranges, steps and lists, or one of
// @hourly, @daily, @weekly, @monthly, @yearly. The error says what is wrong, for people.
func ParseCron(text string) (c Cron, err error) {
	text = strings.TrimSpace(text)
	if whole, ok := map[string]string{
		"@hourly": "0 * * * *", "@daily": "0 0 * * *", "@midnight": "0 0 * * *", "@weekly": "0 0 * * 0", "@monthly": "0 0 1 * *",
		"@yearly": "0 0 1 1 *", "@annually": "0 0 1 1 *",
	}[strings.ToLower(text)]; ok {
		text = whole
	}
	fields := strings.Fields(text)
	if len(fields) != 5 {
		return c, fmt.Errorf("must have five fields (minute, hour, day of the month, month, day of the week), not %d: 0 6 * * 1-5 is every working day at six", len(fields))
	}
	for i, f := range []struct {
		to        *[]int
		name      string
		low, high int
		words     []string
	}{
		{&c.Minutes, "minute", 0, 59, nil},
		{&c.Hours, "hour", 0, 23, nil},
		{&c.Days, "day of the month", 1, 31, nil},
		{&c.Months, "month", 1, 12, []string{"", "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"}},
		{&c.Weekdays, "day of the week", 0, 7, []string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}},
	} {
		if *f.to, err = cronField(fields[i], f.low, f.high, f.words); err != nil {
			return c, fmt.Errorf("the %s %q %w", f.name, fields[i], err)
		}
	}
	for i, d := range c.Weekdays { // 7 is Sunday, too
		c.Weekdays[i] = d % 7
	}
	slices.Sort(c.Weekdays)
	c.Weekdays = slices.Compact(c.Weekdays)
	c.anyDay, c.anyWeekday = strings.HasPrefix(fields[2], "*") || fields[2] == "?", strings.HasPrefix(fields[4], "*") || fields[4] == "?"
	return c, nil
}

// cronField reads a list of values, ranges and steps.
func cronField(text string, low, high int, words []string) (out []int, err error) {
	for part := range strings.SplitSeq(text, ",") {
		span, stepText, stepped := strings.Cut(part, "/")
		step := 1
		if stepped {
			if step, err = strconv.Atoi(stepText); err != nil || step < 1 {
				return nil, errors.New("has a step that is no number from 1 on")
			}
		}
		from, to, err := cronSpan(span, low, high, words, stepped)
		if err != nil {
			return nil, err
		}
		for v := from; v <= to; v += step {
			out = append(out, v)
		}
	}
	slices.Sort(out)
	return slices.Compact(out), nil
}

// cronSpan reads a value, a range, or the sign for all. A value with a step goes on to the end.
func cronSpan(span string, low, high int, words []string, stepped bool) (from, to int, err error) {
	if span == "*" || span == "?" {
		if high == 7 { // Sunday is counted once
			high = 6
		}
		return low, high, nil
	}
	first, last, ranged := strings.Cut(span, "-")
	if from, err = cronValue(first, low, high, words); err != nil {
		return 0, 0, err
	}
	switch {
	case ranged:
		if to, err = cronValue(last, low, high, words); err != nil {
			return 0, 0, err
		}
	case stepped:
		to = high
	default:
		to = from
	}
	if to < from {
		return 0, 0, errors.New("has a range that ends before it begins")
	}
	return from, to, nil
}

func cronValue(text string, low, high int, words []string) (int, error) {
	if i := slices.Index(words, strings.ToLower(text)); i >= 0 && text != "" {
		return i, nil
	}
	v, err := strconv.Atoi(text)
	if err != nil || v < low || v > high {
		return 0, fmt.Errorf("must be between %d and %d", low, high)
	}
	return v, nil
}

// EitherDay says that both the day of the month and the day of the week are limited: a day that fits one of them fits.
func (c *Cron) EitherDay() bool { return !c.anyDay && !c.anyWeekday }

// fitsDay says whether the expression lets a day pass.
func (c *Cron) fitsDay(at time.Time) bool {
	if !slices.Contains(c.Months, int(at.Month())) {
		return false
	}
	day, weekday := slices.Contains(c.Days, at.Day()), slices.Contains(c.Weekdays, int(at.Weekday()))
	if c.EitherDay() {
		return day || weekday
	}
	return day && weekday
}

// cronHorizon is how far ahead a time is looked for: the 29th of February comes within eight years.
const cronHorizon = 9 * 366

// Next is the first time behind from, in the zone of from; zero when there is none for years. A time that the clocks skip in
// spring does not come; one that they have twice comes twice.
func (c *Cron) Next(from time.Time) time.Time {
	at := from.Truncate(time.Minute).Add(time.Minute)
	for range cronHorizon {
		if !c.fitsDay(at) {
			y, m, d := at.Date()
			next := time.Date(y, m, d+1, 0, 0, 0, 0, at.Location())
			for !next.After(at) || next.Day() == at.Day() { // midnight itself may be skipped, or come twice
				next = next.Add(time.Hour)
			}
			at = next
			continue
		}
		for today := at.Day(); at.Day() == today; at = at.Add(time.Minute) {
			if slices.Contains(c.Hours, at.Hour()) && slices.Contains(c.Minutes, at.Minute()) {
				return at
			}
		}
	}
	return time.Time{}
}

// NextTimes are the next times of the schedule behind from, at most n; fewer where it has no more for years. Faults: an error
// for people about what is wrong with its times.
func (s *HuntSchedule) NextTimes(from time.Time, n int) ([]time.Time, error) {
	zone, err := time.LoadLocation(s.Timezone)
	if err != nil {
		return nil, fmt.Errorf("there is no time zone %q", s.Timezone)
	}
	out := make([]time.Time, 0, n)
	if s.Cron == "" {
		every := time.Duration(s.EverySeconds) * time.Second
		if every <= 0 {
			return nil, errors.New("must be longer than nothing")
		}
		passed := int64(from.Sub(s.Anchor) / every)
		next := s.Anchor.Add(time.Duration(max(passed+1, 1)*int64(s.EverySeconds)) * time.Second)
		for range n {
			out, next = append(out, next.UTC()), next.Add(every)
		}
		return out, nil
	}
	c, err := ParseCron(s.Cron)
	if err != nil {
		return nil, err
	}
	for at := from.In(zone); len(out) < n; {
		if at = c.Next(at); at.IsZero() {
			break
		}
		out = append(out, at.UTC())
	}
	return out, nil
}
