package intake

import (
	"bytes"
	"io"
	"strings"
)

// values reads the elements of one array, or values one after another.
type values struct {
	win     *sliding
	rows    *rows
	limit   int
	lines   int64 // line ends before the window
	inArray bool
	opening []byte // how rows of this input begin: { and the first key, for finding the next one after damage
	starts  starts
	wasted  int64 // bytes that were looked at twice, because of damage
}

func newValues(t *text, o Options, r *rows) *values {
	return &values{
		win:  &sliding{src: t.Reader, offset: t.offset},
		rows: r, limit: o.Limits.Row, lines: o.Resume.Line, inArray: o.Resume.InArray,
		opening: opening([]byte(strings.TrimLeft(o.Resume.Opening, "\n\t "))), starts: starts{pattern: startPattern(o.Resume.Opening)},
	}
}

// Position implements Reader.
func (v *values) Position() Position {
	p := Position{Format: JSON, Offset: v.win.offset, Line: v.lines, InArray: v.inArray, Opening: string(v.opening)}
	if v.starts.pattern != nil {
		p.Opening = string(v.starts.pattern)
	}
	return p
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
		if err == io.EOF && v.inArray { //nolint:errorlint // sliding gives it bare
			v.inArray = false
			line := v.begin()
			v.rows.refusef(&line, nil, CodeTruncated, "is where the input ends, before its array does")
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
		if line.Err == nil {
			v.learn(raw)
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
	return line, v.damage(&line, v.win.bytes()[:n], end)
}

func (v *values) begin() Line { return Line{Number: v.lines + 1, Offset: v.win.offset} }

// element finds the end of the value that begins here. A line that begins as rows do is beyond it. The answer depends on
// the text alone, not on how much of it came at once.
func (v *values) element(s *splitter) (int, ending, error) {
	final := false // the window holds all there is
	for n := 0; ; {
		next := v.starts.after(v.win)
		size := len(v.win.bytes())
		switch {
		case next >= 0:
			size = next
		case !final:
			size -= max(len(v.starts.pattern)-1, 0) // half a pattern may stand at the end
		}
		size = max(n, min(size, v.limit+1))
		used, end := s.feed(v.win.bytes()[n:size])
		n += used
		switch {
		case n > v.limit && (end == whole || end == more):
			return n, tooLong, nil
		case end != more:
			return n, end, nil
		case next >= 0:
			return n, s.finish(damaged), nil
		case final:
			return n, s.atEnd(), nil
		}
		if err := v.win.fill(); err == io.EOF { //nolint:errorlint // sliding gives it bare
			final = true
		} else if err != nil {
			return n, cutOff, err
		}
	}
}
