package egress

import (
	"context"
	"net/url"
	"strconv"
)

const maxURL = 8192 // bytes

// CheckURL says, without asking DNS, whether HTTP may go to an address at all: http or https, no user in it, a host that
// is a name or an allowed literal address, a port that isn't another protocol's. It gives the parsed URL; the fault says
// what is wrong.
func (d *Dialer) CheckURL(raw string) (*url.URL, error) {
	if len(raw) > maxURL {
		return nil, refuse("the address has %d bytes, at most %d are taken", len(raw), maxURL)
	}
	u, err := url.Parse(raw)
	if err != nil {
		return nil, refuse("the address is not a URL") // url's own error quotes it, with the secrets in it
	}
	if _, err := d.urlTarget(u); err != nil {
		return nil, err
	}
	return u, nil
}

// Check is CheckURL plus one look at DNS: every address of the host must be allowed. It is for telling people early; the
// decision that counts is made again when the connection opens. Faults: Invalid with CodeRefused, Unavailable when the
// name can't be resolved.
func (d *Dialer) Check(ctx context.Context, raw string) error {
	u, err := d.CheckURL(raw)
	if err != nil {
		return err
	}
	t, err := d.urlTarget(u)
	if err != nil || t.ip.IsValid() {
		return err
	}
	addrs, err := d.resolver.LookupNetIP(ctx, "ip", t.host)
	if err != nil {
		return networkFault(t.host, err)
	}
	for _, ip := range addrs {
		t.ip = ip
		if err := d.policy.address(t); err != nil {
			return err
		}
	}
	return nil
}

func (d *Dialer) urlTarget(u *url.URL) (target, error) {
	switch {
	case u.Scheme != "http" && u.Scheme != "https":
		return target{}, refuse("the address must start with http:// or https://")
	case u.User != nil:
		return target{}, refuse("the address must not carry a user name or password")
	case u.Opaque != "" || u.Hostname() == "":
		return target{}, refuse("the address has no host")
	}
	port, err := urlPort(u)
	if err != nil {
		return target{}, err
	}
	t, err := d.target(u.Hostname(), port)
	if err != nil {
		return target{}, err
	}
	return t, d.policy.port(t)
}

func urlPort(u *url.URL) (uint16, error) {
	switch {
	case u.Port() != "":
		n, err := strconv.ParseUint(u.Port(), 10, 16)
		if err != nil || n == 0 {
			return 0, refuse("%q is no port", u.Port())
		}
		return uint16(n), nil
	case u.Scheme == "https":
		return 443, nil
	default:
		return 80, nil
	}
}
