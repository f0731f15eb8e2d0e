package indicator

import (
	"strings"
	"unicode"
)

// normalEmail takes local@domain, with or without mailto:. All of it is lower case: RFC 5321 lets the local part differ
// by case, no mail system of today does.
func normalEmail(value string) (Indicator, error) {
	if len(value) > 7 && strings.EqualFold(value[:7], "mailto:") {
		value = value[7:]
	}
	i := strings.LastIndexByte(value, '@')
	if i < 0 {
		return Indicator{}, invalid("is no e-mail address: it has no @")
	}
	local := strings.ToLower(value[:i])
	switch {
	case local == "":
		return Indicator{}, invalid("is no e-mail address: nothing stands before the @")
	case len(local) > 64:
		return Indicator{}, invalid("is no e-mail address: more than 64 characters stand before the @")
	case strings.HasPrefix(local, ".") || strings.HasSuffix(local, ".") || strings.Contains(local, ".."):
		return Indicator{}, invalid("is no e-mail address: a dot too many before the @")
	}
	for _, r := range local {
		if !emailRune(r) {
			return Indicator{}, invalid("is no e-mail address: %q before the @", r)
		}
	}
	domain, err := normalDomain(value[i+1:])
	if err != nil {
		return Indicator{}, invalid("is no e-mail address: what stands behind the @ is no domain")
	}
	return Indicator{Value: local + "@" + domain}, nil
}

// emailRune knows the atoms of RFC 5322, and letters of any script (RFC 6531).
func emailRune(r rune) bool {
	if r < 0x80 {
		return alnum(byte(r)) || strings.ContainsRune(".!#$%&'*+/=?^_`{|}~-", r)
	}
	return unicode.IsLetter(r) || unicode.IsMark(r) || unicode.IsDigit(r)
}
