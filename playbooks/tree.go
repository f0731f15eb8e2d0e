package playbooks

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"github.com/velocicompanion/velocicompanion/internal/fault"
)

// shape is the type of a node of a source.
type shape string

// The types of a node, in the words of JSON.
const (
	shapeNull    shape = "null"
	shapeBoolean shape = "a boolean"
	shapeNumber  shape = "a number"
	shapeText    shape = "a text"
	shapeList    shape = "a list"
	shapeObject  shape = "an object"
)

// node is a part of a source, YAML or JSON alike, with its place.
type node struct {
	shape  shape
	at     position
	scalar any     // bool, int, float64 or string
	items  []*node // of a list
	fields []field // of an object, in the order written
}

// field is one field of an object.
type field struct {
	name  string
	at    position // of the name
	value *node
}

// The limits of a source.
const (
	maxSource = 256 << 10 // bytes
	maxNested = 32        // levels
	maxName   = 200       // bytes of a field's name
)

// readSource reads YAML or JSON, whichever it is: a document that begins with a brace is JSON.
func readSource(src []byte) (*node, error) {
	src = bytes.TrimPrefix(src, []byte("\uFEFF"))
	if len(src) > maxSource {
		return nil, sourceFault(fault.Invalid, place(src, maxSource), nil,
			"the document has %d bytes; the limit is %d", len(src), maxSource)
	}
	if i := bytes.IndexByte(src, 0); i >= 0 {
		return nil, sourceFault(fault.Malformed, place(src, i), nil, "a NUL character is not allowed")
	}
	if !utf8.Valid(src) {
		return nil, sourceFault(fault.Malformed, place(src, firstInvalid(src)), nil, "this is not UTF-8")
	}
	trimmed := bytes.TrimLeft(src, " \t\r\n")
	if len(trimmed) == 0 {
		return nil, sourceFault(fault.Malformed, position{1, 1}, nil, "the document is empty")
	}
	if trimmed[0] == '{' {
		return readJSON(src)
	}
	return readYAML(src)
}

func firstInvalid(src []byte) int {
	for i := 0; i < len(src); {
		r, size := utf8.DecodeRune(src[i:])
		if r == utf8.RuneError && size == 1 {
			return i
		}
		i += size
	}
	return len(src)
}

// place turns an offset into line and column, both from 1, the column in characters.
func place(src []byte, offset int) position {
	before := src[:min(offset, len(src))]
	start := bytes.LastIndexByte(before, '\n') + 1
	return position{line: bytes.Count(before, []byte{'\n'}) + 1, column: utf8.RuneCount(before[start:]) + 1}
}

// checkText refuses what an escape may smuggle in.
func checkText(s string, at position, path *trail) error {
	if strings.IndexByte(s, 0) >= 0 {
		return sourceFault(fault.Malformed, at, path, "a NUL character is not allowed")
	}
	if !utf8.ValidString(s) {
		return sourceFault(fault.Malformed, at, path, "this is not UTF-8")
	}
	return nil
}

// checkName keeps the names of fields short, because they stand in every path below.
func checkName(name string, at position, path *trail) error {
	if name == "" {
		return sourceFault(fault.Invalid, at, path, "the name of a field is empty")
	}
	if len(name) > maxName {
		return sourceFault(fault.Invalid, at, path, "the name of a field is longer than %d bytes", maxName)
	}
	return checkText(name, at, path)
}

func errNested(at position, path *trail) error {
	return sourceFault(fault.Invalid, at, path, "is nested more than %d levels deep", maxNested)
}

func errDuplicate(at, first position, path *trail) error {
	return sourceFault(fault.Malformed, at, path, "the field is there twice; the first is on line %d", first.line)
}

// lookup finds a field of an object.
func (n *node) lookup(name string) (field, bool) {
	for _, f := range n.fields {
		if f.name == name {
			return f, true
		}
	}
	return field{}, false
}

// raw is the node as plain values.
func (n *node) raw() any {
	switch n.shape {
	case shapeList:
		out := make([]any, len(n.items))
		for i, item := range n.items {
			out[i] = item.raw()
		}
		return out
	case shapeObject:
		out := make(map[string]any, len(n.fields))
		for _, f := range n.fields {
			out[f.name] = f.value.raw()
		}
		return out
	default:
		return n.scalar
	}
}
