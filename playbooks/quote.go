package playbooks

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// maxQuoted is how much of a value an error repeats, in bytes.
const maxQuoted = 200

// cut shortens a text for an error, never inside a character.
func cut(s string) string {
	if len(s) <= maxQuoted {
		return s
	}
	end := maxQuoted
	for end > 0 && !utf8.RuneStart(s[end]) {
		end--
	}
	return s[:end] + "…"
}

// quote writes a value for an error: at most maxQuoted bytes and only as much of a large value as that needs.
func quote(v any) string {
	var b strings.Builder
	quoteInto(&b, v, 0)
	return cut(b.String())
}

func quoteInto(b *strings.Builder, v any, depth int) {
	switch x := v.(type) {
	case nil:
		b.WriteString("nil")
	case string:
		b.WriteString(strconv.Quote(cut(x)))
	case float64:
		b.WriteString(floatText(x))
	case []any:
		quoteList(b, x, depth)
	case map[string]any:
		quoteObject(b, x, depth)
	default:
		fmt.Fprintf(b, "%v", v)
	}
}

func quoteList(b *strings.Builder, list []any, depth int) {
	b.WriteByte('[')
	for i, item := range list {
		if i > 0 {
			b.WriteString(", ")
		}
		if b.Len() > maxQuoted || depth > 3 {
			b.WriteString("…")
			break
		}
		quoteInto(b, item, depth+1)
	}
	b.WriteByte(']')
}

func quoteObject(b *strings.Builder, object map[string]any, depth int) {
	if len(object) > maxQuoted {
		fmt.Fprintf(b, "{… %d fields}", len(object))
		return
	}
	b.WriteByte('{')
	for i, key := range sortedKeys(object) {
		if i > 0 {
			b.WriteString(", ")
		}
		if b.Len() > maxQuoted || depth > 3 {
			b.WriteString("…")
			break
		}
		b.WriteString(cut(key) + ": ")
		quoteInto(b, object[key], depth+1)
	}
	b.WriteByte('}')
}
