package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/velocicompanion/velocicompanion/internal/fault"
)

// maxDepth is how deep a body may nest: deeper than any of ours, shallow enough for every recursive reader behind.
const maxDepth = 64

// strictJSON refuses with 400 what encoding/json would let pass or change silently: invalid UTF-8, half surrogate pairs,
// NUL, keys that occur twice in an object, anything after the value, and nesting over maxDepth. The error says where.
//
// Below the place nulBelow, "" for nowhere, NUL is let pass: who asks for it replaces and counts it.
func strictJSON(body []byte, nulBelow string) error {
	if !utf8.Valid(body) {
		return malformed("body", "is not valid UTF-8 at byte %d", invalidAt(body))
	}
	if !json.Valid(body) {
		return syntax(body)
	}
	s := scan{src: body, nulBelow: nulBelow}
	return s.value("body", 1)
}

func malformed(where, format string, args ...any) error {
	msg := fmt.Sprintf(format, args...)
	return &fault.Error{Kind: fault.Malformed, Message: where + " " + msg, Fields: []fault.Field{{Location: where, Message: msg}}}
}

func invalidAt(b []byte) int {
	at := 0
	for len(b) > 0 {
		r, n := utf8.DecodeRune(b)
		if r == utf8.RuneError && n == 1 {
			break
		}
		at, b = at+n, b[n:]
	}
	return at
}

// syntax says where invalid JSON stops being JSON.
func syntax(body []byte) error {
	var into json.RawMessage
	err := json.Unmarshal(body, &into)
	s, ok := errors.AsType[*json.SyntaxError](err)
	if !ok {
		return malformed("body", "is not JSON")
	}
	upto := body[:max(min(int(s.Offset), len(body))-1, 0)] // what stands before the offending byte
	line := 1 + bytes.Count(upto, []byte("\n"))
	column := len(upto) - bytes.LastIndexByte(upto, '\n')
	return malformed("body", "is not JSON: %s (line %d, column %d)", s.Error(), line, column)
}

// scan walks JSON that is known to be valid.
type scan struct {
	src      []byte
	at       int
	nulBelow string
}

func (s *scan) space() {
	for s.at < len(s.src) && strings.IndexByte(" \t\r\n", s.src[s.at]) >= 0 {
		s.at++
	}
}

// value walks one value; where is its place, for errors.
func (s *scan) value(where string, depth int) error {
	if depth > maxDepth {
		return malformed("body", "is nested deeper than %d levels", maxDepth)
	}
	s.space()
	switch s.src[s.at] {
	case '{':
		return s.object(where, depth)
	case '[':
		return s.array(where, depth)
	case '"':
		_, err := s.text(where)
		return err
	default: // a number or a word
		start := s.at
		for s.at < len(s.src) && strings.IndexByte(",]} \t\r\n", s.src[s.at]) < 0 {
			s.at++
		}
		return number64(where, s.src[start:s.at])
	}
}

// number64 refuses a number so large that the readers behind could not take it; precision is not its concern.
func number64(where string, word []byte) error {
	if c := word[0]; c != '-' && (c < '0' || c > '9') || len(word) < 300 && !bytes.ContainsAny(word, "eE") {
		return nil
	}
	if _, err := strconv.ParseFloat(string(word), 64); err != nil {
		return malformed(where, "is a number beyond 1.8e308")
	}
	return nil
}

func (s *scan) object(where string, depth int) error {
	s.at++
	var keys keySet
	for {
		s.space()
		if s.src[s.at] == '}' {
			s.at++
			return nil
		}
		raw, err := s.text(where)
		if err != nil {
			return err
		}
		key, err := unquote(raw)
		if err != nil {
			return malformed(where, "has a key that can't be read")
		}
		place := where + "." + key
		if !keys.add(key) {
			return malformed(place, "occurs twice")
		}
		s.space()
		s.at++ // the colon
		if err := s.value(place, depth+1); err != nil {
			return err
		}
		s.comma()
	}
}

func (s *scan) array(where string, depth int) error {
	s.at++
	for i := 0; ; i++ {
		s.space()
		if s.src[s.at] == ']' {
			s.at++
			return nil
		}
		if err := s.value(where+"["+strconv.Itoa(i)+"]", depth+1); err != nil {
			return err
		}
		s.comma()
	}
}

func (s *scan) comma() {
	s.space()
	if s.src[s.at] == ',' {
		s.at++
	}
}

// text walks a string and gives it as written, quotes included.
func (s *scan) text(where string) ([]byte, error) {
	start := s.at
	s.at++
	for s.src[s.at] != '"' {
		if s.src[s.at] != '\\' {
			s.at++
			continue
		}
		if s.src[s.at+1] != 'u' {
			s.at += 2
			continue
		}
		if err := s.escape(where); err != nil {
			return nil, err
		}
	}
	s.at++
	return s.src[start:s.at], nil
}

// escape walks one \uXXXX, or two where they make a surrogate pair.
func (s *scan) escape(where string) error {
	r := hex4(s.src[s.at+2:])
	s.at += 6
	switch {
	case r == 0 && (s.nulBelow == "" || !strings.HasPrefix(where, s.nulBelow+"[")):
		return malformed(where, "contains NUL")
	case r >= 0xDC00 && r <= 0xDFFF:
		return malformed(where, "contains half a surrogate pair")
	case r >= 0xD800 && r <= 0xDBFF:
		if s.src[s.at] != '\\' || s.src[s.at+1] != 'u' {
			return malformed(where, "contains half a surrogate pair")
		}
		if low := hex4(s.src[s.at+2:]); low < 0xDC00 || low > 0xDFFF {
			return malformed(where, "contains half a surrogate pair")
		}
		s.at += 6
	}
	return nil
}

func hex4(b []byte) uint64 {
	r, _ := strconv.ParseUint(string(b[:4]), 16, 32) // valid JSON has four hex digits here
	return r
}

func unquote(raw []byte) (string, error) {
	if !bytes.ContainsRune(raw, '\\') {
		return string(raw[1 : len(raw)-1]), nil
	}
	var key string
	err := json.Unmarshal(raw, &key)
	return key, err
}

// keySet holds an object's keys: a list while they are few, a map beyond.
type keySet struct {
	few  []string
	many map[string]struct{}
}

// add says false when the key is there already.
func (k *keySet) add(key string) bool {
	const few = 16
	if k.many != nil {
		_, twice := k.many[key]
		k.many[key] = struct{}{}
		return !twice
	}
	if slices.Contains(k.few, key) {
		return false
	}
	k.few = append(k.few, key)
	if len(k.few) > few {
		k.many = make(map[string]struct{}, 2*few)
		for _, have := range k.few {
			k.many[have] = struct{}{}
		}
	}
	return true
}
