package rawjson

import (
	"bytes"
	"encoding/json"
	"strconv"
)

// Limits bound what is read.
type Limits struct {
	Depth  int // levels of nesting; 100 when 0
	Number int // characters of a number, and its largest exponent; 400 when 0
}

// Mended counts what was replaced by U+FFFD so that the row could be kept.
type Mended struct {
	UTF8       int // bytes that were not UTF-8
	NUL        int // NUL characters, which PostgreSQL can't keep
	Surrogates int // halves of surrogate pairs
}

// Any says whether something was mended.
func (m Mended) Any() bool { return m.UTF8 > 0 || m.NUL > 0 || m.Surrogates > 0 }

// Value is one value that was read.
type Value struct {
	Data   []byte // canonical; belongs to the reader and stands until its next Read
	Kind   Kind
	Mended Mended
}

// Canon brings values into canonical form. It keeps its buffers; one goroutine at a time.
type Canon struct {
	limits  Limits
	cur     cursor
	out     []byte
	members []member // of all objects that are open
	scratch []byte
	open    []step // where we are, for errors
	mended  Mended
}

// member is one key with its value in out.
type member struct {
	key, colon, end int
	escaped         bool // the key holds a backslash
}

// step is one level of nesting: an index, or a key in out.
type step struct {
	index      int // in an array; -1 in an object
	start, end int // of the key's literal; 0, 0 in an array and before the first key
}

// NewCanon makes a reader.
func NewCanon(l Limits) *Canon {
	if l.Depth == 0 {
		l.Depth = 100
	}
	if l.Number == 0 {
		l.Number = 400
	}
	return &Canon{limits: l}
}

// Read reads exactly one value. Errors are *Error.
func (c *Canon) Read(src []byte) (Value, error) {
	c.cur = cursor{src: src}
	c.out, c.members, c.open = c.out[:0], c.members[:0], c.open[:0]
	c.mended = Mended{}
	c.cur.space()
	kind, err := c.value()
	if err == nil && c.cur.space() != 0 {
		err = &Error{Code: CodeSyntax, Reason: "goes on with " + show(src[c.cur.at:]) + " after its end", At: c.cur.at}
	}
	if err == nil && c.cur.at < len(src) { // a NUL byte, which space takes for the end
		err = &Error{Code: CodeSyntax, Reason: "goes on with the byte 0x00 after its end", At: c.cur.at}
	}
	if err != nil {
		return Value{}, c.place(err)
	}
	return Value{Data: c.out, Kind: kind, Mended: c.mended}, nil
}

func (c *Canon) value() (Kind, error) {
	if c.cur.at >= len(c.cur.src) {
		return 0, c.cur.unexpected("a value")
	}
	switch c.cur.src[c.cur.at] {
	case '{':
		return Object, c.object()
	case '[':
		return Array, c.array()
	case '"':
		var err error
		c.out, err = c.cur.text(c.out, true, &c.mended)
		return String, err
	}
	at := c.cur.at
	raw, kind, err := c.cur.word()
	if err != nil {
		return kind, err
	}
	if kind == Number && !c.storable(raw) {
		return kind, &Error{
			Code: CodeNumber, At: at,
			Reason: "has a number of more than " + strconv.Itoa(c.limits.Number) + " digits",
		}
	}
	c.out = append(c.out, raw...)
	return kind, nil
}

// storable says whether numeric can hold a number without a surprise.
func (c *Canon) storable(raw []byte) bool {
	if len(raw) > c.limits.Number {
		return false
	}
	i := bytes.IndexAny(raw, "eE")
	if i < 0 {
		return true
	}
	exp, err := strconv.Atoi(string(raw[i+1:]))
	return err == nil && exp <= c.limits.Number && exp >= -c.limits.Number
}

func (c *Canon) push(index int) error {
	if len(c.open) >= c.limits.Depth {
		return &Error{Code: CodeDepth, Reason: "is nested deeper than " + strconv.Itoa(c.limits.Depth) + " levels", At: c.cur.at}
	}
	c.open = append(c.open, step{index: index})
	c.cur.at++
	return nil
}

func (c *Canon) array() error {
	if err := c.push(0); err != nil {
		return err
	}
	c.out = append(c.out, '[')
	top := len(c.open) - 1
	if c.cur.space() == ']' {
		return c.pop(']')
	}
	for {
		if _, err := c.value(); err != nil {
			return err
		}
		switch c.cur.space() {
		case ',':
			c.cur.at++
			c.cur.space()
			c.out = append(c.out, ',')
			c.open[top].index++
		case ']':
			return c.pop(']')
		default:
			return c.cur.unexpected("a comma or ]")
		}
	}
}

func (c *Canon) pop(end byte) error {
	c.cur.at++
	c.out = append(c.out, end)
	c.open = c.open[:len(c.open)-1]
	return nil
}

// place fills in where an error happened.
func (c *Canon) place(err error) error {
	if e, ok := err.(*Error); ok && e.Path == "" { //nolint:errorlint // made in this package, never wrapped
		e.Path = c.path()
	}
	return err
}

func (c *Canon) path() string {
	var p []byte
	for _, s := range c.open {
		switch {
		case s.end > s.start && s.end <= len(c.out):
			p = appendKey(p, unquote(c.out[s.start:s.end]))
		case s.index >= 0:
			p = appendIndex(p, s.index)
		}
	}
	return string(p)
}

// unquote decodes a canonical literal.
func unquote(literal []byte) []byte {
	if bytes.IndexByte(literal, '\\') < 0 {
		return literal[1 : len(literal)-1]
	}
	var s string
	if json.Unmarshal(literal, &s) != nil {
		return literal
	}
	return []byte(s)
}
