package indicator

import (
	"net/netip"
	"strings"
)

// Guess says what a single value is most likely to be, defanged or not; Other when nothing fits. What may be a domain or
// a file's name is a file where its ending is one of a program or document.
func Guess(value string) Type {
	value = strings.TrimSpace(Refang(value))
	if value == "" {
		return Other
	}
	for _, t := range []Type{URL, Registry, Hash, IP, Email} {
		if !looksLike(t, value) {
			continue
		}
		if _, err := Normalise(t, value); err == nil {
			return t
		}
	}
	if pathLike(value) {
		if _, err := Normalise(File, value); err != nil {
			return Other
		}
		return File
	}
	if strings.ContainsAny(value, " \t") {
		return Other
	}
	if name, err := normalDomain(value); err == nil {
		switch {
		case dosProgram(name) || !publicName(name) && fileEnding(name) || ambiguousEnding(name) && strings.Count(name, ".") == 1:
			return File
		case publicName(name):
			return Domain
		}
		return Other
	}
	if !strings.HasPrefix(value, "//") && fileEnding(strings.ToLower(value)) {
		return File
	}
	return Other
}

// looksLike tells cheaply whether a type is worth trying.
func looksLike(t Type, value string) bool {
	switch t {
	case URL:
		return strings.Contains(value, "://") && !strings.HasPrefix(strings.ToLower(value), "file://")
	case Registry:
		return strings.ContainsAny(value, `\:`) || strings.HasPrefix(strings.ToUpper(value), "HK")
	case Hash:
		return len(value) >= 32 || isSSDeep(value)
	case IP:
		host, _, _ := strings.Cut(strings.Trim(value, "[]"), "/")
		_, err := netip.ParseAddr(host)
		return err == nil
	case Email:
		return strings.Contains(value, "@")
	case Domain, File, Other:
	}
	return true
}

func pathLike(value string) bool {
	if hasDrive(value) && len(value) > 3 || strings.HasPrefix(value, `\\`) || strings.HasPrefix(value, `%`) && strings.Contains(value, `%\`) {
		return true
	}
	if rest, ok := cutPrefixFold(value, "file://"); ok {
		return rest != ""
	}
	return len(value) > 2 && value[0] == '/' && value[1] != '/' && strings.Contains(value[1:], "/") || strings.HasPrefix(value, "~/") ||
		strings.Contains(value, `\`) && !strings.ContainsAny(value, "<>|")
}

// publicName says whether a name ends as names of the internet do, or as reserved ones.
func publicName(name string) bool {
	return strings.Contains(name, ".") && (knownSuffix(name) || reservedName(name))
}
