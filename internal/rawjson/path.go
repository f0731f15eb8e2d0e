package rawjson

import (
	"strconv"
	"unicode/utf8"
)

// maxPathKey is how much of a key a path shows.
const maxPathKey = 100

// appendKey appends .key, or ["key"] where a key holds what would confuse the reader of a path.
func appendKey(p, key []byte) []byte {
	if len(key) > maxPathKey {
		key = append(trimRune(key[:maxPathKey:maxPathKey]), "…"...)
	}
	if !simple(key) {
		p = append(p, '[')
		p = strconv.AppendQuote(p, string(key))
		return append(p, ']')
	}
	if len(p) > 0 {
		p = append(p, '.')
	}
	return append(p, key...)
}

func appendIndex(p []byte, i int) []byte {
	p = append(p, '[')
	p = strconv.AppendInt(p, int64(i), 10)
	return append(p, ']')
}

// simple says whether a key can stand in a path as it is.
func simple(key []byte) bool {
	if len(key) == 0 {
		return false
	}
	for _, b := range key {
		if b <= ' ' || b == '.' || b == '[' || b == ']' || b == '"' || b == 0x7f {
			return false
		}
	}
	return true
}

// trimRune takes away half a character at the end.
func trimRune(b []byte) []byte {
	for i := 1; i <= utf8.UTFMax && i <= len(b); i++ {
		if utf8.RuneStart(b[len(b)-i]) {
			if !utf8.FullRune(b[len(b)-i:]) {
				return b[:len(b)-i]
			}
			break
		}
	}
	return b
}
