package intake

import (
	"encoding/json"
	"strings"

	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/internal/rawjson"
)

// Body is what a line says about one host: the API's ingest body, or a row of some tool's with the host it names.
// Values are as written; what rows must be like is the store's to judge.
type Body struct {
	Hostname  string
	ClientID  string
	IPAddress string
	OS        string
	Source    string
	Labels    []string
	Metadata  json.RawMessage   // an object; nil where there is none
	Rows      []json.RawMessage // canonical objects: the SHA-256 of each is its content hash
}

// The codes of lines that are rows and yet no ingest bodies.
const (
	CodeNoHost    = "no_host"
	CodeWrongType = "wrong_type"
)

// BodyOf reads a good line. An object that has hostname or client_id and no keys beyond the ingest body's is one;
// anything else is a row itself, about the host that it names (OriginOf) or else about the fallback's, such as the host
// of the archive. In CSV labels are separated by semicolons, and host_metadata and rows hold JSON. Faults: Invalid with
// CodeNoHost or CodeWrongType.
func BodyOf(line Line, fallback Origin) (Body, error) {
	b := bodyReader{line: line}
	if err := rawjson.Members(line.Raw, b.member); err != nil {
		return Body{}, fault.Wrap(err, fault.Malformed, "line %d is not JSON", line.Number)
	}
	switch {
	case b.named && !b.foreign:
		if b.s.Source == "" {
			b.s.Source = line.Source
		}
		return b.s, b.err
	default:
		return rowOf(line, fallback)
	}
}

// rowOf makes an ingest body of a tool's row.
func rowOf(line Line, fallback Origin) (Body, error) {
	o := OriginOf(line.Raw)
	if o.Hostname == "" && o.ClientID == "" {
		o = fallback
	}
	s := Body{
		Hostname: o.Hostname, ClientID: o.ClientID, IPAddress: o.IPAddress, OS: o.OS, Source: line.Source,
		Rows: []json.RawMessage{line.Raw},
	}
	if s.Source == "" {
		s.Source = o.Channel
	}
	if s.Hostname == "" && s.ClientID == "" {
		return Body{}, wrong(line, CodeNoHost, "names no host: it has no hostname, client_id, Computer, Fqdn or the like")
	}
	return s, nil
}

func wrong(line Line, code, format string, args ...any) error {
	e := problem(line.Number, code, format, args...)
	e.Kind = fault.Invalid
	return e
}

// bodyReader reads an ingest body, member by member.
type bodyReader struct {
	line    Line
	s       Body
	named   bool // it has hostname or client_id
	foreign bool // it has a key that an ingest body hasn't
	err     error
}

func (b *bodyReader) member(key, value []byte) bool {
	switch string(key) {
	case "hostname":
		b.named = true
		b.text(&b.s.Hostname, key, value)
	case "client_id":
		b.named = true
		b.text(&b.s.ClientID, key, value)
	case "ip_address":
		b.text(&b.s.IPAddress, key, value)
	case "os":
		b.text(&b.s.OS, key, value)
	case "source":
		b.text(&b.s.Source, key, value)
	case "labels":
		b.labels(value)
	case "host_metadata":
		if value = b.inner(value); value != nil && value[0] != '{' {
			b.fail(key, "an object")
			return true
		}
		b.s.Metadata = value
	case "rows":
		b.rows(value)
	default:
		b.foreign = true
		return false
	}
	return true
}

// fail keeps the first error; whether it counts shows when all keys are known.
func (b *bodyReader) fail(key []byte, wanted string) {
	if b.err == nil {
		b.err = wrong(b.line, CodeWrongType, "has %s that is not %s", key, wanted)
	}
}

func (b *bodyReader) text(into *string, key, value []byte) {
	s, ok := rawjson.Text(value)
	if !ok && string(value) != "null" {
		b.fail(key, "a string")
		return
	}
	*into = strings.TrimSpace(s)
}

func (b *bodyReader) labels(value []byte) {
	if s, ok := rawjson.Text(value); ok {
		for label := range strings.SplitSeq(s, ";") {
			if label = strings.TrimSpace(label); label != "" {
				b.s.Labels = append(b.s.Labels, label)
			}
		}
		return
	}
	if json.Unmarshal(value, &b.s.Labels) != nil {
		b.fail([]byte("labels"), "an array of strings")
	}
}

func (b *bodyReader) rows(value []byte) {
	if value = b.inner(value); value == nil {
		return
	}
	if json.Unmarshal(value, &b.s.Rows) != nil {
		b.fail([]byte("rows"), "an array of objects")
		return
	}
	for _, row := range b.s.Rows {
		if len(row) == 0 || row[0] != '{' {
			b.fail([]byte("rows"), "an array of objects")
			return
		}
	}
}

// inner gives a value, or what a CSV cell holds as JSON in canonical form; nil for none.
func (b *bodyReader) inner(value []byte) []byte {
	if s, ok := rawjson.Text(value); ok {
		if s = strings.TrimSpace(s); s == "" {
			return nil
		}
		if v, err := rawjson.NewCanon(rawjson.Limits{}).Read([]byte(s)); err == nil {
			return append([]byte{}, v.Data...)
		}
		return value
	}
	if string(value) == "null" {
		return nil
	}
	return append([]byte{}, value...)
}
