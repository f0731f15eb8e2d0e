package egress

import (
	"errors"
	"fmt"
	"strings"

	"golang.org/x/net/idna"
)

const maxHostName = 253 // octets, RFC 1035 section 2.3.4

// hostName brings a name to the one spelling that is compared and dialled: ASCII (IDNA), lower case, no final dot. It
// refuses what is no name, and numbers that some resolvers read as an address (127.1, 0x7f000001, 2130706433).
func hostName(raw string) (string, error) {
	name := strings.TrimSuffix(raw, ".")
	if !ascii(name) {
		mapped, err := idna.Lookup.ToASCII(name)
		if err != nil {
			return "", errors.New("is no host name")
		}
		name = mapped
	}
	name = strings.ToLower(name)
	if name == "" || len(name) > maxHostName {
		return "", errors.New("is no host name")
	}
	labels := strings.Split(name, ".")
	for _, label := range labels {
		if err := checkLabel(label); err != nil {
			return "", err
		}
	}
	if last := labels[len(labels)-1]; numeric(last) {
		return "", errors.New("is an unusual spelling of an address")
	}
	return name, nil
}

func checkLabel(label string) error {
	if label == "" || len(label) > 63 {
		return errors.New("is no host name")
	}
	for _, c := range []byte(label) {
		letter := c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '-' || c == '_'
		if !letter {
			return fmt.Errorf("has %q in the host name", c)
		}
	}
	return nil
}

// numeric says whether the last label of a name would be read as a number (WHATWG URL, "ends in a number").
func numeric(label string) bool {
	if hex, ok := strings.CutPrefix(label, "0x"); ok {
		return strings.Trim(hex, "0123456789abcdef") == ""
	}
	return strings.Trim(label, "0123456789") == ""
}

func ascii(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}
