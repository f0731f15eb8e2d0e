package intake

import (
	"archive/zip"
	"errors"
	"io"
	"net/url"
	"path"
	"regexp"
	"strings"

	"github.com/velocicompanion/velocicompanion/internal/fault"
)

// Archive reads the rows of a zip file: of a Velociraptor collection the members results/*.json, of any other archive
// every member that is JSON, NDJSON or CSV by its name. Nothing is ever written under a member's name.
type Archive struct {
	// Host is the machine of a Velociraptor collection, as its client_info.json names it; zero where there is none.
	Host Origin

	options Options
	members []*zip.File
	next    int
	cur     Reader
	close   func() error
	at      Position
	text    *meter // of all members: the bomb's fuse
	size    int64
	unsafe  []string // names to report, once
	ended   error    // what ended it
	client  *regexp.Regexp
}

// OpenArchive opens a zip file. Faults: Unsupported for what is none, or encrypted, or without a member that can be read;
// Malformed for a broken one; TooLarge for one with too many members.
func OpenArchive(src io.ReaderAt, size int64, o Options) (*Archive, error) {
	o.Limits = o.Limits.withDefaults()
	z, err := openZip(src, size, o.Limits)
	if err != nil {
		return nil, err
	}
	o.insideZip = true
	a := &Archive{options: o, size: size, text: &meter{limit: o.Limits.Text}, client: regexp.MustCompile(`\bC\.[0-9a-f]{16}(-[A-Z0-9]+)?`)}
	if err := a.choose(z.File); err != nil {
		return nil, err
	}
	a.readHost(z.File)
	return a, a.resume(o.Resume)
}

// choose takes the members that hold rows.
func (a *Archive) choose(files []*zip.File) error {
	var results, others []*zip.File
	encrypted := false
	for _, f := range files {
		switch kind := memberKind(f); {
		case kind == notRows:
		case !safeName(f.Name):
			a.unsafe = append(a.unsafe, f.Name)
		case f.Flags&1 != 0:
			encrypted = true
		case kind == resultRows:
			results = append(results, f)
		default:
			others = append(others, f)
		}
	}
	if a.members = results; len(results) == 0 {
		a.members = others
	}
	if len(a.members) == 0 && len(a.unsafe) == 0 {
		if encrypted || hasEncrypted(files) {
			return fault.New(fault.Unsupported, "the archive is encrypted; decrypt it first").WithCode("encrypted_archive")
		}
		return fault.New(fault.Unsupported, "the archive holds no results: no JSON, NDJSON or CSV").WithCode("empty_archive")
	}
	return nil
}

type memberType uint8

const (
	notRows memberType = iota
	otherRows
	resultRows
)

