package indicator

import "strings"

// candidate is what a scan found.
type candidate struct {
	Indicator

	start, end int
	guard      Guard
	warnings   []Warning
}

// scan goes once through a text and emits what it finds, in order, until emit says false.
type scan struct {
	s      string
	report bool // a text by people: file names count, too
	emit   func(*candidate) bool
	full   bool // emit has had enough
}

func (x *scan) run() {
	for i := 0; i < len(x.s) && !x.full; {
		if n := delimiter(x.s, i); n > 0 {
			i += n
			continue
		}
		i = x.token(i)
	}
}

// token reads what begins here and gives where it ends.
func (x *scan) token(i int) int {
	c := x.s[i]
	rest := x.s[i:]
	switch {
	case (c == 'h' || c == 'H' || c == 'R' || c == '\\' || c == 'C' || c == 'M') && startsRegistry(rest):
		return x.path(i, Registry)
	case hasDrive(rest) && len(rest) > 2, strings.HasPrefix(rest, `\\`), c == '%' && startsVariable(rest):
		return x.path(i, File)
	case c == '/' && len(rest) > 1 && (alnum(rest[1]) || rest[1] == '.'):
		return x.unixPath(i)
	}
	end := i
	for end < len(x.s) && delimiter(x.s, end) == 0 {
		if x.s[end] == ':' && strings.HasPrefix(x.s[end:], "://") && end > i+1 {
			return x.url(i, end)
		}
		end++
	}
	x.word(i, end)
	return end
}

// found emits a value of a type where it is one.
func (x *scan) found(t Type, start, end int, value string, guard Guard, warnings ...Warning) bool {
	in, err := Normalise(t, value)
	if err != nil {
		return false
	}
	if guard == "" {
		guard = worth(in)
	}
	x.give(&candidate{Indicator: in, start: start, end: end, guard: guard, warnings: warnings})
	return true
}

func (x *scan) give(c *candidate) {
	if !x.full {
		x.full = !x.emit(c)
	}
}

// delimiter gives the length of the character here when none of the indicators may hold it, 0 otherwise.
func delimiter(s string, i int) int {
	switch c := s[i]; c {
	case ' ', '\t', '\n', '\r', '"', '\'', '`', '<', '>', '|', ';', ',', '(', ')', '{', '}', '[', ']', '=', '!', '?', '*', '&', '^', '$', '#':
		return 1
	case 0xe2: // general punctuation: quotes, dashes, bullets
		if i+2 < len(s) && s[i+1] == 0x80 {
			return 3
		}
	case 0xc2: // no-break space, guillemets, middle dot
		if i+1 < len(s) && (s[i+1] == 0xa0 || s[i+1] == 0xab || s[i+1] == 0xbb || s[i+1] == 0xb7) {
			return 2
		}
	case 0xe3: // 、。「」
		if i+2 < len(s) && s[i+1] == 0x80 {
			return 3
		}
	default:
		if c < ' ' {
			return 1
		}
	}
	return 0
}

// url reads a URL whose scheme ends at colon.
func (x *scan) url(start, colon int) int {
	scheme := start
	for j := colon - 1; j >= start; j-- { // what stands before may be no part of it: user:http://
		if c := x.s[j]; !alnum(c) && c != '+' && c != '-' && c != '.' {
			scheme = j + 1
			break
		}
	}
	end := colon + 3
	for end < len(x.s) && !endsURL(x.s[end]) {
		end++
	}
	end = trimTail(x.s, scheme, end)
	value := x.s[scheme:end]
	if _, ok := cutPrefixFold(value, "file://"); ok {
		if !strings.HasSuffix(value, "/") && !strings.HasSuffix(value, `\`) {
			x.found(File, scheme, end, value, "")
		}
	} else if !x.found(URL, scheme, end, value, "") {
		x.word(colon+3, max(end, colon+3))
	}
	return max(end, colon+3)
}

func endsURL(c byte) bool {
	return c <= ' ' || strings.IndexByte("\"'<>|^`{}", c) >= 0
}

// trimTail takes the punctuation of the sentence off, and closing brackets that were not opened.
func trimTail(s string, start, end int) int {
	round := strings.Count(s[start:end], ")") - strings.Count(s[start:end], "(") // closed and not opened
	square := strings.Count(s[start:end], "]") - strings.Count(s[start:end], "[")
	for ; end > start; end-- {
		switch c := s[end-1]; {
		case strings.IndexByte(".,;:!?*", c) >= 0:
		case c == ')' && round > 0:
			round--
		case c == ']' && square > 0:
			square--
		default:
			return end
		}
	}
	return end
}
