package rawjson

import (
	"strconv"
	"unicode"
	"unicode/utf8"
)

// The codes of errors.
const (
	CodeSyntax       = "syntax"        // not JSON
	CodeTruncated    = "truncated"     // JSON that stops in the middle
	CodeDuplicateKey = "duplicate_key" // an object has a key twice
	CodeDepth        = "too_deep"      // nested deeper than the limit
	CodeNumber       = "number"        // a number that jsonb can't keep
)

// Error says why a value can't be read. Reason goes on from the value's name: "line 7 " + Reason.
type Error struct {
	Code   string
	Reason string // one clause without a subject, safe to show
	Path   string // where in the document, "" at the top or where it is unknown
	At     int    // the byte of the text at which it shows, from 0
}

// Error is the whole sentence.
func (e *Error) Error() string {
	s := "the JSON " + e.Reason
	if e.Path != "" {
		s += " in " + e.Path
	}
	return s + " (byte " + strconv.Itoa(e.At+1) + ")"
}

// show names the first character of a text, readably.
func show(b []byte) string {
	r, n := utf8.DecodeRune(b)
	switch {
	case r == utf8.RuneError && n <= 1:
		return "the byte " + hexByte(b[0])
	case r < ' ' || !unicode.IsPrint(r):
		return "the character " + strconv.QuoteRuneToASCII(r)
	}
	return "“" + string(r) + "”"
}

func hexByte(b byte) string {
	const digits = "0123456789abcdef"
	return "0x" + string(digits[b>>4]) + string(digits[b&15])
}
