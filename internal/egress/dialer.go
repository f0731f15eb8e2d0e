package egress

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"syscall"
	"time"
)

const connectTimeout = 10 * time.Second

// Params sets up a Dialer.
type Params struct {
	Allow    []string      // the operator's EGRESS_ALLOW; doc.go has the notation
	Resolver *net.Resolver // nil: the system's
}

// Dialer opens connections to where the policy lets it. It may be used from many goroutines.
type Dialer struct {
	policy   policy
	resolver *net.Resolver
}

// New reads the operator's list. It fails on an entry that is no network, address or host.
func New(p Params) (*Dialer, error) {
	rules, err := parseRules(p.Allow)
	if err != nil {
		return nil, fmt.Errorf("EGRESS_ALLOW: %w", err)
	}
	if p.Resolver == nil {
		p.Resolver = net.DefaultResolver
	}
	return &Dialer{policy: policy{ranges: newRanges(), allow: rules}, resolver: p.Resolver}, nil
}

// Narrow gives a dialer that reaches only what is on the list as well: a tenant's own rule, which opens nothing the
// operator keeps shut. An empty list narrows nothing. Fault: Invalid for an entry that can't be read.
func (d *Dialer) Narrow(allow []string) (*Dialer, error) {
	rules, err := parseRules(allow)
	if err != nil {
		return nil, refuse("the list of targets has an entry that is no network, address or host: %s", err)
	}
	if len(rules) == 0 {
		return d, nil
	}
	n := *d
	n.policy.narrow = append(slices.Clone(d.policy.narrow), rules)
	return &n, nil
}

// DialContext connects over tcp or udp to "host:port". Each address the name resolves to is checked in the socket's
// control hook, after resolution and before the first packet; a refused one is passed over, and the refusal is the error
// when no other answers.
func (d *Dialer) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	if !slices.Contains([]string{"tcp", "tcp4", "tcp6", "udp", "udp4", "udp6"}, network) {
		return nil, refuse("connections over %s are refused", network)
	}
	t, err := d.dialTarget(address)
	if err != nil {
		return nil, err
	}
	dialer := net.Dialer{
		Timeout:  connectTimeout,
		Resolver: d.resolver,
		ControlContext: func(_ context.Context, _, resolved string, _ syscall.RawConn) error {
			return d.checkResolved(t, resolved)
		},
	}
	conn, err := dialer.DialContext(ctx, network, net.JoinHostPort(t.host, strconv.Itoa(int(t.port))))
	if err != nil {
		return nil, networkFault(t.host, err)
	}
	return conn, nil
}

// dialTarget reads "host:port" and refuses early what the name alone forbids.
func (d *Dialer) dialTarget(address string) (target, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return target{}, refuse("%q is not host:port", address)
	}
	n, err := strconv.ParseUint(port, 10, 16)
	if err != nil || n == 0 {
		return target{}, refuse("%q is no port", port)
	}
	return d.target(host, uint16(n))
}

// target brings a host to its one spelling and asks the policy what can be asked before resolution.
func (d *Dialer) target(host string, port uint16) (target, error) {
	ip, err := literal(host)
	if err != nil {
		return target{}, err
	}
	if ip.IsValid() {
		t := target{host: ip.String(), ip: ip, port: port}
		return t, d.policy.address(t)
	}
	name, err := hostName(host)
	if err != nil {
		return target{}, refuse("the host %q %s", host, err)
	}
	t := target{host: name, port: port}
	return t, d.policy.name(t)
}

// checkResolved is the control hook's question: may t be reached at this address.
func (d *Dialer) checkResolved(t target, resolved string) error {
	at, err := netip.ParseAddrPort(resolved)
	if err != nil {
		return refuse("%s is refused: its address can't be read", t.host)
	}
	t.ip = at.Addr()
	return d.policy.address(t)
}