// memberKind tells a member by its name, which is all there is before it is opened.
func memberKind(f *zip.File) memberType {
	name := strings.ToLower(strings.ReplaceAll(f.Name, `\`, "/"))
	dir, base := path.Split(name)
	switch {
	case !f.Mode().IsRegular(), strings.HasPrefix(base, "."), strings.HasPrefix(name, "__macosx/"), strings.Contains("/"+dir, "/uploads/"):
		return notRows
	case strings.HasSuffix("/"+dir, "/results/"):
		if strings.HasSuffix(base, ".json") {
			return resultRows
		}
		return notRows // .csv holds the same rows, .index is none
	}
	switch base {
	case "client_info.json", "collection_context.json", "uploads.json", "log.json", "logs.json", "requests.json", "metadata.json", "stats.json":
		return notRows
	}
	for _, ext := range []string{".json", ".jsonl", ".ndjson", ".csv", ".tsv"} {
		if strings.HasSuffix(strings.TrimSuffix(base, ".gz"), ext) {
			return otherRows
		}
	}
	return notRows
}

func hasEncrypted(files []*zip.File) bool {
	for _, f := range files { // data.zip beside metadata.json is how Velociraptor encrypts
		if f.Flags&1 != 0 || f.Name == "data.zip" {
			return true
		}
	}
	return false
}

// safeName refuses names that would leave the folder an archive is unpacked to. We never unpack; whoever sends such names
// is up to something, and is told so.
func safeName(name string) bool {
	if name == "" || strings.HasPrefix(name, "/") || strings.ContainsAny(name, "\\\x00") || len(name) > 1 && name[1] == ':' {
		return false
	}
	for part := range strings.SplitSeq(name, "/") {
		if part == ".." {
			return false
		}
	}
	return true
}

// readHost reads client_info.json, where it is and can be read.
func (a *Archive) readHost(files []*zip.File) {
	const enough = 1 << 20
	for _, f := range files {
		if path.Base(f.Name) != "client_info.json" || strings.Count(f.Name, "/") > 1 || f.Flags&1 != 0 {
			continue
		}
		r, err := f.Open()
		if err != nil {
			return
		}
		raw, err := io.ReadAll(io.LimitReader(r, enough))
		if errors.Join(err, r.Close()) == nil {
			a.Host = OriginOf(raw)
		}
		return
	}
}

// Position implements Reader.
func (a *Archive) Position() Position {
	if a.cur == nil {
		return a.at
	}
	p := a.cur.Position()
	p.Member = a.members[a.next-1].Name
	return p
}

// resume goes to the member where an earlier reader stood.
func (a *Archive) resume(p Position) error {
	if p.Member == "" && !p.Done {
		return nil
	}
	a.unsafe = nil // were reported then
	if p.Done {
		a.next = len(a.members)
		return nil
	}
	for i, f := range a.members {
		if f.Name == p.Member {
			a.next = i
			return a.open(p)
		}
	}
	return fault.New(fault.Invalid, "the archive has no member %q to go on from", p.Member).WithCode("resume_beyond_end")
}

// open opens the next member.
func (a *Archive) open(at Position) error {
	f := a.members[a.next]
	a.next++
	r, err := f.Open()
	if err != nil {
		return broken(err, "a member of the archive can't be opened: "+f.Name)
	}
	a.close = r.Close
	a.text.src, a.text.packed, a.text.ratio = r, &meter{n: a.size}, a.options.Limits.Ratio
	o := a.options
	o.Resume = at
	if o.Format == Auto && memberKind(f) == resultRows {
		o.Format = NDJSON
	}
	a.cur, err = Open(a.text, o)
	return err
}

// Next implements Reader. A member that can't be read to its end is one bad line; a bomb ends the archive.
func (a *Archive) Next() (Line, error) {
	for a.ended == nil {
		if len(a.unsafe) > 0 {
			name := a.unsafe[0]
			a.unsafe = a.unsafe[1:]
			return a.memberError(name, fault.New(fault.Malformed, "is not read: its name leads out of the archive").WithCode(CodeUnsafeName)), nil
		}
		if a.cur == nil {
			if a.next == len(a.members) {
				return Line{}, io.EOF
			}
			if err := a.open(Position{}); err != nil {
				return a.failed(err)
			}
		}
		line, err := a.cur.Next()
		if err == io.EOF { //nolint:errorlint // readers give it bare
			err = a.shut()
			if err == nil {
				continue
			}
		}
		if err != nil {
			return a.failed(err)
		}
		f := a.members[a.next-1]
		line.Member, line.Source, line.Host = f.Name, artifactOf(f.Name), a.hostOf(f.Name)
		return line, nil
	}
	return Line{}, a.ended
}

// shut closes the member that was read.
func (a *Archive) shut() error {
	a.at = Position{Done: a.next == len(a.members)}
	if !a.at.Done {
		a.at.Member = a.members[a.next].Name
	}
	a.cur = nil
	if a.close == nil {
		return nil
	}
	err := a.close()
	a.close = nil
	return broken(err, "the member is broken")
}

// failed makes a bad line of a member's error, unless it concerns the whole archive.
func (a *Archive) failed(err error) (Line, error) {
	name := a.members[a.next-1].Name
	_ = a.shut() // the first error is the one that matters
	e, ok := errors.AsType[*fault.Error](err)
	if !ok || e.Kind == fault.TooLarge {
		a.ended = err
		return Line{}, err
	}
	return a.memberError(name, e), nil
}

func (a *Archive) memberError(name string, e *fault.Error) Line {
	line := Line{Member: excerpt([]byte(name)), Source: artifactOf(name)}
	line.Err = fault.Wrap(e, fault.Malformed, "the member %q %s", line.Member, strings.TrimPrefix(e.Message, "the input ")).WithCode(e.StableCode())
	return line
}

// artifactOf names the artifact of results/Linux.Network.Netstat%2FTCP4.json; "" for other members.
func artifactOf(name string) string {
	dir, base := path.Split(name)
	if !strings.HasSuffix("/"+dir, "/results/") {
		return ""
	}
	base = strings.TrimSuffix(base, path.Ext(base))
	if plain, err := url.PathUnescape(base); err == nil {
		base = plain
	}
	return strings.TrimPrefix(excerpt([]byte(base)), "All ")
}

// hostOf is the machine that a member is about: a hunt's archive has many.
func (a *Archive) hostOf(member string) Origin {
	if client := a.ClientOf(member); client != "" && client != a.Host.ClientID {
		return Origin{ClientID: client}
	}
	return a.Host
}

// ClientOf finds the client's id in a member's name, as hunts' archives have it; "" where there is none.
func (a *Archive) ClientOf(member string) string { return a.client.FindString(member) }
