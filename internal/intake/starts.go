package intake

import "bytes"

// starts finds the lines of a JSON input that begin as its rows do: the line end, the same indentation, the same first
// key. Within a row there is no such line, so that a bracket which is never closed costs its row and not the rest.
type starts struct {
	pattern  []byte // nil where rows don't begin lines
	found    int64  // the offset of the last one that was found
	searched int64  // there is none between found and here
}

// startPattern is a pattern as a Position keeps it; nil for an opening that begins no line.
func startPattern(kept string) []byte {
	if kept == "" || kept[0] != '\n' {
		return nil
	}
	return []byte(kept)
}

// after gives the distance to the next such line beyond where the window begins, -1 when the window holds none.
func (s *starts) after(w *sliding) int {
	if s.pattern == nil {
		return -1
	}
	if s.found >= w.offset {
		return int(s.found - w.offset)
	}
	from := max(s.searched-w.offset, 0)
	if from > int64(len(w.bytes())) {
		return -1
	}
	i := bytes.Index(w.bytes()[from:], s.pattern)
	if i < 0 {
		s.searched = max(w.offset+int64(len(w.bytes())-len(s.pattern)+1), w.offset)
		return -1
	}
	s.found = w.offset + from + int64(i)
	s.searched = s.found + 1
	return int(s.found - w.offset)
}

// learn takes from a good row how rows of this input begin.
func (v *values) learn(raw []byte) {
	if v.opening == nil {
		v.opening = opening(raw)
	}
	if v.starts.pattern != nil || v.opening == nil || !bytes.HasPrefix(raw, v.opening) {
		return
	}
	if before := v.win.before(maxIndent); before != nil {
		v.starts.pattern = append(bytes.Clone(before), v.opening...)
	}
}

const maxIndent = 32

// before gives the line end and the white space between it and where the window begins; nil when something else stands
// there.
func (s *sliding) before(most int) []byte {
	for i := s.start - 1; i >= 0 && i >= s.start-most; i-- {
		switch s.buf[i] {
		case ' ', '\t':
		case '\n':
			return s.buf[i:s.start]
		default:
			return nil
		}
	}
	return nil
}
