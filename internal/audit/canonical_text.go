package audit

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"unicode/utf8"
)

// The documents of the trail are made twice canonical, for the stamp and for the seal, and nearly all of them are plain: this
// makes the same bytes as encoder.json straight from the text, at a fifth of the price.

// plainDepth is how deep a document may nest to be plain: what is inside is moved once for each level.
const plainDepth = 16

// plain writes a document that has nothing odd in it; false, with nothing written, when it has: escapes in texts, fields
// that come twice, depth, or anything that isn't JSON. Then the slower way decides.
func (e *encoder) plain(raw json.RawMessage) bool {
	before := len(e.b)
	p := plainReader{rest: raw, e: e}
	if p.value(0) && len(p.space()) == 0 {
		return true
	}
	e.b = e.b[:before]
	return false
}

type plainReader struct {
	rest []byte
	e    *encoder
}

// space skips white space and gives what follows.
func (p *plainReader) space() []byte {
	p.rest = bytes.TrimLeft(p.rest, " \t\r\n")
	return p.rest
}

// next takes one character if it is the next.
func (p *plainReader) next(c byte) bool {
	if rest := p.space(); len(rest) > 0 && rest[0] == c {
		p.rest = rest[1:]
		return true
	}
	return false
}

func (p *plainReader) value(depth int) bool {
	rest := p.space()
	if len(rest) == 0 || depth > plainDepth {
		return false
	}
	switch rest[0] {
	case '{':
		return p.object(depth)
	case '[':
		return p.array(depth)
	case '"':
		text, ok := p.text()
		p.e.b = append(p.e.b, 's')
		p.e.bytes(text)
		return ok
	case 'n':
		return p.word("null", "n")
	case 't':
		return p.word("true", "btrue")
	case 'f':
		return p.word("false", "bfalse")
	}
	return p.number()
}

func (p *plainReader) word(word, canonical string) bool {
	rest, ok := bytes.CutPrefix(p.rest, []byte(word))
	p.rest = rest
	p.e.b = append(p.e.b, canonical...)
	return ok
}

func (p *plainReader) number() bool {
	end := 0
	for end < len(p.rest) && strings.IndexByte("0123456789+-.eE", p.rest[end]) >= 0 {
		end++
	}
	number := p.rest[:end]
	if !json.Valid(number) {
		return false
	}
	p.rest = p.rest[end:]
	p.e.b = append(p.e.b, '#')
	p.e.text(decimal(string(number)))
	return true
}

// text takes a text without escapes.
func (p *plainReader) text() ([]byte, bool) {
	if !p.next('"') {
		return nil, false
	}
	for i, c := range p.rest {
		switch {
		case c == '"':
			text := p.rest[:i]
			p.rest = p.rest[i+1:]
			return text, utf8.Valid(text)
		case c == '\\' || c < ' ':
			return nil, false
		}
	}
	return nil, false
}

func (p *plainReader) array(depth int) bool {
	p.next('[')
	p.e.b = append(p.e.b, '[')
	at, n := len(p.e.b), int64(0)
	p.e.number(0)
	for ; !p.next(']'); n++ {
		if n > 0 && !p.next(',') || !p.value(depth+1) {
			return false
		}
	}
	p.e.numberAt(at, n)
	return true
}

// field is where one of an object's is in what was written.
type field struct {
	key        []byte
	start, end int
}

func (p *plainReader) object(depth int) bool {
	p.next('{')
	p.e.b = append(p.e.b, '{')
	at := len(p.e.b)
	p.e.number(0)
	fields := make([]field, 0, 24)
	for !p.next('}') {
		if len(fields) > 0 && !p.next(',') {
			return false
		}
		start := len(p.e.b)
		key, ok := p.text()
		if !ok || !p.next(':') {
			return false
		}
		if p.e.bytes(key); !p.value(depth + 1) {
			return false
		}
		fields = append(fields, field{key, start, len(p.e.b)})
	}
	p.e.numberAt(at, int64(len(fields)))
	return p.e.inOrder(fields)
}

// inOrder puts an object's fields, which end what was written, in the order of their names; false where one comes twice.
func (e *encoder) inOrder(fields []field) bool {
	byKey := func(a, b field) int { return bytes.Compare(a.key, b.key) }
	if len(fields) < 2 {
		return true
	}
	start := fields[0].start
	if !slices.IsSortedFunc(fields, byKey) {
		slices.SortFunc(fields, byKey)
		found := slices.Clone(e.b[start:])
		e.b = e.b[:start]
		for _, f := range fields {
			e.b = append(e.b, found[f.start-start:f.end-start]...)
		}
	}
	for i := 1; i < len(fields); i++ {
		if bytes.Equal(fields[i-1].key, fields[i].key) {
			return false
		}
	}
	return true
}
