package intake

import (
	"bytes"
	"io"
)

// values reads the elements of one array, or values one after another.
type values struct {
	win      *sliding
	rows     *rows
	limit    int
	lines    int64 // line ends before the window
	inArray  bool
	opening  []byte // how rows of this input begin: { and the first key, for finding the next one after damage
	finished bool
	wasted   int64 // bytes that were looked at twice, because of damage
}

func newValues(t *text, o Options, r *rows) *values {
	return &values{
		win:  &sliding{src: t.Reader, offset: t.offset},
		rows: r, limit: o.Limits.Row, lines: o.Resume.Line, inArray: o.Resume.InArray,
	}
}

// Position implements Reader.
func (v *values) Position() Position {
	return Position{Format: JSON, Offset: v.win.offset, Line: v.lines, InArray: v.inArray}
}

// drop goes forward by n bytes.
func (v *values) drop(n int) {
	v.lines += int64(bytes.Count(v.win.bytes()[:n], []byte("\n")))
	v.win.advance(n)
}

// Next implements Reader.
func (v *values) Next() (Line, error) {
	b, err := v.between()
	if err != nil {
		if err == io.EOF && v.inArray && !v.finished { //nolint:errorlint // sliding gives it bare
			v.finished = true
			line := v.begin()
			v.rows.refuse(&line, nil, CodeTruncated, "is where the input ends, before its array does")
			return line, nil
		}
		return Line{}, err
	}
	line := v.begin()
	if b != '{' && !startsValue(b) {
		return line, v.stray(&line)
	}
	s := splitter{}
	n, end, err := v.element(&s)
	if err != nil {
		return Line{}, err
	}
	switch end {
	case whole:
		raw := v.win.bytes()[:n]
		v.rows.read(&line, raw)
		if line.Err == nil && v.opening == nil {
			v.opening = opening(raw)
		}
		line.Length = int64(n)
		v.drop(n)
		return line, nil
	case tooLong:
		if at, _ := nextRow(v.win.bytes()[:n], v.opening, '{'); at < 0 {
			return line, v.skipLong(&line, &s, n)
		}
	case more, cutOff, damaged:
	}
	return line, v.damage(&line, v.win.bytes()[:n])
}

func (v *values) begin() Line { return Line{Number: v.lines + 1, Offset: v.win.offset} }

// between goes to the next value, past white space, commas, the brackets of the array around the rows, and the lines
// that evtx_dump writes between its records.
func (v *values) between() (byte, error) {
	for {
		b, err := v.win.at(0)
		if err != nil {
			return 0, err
		}
		switch b {
		case ' ', '\t', '\r', '\n', ',', 0x1e:
			v.drop(1)
		case '[':
			if v.inArray {
				return b, nil
			}
			v.inArray = true
			v.drop(1)
		case ']':
			if !v.inArray {
				return b, nil
			}
			v.inArray = false
			v.drop(1)
		case 'R':
			n, err := v.lineLength()
			if err != nil || !isRecordLine(v.win.bytes()[:n]) {
				return b, err
			}
			v.drop(n)
		default:
			return b, nil
		}
	}
}

// lineLength is the number of bytes up to the end of this line, at most the limit.
func (v *values) lineLength() (int, error) {
	for n := 0; ; n++ {
		b, err := v.win.at(n)
		switch {
		case err == io.EOF: //nolint:errorlint // sliding gives it bare
			return n, nil
		case err != nil:
			return n, err
		case b == '\n' || n >= v.limit:
			return n, nil
		}
	}
}

func startsValue(b byte) bool {
	return b == '[' || b == '"' || b == '-' || b >= '0' && b <= '9' || b == 't' || b == 'f' || b == 'n'
}

// stray refuses what stands between rows up to the end of its line, or to the next row.
func (v *values) stray(line *Line) error {
	n, err := v.lineLength()
	if err != nil {
		return err
	}
	v.rows.refuse(line, v.win.bytes()[:n], CodeStray, "has text between rows")
	if i := bytes.IndexByte(v.win.bytes()[:n], '{'); i > 0 {
		n = i
	}
	line.Length = int64(n)
	v.drop(n)
	return nil
}

// element finds the end of the value that begins here.
func (v *values) element(s *splitter) (int, ending, error) {
	for n := 0; ; {
		chunk := v.win.bytes()[n:]
		used, end := s.feed(chunk)
		n += used
		switch {
		case end == whole && n > v.limit, end == more && n > v.limit:
			return n, tooLong, nil
		case end != more:
			return n, end, nil
		}
		if err := v.win.fill(); err == io.EOF { //nolint:errorlint // sliding gives it bare
			return n, s.atEnd(), nil
		} else if err != nil {
			return n, cutOff, err
		}
	}
}
