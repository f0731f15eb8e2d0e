package rawjson

import (
	"unicode/utf8"
)

// cursor stands somewhere in JSON text.
type cursor struct {
	src []byte
	at  int
}

// space skips white space and gives the byte that follows it, 0 at the end.
func (c *cursor) space() byte {
	for c.at < len(c.src) {
		switch b := c.src[c.at]; b {
		case ' ', '\t', '\r', '\n':
			c.at++
		default:
			return b
		}
	}
	return 0
}

// text reads the string that starts here, quotes included, and appends what it says to dst: decoded, or as a canonical
// literal with its quotes where literal is set. What no string may hold and can be mended becomes U+FFFD and is counted.
func (c *cursor) text(dst []byte, literal bool, m *Mended) ([]byte, error) {
	c.at++
	if literal {
		dst = append(dst, '"')
	}
	for {
		start := c.at
		c.at += PlainRun(c.src[c.at:])
		dst = append(dst, c.src[start:c.at]...)
		if c.at >= len(c.src) {
			return dst, &Error{Code: CodeTruncated, Reason: "ends in the middle of a string", At: c.at}
		}
		switch b := c.src[c.at]; {
		case b == '"':
			c.at++
			if literal {
				dst = append(dst, '"')
			}
			return dst, nil
		case b == '\\':
			r, err := c.escape(m)
			if err != nil {
				return dst, err
			}
			dst = appendRune(dst, r, literal)
		case b < ' ':
			return dst, &Error{Code: CodeSyntax, Reason: "has a control character (" + hexByte(b) + ") inside a string", At: c.at}
		default:
			r, n := utf8.DecodeRune(c.src[c.at:])
			if r == utf8.RuneError && n == 1 {
				m.UTF8++
			}
			c.at += n
			dst = appendRune(dst, r, literal)
		}
	}
}

// escape reads a backslash and what belongs to it.
func (c *cursor) escape(m *Mended) (rune, error) {
	if c.at+1 >= len(c.src) {
		return 0, &Error{Code: CodeTruncated, Reason: "ends in the middle of a string", At: len(c.src)}
	}
	kind := c.src[c.at+1]
	if kind == 'u' {
		return c.unicode(m)
	}
	var r rune
	switch kind {
	case '"', '\\', '/':
		r = rune(kind)
	case 'b':
		r = '\b'
	case 'f':
		r = '\f'
	case 'n':
		r = '\n'
	case 'r':
		r = '\r'
	case 't':
		r = '\t'
	default:
		return 0, &Error{Code: CodeSyntax, Reason: "has an unknown escape (backslash and " + hexByte(kind) + ") inside a string", At: c.at}
	}
	c.at += 2
	return r, nil
}

// unicode reads \uXXXX, or two of them where they make a surrogate pair.
func (c *cursor) unicode(m *Mended) (rune, error) {
	r, ok := c.hex4(c.at)
	if !ok {
		if len(c.src)-c.at < 6 {
			return 0, &Error{Code: CodeTruncated, Reason: "ends in the middle of a string", At: len(c.src)}
		}
		return 0, &Error{Code: CodeSyntax, Reason: `has \u without four hexadecimal digits`, At: c.at}
	}
	c.at += 6
	switch {
	case r == 0:
		m.NUL++
		return utf8.RuneError, nil
	case r < 0xD800 || r > 0xDFFF:
		return r, nil
	}
	if low, ok := c.hex4(c.at); ok && r < 0xDC00 && low >= 0xDC00 && low <= 0xDFFF {
		c.at += 6
		return (r-0xD800)<<10 | (low - 0xDC00) + 0x10000, nil
	}
	m.Surrogates++
	return utf8.RuneError, nil
}

// hex4 reads \uXXXX at a place.
func (c *cursor) hex4(at int) (rune, bool) {
	if at+6 > len(c.src) || c.src[at] != '\\' || c.src[at+1] != 'u' {
		return 0, false
	}
	var r rune
	for _, b := range c.src[at+2 : at+6] {
		switch {
		case b >= '0' && b <= '9':
			r = r<<4 | rune(b-'0')
		case b >= 'a' && b <= 'f':
			r = r<<4 | rune(b-'a'+10)
		case b >= 'A' && b <= 'F':
			r = r<<4 | rune(b-'A'+10)
		default:
			return 0, false
		}
	}
	return r, true
}

// word reads a number, true, false or null and gives it as written.
func (c *cursor) word() ([]byte, Kind, error) {
	start := c.at
	switch b := c.src[c.at]; {
	case b == 't':
		return c.constant("true", Bool)
	case b == 'f':
		return c.constant("false", Bool)
	case b == 'n':
		return c.constant("null", Null)
	case b == '-' || b >= '0' && b <= '9':
		if err := c.number(); err != nil {
			return nil, Number, err
		}
		return c.src[start:c.at], Number, nil
	}
	return nil, 0, c.unexpected("a value")
}

func (c *cursor) constant(word string, kind Kind) ([]byte, Kind, error) {
	end := c.at + len(word)
	if end > len(c.src) || string(c.src[c.at:end]) != word {
		if end > len(c.src) && string(c.src[c.at:]) == word[:len(c.src)-c.at] {
			return nil, kind, &Error{Code: CodeTruncated, Reason: "ends in the middle of a word", At: len(c.src)}
		}
		return nil, kind, c.unexpected("a value")
	}
	raw := c.src[c.at:end]
	c.at = end
	return raw, kind, nil
}

// number checks the grammar of RFC 8259, section 6.
func (c *cursor) number() error {
	if c.src[c.at] == '-' {
		c.at++
	}
	if c.at < len(c.src) && c.src[c.at] == '0' {
		c.at++
	} else if err := c.digits(); err != nil {
		return err
	}
	if c.at < len(c.src) && c.src[c.at] == '.' {
		c.at++
		if err := c.digits(); err != nil {
			return err
		}
	}
	if c.at < len(c.src) && (c.src[c.at] == 'e' || c.src[c.at] == 'E') {
		c.at++
		if c.at < len(c.src) && (c.src[c.at] == '+' || c.src[c.at] == '-') {
			c.at++
		}
		return c.digits()
	}
	return nil
}

func (c *cursor) digits() error {
	start := c.at
	for c.at < len(c.src) && c.src[c.at] >= '0' && c.src[c.at] <= '9' {
		c.at++
	}
	if c.at == start {
		return c.unexpected("a digit")
	}
	return nil
}

// unexpected is the error for the byte that stands here.
func (c *cursor) unexpected(wanted string) error {
	if c.at >= len(c.src) {
		return &Error{Code: CodeTruncated, Reason: "ends where " + wanted + " should be", At: len(c.src)}
	}
	return &Error{Code: CodeSyntax, Reason: "has " + show(c.src[c.at:]) + " where " + wanted + " should be", At: c.at}
}
