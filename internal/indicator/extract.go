package indicator

import (
	"bytes"
	"encoding/json"
	"net/netip"
	"strings"

	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/internal/rawjson"
)

// Options say how much is taken from a row. Zero values are the defaults.
type Options struct {
	Found int     // indicators of a row, those held back included: 256
	Text  int     // bytes of one value that are looked at: 64 KiB
	Row   int     // bytes of all values together: 1 MiB
	Keep  []Guard // guards that hold nothing back
}

// Found is one indicator of a row with its place.
type Found struct {
	Indicator

	Path    string // of the value, like Event.EventData.Hashes
	Guard   Guard  // why it was held back; "" for what was taken
	Derived bool   // the host of a URL that was found as well
}

// Extraction is what a row holds, in its order, each indicator once, at its first place.
type Extraction struct {
	Indicators []Found
	HeldBack   []Found // what a guard held back
	Truncated  bool    // a limit ended it
}

// Extractor finds the indicators of rows. It is safe for concurrent use.
type Extractor struct {
	o    Options
	keep map[Guard]bool
}

// NewExtractor makes an extractor.
func NewExtractor(o Options) *Extractor {
	for _, d := range []struct {
		v   *int
		def int
	}{{&o.Found, 256}, {&o.Text, 64 << 10}, {&o.Row, 1 << 20}} {
		if *d.v <= 0 {
			*d.v = d.def
		}
	}
	x := &Extractor{o: o, keep: map[Guard]bool{}}
	for _, g := range o.Keep {
		x.keep[g] = true
	}
	return x
}

// ExtractMap is Extract for a row that was decoded.
func (x *Extractor) ExtractMap(row map[string]any) (Extraction, error) {
	raw, err := json.Marshal(row)
	if err != nil {
		return Extraction{}, fault.Wrap(err, fault.Invalid, "the row can't be written as JSON")
	}
	return x.Extract(raw)
}

// Extract reads a row. Faults: Malformed for what is no JSON.
func (x *Extractor) Extract(row json.RawMessage) (Extraction, error) {
	r := reading{x: x}
	err := rawjson.Walk(row, func(l *rawjson.Leaf) bool {
		if l.Kind == rawjson.String && len(l.Text) >= shortest {
			r.leaf(l)
		}
		return !r.out.Truncated
	})
	if err != nil {
		return Extraction{}, fault.Wrap(err, fault.Malformed, "%s", err.Error())
	}
	return r.out, nil
}

const shortest = 4 // characters that an indicator has at least: a.io

// reading is one extraction on its way.
type reading struct {
	x     *Extractor
	out   Extraction
	bytes int
	at    *rawjson.Leaf
	path  string // of at, once it was needed
	lower [2][maxKey]byte
}

const maxKey = 40 // bytes of the keys that fields are told by

// leaf reads one text of the row.
func (r *reading) leaf(l *rawjson.Leaf) {
	r.at, r.path = l, ""
	role := roleOf(string(lowerKey(r.lower[0][:0], l.Key())), string(lowerKey(r.lower[1][:0], l.Parent())))
	if role == moment || role == folder || role == fileName && !bytes.ContainsAny(l.Text, "/:@\\") {
		return
	}
	b := l.Text
	if len(b) > r.x.o.Text {
		b, r.out.Truncated = b[:r.x.o.Text], true
	}
	if r.bytes += len(b); r.bytes > r.x.o.Row {
		r.out.Truncated = true
		return
	}
	r.value(role, strings.ToValidUTF8(string(b), "\uFFFD"))
}

// lowerKey is an ASCII key in lower case, empty for one that is longer than any known.
func lowerKey(dst, key []byte) []byte {
	if len(key) > cap(dst) {
		return nil
	}
	for _, c := range key {
		if c >= 'A' && c <= 'Z' {
			c += 'a' - 'A'
		}
		dst = append(dst, c)
	}
	return dst
}

