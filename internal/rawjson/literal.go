package rawjson

import "unicode/utf8"

// appendRune appends a character, in a literal with the escapes that encoding/json writes: the short ones, \u00XX for
// other control characters, and \u2028 and \u2029, which JavaScript once took for ends of lines.
func appendRune(dst []byte, r rune, literal bool) []byte {
	if !literal {
		return utf8.AppendRune(dst, r)
	}
	switch r {
	case '"', '\\':
		return append(dst, '\\', byte(r))
	case '\b':
		return append(dst, `\b`...)
	case '\f':
		return append(dst, `\f`...)
	case '\n':
		return append(dst, `\n`...)
	case '\r':
		return append(dst, `\r`...)
	case '\t':
		return append(dst, `\t`...)
	case '\u2028':
		return append(dst, `\u2028`...)
	case '\u2029':
		return append(dst, `\u2029`...)
	}
	if r < ' ' {
		const digits = "0123456789abcdef"
		return append(dst, '\\', 'u', '0', '0', digits[r>>4], digits[r&15])
	}
	return utf8.AppendRune(dst, r)
}

// AppendText appends a text as a canonical literal. Invalid UTF-8 and NUL become U+FFFD and are counted.
func AppendText(dst []byte, s string, m *Mended) []byte {
	dst = append(dst, '"')
	for len(s) > 0 {
		n := 0
		for n < len(s) && plain(s[n]) {
			n++
		}
		dst = append(dst, s[:n]...)
		if s = s[n:]; s == "" {
			break
		}
		r, n := utf8.DecodeRuneInString(s)
		switch {
		case r == utf8.RuneError && n == 1:
			m.UTF8++
		case r == 0:
			m.NUL++
			r = utf8.RuneError
		}
		dst = appendRune(dst, r, true)
		s = s[n:]
	}
	return append(dst, '"')
}
