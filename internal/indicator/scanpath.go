package indicator

import "strings"

func startsRegistry(rest string) bool {
	head, _, more := strings.Cut(rest[:min(len(rest), 64)], `\`)
	switch {
	case head == "" && more: // \REGISTRY\…
		_, _, ok := cutHive(rest[:min(len(rest), 64)])
		return ok
	case strings.HasPrefix(head, "HK") || strings.HasPrefix(head, "hk"):
		drive, _, colon := strings.Cut(head, ":")
		return (more || colon) && hiveName(strings.ToUpper(drive)) != ""
	case strings.Contains(head, "Registry::HK"), head == "Computer" && strings.HasPrefix(rest, `Computer\HK`):
		return true
	}
	return false
}

// startsVariable knows %TEMP%\….
func startsVariable(rest string) bool {
	end := strings.IndexByte(rest[1:], '%')
	return end > 0 && end < 40 && strings.HasPrefix(rest[end+2:], `\`) && !strings.ContainsAny(rest[1:end+1], ` \/:`)
}

// path reads a Windows path or a registry key. Within quotes it goes to their end, or to the end of the program that is
// called; elsewhere a space belongs to it where more of the path follows.
func (x *scan) path(start int, t Type) int {
	end := x.pathEnd(start)
	trimmed := trimTail(x.s, start, end)
	value := x.s[start:trimmed]
	switch {
	case trimmed < len(x.s) && (x.s[trimmed] == '*' || x.s[trimmed] == '?'): // a pattern
	case strings.HasSuffix(value, `\`) || strings.HasSuffix(value, "/"): // a folder
	case t == Registry && !strings.Contains(value, `\`):
	case t == File && !isDeep(value):
	default:
		x.found(t, start, trimmed, value, "")
	}
	return max(end, start+1)
}

// isDeep says whether a path leads to something: C:\a, \\server\share, not \\server.
func isDeep(value string) bool {
	if strings.HasPrefix(value, `\\`) {
		return strings.Count(strings.Trim(value, `\`), `\`) >= 1
	}
	return len(value) > 3
}

func (x *scan) pathEnd(start int) int {
	if start > 0 && (x.s[start-1] == '"' || x.s[start-1] == '\'') {
		if n := strings.IndexByte(x.s[start:], x.s[start-1]); n > 0 && n < MaxValue && strings.IndexByte(x.s[start:start+n], '\n') < 0 {
			return start + programEnd(x.s[start:start+n])
		}
	}
	end := start
	for {
		end = barePart(x.s, end, start)
		if end >= len(x.s) || x.s[end] != ' ' || fileEnding(strings.ToLower(lastPart(x.s[start:end]))) {
			return end
		}
		next := continues(x.s, end)
		if next < 0 {
			return end
		}
		end = next
	}
}

// programEnd cuts a quoted command line behind the program that it calls.
func programEnd(quoted string) int {
	for i := range len(quoted) {
		if quoted[i] != ' ' {
			continue
		}
		last := strings.ToLower(lastPart(quoted[:i]))
		if j := strings.LastIndexByte(last, '.'); j > 0 && programEnding(last[j+1:]) {
			return i
		}
	}
	return len(quoted)
}

func lastPart(path string) string { return path[strings.LastIndexAny(path, `\/`)+1:] }

// barePart goes to the next character that ends a path outside quotes, or to a space.
func barePart(s string, i, start int) int {
	for i < len(s) && s[i] > ' ' && strings.IndexByte("\"'<>|*?;,`", s[i]) < 0 {
		if s[i] == ':' && i > start+1 && !colonGoesOn(s, i) {
			break
		}
		i++
	}
	return i
}

// colonGoesOn says whether a colon within a path belongs to it, as that of an alternate data stream does.
func colonGoesOn(s string, i int) bool {
	return i+1 < len(s) && (alnum(s[i+1]) || s[i+1] == '\\' || s[i+1] == ':')
}

// continues says where the word begins that carries a path on over spaces: one of the next three that has a backslash,
// unless an option, a drive or a quote comes first. -1 when there is none.
func continues(s string, space int) int {
	i := space
	for range 3 {
		if i >= len(s) || s[i] != ' ' || i+1 >= len(s) || strings.IndexByte(" -/\"'%\\", s[i+1]) >= 0 {
			return -1
		}
		word := i + 1
		end := barePart(s, word, word)
		switch part := s[word:end]; {
		case hasDrive(part), strings.Contains(part, ":"):
			return -1
		case strings.Contains(part, `\`):
			return word
		}
		i = end
	}
	return -1
}

// unixPath reads /usr/bin/x; two parts at least, for /c and /quiet are options.
func (x *scan) unixPath(start int) int {
	end := start
	for end < len(x.s) && delimiter(x.s, end) == 0 && x.s[end] != ':' && x.s[end] != '\\' {
		end++
	}
	trimmed := trimTail(x.s, start, end)
	value := x.s[start:trimmed]
	parts := strings.Count(strings.TrimSuffix(value, "/"), "/")
	if parts >= 2 && !strings.HasSuffix(value, "/") && !strings.Contains(value, "//") {
		x.found(File, start, trimmed, value, "")
	}
	return max(end, start+1)
}
