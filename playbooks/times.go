package playbooks

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// All times are UTC: a machine's own zone would give two answers on two machines.

func fnNow(m *meter, _ []any) (any, error) {
	if m.env.Now.IsZero() {
		return nil, errors.New("has no moment to tell here")
	}
	return m.env.Now.UTC(), nil
}

// fnAgo is the moment before now by a duration such as "24h" or "7d".
func fnAgo(m *meter, args []any) (any, error) {
	now, err := fnNow(m, nil)
	if err != nil {
		return nil, err
	}
	d, err := durationOf(m, args[0])
	if err != nil {
		return nil, err
	}
	return opSubtract(m, []any{now, d})
}

func fnDuration(m *meter, args []any) (any, error) {
	d, err := durationOf(m, args[0])
	return d, err
}

func durationOf(m *meter, v any) (time.Duration, error) {
	switch x := v.(type) {
	case time.Duration:
		return x, nil
	case string:
		if err := m.spend(stepsPerDuration); err != nil {
			return 0, err
		}
		return parseDuration(x)
	}
	return 0, fmt.Errorf(`a duration is a text such as "90s" or "7d", but %s is %s`, quote(v), kindOf(v))
}

// parseDuration reads Go's durations and whole or broken days, "7d", at the front: "1d12h".
func parseDuration(s string) (time.Duration, error) {
	d, ok := readDuration(s)
	if !ok {
		return 0, fmt.Errorf(`a duration is written like "90s", "30m", "24h" or "7d", not %s`, quote(s))
	}
	return d, nil
}

func readDuration(s string) (time.Duration, bool) {
	if len(s) > 64 {
		return 0, false
	}
	days, rest, found := strings.Cut(s, "d")
	if !found {
		d, err := time.ParseDuration(s)
		return d, err == nil
	}
	n, err := strconv.ParseFloat(days, 64)
	if err != nil || math.IsNaN(n) || math.Abs(n) > 36500 {
		return 0, false
	}
	d := time.Duration(n * float64(24*time.Hour))
	if rest == "" {
		return d, true
	}
	more, err := time.ParseDuration(rest)
	return d + more, err == nil && more >= 0 && more < 24*time.Hour
}

// fnParseTime reads RFC 3339 and its usual shortenings, seconds or milliseconds since 1970, or a Go layout given.
func fnParseTime(m *meter, args []any) (any, error) {
	if err := m.spend(stepsPerTime); err != nil {
		return nil, err
	}
	switch x := args[0].(type) {
	case time.Time:
		return x, nil
	case int, float64:
		f, _ := number(x)
		return timeOfNumber(f)
	case string:
		if len(args) == 2 {
			return timeOfLayout(x, args[1])
		}
		if t, ok := timeOfText(x); ok {
			return t, nil
		}
	}
	return nil, fmt.Errorf("%s is not a time; write it like 2026-01-31T15:04:05Z", quote(args[0]))
}

func timeOfLayout(s string, layout any) (any, error) {
	l, ok := layout.(string)
	if !ok || len(l) > 64 || len(s) > 128 {
		return nil, fmt.Errorf("can't read %s by the layout %s", quote(s), quote(layout))
	}
	t, err := time.ParseInLocation(l, s, time.UTC)
	if err != nil {
		return nil, fmt.Errorf("can't read %s by the layout %s", quote(s), quote(layout))
	}
	return t.UTC(), nil
}

func timeOfText(s string) (time.Time, bool) {
	if len(s) > 64 {
		return time.Time{}, false
	}
	for _, layout := range []string{
		time.RFC3339Nano, "2006-01-02T15:04:05", time.DateTime, "2006-01-02T15:04", time.DateOnly, time.RFC1123Z, time.RFC1123,
	} {
		if t, err := time.ParseInLocation(layout, s, time.UTC); err == nil {
			return t.UTC(), true
		}
	}
	return time.Time{}, false
}

// timeOfNumber takes numbers too large for seconds of this millennium's first 3,000 years as milliseconds.
func timeOfNumber(f float64) (any, error) {
	const largestSeconds = 1e11
	if math.IsNaN(f) || math.Abs(f) > 1e14 {
		return nil, fmt.Errorf("%s is not a time", floatText(f))
	}
	if math.Abs(f) > largestSeconds {
		return time.UnixMilli(int64(f)).UTC(), nil
	}
	seconds, fraction := math.Modf(f)
	return time.Unix(int64(seconds), int64(fraction*1e9)).UTC(), nil
}

// opMethod is what a time or a duration can be asked. Anything else, zones above all, doesn't exist.
func opMethod(m *meter, args []any) (any, error) {
	name, _ := args[1].(string)
	switch x := args[0].(type) {
	case time.Time:
		return timeMethod(m, x, name, args[2:])
	case time.Duration:
		return durationMethod(x, name, args[2:])
	case nil:
		return nil, fmt.Errorf("nothing has no method %s", cut(name))
	}
	return nil, fmt.Errorf("%s has no method %s", kindOf(args[0]), cut(name))
}

func timeMethod(m *meter, t time.Time, name string, args []any) (any, error) {
	if len(args) == 1 {
		return timeWith(m, t, name, args[0])
	}
	if len(args) == 0 {
		switch name {
		case "Year":
			return t.Year(), nil
		case "Month":
			return int(t.Month()), nil
		case "Day":
			return t.Day(), nil
		case "Hour":
			return t.Hour(), nil
		case "Minute":
			return t.Minute(), nil
		case "Second":
			return t.Second(), nil
		case "Weekday":
			return t.Weekday().String(), nil
		case "YearDay":
			return t.YearDay(), nil
		case "Unix":
			return int(t.Unix()), nil
		case "UnixMilli":
			return int(t.UnixMilli()), nil
		}
	}
	return nil, fmt.Errorf("a time has no method %s with %d arguments", cut(name), len(args))
}

func timeWith(m *meter, t time.Time, name string, arg any) (any, error) {
	switch name {
	case "Add":
		return opAdd(m, []any{t, arg})
	case "Sub":
		return opSubtract(m, []any{t, arg})
	case "Before":
		return opLess(m, []any{t, arg})
	case "After":
		return opMore(m, []any{t, arg})
	case "Equal":
		return opEqual(m, []any{t, arg})
	case "Truncate":
		if d, ok := arg.(time.Duration); ok {
			return t.Truncate(d), nil
		}
	case "Format":
		if layout, ok := arg.(string); ok && len(layout) <= 64 {
			s := t.Format(layout)
			if err := m.spend(stepsPerTime); err != nil {
				return nil, err
			}
			return s, m.text(len(s))
		}
	}
	return nil, fmt.Errorf("a time has no method %s that takes %s", cut(name), quote(arg))
}

func durationMethod(d time.Duration, name string, args []any) (any, error) {
	if len(args) == 0 {
		switch name {
		case "Hours":
			return d.Hours(), nil
		case "Minutes":
			return d.Minutes(), nil
		case "Seconds":
			return d.Seconds(), nil
		case "Milliseconds":
			return int(d.Milliseconds()), nil
		}
	}
	return nil, fmt.Errorf("a duration has no method %s", cut(name))
}
