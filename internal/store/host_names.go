package store

import (
	"net/netip"
	"strings"

	"github.com/velocicompanion/velocicompanion/models"
)

// nameVariants says whether one of two names in lower case is the other without its domain: ws-1 and ws-1.corp.example. An
// address is no name with a domain, and every machine calls itself localhost.
func nameVariants(a, b string) bool {
	return withoutDomain(a, b) || withoutDomain(b, a)
}

// withoutDomain says whether short is full without its domain.
func withoutDomain(short, full string) bool {
	if strings.Contains(short, ".") || short == "localhost" || !strings.HasPrefix(full, short+".") {
		return false
	}
	_, err := netip.ParseAddr(full)
	return err != nil
}

// shortName is a name in lower case without its domain.
func shortName(hostname string) string {
	short, _, _ := strings.Cut(lower(hostname), ".")
	return short
}

// contradict says whether two states of hosts can't be one machine: client ids, families of systems or addresses that both
// are known and differ.
func contradict(a, b *models.Host) bool {
	differ := func(x, y string) bool { return x != "" && y != "" && x != y }
	return differ(deref(a.ClientID), deref(b.ClientID)) || differ(familyOf(a.OS), familyOf(b.OS)) || differ(a.IPAddress, b.IPAddress)
}

// familyOf is the family of an operating system; empty when it is in none.
func familyOf(os string) string {
	os = lower(os)
	for _, family := range []string{"windows", "linux", "darwin"} {
		for _, r := range osFamily(family) {
			if os >= r.from && os < r.below {
				return family
			}
		}
	}
	return ""
}
