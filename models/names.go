package models

import (
	"net/netip"
	"strings"
	"unicode"
	"unicode/utf8"
)

// MaxHostname is the longest hostname, in characters (RFC 1035, section 2.3.4).
const MaxHostname = 255

// HostnameProblem says what is wrong with a hostname, "" when it will do. It is wider than RFC 1123 where real machines
// are: underscores, letters of any script, single labels of up to 255 characters.
func HostnameProblem(name string) string {
	switch {
	case name == "":
		return "must not be empty"
	case !utf8.ValidString(name):
		return "must be valid UTF-8"
	case utf8.RuneCountInString(name) > MaxHostname:
		return "must have at most 255 characters"
	case strings.ContainsFunc(name, func(r rune) bool { return !hostnameRune(r) }):
		return "may hold letters, digits, dots, hyphens and underscores only"
	case strings.HasPrefix(name, ".") || strings.HasPrefix(name, "-") || strings.Contains(name, ".."):
		return "must not begin with a dot or hyphen or hold an empty label"
	}
	return ""
}

func hostnameRune(r rune) bool {
	return r == '-' || r == '.' || r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r)
}

// CanonicalIP gives an IPv4 or IPv6 address in the one form that lists compare by; false when it is none.
func CanonicalIP(s string) (string, bool) {
	a, err := netip.ParseAddr(strings.TrimSpace(s))
	if err != nil {
		return "", false
	}
	return a.Unmap().String(), true
}

// TextProblem says what is wrong with a line of text of at most limit characters, "" when it will do.
func TextProblem(s string, limit int) string {
	switch {
	case !utf8.ValidString(s):
		return "must be valid UTF-8"
	case utf8.RuneCountInString(s) > limit:
		return "is too long"
	case strings.ContainsFunc(s, unicode.IsControl):
		return "must not hold control characters"
	}
	return ""
}
