package intake

import (
	"bufio"
	"bytes"
	"errors"
	"io"
)

// lines splits text at line ends.
type lines struct {
	text   *text
	limit  int
	number int64 // lines given so far
	long   []byte
}

// physical is one line of text. Its text stands until the next one is read, unless it was cloned.
type physical struct {
	text       []byte // without its end
	number     int64  // from 1
	offset     int64
	size       int64 // with its end
	terminated bool  // false only for a last line without an end
	oversize   bool  // longer than the limit: text is its beginning
}

func newLines(t *text, o Options) *lines {
	return &lines{text: t, limit: o.Limits.Row, number: o.Resume.Line}
}

// next gives the next line, io.EOF after the last.
func (l *lines) next() (physical, error) {
	p := physical{offset: l.text.offset}
	chunk, err := l.text.ReadSlice('\n')
	p.size = int64(len(chunk))
	p.text = chunk
	if errors.Is(err, bufio.ErrBufferFull) {
		l.long = append(l.long[:0], chunk...)
		for errors.Is(err, bufio.ErrBufferFull) {
			chunk, err = l.text.ReadSlice('\n')
			p.size += int64(len(chunk))
			if room := l.limit + 1 - len(l.long); room > 0 {
				l.long = append(l.long, chunk[:min(room, len(chunk))]...)
			}
		}
		p.text = l.long
	}
	l.text.offset += p.size
	p.terminated = err == nil
	if err != nil && (p.size == 0 || !errors.Is(err, io.EOF)) {
		return p, broken(err, "the input can't be read to its end")
	}
	l.number++
	p.number = l.number
	p.oversize = p.size > int64(l.limit)
	p.text = bytes.TrimSuffix(bytes.TrimSuffix(p.text, []byte("\n")), []byte("\r"))
	return p, nil
}

// line is the row that begins on this line.
func (p *physical) line() Line { return Line{Number: p.number, Offset: p.offset, Length: p.size} }
