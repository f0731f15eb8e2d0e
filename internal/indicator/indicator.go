package indicator

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/velocicompanion/velocicompanion/internal/fault"
)

// Type is what an indicator is; the API's artifact_type.
type Type string

// The types.
const (
	Hash     Type = "hash"
	IP       Type = "ip"
	Domain   Type = "domain"
	Email    Type = "email"
	URL      Type = "url"
	File     Type = "file"
	Registry Type = "registry"
	Other    Type = "other"
)

// Types lists the types in the order of the API.
func Types() []Type { return []Type{Hash, IP, Domain, Email, URL, File, Registry, Other} }

// MaxValue is the longest value, in characters.
const MaxValue = 4096

// Indicator is a value in canonical form.
type Indicator struct {
	Type    Type
	Subtype string // md5, sha1, sha256, sha384, sha512, imphash, ssdeep, tlsh; ipv4, ipv6, cidr; windows_path, unix_path, name; else ""
	Value   string
	Key     string // what two spellings of the same thing share
}

// Normalise brings a value of a type to its canonical form. Faults: Invalid at "type" or "value", with what is wrong.
func Normalise(t Type, value string) (Indicator, error) {
	value = strings.TrimSpace(value)
	switch {
	case value == "":
		return Indicator{}, invalid("must not be empty")
	case !utf8.ValidString(value):
		return Indicator{}, invalid("must be valid UTF-8")
	case utf8.RuneCountInString(value) > MaxValue:
		return Indicator{}, invalid("must have at most %d characters", MaxValue)
	case strings.ContainsFunc(value, unicode.IsControl):
		return Indicator{}, invalid("must not hold control characters")
	}
	in, err := normalise(t, value)
	if err != nil {
		return Indicator{}, err
	}
	in.Type = t
	if in.Key == "" {
		in.Key = in.Value
	}
	if utf8.RuneCountInString(in.Value) > MaxValue {
		return Indicator{}, invalid("must have at most %d characters in its canonical form", MaxValue)
	}
	return in, nil
}

func normalise(t Type, value string) (Indicator, error) {
	switch t {
	case Hash:
		return normalHash(value)
	case IP:
		return normalIP(value)
	case Domain:
		name, err := normalDomain(value)
		return Indicator{Value: name}, err
	case Email:
		return normalEmail(value)
	case URL:
		return normalURL(value)
	case File:
		return normalFile(value)
	case Registry:
		return normalRegistry(value)
	case Other:
		return Indicator{Value: value}, nil
	}
	return Indicator{}, fault.InvalidField("type", "must be one of hash, ip, domain, email, url, file, registry, other")
}

func invalid(format string, args ...any) error { return fault.InvalidField("value", format, args...) }
