package egress

import (
	"errors"
	"fmt"
	"net/netip"
	"strconv"
	"strings"
)

// rule is one entry of an allow list: a network or a host, with a port or for all.
type rule struct {
	prefix netip.Prefix // set for networks and addresses
	host   string       // lower case, without a final dot
	suffix bool         // host stands for every name below it
	port   uint16       // 0: every port
}

// parseRules reads an allow list; empty entries are skipped.
func parseRules(list []string) ([]rule, error) {
	var rules []rule
	for _, entry := range list {
		entry = strings.TrimSpace(entry)
		if entry == "" {
			continue
		}
		r, err := parseRule(entry)
		if err != nil {
			return nil, fmt.Errorf("%q: %w", entry, err)
		}
		rules = append(rules, r)
	}
	return rules, nil
}

func parseRule(entry string) (rule, error) {
	if p, err := netip.ParsePrefix(entry); err == nil {
		return rule{prefix: p.Masked()}, checkSpelling(p.Addr())
	}
	host, port, err := cutPort(entry)
	if err != nil {
		return rule{}, err
	}
	if ip, err := netip.ParseAddr(strings.Trim(host, "[]")); err == nil {
		return rule{prefix: netip.PrefixFrom(ip, ip.BitLen()), port: port}, checkSpelling(ip)
	}
	name, below := strings.CutPrefix(host, "*.")
	name, err = hostName(name)
	if err != nil {
		return rule{}, err
	}
	return rule{host: name, suffix: below, port: port}, nil
}

// checkSpelling refuses spellings that could never match, because addresses are compared without them.
func checkSpelling(ip netip.Addr) error {
	if ip.Is4In6() || ip.Zone() != "" {
		return errors.New("write the address without an IPv6 mapping or zone")
	}
	return nil
}

// cutPort parts "host:port"; a bare IPv6 address has no port.
func cutPort(entry string) (string, uint16, error) {
	i := strings.LastIndexByte(entry, ':')
	if i < 0 || strings.HasSuffix(entry, "]") || (strings.Count(entry, ":") > 1 && !strings.HasPrefix(entry, "[")) {
		return entry, 0, nil
	}
	port, err := strconv.ParseUint(entry[i+1:], 10, 16)
	if err != nil || port == 0 {
		return "", 0, fmt.Errorf("%q is no port", entry[i+1:])
	}
	return entry[:i], uint16(port), nil
}

// target is where a connection wants to go; ip is the zero Addr while it isn't known.
type target struct {
	host string // as asked for: a name, or the literal address
	ip   netip.Addr
	port uint16
}

// matches says whether the rule names the target, by host or by address.
func (r rule) matches(t target) bool {
	if r.port != 0 && r.port != t.port {
		return false
	}
	if r.host == "" {
		return t.ip.IsValid() && r.prefix.Contains(t.ip)
	}
	return r.host == t.host && !r.suffix || r.suffix && strings.HasSuffix(t.host, "."+r.host)
}

// names says whether the rule is about exactly this one address.
func (r rule) names(t target) bool { return r.host == "" && r.prefix.IsSingleIP() && r.matches(t) }
