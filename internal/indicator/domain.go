package indicator

import (
	"net/netip"
	"strings"

	"golang.org/x/net/idna"
	"golang.org/x/net/publicsuffix"
)

// normalDomain takes a name of at least two labels and gives it in ASCII (IDNA 2008, RFC 5891), lower case, without the
// final dot.
func normalDomain(value string) (string, error) {
	name, err := hostName(value)
	if err != nil {
		return "", err
	}
	if _, err := netip.ParseAddr(name); err == nil {
		return "", invalid("is an address, not a domain")
	}
	if !strings.Contains(name, ".") {
		return "", invalid("is a single label, not a domain")
	}
	if endsInNumber(name) {
		return "", invalid("is no domain: the last label is a number")
	}
	return name, nil
}

// hostName checks and canonicalises a name of any number of labels.
func hostName(value string) (string, error) {
	name := strings.TrimSuffix(value, ".")
	if strings.HasPrefix(name, "*.") {
		return "", invalid("is a pattern; give the domain itself")
	}
	if strings.ContainsAny(name, "/:@ ") {
		return "", invalid("is no domain: it holds %q", name[strings.IndexAny(name, "/:@ ")])
	}
	if !ascii(name) {
		mapped, err := idna.Lookup.ToASCII(name)
		if err != nil {
			return "", invalid("is no domain: it can't be written in ASCII (IDNA)")
		}
		name = mapped
	}
	name = strings.ToLower(strings.TrimSuffix(name, "."))
	if name == "" || len(name) > 253 {
		return "", invalid("is no domain: it must have 1 to 253 characters")
	}
	for label := range strings.SplitSeq(name, ".") {
		if err := checkLabel(label); err != nil {
			return "", err
		}
	}
	return name, nil
}

func checkLabel(label string) error {
	switch {
	case label == "":
		return invalid("is no domain: a label is empty")
	case len(label) > 63:
		return invalid("is no domain: a label has more than 63 characters")
	case label[0] == '-' || label[len(label)-1] == '-':
		return invalid("is no domain: a label begins or ends with a hyphen")
	}
	for _, c := range []byte(label) {
		if c != '-' && c != '_' && !alnum(c) {
			return invalid("is no domain: it holds %q", c)
		}
	}
	if strings.HasPrefix(label, "xn--") {
		if _, err := idna.Punycode.ToUnicode(label); err != nil {
			return invalid("is no domain: %s is no punycode", label)
		}
	}
	return nil
}

func alnum(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

func ascii(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}

// endsInNumber says whether some readers would take a name for an address (WHATWG URL, "ends in a number").
func endsInNumber(name string) bool {
	last := name[strings.LastIndexByte(name, '.')+1:]
	if hex, ok := strings.CutPrefix(last, "0x"); ok {
		return hex == "" || allHex(hex)
	}
	return strings.Trim(last, "0123456789") == ""
}

// knownSuffix says whether a name ends in a suffix that ICANN's registries know.
func knownSuffix(name string) bool {
	_, icann := publicsuffix.PublicSuffix(name)
	return icann || privateSuffix(name)
}

// privateSuffix says whether a name stands under a company's suffix such as github.io.
func privateSuffix(name string) bool {
	suffix, icann := publicsuffix.PublicSuffix(name)
	return !icann && strings.Contains(suffix, ".")
}

// domainGuard says why a domain in canonical form tells nothing.
func domainGuard(name string) Guard {
	switch {
	case reservedName(name):
		return ReservedName
	case !strings.Contains(name, "."), !knownSuffix(name):
		return InternalName
	case isSuffix(name):
		return PublicSuffix
	case parentIs(name, vendor), providersOwn(name):
		return WellKnownDomain
	}
	return ""
}

// providersOwn says whether a name is a hosting provider's and not, like evil.blob.core.windows.net, a customer's.
func providersOwn(name string) bool {
	if privateSuffix(name) {
		return hosting(name)
	}
	return parentIs(name, hosting)
}

func isSuffix(name string) bool {
	suffix, _ := publicsuffix.PublicSuffix(name)
	return suffix == name
}

// reservedName knows the names that RFC 2606, 6761, 6762, 8375 and their kind keep off the internet.
func reservedName(name string) bool {
	last := name[strings.LastIndexByte(name, '.')+1:]
	switch last {
	case "example", "test", "invalid", "localhost", "local", "localdomain", "internal", "intranet", "lan", "home", "corp", "private", "arpa":
		return true
	}
	return parentIs(name, func(n string) bool { return n == "example.com" || n == "example.net" || n == "example.org" })
}

// parentIs says whether a name or one that it stands under is in a set.
func parentIs(name string, in func(string) bool) bool {
	for {
		if in(name) {
			return true
		}
		i := strings.IndexByte(name, '.')
		if i < 0 {
			return false
		}
		name = name[i+1:]
	}
}
