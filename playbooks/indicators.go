package playbooks

import (
	"fmt"
	"net/netip"
	"strings"
)

// fnCIDRContains says whether a network, or one of a list of networks, holds an address. What isn't an address is in
// none; what isn't a network is an error, because it is the author's.
func fnCIDRContains(m *meter, args []any) (any, error) {
	networks, ok := args[0].([]any)
	if !ok {
		networks = []any{args[0]}
	}
	address, ok := addressOf(args[1])
	for _, network := range networks {
		if err := m.spend(2); err != nil {
			return nil, err
		}
		s, isText := network.(string)
		prefix, err := netip.ParsePrefix(s)
		if !isText || err != nil {
			return nil, fmt.Errorf("%s is not a network such as 10.0.0.0/8", quote(network))
		}
		if ok && prefix.Contains(address) {
			return true, nil
		}
	}
	return false, nil
}

// fnIsPrivateIP is true for addresses that mean nothing outside their own network: private, loopback, link-local,
// carrier-grade NAT and unspecified ones.
func fnIsPrivateIP(_ *meter, args []any) (any, error) {
	address, ok := addressOf(args[0])
	if !ok {
		return false, nil
	}
	shared := netip.PrefixFrom(netip.AddrFrom4([4]byte{100, 64, 0, 0}), 10) // RFC 6598
	return address.IsPrivate() || address.IsLoopback() || address.IsLinkLocalUnicast() || address.IsUnspecified() ||
		shared.Contains(address), nil
}

func addressOf(v any) (netip.Addr, bool) {
	s, ok := v.(string)
	if !ok || len(s) > 64 {
		return netip.Addr{}, false
	}
	address, err := netip.ParseAddr(strings.TrimSpace(s))
	return address.Unmap().WithZone(""), err == nil
}

// fnDefang makes a text safe to paste: nothing in it is a link any more.
func fnDefang(m *meter, args []any) (any, error) {
	if err := replacing(m, args); err != nil {
		return nil, err
	}
	return changed(m, args, func(s string) string {
		s = refang(s)
		return strings.NewReplacer("https://", "hxxps://", "http://", "hxxp://", "ftp://", "fxp://",
			".", "[.]", "@", "[@]").Replace(s)
	})
}

// fnRefang undoes the usual ways of defanging.
func fnRefang(m *meter, args []any) (any, error) {
	if err := replacing(m, args); err != nil {
		return nil, err
	}
	return changed(m, args, refang)
}

// replacing pays for a replacer: its table, and a slow walk over the text.
func replacing(m *meter, args []any) error {
	s, _ := args[0].(string)
	return m.spend(replacerSteps + len(s)/slowBytesPerStep*2)
}

func refang(s string) string {
	return strings.NewReplacer("hxxps", "https", "hxxp", "http", "hXXps", "https", "hXXp", "http", "fxp://", "ftp://",
		"[.]", ".", "(.)", ".", "{.}", ".", "[dot]", ".", "(dot)", ".", "[:]", ":", "[://]", "://",
		"[@]", "@", "(@)", "@", "[at]", "@", "(at)", "@", "[/]", "/").Replace(s)
}

// fnIOCType says what kind of indicator a text is, in the words of artifact_type: hash, ip, domain, email, url, file,
// registry or other.
func fnIOCType(m *meter, args []any) (any, error) {
	s, ok := args[0].(string)
	if !ok || len(s) > 4096 {
		return "other", nil
	}
	if err := m.spend(replacerSteps + len(s)/slowBytesPerStep); err != nil {
		return nil, err
	}
	return iocType(strings.TrimSpace(refang(s))), nil
}

func iocType(s string) string {
	lower := strings.ToLower(s)
	switch {
	case isHash(lower):
		return "hash"
	case isAddress(s):
		return "ip"
	case isURL(lower):
		return "url"
	case isRegistry(lower):
		return "registry"
	case isEmail(lower):
		return "email"
	case isFile(lower):
		return "file"
	case isDomain(lower):
		return "domain"
	default:
		return "other"
	}
}

// isHash knows MD5, SHA-1, SHA-256, SHA-384 and SHA-512 by their lengths.
func isHash(s string) bool {
	switch len(s) {
	case 32, 40, 64, 96, 128:
		return strings.Trim(s, "0123456789abcdef") == ""
	}
	return false
}

func isAddress(s string) bool {
	if _, ok := addressOf(s); ok {
		return true
	}
	_, err := netip.ParsePrefix(s)
	return err == nil
}

func isURL(s string) bool {
	scheme, rest, found := strings.Cut(s, "://")
	return found && rest != "" && scheme != "" && strings.Trim(scheme, "abcdefghijklmnopqrstuvwxyz0123456789+-.") == ""
}

func isRegistry(s string) bool {
	hive, _, _ := strings.Cut(strings.ReplaceAll(s, "/", `\`), `\`)
	switch hive {
	case "hklm", "hkcu", "hkcr", "hku", "hkcc", "hkey_local_machine", "hkey_current_user", "hkey_classes_root",
		"hkey_users", "hkey_current_config":
		return hive != s
	}
	return false
}

func isEmail(s string) bool {
	local, domain, found := strings.Cut(s, "@")
	return found && local != "" && !strings.ContainsAny(local, " \t/\\") && isDomain(domain)
}

// isFile takes paths, and names whose ending belongs to programs rather than to the domain system.
func isFile(s string) bool {
	if len(s) > 2 && s[1] == ':' && (s[2] == '\\' || s[2] == '/') {
		return true
	}
	if strings.HasPrefix(s, `\\`) || (strings.HasPrefix(s, "/") && len(s) > 1) || strings.Contains(s, `\`) {
		return true
	}
	dot := strings.LastIndexByte(s, '.')
	if dot <= 0 {
		return false
	}
	switch s[dot+1:] {
	case "exe", "dll", "sys", "bat", "cmd", "ps1", "vbs", "js", "jse", "hta", "lnk", "scr", "msi", "jar", "py", "tmp",
		"dat", "bin", "iso", "img", "doc", "docx", "docm", "xls", "xlsx", "xlsm", "pdf", "rar", "7z", "gz", "txt", "log":
		return true
	}
	return false
}

// isDomain takes two or more labels, the last not a number.
func isDomain(s string) bool {
	s = strings.TrimSuffix(s, ".")
	labels := strings.Split(s, ".")
	if len(s) > 253 || len(labels) < 2 {
		return false
	}
	for _, label := range labels {
		if label == "" || len(label) > 63 || label[0] == '-' || label[len(label)-1] == '-' || !isLabel(label) {
			return false
		}
	}
	last := labels[len(labels)-1]
	return len(last) >= 2 && strings.Trim(last, "0123456789") != ""
}

func isLabel(s string) bool {
	for _, r := range s {
		letter := (r >= 'a' && r <= 'z') || r >= 0x80
		if !letter && (r < '0' || r > '9') && r != '-' && r != '_' {
			return false
		}
	}
	return true
}
