package intake

import "github.com/velocicompanion/velocicompanion/internal/rawjson"

// ending says how a value ended.
type ending uint8

const (
	more    ending = iota // it goes on beyond the bytes that were fed
	whole                 // its last byte was fed
	damaged               // its brackets don't match, or a string runs over the end of its line
	cutOff                // the input ended within it
	tooLong               // it is longer than the limit
)

// splitter finds where a JSON value ends without understanding it.
type splitter struct {
	stack    []byte // the closing brackets that are due
	started  bool
	inString bool
	escaped  bool
	scalar   bool // a number or a word: it ends before a delimiter
	done     bool
	bad      bool
}

const maxBrackets = 1000 // deeper than any row that is kept

// feed takes the next bytes of the value and says how many of them belong to it.
func (s *splitter) feed(chunk []byte) (int, ending) {
	for i := 0; i < len(chunk); i++ {
		if s.inString {
			if !s.escaped {
				i += rawjson.PlainRun(chunk[i:])
			}
			if i == len(chunk) {
				break
			}
			if end := s.text(chunk[i]); end != more {
				return i + 1, s.finish(end)
			}
			continue
		}
		b := chunk[i]
		if s.scalar {
			if delimits(b) {
				return i, s.finish(whole)
			}
			continue
		}
		if end := s.structure(b); end != more {
			return i + 1, s.finish(end)
		}
	}
	return len(chunk), more
}

func (s *splitter) finish(end ending) ending {
	s.done, s.bad = true, end == damaged
	return end
}

// text takes a byte inside a string.
func (s *splitter) text(b byte) ending {
	switch {
	case s.escaped:
		s.escaped = false
	case b == '\\':
		s.escaped = true
	case b == '"':
		s.inString = false
		if len(s.stack) == 0 {
			return whole
		}
	case b == '\n':
		return damaged
	}
	return more
}

// structure takes a byte outside strings.
func (s *splitter) structure(b byte) ending {
	first := !s.started
	s.started = true
	switch b {
	case '"':
		s.inString = true
	case '{':
		s.stack = append(s.stack, '}')
	case '[':
		s.stack = append(s.stack, ']')
	case '}', ']':
		if len(s.stack) == 0 || s.stack[len(s.stack)-1] != b {
			return damaged
		}
		if s.stack = s.stack[:len(s.stack)-1]; len(s.stack) == 0 {
			return whole
		}
	default:
		s.scalar = first
	}
	if len(s.stack) > maxBrackets {
		return damaged
	}
	return more
}

// atEnd says what the end of the input means for the value.
func (s *splitter) atEnd() ending {
	if s.scalar {
		return s.finish(whole)
	}
	return s.finish(cutOff)
}

func delimits(b byte) bool {
	switch b {
	case ',', ']', '}', '[', '{', '"', ' ', '\t', '\r', '\n':
		return true
	}
	return false
}
