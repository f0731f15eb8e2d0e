package indicator

import (
	"net/netip"
	"strings"
)

// word judges a run of characters without a delimiter.
func (x *scan) word(start, end int) {
	for start < end && strings.IndexByte(".:-", x.s[start]) >= 0 && !strings.HasPrefix(x.s[start:end], "::") {
		start++
	}
	end = trimTail(x.s, start, end)
	w := x.s[start:end]
	dots := strings.IndexByte(w, '.') > 0
	switch {
	case len(w) < 3 || len(w) > MaxValue:
	case len(w) >= 32 && x.digest(w, start, end):
	case strings.IndexByte(w, '@') >= 0:
		x.email(w, start, end)
	case strings.Count(w, ":") >= 2 && x.ipv6(w, start, end):
	case dots && w[0] >= '0' && w[0] <= '9' && x.ipv4(w, start, end):
	case dots && x.version(w, start, end):
	case dots:
		x.name(w, start, end)
	}
}

// digest reads a hash, with or without its algorithm before it.
func (x *scan) digest(w string, start, end int) bool {
	label, digest := hashLabel(w)
	if !allHex(digest) || hashKind(len(digest)) == "" {
		if isSSDeep(w) && len(w) >= 20 || isTLSH(w) {
			return x.found(Hash, start, end, w, "")
		}
		return false
	}
	if label == "" && start > 0 && (x.s[start-1] == '=' || x.s[start-1] == ' ') {
		before := strings.TrimRight(x.s[:start-1], " :=")
		if len(before) >= 7 && strings.EqualFold(before[len(before)-7:], "imphash") {
			w = "imphash=" + digest
		}
	}
	return x.found(Hash, end-len(digest), end, w, "")
}

// email reads an address of mail, and of chat what looks like one.
func (x *scan) email(w string, start, end int) {
	if i := strings.LastIndexByte(w, '@'); i > 0 {
		if j := strings.IndexAny(w[i:], "/:\\%"); j > 0 {
			w, end = w[:i+j], start+i+j
		}
	}
	at := strings.LastIndexByte(w, '@')
	if at <= 0 || strings.IndexByte(w[at:], '.') < 0 {
		return
	}
	if j := strings.LastIndexAny(w[:at], ":/\\"); j >= 0 {
		w, start = w[j+1:], start+j+1
	}
	if host := w[strings.LastIndexByte(w, '@')+1:]; isDigit(rune(host[0])) && x.ipv4(host, end-len(host), end) { // root@203.0.113.7
		return
	}
	x.found(Email, start, end, w, "")
}

// ipv6 reads an address of at least three groups with a digit; a::b is an operator in many a language.
func (x *scan) ipv6(w string, start, end int) bool {
	host, rest, slash := strings.Cut(w, "/")
	host, _, _ = strings.Cut(host, "%")
	if strings.Trim(host, "0123456789abcdefABCDEF:.") != "" || len(host) < 6 && !strings.HasPrefix(host, "::") || strings.IndexFunc(host, isDigit) < 0 {
		return false
	}
	a, err := netip.ParseAddr(host)
	if err != nil {
		return false
	}
	if slash && rest != "" && strings.Trim(rest, "0123456789") == "" {
		return x.found(IP, start, end, host+"/"+rest, "")
	}
	return x.found(IP, start, start+len(host), a.String(), "")
}

func isDigit(r rune) bool { return r >= '0' && r <= '9' }

// ipv4 reads an address or a network, with a port or a path behind it, and knows versions.
func (x *scan) ipv4(w string, start, end int) bool {
	n := 0
	for n < len(w) && (w[n] >= '0' && w[n] <= '9' || w[n] == '.') {
		n++
	}
	head, rest := strings.TrimRight(w[:n], "."), w[n:]
	a, err := netip.ParseAddr(head)
	if err != nil {
		return strings.Trim(w, "0123456789.") == "" // other numbers with dots are no names either
	}
	bits, isNet := strings.CutPrefix(rest, "/")
	isNet = isNet && bits != "" && len(bits) <= 2 && strings.Trim(bits, "0123456789") == ""
	switch {
	case isNet:
		return x.found(IP, start, end, w, "")
	case rest != "" && nameAt(rest, 0): // 1.2.3.4-beta, 1.2.3.4.example.com
		return false
	case versionLike(a) || x.afterVersion(start):
		return x.found(IP, start, start+len(head), head, VersionNumber)
	case rest == "":
		return x.found(IP, start, start+len(head), head, "")
	case rest[0] == ':':
		return x.found(IP, start, start+len(head), head, "", PortDropped)
	}
	return x.found(IP, start, start+len(head), head, "", PathDropped)
}

