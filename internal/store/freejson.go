package store

import (
	"bytes"
	"encoding/json"
	"io"
	"strconv"
	"strings"
)

// The bounds of free JSON, which jsonb could not keep beyond them.
const (
	maxJSONDepth  = 100
	maxNumberText = 400 // characters of a number, and the largest exponent
)

// freeJSON is a decoded JSON object whose numbers keep their text, with what had to be noticed on the way.
type freeJSON struct {
	object map[string]any
	nuls   int    // NUL characters, replaced by U+FFFD
	fault  string // what jsonb could not keep; empty when it can
}

// readFreeJSON decodes an object. Numbers stay text, so that 2^53+1 survives; NUL, which PostgreSQL can't store, is
// replaced and counted.
func readFreeJSON(raw []byte) freeJSON {
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	var v any
	if err := dec.Decode(&v); err != nil {
		return freeJSON{fault: "is not valid JSON"}
	}
	if _, err := dec.Token(); err != io.EOF {
		return freeJSON{fault: "holds more than one JSON value"}
	}
	if _, ok := v.(map[string]any); !ok {
		return freeJSON{fault: "must be a JSON object"}
	}
	var f freeJSON
	f.object, _ = f.clean(v, 1).(map[string]any)
	return f
}

func (f *freeJSON) clean(v any, depth int) any {
	if depth > maxJSONDepth {
		f.fault = "is nested deeper than " + strconv.Itoa(maxJSONDepth) + " levels"
		return nil
	}
	switch v := v.(type) {
	case string:
		return f.text(v)
	case json.Number:
		if !storableNumber(v.String()) {
			f.fault = "holds a number with more than " + strconv.Itoa(maxNumberText) + " digits"
		}
		return v
	case []any:
		for i := range v {
			v[i] = f.clean(v[i], depth+1)
		}
		return v
	case map[string]any:
		return f.cleanObject(v, depth)
	}
	return v
}

func (f *freeJSON) cleanObject(m map[string]any, depth int) map[string]any {
	out := m
	for k := range m {
		if strings.ContainsRune(k, 0) {
			out = make(map[string]any, len(m))
			break
		}
	}
	for k, v := range m {
		out[f.text(k)] = f.clean(v, depth+1)
	}
	return out
}

func (f *freeJSON) text(s string) string {
	n := strings.Count(s, "\x00")
	if n == 0 {
		return s
	}
	f.nuls += n
	return strings.ReplaceAll(s, "\x00", "\uFFFD")
}

// storableNumber says whether numeric can hold a JSON number without a surprise.
func storableNumber(s string) bool {
	if len(s) > maxNumberText {
		return false
	}
	i := strings.IndexAny(s, "eE")
	if i < 0 {
		return true
	}
	exp, err := strconv.Atoi(s[i+1:])
	return err == nil && exp <= maxNumberText && exp >= -maxNumberText
}

// canonical writes the object with sorted keys and without spaces: the same content gives the same bytes.
func (f *freeJSON) canonical() ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(f.object); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}
