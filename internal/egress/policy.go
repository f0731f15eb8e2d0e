package egress

import (
	"net/netip"
	"slices"
	"strings"
)

// policy decides: the operator's exceptions to the refused ranges, then every narrowing list must agree.
type policy struct {
	ranges ranges
	allow  []rule
	narrow [][]rule
}

// address decides about a known address.
func (p *policy) address(t target) error {
	t.ip = t.ip.Unmap().WithZone("")
	if why := p.ranges.why(t.ip); why != "" && !p.excepted(t) {
		return refuse("%s is refused: it is %s", describe(t), why)
	}
	for _, list := range p.narrow {
		if !slices.ContainsFunc(list, func(r rule) bool { return r.matches(t) }) {
			return refuse("%s is refused: it is not on this tenant's list of targets", describe(t))
		}
	}
	return nil
}

// excepted says whether the operator allowed the target. A metadata service hands out the machine's own identity: neither
// a network around it nor a name that points to it is enough, only its very address.
func (p *policy) excepted(t target) bool {
	return slices.ContainsFunc(p.allow, func(r rule) bool {
		if p.ranges.metadata[t.ip] {
			return r.names(t)
		}
		return r.matches(t)
	})
}

// name decides about a host whose address isn't known yet: it refuses only what no address could save.
func (p *policy) name(t target) error {
	for _, list := range p.narrow {
		if !slices.ContainsFunc(list, func(r rule) bool { return r.host == "" || r.matches(t) }) {
			return refuse("%s is refused: it is not on this tenant's list of targets", t.host)
		}
	}
	if t.host == "localhost" || strings.HasSuffix(t.host, ".localhost") {
		return p.localhost(t) // always this machine, RFC 6761 section 6.3
	}
	return nil
}

// localhost decides about this machine's own name: one of its two addresses must be allowed.
func (p *policy) localhost(t target) error {
	t.ip = netip.IPv6Loopback()
	if p.address(t) == nil {
		return nil
	}
	t.ip = netip.AddrFrom4([4]byte{127, 0, 0, 1})
	return p.address(t)
}

// port decides whether HTTP may go to a port: those of other protocols can be talked into things by a crafted request.
func (p *policy) port(t target) error {
	if !slices.Contains(otherProtocols(), t.port) {
		return nil
	}
	if slices.ContainsFunc(p.allow, func(r rule) bool { return r.port == t.port && r.matches(t) }) {
		return nil
	}
	return refuse("port %d of %s is refused: it belongs to another protocol than HTTP", t.port, t.host)
}

// otherProtocols is the port list of the WHATWG Fetch standard ("port blocking") and the usual data stores.
func otherProtocols() []uint16 {
	return []uint16{
		1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101, 102, 103, 104, 109, 110, 111,
		113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389, 427, 445, 465, 512, 513, 514, 515, 526, 530, 531, 532, 540,
		548, 554, 556, 563, 587, 601, 636, 989, 990, 993, 995, 1433, 1719, 1720, 1723, 2049, 3306, 3389, 3659, 4045, 4190, 5060,
		5061, 5432, 6000, 6379, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080, 11211, 27017,
	}
}

func describe(t target) string {
	if t.host == "" || t.host == t.ip.String() {
		return t.ip.String()
	}
	return t.host + " (" + t.ip.String() + ")"
}

// literal is the address a host spells out, the zero Addr when it is a name. It refuses zones and IPv4-mapped spellings.
func literal(host string) (netip.Addr, error) {
	ip, _ := netip.ParseAddr(host) // the zero Addr for a name
	if ip.Zone() != "" || ip.Is4In6() {
		return netip.Addr{}, refuse("%s is refused: it is an unusual spelling of an address", ip)
	}
	return ip, nil
}