// value reads a text by the role of its field.
func (r *reading) value(role role, s string) {
	switch role {
	case program, written, registry, address, domain, webURL, mail, imphash:
		if r.whole(role, strings.TrimSpace(s)) {
			return
		}
	case text, hashes, fileName, folder, ownName, ownAddr, ident, cert, version, schema, moment:
	}
	held := role.held()
	x := scan{s: s, emit: func(c *candidate) bool {
		guard := c.guard
		if held != "" {
			guard = held
		}
		r.take(role, c.Indicator, guard)
		return !r.out.Truncated
	}}
	x.run()
}

// whole reads a field that holds one value and nothing else; false when it holds something else after all.
func (r *reading) whole(role role, s string) bool {
	t := Other
	switch role {
	case program, written:
		var ok bool
		if s, t, ok = wholePath(s); !ok {
			return false
		}
	case registry:
		t = Registry
	case address:
		return r.address(s)
	case domain:
		return r.domain(s)
	case webURL:
		t = URL
	case mail:
		t = Email
	case imphash:
		t, s = Hash, "imphash="+s
	case text, hashes, fileName, folder, ownName, ownAddr, ident, cert, version, schema, moment:
	}
	in, err := Normalise(t, s)
	if err != nil {
		return false
	}
	r.take(role, in, worth(in))
	return true
}

// wholePath says whether a text is one path and nothing else. Defender writes file:_C:\… and regkey:_HKLM\….
func wholePath(s string) (path string, t Type, ok bool) {
	if kind, rest, found := strings.Cut(s, ":_"); found {
		switch kind {
		case "file", "containerfile", "webfile", "process", "startup", "service", "driver":
			s = rest
		case "regkey", "regkeyvalue", "runkey":
			return rest, Registry, true
		}
	}
	if !pathLike(s) || strings.Contains(s, "://") || strings.ContainsAny(s, "<>|\"*") {
		return s, File, false
	}
	return s, File, !strings.HasSuffix(s, `\`) && !strings.HasSuffix(s, "/")
}

// address reads an address, with or without its port. Also the IPv4-mapped ones of sockets.
func (r *reading) address(s string) bool {
	host, _, ok := cutPort(s)
	if !ok {
		host = strings.Trim(s, "[]")
	}
	a, err := netip.ParseAddr(host)
	if err != nil {
		return false
	}
	a = a.Unmap().WithZone("")
	r.take(address, addressOf(a), addressGuard(a))
	return true
}

// domain reads a name that was looked up: what ends in nothing known is the network's own.
func (r *reading) domain(s string) bool {
	name, err := normalDomain(s)
	if err != nil {
		return false
	}
	r.take(domain, Indicator{Type: Domain, Value: name, Key: name}, domainGuard(name))
	return true
}

// take keeps what was found, once, and the host of a URL besides.
func (r *reading) take(role role, in Indicator, guard Guard) {
	if guard == "" && in.Type == File && role != written && systemFile(in.Key) {
		guard = SystemFile
	}
	if r.x.keep[guard] {
		guard = ""
	}
	r.add(Found{Indicator: in, Guard: guard})
	if in.Type != URL || guard != "" {
		return
	}
	host := hostOf(in.Value)
	if a, err := netip.ParseAddr(host); err == nil {
		r.derive(addressOf(a), addressGuard(a))
	} else if strings.Contains(host, ".") {
		r.derive(Indicator{Type: Domain, Value: host, Key: host}, domainGuard(host))
	}
}

func (r *reading) derive(in Indicator, guard Guard) {
	if r.x.keep[guard] {
		guard = ""
	}
	r.add(Found{Indicator: in, Guard: guard, Derived: true})
}

func (r *reading) add(f Found) {
	list := &r.out.Indicators
	if f.Guard != "" {
		list = &r.out.HeldBack
	}
	for i := range *list {
		if have := &(*list)[i]; have.Key == f.Key && have.Type == f.Type {
			have.Derived = have.Derived && f.Derived
			return
		}
	}
	if len(r.out.Indicators)+len(r.out.HeldBack) >= r.x.o.Found {
		r.out.Truncated = true
		return
	}
	if r.path == "" {
		r.path = r.at.Path()
	}
	f.Path = r.path
	*list = append(*list, f)
}
