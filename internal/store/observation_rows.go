package store

import (
	"crypto/sha256"
	"encoding/json"
	"strconv"
	"time"

	"github.com/velocicompanion/velocicompanion/internal/fault"
)

// Row is one observed JSON object, ready to be kept.
type Row struct {
	Data      json.RawMessage // canonical: sorted keys, numbers as they came
	Hash      [sha256.Size]byte
	EventTime *time.Time // when the row says it happened; nil when it doesn't, or not credibly
	Replaced  int        // NUL characters that became U+FFFD
}

// NewRow reads one JSON object of any shape. Faults: Invalid, at location, for what is no object or can't be kept.
func NewRow(raw json.RawMessage, location string) (Row, error) {
	f := readFreeJSON(raw)
	if f.fault != "" {
		return Row{}, fault.InvalidField(location, "%s", f.fault)
	}
	data, err := f.canonical()
	if err != nil {
		return Row{}, fault.Wrap(err, fault.Invalid, "%s: can't be written as JSON", location)
	}
	return Row{Data: data, Hash: sha256.Sum256(data), EventTime: eventTime(f.object), Replaced: f.nuls}, nil
}

// eventTimePaths are where the tools of this field put an event's time, most telling first.
var eventTimePaths = [][]string{ //nolint:gochecknoglobals // a constant table
	{"Event", "System", "TimeCreated", "#attributes", "SystemTime"}, // Windows event log as JSON
	{"Event", "System", "TimeCreated", "SystemTime"},
	{"System", "TimeCreated", "SystemTime"}, // Velociraptor's parse_evtx, epoch seconds
	{"EventTime"},
	{"event_time"},
	{"@timestamp"},
	{"Timestamp"},
	{"timestamp"},
	{"TimeCreated"},
	{"UtcTime"},
	{"CreateTime"},
	{"StartTime"},
	{"LastWriteTime"},
	{"Mtime"},
	{"Time"},
	{"time"},
	{"_ts"},
}

func eventTime(row map[string]any) *time.Time {
	for _, path := range eventTimePaths {
		if t, ok := readTime(dig(row, path)); ok {
			return &t
		}
	}
	return nil
}

func dig(row map[string]any, path []string) any {
	var v any = row
	for _, name := range path {
		m, ok := v.(map[string]any)
		if !ok {
			return nil
		}
		v = m[name]
	}
	return v
}

// readTime reads RFC 3339, the same with a space and without a zone (UTC), and epochs in seconds to nanoseconds. Times
// outside 1980 to 2100 are markers (1601, 9999), not moments.
func readTime(v any) (time.Time, bool) {
	var t time.Time
	switch v := v.(type) {
	case string:
		for _, layout := range []string{time.RFC3339Nano, "2006-01-02 15:04:05.999999999Z07:00", "2006-01-02 15:04:05.999999999", "2006-01-02T15:04:05.999999999"} {
			parsed, err := time.Parse(layout, v)
			if err == nil {
				t = parsed
				break
			}
		}
	case json.Number:
		t = epoch(v.String())
	}
	t = t.UTC().Truncate(time.Microsecond)
	return t, t.Year() >= 1980 && t.Year() < 2100
}

// epoch reads a number of seconds, or of the unit that makes it a moment of our time.
func epoch(s string) time.Time {
	n, err := strconv.ParseFloat(s, 64)
	if err != nil || n < 3e8 {
		return time.Time{}
	}
	switch {
	case n < 1e10: // seconds, until the year 2286
		return time.UnixMicro(int64(n * 1e6))
	case n < 1e13:
		return time.UnixMicro(int64(n * 1e3))
	case n < 1e16:
		return time.UnixMicro(int64(n))
	case n < 1e19:
		return time.UnixMicro(int64(n / 1e3))
	}
	return time.Time{}
}
