package indicator

import (
	"net/netip"
	"strings"
)

// networkGuard judges an address or, by its first address, a network.
func networkGuard(value string) Guard {
	host, _, _ := strings.Cut(value, "/")
	a, err := netip.ParseAddr(host)
	if err != nil {
		return ""
	}
	return addressGuard(a)
}

// emailGuard judges an address of mail: a large provider's domain is no reason to drop a mailbox there.
func emailGuard(value string) Guard {
	g := domainGuard(value[strings.LastIndexByte(value, '@')+1:])
	if g == ReservedName || g == InternalName {
		return g
	}
	return ""
}

// urlGuard judges a URL by its host. Below a hosting provider anybody may publish, so those stay.
func urlGuard(value string) Guard {
	host := hostOf(value)
	if a, err := netip.ParseAddr(host); err == nil {
		return addressGuard(a)
	}
	switch {
	case host == "":
		return "" // file:///…
	case reservedName(host):
		return ReservedName
	case !strings.Contains(host, "."):
		return InternalName
	case parentIs(host, vendor), strings.HasSuffix(value, "://"+host+"/") && parentIs(host, hosting):
		return WellKnownDomain
	}
	return ""
}