// versionLike says whether an address looks more like a version: 120.0.0.0, 10.0.0.0 are none of a machine.
func versionLike(a netip.Addr) bool {
	b := a.As4()
	return b[2] == 0 && b[3] == 0 && b[0] != 0
}

// afterVersion says whether the word before speaks of a version.
func (x *scan) afterVersion(start int) bool {
	before := strings.ToLower(strings.TrimRight(x.s[max(0, start-20):start], " :=("))
	for _, word := range []string{"version", "ver", "ver.", "build", "release", "revision", "fileversion", "v"} {
		if rest, ok := strings.CutSuffix(before, word); ok && (rest == "" || !alnum(rest[len(rest)-1])) {
			return true
		}
	}
	return false
}

// version reads Chrome/120.0.6099.1 and v1.2.3.4: looking like an address, they are held back by name.
func (x *scan) version(w string, start, end int) bool {
	i := strings.LastIndexByte(w, '/') + 1
	if i == 0 && len(w) > 1 && (w[0] == 'v' || w[0] == 'V') {
		i = 1
	}
	if i == 0 || i >= len(w) || w[i] < '0' || w[i] > '9' {
		return false
	}
	if _, err := netip.ParseAddr(w[i:]); err != nil {
		return strings.Trim(w[i:], "0123456789.") == ""
	}
	return x.found(IP, start+i, end, w[i:], VersionNumber)
}

// name reads a domain, and of a report the name of a file.
func (x *scan) name(w string, start, end int) {
	if i := strings.LastIndexByte(w, '\\'); i >= 0 {
		x.fileName(w[i+1:], start+i+1, end)
		return
	}
	head, rest := w, ""
	if i := strings.IndexAny(w, "/:%~+"); i >= 0 {
		head, rest = w[:i], w[i:]
	}
	low := strings.ToLower(strings.TrimSuffix(head, "."))
	last := low[strings.LastIndexByte(low, '.')+1:]
	if len(last) < 2 || len(low) < 4 || strings.IndexFunc(last, isDigit) >= 0 && !strings.HasPrefix(last, "xn--") {
		x.fileName(w, start, end)
		return
	}
	if !publicName(low) {
		name, err := normalDomain(low)
		if err != nil || name == low || !publicName(name) {
			x.fileName(w, start, end)
			return
		}
	}
	var guard Guard
	switch {
	case dosProgram(low), ambiguousEnding(low) && strings.Count(low, ".") == 1 && rest == "":
		if x.report {
			x.fileName(w, start, end)
			return
		}
		guard = FileName
	case codeName(head):
		guard = CodeName
	}
	var warnings []Warning
	switch {
	case strings.HasPrefix(rest, ":"):
		warnings = []Warning{PortDropped}
	case rest != "":
		warnings = []Warning{PathDropped}
	}
	x.found(Domain, start, start+len(head), head, guard, warnings...)
}

// fileName emits a bare file name; only in reports, for a command line is full of them.
func (x *scan) fileName(w string, start, end int) {
	if !x.report || !fileEnding(strings.ToLower(w)) || strings.ContainsAny(w, "/:") {
		return
	}
	i := strings.LastIndexByte(w, '.')
	if i > 0 {
		x.found(File, start, end, w, "")
	}
}

// codeName knows System.Net, Console.App and their kind, of which every part begins with a capital and goes on in lower
// case, and com.vendor.product.
func codeName(head string) bool {
	if strings.HasPrefix(head, "com.") || strings.HasPrefix(head, "org.") {
		return true
	}
	for part := range strings.SplitSeq(head, ".") {
		if len(part) < 2 || part[0] < 'A' || part[0] > 'Z' || strings.ToUpper(part) == part {
			return false
		}
	}
	return true
}
