package intake

import (
	"strconv"
	"time"

	"github.com/velocicompanion/velocicompanion/internal/rawjson"
)

// eventTimeRank says how telling a place is for the time of an event, 1 the most; 0 for any other place. They are where
// the tools of this field put it.
func eventTimeRank(dotted string) int {
	switch dotted {
	case "Event.System.TimeCreated.#attributes.SystemTime", // Windows event log as JSON
		"Event.System.TimeCreated.SystemTime", "Event.System.TimeCreated.@SystemTime":
		return 1
	case "System.TimeCreated.SystemTime": // Velociraptor's parse_evtx, epoch seconds
		return 2
	case "EventTime", "event_time":
		return 3
	case "@timestamp", "Timestamp", "timestamp":
		return 4
	case "TimeCreated", "TimeGenerated", "UtcTime", "event.created":
		return 5
	case "CreateTime", "StartTime", "LastWriteTime", "Mtime":
		return 6
	case "Time", "time", "_ts", "ts":
		return 7
	}
	return 0
}

// timeReader finds when a row says it happened, and dates that are markers.
type timeReader struct {
	walker rawjson.Walker
	dotted []byte
	line   *Line
	rank   int // of the line's EventTime; 0 while it has none
}

// TimeOf reads when a row in canonical form says it happened; zero when it doesn't, or not credibly.
func TimeOf(raw []byte) time.Time {
	line := Line{Raw: raw}
	var times timeReader
	times.read(&line)
	return line.EventTime
}

func (r *timeReader) read(line *Line) {
	r.line, r.rank = line, 0
	_ = r.walker.Walk(line.Raw, r.leaf) // the row was read a moment ago: it is JSON
}

func (r *timeReader) leaf(l *rawjson.Leaf) bool {
	switch {
	case l.Kind == rawjson.String && (looksLikeDate(l.Text) || isNetDate(l.Text)):
	case l.Kind == rawjson.Number && len(l.Text) >= 9 && len(l.Text) <= 24:
	default:
		return true
	}
	r.dotted = l.AppendDotted(r.dotted[:0])
	rank := eventTimeRank(string(r.dotted))
	if l.Kind == rawjson.Number && rank == 0 {
		return true
	}
	t, ok := moment(l)
	switch {
	case !ok:
	case !plausible(t):
		if r.line.Marks.Dates++; r.line.Marks.Dates == 1 {
			r.line.Marks.DatePath = l.Path()
		}
	case rank > 0 && (r.rank == 0 || rank < r.rank):
		r.rank, r.line.EventTime = rank, t
	}
	return true
}

// plausible says whether a time is a moment: 1601, 1970 and 9999 are markers for "none" and "never".
func plausible(t time.Time) bool { return t.Year() >= 1980 && t.Year() < 2100 }

// looksLikeDate knows 2006-01-02, with or without a time behind it.
func looksLikeDate(b []byte) bool {
	if len(b) < 10 || len(b) > 40 || b[4] != '-' || b[7] != '-' {
		return false
	}
	for _, i := range [...]int{0, 1, 2, 3, 5, 6, 8, 9} {
		if b[i] < '0' || b[i] > '9' {
			return false
		}
	}
	return len(b) == 10 || b[10] == 'T' || b[10] == ' '
}

// netDate begins a date as Windows PowerShell's ConvertTo-Json writes it: /Date(1608314167025)/, milliseconds.
const netDate = "/Date("

func isNetDate(b []byte) bool {
	return len(b) > len(netDate)+2 && len(b) < 40 && string(b[:len(netDate)]) == netDate && string(b[len(b)-2:]) == ")/"
}

// moment reads a time to the microsecond, which is what PostgreSQL keeps.
func moment(l *rawjson.Leaf) (time.Time, bool) {
	if l.Kind == rawjson.Number {
		t, ok := epoch(string(l.Text))
		return t, ok
	}
	if isNetDate(l.Text) {
		ms, err := strconv.ParseInt(string(l.Text[len(netDate):len(l.Text)-2]), 10, 64)
		return time.UnixMilli(ms).UTC(), err == nil && ms > -6e13 && ms < 3e14
	}
	s := string(l.Text)
	for _, layout := range []string{
		time.RFC3339Nano, "2006-01-02 15:04:05.999999999", "2006-01-02T15:04:05.999999999",
		"2006-01-02 15:04:05.999999999Z07:00", "2006-01-02 15:04:05.999999999 Z07:00", "2006-01-02 15:04:05.999999999 MST", time.DateOnly,
	} {
		if t, err := time.Parse(layout, s); err == nil {
			return t.UTC().Truncate(time.Microsecond), true
		}
	}
	return time.Time{}, false
}

// epoch reads a number of seconds since 1970, or of the unit that makes it a moment of our time.
func epoch(s string) (time.Time, bool) {
	n, err := strconv.ParseFloat(s, 64)
	if err != nil {
		return time.Time{}, false
	}
	switch {
	case n < -6e10: // before the year 70: no time
		return time.Time{}, false
	case n < 0: // 1601 in seconds, as tools make it of an empty FILETIME
		return time.Unix(int64(n), 0).UTC(), true
	case n < 3e8: // a duration or a count
		return time.Time{}, false
	case n < 3e11: // seconds, until the year 9999 and a little
		return time.UnixMicro(int64(n * 1e6)).UTC(), true
	case n < 1e13:
		return time.UnixMicro(int64(n * 1e3)).UTC(), true
	case n < 1e16:
		return time.UnixMicro(int64(n)).UTC(), true
	case n < 1e19:
		return time.UnixMicro(int64(n / 1e3)).UTC(), true
	}
	return time.Time{}, false
}
