package models

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/robfig/cron/v3"
)

// Cron is a parsed cron expression of five fields: the values that each field lets pass, ascending.
type Cron struct {
	Minutes, Hours, Days, Months, Weekdays []int // weekdays from 0, Sunday

	eitherDay bool // where both are limited, one of them suffices, as cron always had it
}

// anyValue marks a field of the parser's that lets every value pass.
const anyValue = 1 << 63

// ParseCron reads minute, hour, day of the month, month and day of the week: numbers, names, ranges, steps and lists, or one of
// @hourly, @daily, @weekly, @monthly, @yearly. The error says what is wrong, for people.
func ParseCron(text string) (c Cron, err error) {
	text = strings.TrimSpace(text)
	low := strings.ToLower(text)
	switch {
	case strings.HasPrefix(low, "tz=") || strings.HasPrefix(low, "cron_tz="):
		return c, errors.New("must not name a time zone: that is what timezone is for")
	case strings.HasPrefix(low, "@every"):
		return c, errors.New("must not be @every: that is what interval is for, such as 6h")
	}
	fields := strings.Fields(text)
	switch {
	case strings.HasPrefix(text, "@"):
		text = low
	case len(fields) != 5:
		return c, fmt.Errorf("must have five fields (minute, hour, day of the month, month, day of the week), not %d: 0 6 * * 1-5 is every working day at six", len(fields))
	default:
		fields[4] = sundays(fields[4])
		text = strings.Join(fields, " ")
	}
	parsed, err := cron.ParseStandard(text)
	if err != nil {
		return c, fmt.Errorf("can't be read: %w", err)
	}
	spec, ok := parsed.(*cron.SpecSchedule)
	if !ok {
		return c, errors.New("must be five fields, or one of @hourly, @daily, @weekly, @monthly, @yearly")
	}
	return cronOf(spec, fields), nil
}

// cronOf takes a parsed expression apart. As in every crontab a field that begins with * limits no day, also with a step.
func cronOf(spec *cron.SpecSchedule, fields []string) Cron {
	if len(fields) == 5 {
		for i, bits := range map[int]*uint64{2: &spec.Dom, 4: &spec.Dow} {
			if strings.HasPrefix(fields[i], "*") {
				*bits |= anyValue
			}
		}
	}
	return Cron{
		Minutes: valuesOf(spec.Minute, 0, 59), Hours: valuesOf(spec.Hour, 0, 23), Days: valuesOf(spec.Dom, 1, 31),
		Months: valuesOf(spec.Month, 1, 12), Weekdays: valuesOf(spec.Dow, 0, 6),
		eitherDay: spec.Dom&anyValue == 0 && spec.Dow&anyValue == 0,
	}
}

// sundays writes a day of the week of 7, which the parser doesn't know, as 0.
func sundays(field string) string {
	parts := strings.Split(field, ",")
	for i, part := range parts {
		from, ranged := strings.CutSuffix(part, "-7")
		switch {
		case part == "7" || part == "7-7":
			parts[i] = "0"
		case ranged && from == "0":
			parts[i] = "0-6"
		case ranged:
			parts[i] = from + "-6,0"
		}
	}
	return strings.Join(parts, ",")
}

func valuesOf(bits uint64, low, high int) (out []int) {
	for v := low; v <= high; v++ {
		if bits&(1<<v) != 0 {
			out = append(out, v)
		}
	}
	return out
}

// EitherDay says that both the day of the month and the day of the week are limited: a day that fits one of them fits.
func (c *Cron) EitherDay() bool { return c.eitherDay }

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
