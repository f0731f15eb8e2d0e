package indicator

import (
	"net/netip"
	"strings"
)

// normalIP takes an address or a network. IPv4-mapped addresses become IPv4, IPv6 is written as RFC 5952 has it, a
// network loses its host bits, and one of a single address is that address.
func normalIP(value string) (Indicator, error) {
	bare := value
	if strings.HasPrefix(bare, "[") && strings.HasSuffix(bare, "]") {
		bare = bare[1 : len(bare)-1]
	}
	if strings.Contains(bare, "/") {
		return normalNetwork(bare)
	}
	a, err := netip.ParseAddr(bare)
	if err != nil {
		return Indicator{}, notAddress(bare)
	}
	if a.Zone() != "" {
		return Indicator{}, invalid("has a zone (%%%s), which means something on one machine only", a.Zone())
	}
	return addressOf(a.Unmap()), nil
}

func addressOf(a netip.Addr) Indicator {
	kind := "ipv6"
	if a.Is4() {
		kind = "ipv4"
	}
	return Indicator{Type: IP, Subtype: kind, Value: a.String(), Key: a.String()}
}

func normalNetwork(value string) (Indicator, error) {
	p, err := netip.ParsePrefix(value)
	if err != nil {
		return Indicator{}, invalid("is no network: an address and the length of its prefix, as in 198.51.100.0/24")
	}
	if p.Addr().Is4In6() && p.Bits() >= 96 {
		p = netip.PrefixFrom(p.Addr().Unmap(), p.Bits()-96)
	}
	if p.IsSingleIP() {
		return addressOf(p.Addr()), nil
	}
	return Indicator{Subtype: "cidr", Value: p.Masked().String()}, nil
}

// notAddress says what is wrong with an address.
func notAddress(value string) error {
	if host, port, ok := cutPort(value); ok {
		if _, err := netip.ParseAddr(host); err == nil {
			return invalid("has a port (%s); give the address alone", port)
		}
	}
	parts := strings.Split(value, ".")
	if len(parts) == 4 && strings.Trim(value, "0123456789.") == "" {
		for _, p := range parts {
			switch {
			case p == "":
				return invalid("is no address: a part is missing")
			case len(p) > 1 && p[0] == '0':
				return invalid("is no address: %s begins with a zero, which some read as octal", p)
			case len(p) > 3 || len(p) == 3 && p > "255":
				return invalid("is no address: %s is more than 255", p)
			}
		}
	}
	return invalid("is no IPv4 or IPv6 address")
}

// cutPort takes the port off host:port and [host]:port.
func cutPort(s string) (host, port string, ok bool) {
	i := strings.LastIndexByte(s, ':')
	if i < 0 {
		return s, "", false
	}
	host, port = s[:i], s[i+1:]
	if strings.HasPrefix(host, "[") && strings.HasSuffix(host, "]") {
		host = host[1 : len(host)-1]
	} else if strings.Contains(host, ":") {
		return s, "", false
	}
	return host, port, port != "" && len(port) <= 5 && strings.Trim(port, "0123456789") == ""
}

// addressGuard says why an address points at nobody on the internet (RFC 6890 and its successors), or at everybody.
func addressGuard(a netip.Addr) Guard {
	switch {
	case a.IsUnspecified():
		return UnspecifiedAddress
	case a.IsLoopback():
		return LoopbackAddress
	case a.IsPrivate():
		return PrivateAddress
	case a.IsLinkLocalUnicast():
		return LinkLocalAddress
	case a.IsMulticast():
		return MulticastAddress
	case a.Is4():
		return guard4(a.As4())
	}
	return guard6(a.As16())
}

func guard4(b [4]byte) Guard {
	switch three := [3]byte{b[0], b[1], b[2]}; {
	case three == [3]byte{192, 0, 2}, three == [3]byte{198, 51, 100}, three == [3]byte{203, 0, 113}:
		return DocumentationAddress
	case b == [4]byte{255, 255, 255, 255}:
		return BroadcastAddress
	case b[0] == 100 && b[1]&0xc0 == 64:
		return SharedAddress
	case b[0] == 0, b[0] >= 240, three == [3]byte{192, 0, 0}, b[0] == 198 && b[1]&0xfe == 18, b == [4]byte{168, 63, 129, 16}:
		return ReservedAddress
	}
	switch b {
	case [4]byte{8, 8, 8, 8}, [4]byte{8, 8, 4, 4}, [4]byte{1, 1, 1, 1}, [4]byte{1, 0, 0, 1}, [4]byte{9, 9, 9, 9},
		[4]byte{208, 67, 222, 222}, [4]byte{208, 67, 220, 220}, [4]byte{4, 2, 2, 1}, [4]byte{4, 2, 2, 2}:
		return PublicResolver
	}
	return ""
}

func guard6(b [16]byte) Guard {
	switch {
	case b[0] == 0x20 && b[1] == 0x01 && b[2] == 0x0d && b[3] == 0xb8, b[0] == 0x3f && b[1] == 0xff && b[2]&0xf0 == 0:
		return DocumentationAddress
	case b[0]&0xe0 != 0x20: // outside 2000::/3 nothing is in use on the internet
		return ReservedAddress
	case b[0] == 0x20 && b[1] == 0x01 && b[2] == 0x48 && b[3] == 0x60 && b[4] == 0x48 && b[5] == 0x60, // 2001:4860:4860::8888
		b[0] == 0x26 && b[1] == 0x06 && b[2] == 0x47 && b[3] == 0 && b[4] == 0x47 && b[5] == 0: // 2606:4700:4700::1111
		return PublicResolver
	}
	return ""
}
