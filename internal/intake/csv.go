package intake

import (
	"bytes"
	"errors"
	"io"

	"github.com/velocicompanion/velocicompanion/internal/rawjson"
)

// csvReader reads records under a header; a row is an object of texts. encoding/csv won't do: a quote that is never
// closed makes it swallow all that follows.
type csvReader struct {
	lines  *lines
	rows   *rows
	record record
	header []string
	keys   []column   // the header's canonical keys, in the order of a canonical object
	ahead  []physical // lines that were looked at in vain
	head   int        // of them, the next one to be read again
	wasted int64      // bytes of them
	offset int64      // of the next record
	number int64      // lines before it
	out    []byte
}

type column struct {
	key  []byte // as JSON, with its quotes
	cell int
}

func openCSV(l *lines, o Options, r *rows) (Reader, error) {
	c := &csvReader{lines: l, rows: r, record: record{limit: o.Limits.Cell, cells: o.Limits.Columns}}
	c.header = o.Resume.Header
	if len(c.header) > 0 && len(o.Resume.Comma) == 1 {
		c.record.comma = o.Resume.Comma[0]
	} else if err := c.readHeader(); err != nil {
		return nil, err
	}
	c.offset, c.number = l.text.offset, l.number
	c.keys = columns(c.header)
	return c, nil
}

// Position implements Reader.
func (c *csvReader) Position() Position {
	return Position{Format: CSV, Offset: c.offset, Line: c.number, Header: c.header, Comma: string(rune(c.record.comma))}
}

// nextLine gives the next line: one that was looked at in vain, or a fresh one.
func (c *csvReader) nextLine() (physical, error) {
	if c.head == len(c.ahead) {
		c.ahead, c.head = c.ahead[:0], 0
		return c.lines.next()
	}
	const many = 4096
	if c.head > many && 2*c.head > len(c.ahead) {
		c.ahead, c.head = c.ahead[:copy(c.ahead, c.ahead[c.head:])], 0
	}
	c.head++
	return c.ahead[c.head-1], nil
}

// peekLine gives the next line and keeps it, so that it can be read again.
func (c *csvReader) peekLine() (physical, error) {
	if c.head == len(c.ahead) {
		p, err := c.lines.next()
		if err != nil {
			return p, err
		}
		p.text = bytes.Clone(p.text)
		c.ahead = append(c.ahead, p)
	}
	c.head++
	return c.ahead[c.head-1], nil
}

// Next implements Reader.
func (c *csvReader) Next() (Line, error) {
	for {
		p, err := c.nextLine()
		if err != nil {
			return Line{}, err
		}
		if len(bytes.TrimSpace(p.text)) == 0 {
			c.passed(p)
			continue
		}
		line := p.line()
		if p.oversize {
			c.passed(p)
			c.rows.refusef(&line, p.text, CodeRowTooLarge, "has %d bytes; at most %d can be read", p.size, c.lines.limit)
			return line, nil
		}
		c.record.reset()
		v := c.record.feed(p.text)
		if v == nil && c.record.open {
			return c.multiline(p)
		}
		c.passed(p)
		c.finish(&line, v, p.text)
		return line, nil
	}
}

func (c *csvReader) passed(p physical) { c.offset, c.number = p.offset+p.size, p.number }

// multiline reads on while a cell's quote is open. Where that leads to nothing only the first line is lost: the others
// are read again, each as the beginning of a record.
func (c *csvReader) multiline(first physical) (Line, error) {
	line := first.line()
	begin := bytes.Clone(first.text)
	mark, last := c.head, first
	if mark == len(c.ahead) {
		c.ahead, mark, c.head = c.ahead[:0], 0, 0
	}
	var v *verdict
	length := first.size
	for v == nil && c.record.open && !c.exhausted(length) {
		p, err := c.peekLine()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return Line{}, err
		}
		last = p
		length += p.size
		if v = c.record.feed(p.text); p.oversize {
			v = &verdict{CodeQuotes, ""}
		}
	}
	if v == nil && !c.record.open && c.fits() {
		line.Length = length
		c.passed(last)
		c.finish(&line, nil, begin)
		return line, nil
	}
	c.head = mark
	c.wasted += length
	c.passed(first)
	if v != nil && v.code == CodeCellTooLarge {
		c.rows.refusef(&line, begin, v.code, "%s, or a quote that is never closed", v.reason)
	} else {
		c.rows.refusef(&line, begin, CodeQuotes, "opens a quote that is never properly closed")
	}
	return line, nil
}

// maxAhead is how many bytes lines may be read again, beside twice what was read: a file of nothing but opening quotes
// must not cost its square.
const maxAhead = 16 << 20

func (c *csvReader) exhausted(length int64) bool {
	return length > int64(c.lines.limit) || c.wasted+length > maxAhead+2*c.lines.text.offset
}

// fits says whether the record has the header's number of cells; empty ones may follow.
func (c *csvReader) fits() bool {
	n := len(c.header)
	if len(c.record.ends) < n {
		return false
	}
	return c.record.ends[len(c.record.ends)-1] == c.record.ends[n-1]
}

// finish makes a row of the record, or refuses it.
func (c *csvReader) finish(line *Line, v *verdict, raw []byte) {
	switch {
	case v != nil:
		c.rows.refusef(line, raw, v.code, "%s", v.reason)
		return
	case !c.fits():
		c.rows.refusef(line, raw, CodeCells, "has %d cells, the header has %d", len(c.record.ends), len(c.header))
		return
	}
	var m rawjson.Mended
	c.out = append(c.out[:0], '{')
	for i, k := range c.keys {
		if i > 0 {
			c.out = append(c.out, ',')
		}
		c.out = append(append(c.out, k.key...), ':')
		c.out = rawjson.AppendText(c.out, string(c.record.cell(k.cell)), &m)
	}
	c.rows.keep(line, bytes.Clone(append(c.out, '}')), m)
}
