package intake

import (
	"bytes"
	"io"
)

// skipLong goes past a value that is longer than the limit, without keeping it.
func (v *values) skipLong(line *Line, s *splitter, n int) error {
	v.rows.refusef(line, v.win.bytes()[:n], CodeRowTooLarge, "")
	v.drop(n)
	for !s.done {
		chunk := v.win.bytes()
		used, end := s.feed(chunk)
		v.drop(used)
		if end != more {
			break
		}
		if err := v.win.fill(); err == io.EOF { //nolint:errorlint // sliding gives it bare
			break
		} else if err != nil {
			return err
		}
	}
	var err error
	if s.bad {
		err = v.resync(line)
	}
	line.Length = v.win.offset - line.Offset
	line.Err = problem(line.Number, CodeRowTooLarge, "has a row of %d bytes; at most %d can be read", line.Length, v.limit)
	return err
}

// damage refuses a value that has no end and goes on behind it.
func (v *values) damage(line *Line, raw []byte, end ending) error {
	v.rows.read(line, raw)
	if line.Err == nil || line.Err.Code == CodeTruncated && end != cutOff {
		v.rows.refusef(line, raw, CodeSyntax, "has a bracket or a quote that is never closed")
	}
	if v.opening == nil {
		v.opening = opening(raw)
	}
	seen := int64(len(raw))
	err := v.resync(line)
	v.wasted += max(seen-line.Length, 0)
	return err
}

// maxWaste is how many bytes damage may make us look at twice, beside as many as were read: input made of nothing but
// opening brackets must not cost its square.
const maxWaste = 64 << 20

// resync goes forward, past damage, to the next row that begins as rows of this input do; to the end when there is none.
func (v *values) resync(line *Line) error {
	if v.win.offset == line.Offset {
		v.drop(1)
	}
	previous := byte('{')
	for {
		chunk := v.win.bytes()
		if v.opening == nil || v.wasted > maxWaste+v.win.offset {
			v.drop(len(chunk))
		} else if i, before := nextRow(chunk, v.opening, previous); i >= 0 {
			v.drop(i)
			break
		} else {
			keep := min(len(chunk), len(v.opening)-1)
			v.drop(len(chunk) - keep)
			previous = before(len(chunk) - keep)
		}
		err := v.win.fill()
		if err == io.EOF { //nolint:errorlint // sliding gives it bare
			v.drop(len(v.win.bytes()))
			break
		}
		if err != nil {
			return err
		}
	}
	line.Length = v.win.offset - line.Offset
	return nil
}

// nextRow finds an opening after a comma, a closing brace or a line end. before tells, for the text up to a place, the
// character that the next search must know.
func nextRow(chunk, opening []byte, previous byte) (at int, before func(end int) byte) {
	before = func(end int) byte { return significant(chunk[:end], previous) }
	if len(opening) == 0 {
		return -1, before
	}
	for from := 0; ; {
		i := bytes.Index(chunk[from:], opening)
		if i < 0 {
			return -1, before
		}
		if b := before(from + i); b == ',' || b == '}' || b == '\n' {
			return from + i, before
		}
		from += i + 1
	}
}

// significant is the last byte that is no blank; a line end counts.
func significant(text []byte, previous byte) byte {
	if text = bytes.TrimRight(text, " \t\r"); len(text) > 0 {
		return text[len(text)-1]
	}
	return previous
}

// opening is how an object begins: from the brace to the end of its first key; nil where that can't be told.
func opening(raw []byte) []byte {
	const long = 200
	raw = raw[:min(len(raw), long)]
	i := bytes.IndexByte(raw, '"')
	if len(raw) == 0 || raw[0] != '{' || i < 0 {
		return nil
	}
	j := bytes.IndexByte(raw[i+1:], '"')
	if j <= 0 || bytes.IndexByte(raw[i+1:i+1+j], '\\') >= 0 {
		return nil
	}
	return bytes.Clone(raw[:i+j+2])
}
