package indicator

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// Refang undoes what reports do to indicators so that nobody clicks on them: hxxp, [.], (dot), {.}, [at], [:]//, [.com,
// zero-width characters. What is not defanged stays as it is.
func Refang(s string) string { return refang(s).text }

// refanged is a text with the places where it was changed.
type refanged struct {
	text   string
	pieces []piece
}

// piece is one change: in of the original became out.
type piece struct{ out, outLen, in, inLen int }

func refang(s string) refanged {
	if !strings.ContainsAny(s, "[({xX*]_\u200b\u200c\u200d\ufeff\u00ad\\") {
		return refanged{text: s}
	}
	var b strings.Builder
	b.Grow(len(s))
	var pieces []piece
	for i := 0; i < len(s); {
		with, n, ok := fangAt(s, i)
		if !ok {
			b.WriteByte(s[i])
			i++
			continue
		}
		pieces = append(pieces, piece{b.Len(), len(with), i, n})
		b.WriteString(with)
		i += n
	}
	return refanged{b.String(), pieces}
}

// original gives the place in the original of a span of the text.
func (r refanged) original(start, end int) (int, int) {
	from, _ := r.place(start)
	if end <= start {
		return from, from
	}
	_, to := r.place(end - 1)
	return from, to
}

// place gives where a byte of the text came from.
func (r refanged) place(at int) (from, to int) {
	i, exact := slices.BinarySearchFunc(r.pieces, at, func(p piece, at int) int { return p.out - at })
	if exact {
		for i < len(r.pieces)-1 && r.pieces[i+1].out == at { // removed characters take no room: the last one counts
			i++
		}
	} else {
		i--
	}
	if i < 0 {
		return at, at + 1
	}
	p := r.pieces[i]
	if at < p.out+p.outLen {
		return p.in, p.in + p.inLen
	}
	from = p.in + p.inLen + at - p.out - p.outLen
	return from, from + 1
}

// fangAt says what stands defanged at a place, what it means and how long it is.
func fangAt(s string, i int) (with string, n int, ok bool) {
	switch c := s[i]; c {
	case '[', '(', '{':
		return bracketed(s, i)
	case ' ':
		if i+1 < len(s) && (s[i+1] == '[' || s[i+1] == '(' || s[i+1] == '{') {
			return spaced(s, i)
		}
	case '.':
		if i+1 < len(s) && s[i+1] == ']' && nameAt(s, i-1) && nameAt(s, i+2) {
			return ".", 2, true
		}
	case 'h', 'H', 'f', 'F', 'm', 'M':
		return schemeAt(s, i)
	case ':':
		if strings.HasPrefix(s[i:], `:\\`) && afterScheme(s[:i]) {
			return "://", 3, true
		}
	case 0xe2, 0xef, 0xc2:
		r, n := utf8.DecodeRuneInString(s[i:])
		if r >= 0x200b && r <= 0x200d || r == 0xfeff || r == 0xad {
			return "", n, true
		}
	}
	return "", 0, false
}

// afterScheme says whether http, hxxp or ftp stands at the end of a text.
func afterScheme(s string) bool {
	s = strings.ToLower(s[max(0, len(s)-5):])
	s = strings.TrimSuffix(s, "s")
	return strings.HasSuffix(s, "http") || strings.HasSuffix(s, "hxxp") || strings.HasSuffix(s, "ftp")
}

// bracketed reads [.] and its kind, and [. without its end.
func bracketed(s string, i int) (string, int, bool) {
	const longest = 8
	end := strings.IndexByte(s[i:min(len(s), i+longest)], closing(s[i]))
	if end > 0 {
		with, word := meaning(s[i+1 : i+end])
		switch {
		case with == "":
		case word && (!nameAt(s, i-1) || !nameAt(s, i+end+1)):
		default:
			return with, end + 1, true
		}
		return "", 0, false
	}
	if strings.HasPrefix(s[i:], "[.") && nameAt(s, i-1) && nameAt(s, i+2) {
		return ".", 2, true
	}
	return "", 0, false
}

// spaced reads “evil [.] com”, one space on each side.
func spaced(s string, i int) (string, int, bool) {
	const longest = 8
	end := strings.IndexByte(s[i+1:min(len(s), i+1+longest)], closing(s[i+1]))
	if end < 0 {
		return "", 0, false
	}
	after := i + 1 + end + 1
	with, _ := meaning(s[i+2 : i+1+end])
	if with != "." && with != "@" || !nameAt(s, i-1) || after+1 >= len(s) || s[after] != ' ' || !nameAt(s, after+1) {
		return "", 0, false
	}
	return with, after + 1 - i, true
}

func closing(open byte) byte {
	switch open {
	case '[':
		return ']'
	case '(':
		return ')'
	}
	return '}'
}

// meaning says what stands for what within brackets; word is set where it is one and its neighbours must be looked at.
func meaning(inner string) (with string, word bool) {
	switch inner = strings.ToLower(strings.Trim(inner, " ")); inner {
	case ".", `\.`:
		return ".", false
	case "dot", "d0t", "punkt", "point":
		return ".", true
	case "@":
		return "@", false
	case "at":
		return "@", true
	case ":", "://", "/", "//":
		return inner, false
	}
	return "", false
}

// schemeAt reads hxxp, hXXps, h**p, htxp, fxp and meow where a scheme begins.
func schemeAt(s string, i int) (string, int, bool) {
	if nameAt(s, i-1) || len(s) < i+6 {
		return "", 0, false
	}
	var with string
	var n int
	switch low := strings.ToLower(s[i : i+4]); {
	case low == "meow":
		with, n = "http", 4
	case low[0] == 'h' && low[3] == 'p' && low != "http" && strings.Trim(low[1:3], "tx*_") == "":
		with, n = "http", 4
	case strings.HasPrefix(low, "fxp"):
		with, n = "ftp", 3
	default:
		return "", 0, false
	}
	rest := s[i+n:]
	if rest[0] == 's' || rest[0] == 'S' {
		rest = rest[1:]
	}
	if rest == "" || strings.IndexByte(":[({", rest[0]) < 0 {
		return "", 0, false
	}
	return with, n, true
}

// nameAt says whether a character of a name stands at a place.
func nameAt(s string, i int) bool {
	return i >= 0 && i < len(s) && (alnum(s[i]) || s[i] >= 0x80 || s[i] == '-' || s[i] == '_')
}

// Defang writes an indicator so that nobody clicks on it; Refang undoes it.
func Defang(t Type, value string) string {
	switch t {
	case Domain:
		return strings.ReplaceAll(value, ".", "[.]")
	case IP:
		return strings.ReplaceAll(strings.ReplaceAll(value, ".", "[.]"), ":", "[:]")
	case Email:
		local, domain, _ := strings.Cut(value, "@")
		return local + "[@]" + strings.ReplaceAll(domain, ".", "[.]")
	case URL:
		scheme, rest, ok := strings.Cut(value, "://")
		if !ok {
			return value
		}
		host, tail := rest, ""
		if i := strings.IndexAny(rest, "/?#"); i >= 0 {
			host, tail = rest[:i], rest[i:]
		}
		switch scheme {
		case "http", "https":
			scheme = "hxxp" + scheme[4:]
		case "ftp", "ftps":
			scheme = "fxp" + scheme[3:]
		}
		return scheme + "[:]//" + strings.ReplaceAll(host, ".", "[.]") + tail
	case Hash, File, Registry, Other:
	}
	return value
}
