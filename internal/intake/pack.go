package intake

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"io"
	"time"

	"github.com/velocicompanion/velocicompanion/internal/fault"
)

// packVersion begins what a Packer makes.
const packVersion = 1

// Packer packs lines, good and bad, into a few compressed bytes, so that they can be kept where they arrive and brought in
// later. One goroutine at a time. The zero Packer is ready.
type Packer struct {
	gz    *gzip.Writer
	out   bytes.Buffer
	field []byte
	lines int
	size  int
	err   error
}

// Lines is the number of lines since the last Take.
func (p *Packer) Lines() int { return p.lines }

// Size is the number of bytes of these lines before compression.
func (p *Packer) Size() int { return p.size }

// Add packs a line.
func (p *Packer) Add(l *Line) {
	if p.gz == nil {
		p.gz, p.err = gzip.NewWriterLevel(&p.out, gzip.BestSpeed)
	}
	if p.lines == 0 {
		p.write([]byte{packVersion})
	}
	p.lines++
	b := binary.AppendUvarint(p.field[:0], uint64(l.Number))
	b = binary.AppendUvarint(b, uint64(l.Offset))
	b = binary.AppendUvarint(b, uint64(l.Length))
	b = appendText(b, []byte(l.Member))
	b = appendText(b, []byte(l.Source))
	b = appendHost(b, l.Host)
	micros := int64(0)
	if !l.EventTime.IsZero() {
		micros = l.EventTime.UnixMicro()
	}
	b = binary.AppendVarint(b, micros)
	b = binary.AppendUvarint(b, uint64(l.Marks.UTF8+l.Marks.NUL+l.Marks.Surrogates))
	if l.Err == nil {
		b = appendText(append(b, 0), l.Raw)
	} else {
		b = appendText(append(b, 1), []byte(l.Err.StableCode()))
		b = appendText(b, []byte(l.Err.Message))
		b = appendText(b, []byte(l.Excerpt))
		b = appendText(b, l.Text)
	}
	p.field = b
	p.write(b)
}

// appendHost writes a line's machine: 0 for none.
func appendHost(b []byte, h Origin) []byte {
	if h == (Origin{}) {
		return append(b, 0)
	}
	b = append(b, 1)
	for _, text := range []string{h.ClientID, h.Hostname, h.OS, h.IPAddress} {
		b = appendText(b, []byte(text))
	}
	return b
}

func (p *Packer) write(b []byte) {
	if p.err == nil {
		_, p.err = p.gz.Write(b)
	}
	p.size += len(b)
}

func appendText(b, text []byte) []byte {
	return append(binary.AppendUvarint(b, uint64(len(text))), text...)
}

// Take gives the packed lines and begins anew; nil when there are none.
func (p *Packer) Take() ([]byte, error) {
	if p.lines == 0 {
		return nil, nil
	}
	if err := p.gz.Close(); p.err == nil {
		p.err = err
	}
	packed, err := bytes.Clone(p.out.Bytes()), p.err
	p.out.Reset()
	p.gz.Reset(&p.out)
	p.lines, p.size, p.err = 0, 0, nil
	return packed, err
}

// maxUnpacked bounds what packed lines may grow to: one line beyond the packer's own bound.
const maxUnpacked = 64 << 20

// Unpack gives the lines that a Packer packed; their Hash is left zero. Faults: Internal for what is none of a Packer's.
func Unpack(packed []byte) ([]Line, error) {
	gz, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, notPacked(err)
	}
	text, err := io.ReadAll(io.LimitReader(gz, maxUnpacked+1))
	if err != nil || len(text) == 0 || len(text) > maxUnpacked || text[0] != packVersion {
		return nil, notPacked(err)
	}
	r := unpacker{text: text[1:]}
	var lines []Line
	for len(r.text) > 0 && !r.bad {
		lines = append(lines, r.line())
	}
	if r.bad {
		return nil, notPacked(nil)
	}
	return lines, nil
}

func notPacked(err error) error {
	return fault.Wrap(err, fault.Internal, "a part of the batch can't be read")
}

// unpacker reads fields; bad once it ran over the end.
type unpacker struct {
	text []byte
	bad  bool
}

func (r *unpacker) line() (l Line) {
	l.Number, l.Offset, l.Length = int64(r.number()), int64(r.number()), int64(r.number())
	l.Member, l.Source = string(r.field()), string(r.field())
	l.Host = r.host()
	micros, n := binary.Varint(r.text)
	r.skip(n)
	if micros != 0 {
		l.EventTime = time.UnixMicro(micros).UTC()
	}
	l.Marks.UTF8 = int(r.number())
	if kind := r.take(1); len(kind) == 1 && kind[0] == 0 {
		l.Raw = r.field()
		return l
	}
	code := string(r.field())
	l.Err = fault.New(fault.Malformed, "%s", r.field()).WithCode(code)
	l.Excerpt = string(r.field())
	if text := r.field(); len(text) > 0 {
		l.Text = text
	}
	return l
}

func (r *unpacker) host() (h Origin) {
	if known := r.take(1); len(known) == 1 && known[0] == 1 {
		h.ClientID, h.Hostname, h.OS, h.IPAddress = string(r.field()), string(r.field()), string(r.field()), string(r.field())
	}
	return h
}

func (r *unpacker) number() uint64 {
	v, n := binary.Uvarint(r.text)
	r.skip(n)
	return v
}

func (r *unpacker) skip(n int) {
	if n <= 0 {
		r.bad, r.text = true, nil
		return
	}
	r.text = r.text[n:]
}

func (r *unpacker) field() []byte {
	n := r.number()
	if n > uint64(len(r.text)) {
		r.bad, r.text = true, nil
		return nil
	}
	return r.take(int(n))
}

func (r *unpacker) take(n int) []byte {
	if n > len(r.text) {
		r.bad, r.text = true, nil
		return nil
	}
	b := r.text[:n:n]
	r.text = r.text[n:]
	return b
}
