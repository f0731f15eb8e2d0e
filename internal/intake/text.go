package intake

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"io"

	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"

	"github.com/velocicompanion/velocicompanion/internal/fault"
)

// text is an input as UTF-8, decompressed and bounded.
type text struct {
	*bufio.Reader

	offset int64 // bytes consumed before what Reader gives next
}

const (
	window  = 256 << 10 // of text that is looked at to tell the format
	readers = 64 << 10
)

// openText takes off what is around the text: gzip, a byte order mark, UTF-16. It stands where reading resumes.
func openText(src io.Reader, o Options) (*text, error) {
	l, offset := o.Limits, o.Resume.Offset
	br := bufio.NewReaderSize(src, readers)
	magic, err := br.Peek(magicLength)
	if err != nil && err != io.EOF { //nolint:errorlint // bufio gives it bare
		return nil, broken(err, "the input can't be read")
	}
	var plain io.Reader
	seekable := !isGzip(magic)
	if seekable {
		plain = &meter{src: br, limit: l.Text}
	} else if plain, magic, err = gunzip(br, o); err != nil {
		return nil, err
	}
	if name := foreign(magic); name != "" {
		return nil, fault.New(fault.Unsupported, "the input is %s", name).WithCode("unsupported_format")
	}
	if order, wide := utf16(magic); wide {
		plain = transform.NewReader(plain, unicode.UTF16(order, unicode.UseBOM).NewDecoder())
	} else if bytes.HasPrefix(magic, []byte("\xEF\xBB\xBF")) && offset < 3 {
		offset = 3
	}
	if s, ok := src.(io.Seeker); ok && seekable && isPlain(magic) && offset > readers {
		if _, err := s.Seek(offset, io.SeekStart); err != nil {
			return nil, broken(err, "the input can't be read from the middle")
		}
		plain = &meter{src: src, limit: l.Text}
	} else if err := discard(plain, offset); err != nil {
		return nil, err
	}
	return &text{Reader: bufio.NewReaderSize(plain, window), offset: offset}, nil
}

// discard reads up to an offset.
func discard(src io.Reader, offset int64) error {
	_, err := io.CopyN(io.Discard, src, offset)
	if err == io.EOF { //nolint:errorlint // CopyN gives it bare
		return fault.New(fault.Invalid, "the input ends before the place to go on from").WithCode("resume_beyond_end")
	}
	return broken(err, "the input can't be read")
}

func isGzip(magic []byte) bool { return len(magic) > 2 && magic[0] == 0x1f && magic[1] == 0x8b }

func isPlain(magic []byte) bool {
	_, wide := utf16(magic)
	return !wide
}

// utf16 tells UTF-16 by its mark, or by the NUL in the first character of JSON.
func utf16(magic []byte) (unicode.Endianness, bool) {
	if len(magic) < 2 {
		return unicode.LittleEndian, false
	}
	switch {
	case magic[0] == 0xff && magic[1] == 0xfe, bytes.IndexByte([]byte(`{["`), magic[0]) >= 0 && magic[1] == 0:
		return unicode.LittleEndian, true
	case magic[0] == 0xfe && magic[1] == 0xff, magic[0] == 0 && bytes.IndexByte([]byte(`{["`), magic[1]) >= 0:
		return unicode.BigEndian, true
	}
	return unicode.LittleEndian, false
}

// gunzip decompresses under both limits, and says how the text begins.
func gunzip(src io.Reader, o Options) (plain io.Reader, magic []byte, err error) {
	twice := fault.New(fault.Unsupported, "the input is compressed twice").WithCode("compressed_twice")
	if o.insideZip {
		return nil, nil, twice
	}
	packed := &meter{src: src}
	gz, err := gzip.NewReader(bufio.NewReaderSize(packed, readers))
	if err != nil {
		return nil, nil, broken(err, "the gzip data is broken at its beginning")
	}
	inner := bufio.NewReaderSize(&meter{src: gz, limit: o.Limits.Text, packed: packed, ratio: o.Limits.Ratio}, readers)
	magic, _ = inner.Peek(magicLength) // an error comes again when it is read
	if isGzip(magic) {
		return nil, nil, twice
	}
	return inner, magic, nil
}

// meter counts what is read and ends it with TooLarge beyond its limits.
type meter struct {
	src    io.Reader
	n      int64
	limit  int64  // 0: none
	packed *meter // what it was compressed from
	ratio  int64
}

// Read gives at most what the limits allow.
func (m *meter) Read(p []byte) (int, error) {
	n, err := m.src.Read(p)
	m.n += int64(n)
	if m.limit > 0 && m.n > m.limit {
		return 0, fault.New(fault.TooLarge, "the input has more than %d bytes of text", m.limit).WithCode("too_much_text")
	}
	if m.packed != nil && m.n > ratioSlack && m.n > m.ratio*m.packed.n {
		return 0, fault.New(fault.TooLarge, "the input grows to more than %d times its size when it is decompressed", m.ratio).
			WithCode("compression_ratio")
	}
	if m.packed != nil {
		err = broken(err, "the compressed data is broken or cut off")
	}
	return n, err
}
