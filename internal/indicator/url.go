package indicator

import (
	"net/netip"
	"strconv"
	"strings"
)

// normalURL takes scheme://host/…. Scheme and host are lower case, the host as domains and addresses are kept (browsers'
// odd spellings of IPv4 included), a default port, an empty query and the fragment go (a fragment never leaves the
// browser, so no log has it), dot segments are resolved, percent escapes have upper-case digits and none stands for what
// needs none (RFC 3986, section 6). User, query and the case of the path stay: they tell.
func normalURL(value string) (Indicator, error) {
	scheme, rest, ok := strings.Cut(value, "://")
	if !ok {
		return Indicator{}, invalid("is no URL: it has no scheme such as https://")
	}
	scheme = strings.ToLower(scheme)
	if !isScheme(scheme) {
		return Indicator{}, invalid("is no URL: %q is no scheme", scheme)
	}
	rest, _, _ = strings.Cut(rest, "#")
	authority, tail := rest, ""
	if i := strings.IndexAny(rest, `/?\`); i >= 0 {
		authority, tail = rest[:i], rest[i:]
	}
	user, host := "", authority
	if i := strings.LastIndexByte(authority, '@'); i >= 0 {
		user, host = escapeURL(authority[:i], userRunes)+"@", authority[i+1:]
	}
	host, err := urlHost(scheme, host)
	if err != nil {
		return Indicator{}, err
	}
	return Indicator{Value: scheme + "://" + user + host + urlTail(tail)}, nil
}

func isScheme(s string) bool {
	if s == "" || s[0] < 'a' || s[0] > 'z' {
		return false
	}
	return len(s) <= 32 && strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789+-.") == ""
}

// urlHost canonicalises host and port.
func urlHost(scheme, value string) (string, error) {
	if value == "" {
		if scheme == "file" {
			return "", nil
		}
		return "", invalid("is no URL: it has no host")
	}
	host, port := value, ""
	if strings.HasPrefix(value, "[") {
		end := strings.IndexByte(value, ']')
		if end < 0 || end+1 < len(value) && value[end+1] != ':' {
			return "", invalid("is no URL: its address in brackets is broken")
		}
		host, port = value[:end+1], strings.TrimPrefix(value[end+1:], ":")
	} else if i := strings.LastIndexByte(value, ':'); i >= 0 {
		host, port = value[:i], value[i+1:]
	}
	host, err := urlName(host)
	if err != nil || port == "" {
		return host, err
	}
	n, err := strconv.ParseUint(port, 10, 16)
	if err != nil {
		return "", invalid("is no URL: %q is no port", port)
	}
	if defaultPort(scheme) == n {
		return host, nil
	}
	return host + ":" + strconv.FormatUint(n, 10), nil
}

func urlName(host string) (string, error) {
	if strings.HasPrefix(host, "[") {
		a, err := netip.ParseAddr(strings.Trim(host, "[]"))
		switch {
		case err != nil || !a.Is6() || a.Zone() != "":
			return "", invalid("is no URL: %s is no IPv6 address", host)
		case a.Is4In6():
			return a.Unmap().String(), nil
		}
		return "[" + a.String() + "]", nil
	}
	if plain, ok := unescape(host); ok {
		host = plain
	}
	name, err := hostName(host)
	if err != nil {
		return "", invalid("is no URL: its host is no name and no address")
	}
	if !endsInNumber(name) {
		return name, nil
	}
	a, ok := oddIPv4(name)
	if !ok {
		return "", invalid("is no URL: its host is no address")
	}
	return a.String(), nil
}

// oddIPv4 reads an address as browsers do (WHATWG URL, IPv4 parser): 1 to 4 parts, each decimal, octal or hexadecimal,
// the last one filling what is left.
func oddIPv4(host string) (netip.Addr, bool) {
	parts := strings.Split(host, ".")
	if len(parts) > 4 {
		return netip.Addr{}, false
	}
	var n uint64
	for i, p := range parts {
		v, ok := oddNumber(p)
		switch left := 4 - i; {
		case !ok:
			return netip.Addr{}, false
		case i == len(parts)-1:
			if v >= 1<<(8*left) {
				return netip.Addr{}, false
			}
			n = n<<(8*left) | v
		case v > 255:
			return netip.Addr{}, false
		default:
			n = n<<8 | v
		}
	}
	return netip.AddrFrom4([4]byte{byte(n >> 24), byte(n >> 16), byte(n >> 8), byte(n)}), true
}

func oddNumber(s string) (uint64, bool) {
	base := 10
	if hex, ok := strings.CutPrefix(s, "0x"); ok {
		if s, base = hex, 16; s == "" {
			return 0, true
		}
	} else if len(s) > 1 && s[0] == '0' {
		s, base = s[1:], 8
	}
	v, err := strconv.ParseUint(s, base, 40)
	return v, err == nil
}

func defaultPort(scheme string) uint64 {
	switch scheme {
	case "http", "ws":
		return 80
	case "https", "wss":
		return 443
	case "ftp":
		return 21
	case "ftps":
		return 990
	case "ssh", "sftp":
		return 22
	case "ldap":
		return 389
	case "ldaps":
		return 636
	case "smb":
		return 445
	}
	return 0
}

const (
	pathRunes  = "!$&'()*+,;=:@/"
	queryRunes = "!$&'()*+,;=:@/?"
	userRunes  = "!$&'()*+,;=:"
)

// urlTail canonicalises path and query.
func urlTail(tail string) string {
	path, query, has := strings.Cut(tail, "?")
	path = withoutDots(escapeURL(strings.ReplaceAll(path, `\`, "/"), pathRunes))
	if has && query != "" {
		return path + "?" + escapeURL(query, queryRunes)
	}
	return path
}

// withoutDots resolves . and .. (RFC 3986, section 5.2.4).
func withoutDots(path string) string {
	if !strings.Contains(path, "/.") {
		if path == "" {
			return "/"
		}
		return path
	}
	var out []string
	parts := strings.Split(path, "/")[1:]
	for i, p := range parts {
		last := i == len(parts)-1
		switch p {
		case "..":
			out = out[:max(len(out)-1, 0)]
			if last {
				out = append(out, "")
			}
		case ".":
			if last {
				out = append(out, "")
			}
		default:
			out = append(out, p)
		}
	}
	return "/" + strings.Join(out, "/")
}

// escapeURL writes percent escapes in their one form. A percent sign that escapes nothing is escaped itself.
func escapeURL(s, allowed string) string {
	const digits = "0123456789ABCDEF"
	var b strings.Builder
	b.Grow(len(s))
	for i := 0; i < len(s); i++ {
		c, escaped := s[i], false
		if c == '%' && i+2 < len(s) && isHex(rune(s[i+1])) && isHex(rune(s[i+2])) {
			c, escaped = hexValue(s[i+1])<<4|hexValue(s[i+2]), true
			i += 2
		}
		switch {
		case alnum(c) || c == '-' || c == '.' || c == '_' || c == '~', !escaped && strings.IndexByte(allowed, c) >= 0:
			b.WriteByte(c)
		default:
			b.Write([]byte{'%', digits[c>>4], digits[c&15]})
		}
	}
	return b.String()
}

func hexValue(c byte) byte {
	switch {
	case c >= 'a':
		return c - 'a' + 10
	case c >= 'A':
		return c - 'A' + 10
	}
	return c - '0'
}

// unescape takes percent escapes out of a host.
func unescape(s string) (string, bool) {
	if !strings.Contains(s, "%") {
		return s, true
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] != '%' {
			b.WriteByte(s[i])
			continue
		}
		if i+2 >= len(s) || !isHex(rune(s[i+1])) || !isHex(rune(s[i+2])) {
			return s, false
		}
		b.WriteByte(hexValue(s[i+1])<<4 | hexValue(s[i+2]))
		i += 2
	}
	return b.String(), true
}

// hostOf gives the host of a canonical URL, without user and port.
func hostOf(url string) string {
	_, rest, _ := strings.Cut(url, "://")
	if i := strings.IndexAny(rest, "/?"); i >= 0 {
		rest = rest[:i]
	}
	rest = rest[strings.LastIndexByte(rest, '@')+1:]
	if strings.HasPrefix(rest, "[") {
		inner, _, _ := strings.Cut(rest[1:], "]")
		return inner
	}
	host, _, _ := strings.Cut(rest, ":")
	return host
}
