package egress

import "net/netip"

// special is one entry of IANA's special-purpose address registries (RFC 6890 and its successors), or a cloud's metadata
// service.
type special struct {
	prefix netip.Prefix
	why    string
}

// ranges knows which addresses are nobody's business.
type ranges struct {
	metadata map[netip.Addr]bool
	special  []special
	global6  netip.Prefix // everything else in IPv6 is not (yet) the internet
}

func newRanges() ranges {
	r := ranges{metadata: map[netip.Addr]bool{}, global6: netip.MustParsePrefix("2000::/3")}
	for _, a := range []string{
		"169.254.169.254", "169.254.170.2", "169.254.170.23", "fd00:ec2::254", "fd00:ec2::23", // AWS and most others
		"100.100.100.200", "168.63.129.16", "192.0.0.192", "fd20:ce::254", // Alibaba, Azure, Oracle, Google
	} {
		r.metadata[netip.MustParseAddr(a)] = true
	}
	for _, s := range []struct{ prefix, why string }{
		{"0.0.0.0/8", "an unspecified address"},
		{"10.0.0.0/8", "a private address"},
		{"100.64.0.0/10", "a shared (carrier NAT) address"},
		{"127.0.0.0/8", "a loopback address"},
		{"169.254.0.0/16", "a link-local address"},
		{"172.16.0.0/12", "a private address"},
		{"192.0.0.0/24", "a reserved address"},
		{"192.0.2.0/24", "a documentation address"},
		{"192.88.99.0/24", "a 6to4 relay address"},
		{"192.168.0.0/16", "a private address"},
		{"198.18.0.0/15", "a benchmark address"},
		{"198.51.100.0/24", "a documentation address"},
		{"203.0.113.0/24", "a documentation address"},
		{"224.0.0.0/4", "a multicast address"},
		{"240.0.0.0/4", "a reserved address"},
		{"::/128", "an unspecified address"},
		{"::1/128", "a loopback address"},
		{"::/96", "an IPv4-compatible address"},
		{"64:ff9b::/96", "a NAT64 address"},
		{"64:ff9b:1::/48", "a NAT64 address"},
		{"2001::/32", "a Teredo address"},
		{"2001::/23", "a reserved address"},
		{"2001:db8::/32", "a documentation address"},
		{"2002::/16", "a 6to4 address"},
		{"3fff::/20", "a documentation address"},
		{"fc00::/7", "a private address"},
		{"fe80::/10", "a link-local address"},
		{"ff00::/8", "a multicast address"},
	} {
		r.special = append(r.special, special{netip.MustParsePrefix(s.prefix), s.why})
	}
	return r
}

// why says what is wrong with an address (unmapped, without zone), "" for one of the open internet.
func (r ranges) why(ip netip.Addr) string {
	if r.metadata[ip] {
		return "a cloud metadata address"
	}
	for _, s := range r.special {
		if s.prefix.Contains(ip) {
			return s.why
		}
	}
	if ip.Is6() && !r.global6.Contains(ip) {
		return "a reserved address"
	}
	return ""
}
