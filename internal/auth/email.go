package auth

import (
	"net/mail"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/velocicompanion/velocicompanion/internal/fault"
)

// MaxEmail is the greatest length of an address in bytes (RFC 5321, section 4.5.3.1.3, without the brackets).
const MaxEmail = 254

// CheckEmail says what is wrong with an address that mails are to go to, as a fault of kind Invalid on the field "email";
// nil when it may be kept. It takes the plain form only: no display name, no comment, no quoting, nothing that a header or
// another recipient could hide in.
func CheckEmail(address string) error {
	bad := func(what string) error { return fault.InvalidField("email", "%s", what) }
	switch {
	case len(address) > MaxEmail:
		return bad("must have at most 254 bytes")
	case !utf8.ValidString(address) || strings.ContainsFunc(address, unseen):
		return bad("must not contain spaces or invisible characters")
	}
	parsed, err := mail.ParseAddress(address)
	if err != nil || parsed.Name != "" || parsed.Address != address {
		return bad("must be a plain address such as ada@example.org")
	}
	at := strings.LastIndexByte(address, '@')
	if local, domain := address[:at], address[at+1:]; len(local) > 64 || strings.HasPrefix(domain, "[") || strings.ContainsAny(domain, "@,;:") {
		return bad("must be a plain address such as ada@example.org")
	}
	return nil
}

// unseen says whether r would not show: white space, control and format characters.
func unseen(r rune) bool { return unicode.IsSpace(r) || !unicode.IsGraphic(r) }
