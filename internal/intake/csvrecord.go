package intake

import "bytes"

// record takes a CSV record apart, a line at a time, as RFC 4180 has it: quotes only around whole cells, doubled inside.
type record struct {
	comma byte
	limit int    // bytes of a cell
	cells int    // that may be
	text  []byte // of all cells, one after the other
	ends  []int  // where each cell ends in text
	open  bool   // within quotes at the end of the line
}

// verdict says what is wrong with a record; nil when nothing is.
type verdict struct {
	code   string
	reason string
}

func (r *record) reset() { r.text, r.ends, r.open = r.text[:0], r.ends[:0], false }

// cell gives the ith cell.
func (r *record) cell(i int) []byte {
	start := 0
	if i > 0 {
		start = r.ends[i-1]
	}
	return r.text[start:r.ends[i]]
}

// feed takes the next line of the record. Afterwards it is whole, or open, or wrong.
func (r *record) feed(line []byte) *verdict {
	if !r.open {
		return r.cellsOf(line)
	}
	r.text = append(r.text, '\n')
	rest, v := r.quoted(line)
	if v != nil || r.open {
		return v
	}
	if len(rest) == 0 {
		return nil
	}
	return r.cellsOf(rest[1:])
}

// cellsOf reads cells from the beginning of one up to the end of the line.
func (r *record) cellsOf(line []byte) *verdict {
	for {
		var rest []byte
		var v *verdict
		if len(line) > 0 && line[0] == '"' {
			rest, v = r.quoted(line[1:])
		} else {
			rest, v = r.bare(line)
		}
		if v != nil || r.open || len(rest) == 0 {
			return v
		}
		line = rest[1:] // the comma
	}
}

// bare reads a cell without quotes.
func (r *record) bare(line []byte) (rest []byte, v *verdict) {
	end := bytes.IndexByte(line, r.comma)
	if end < 0 {
		end = len(line)
	}
	if bytes.IndexByte(line[:end], '"') >= 0 {
		return nil, &verdict{CodeQuotes, "has a quote inside a cell that doesn't begin with one"}
	}
	r.text = append(r.text, line[:end]...)
	return line[end:], r.endCell()
}

// quoted reads the rest of a cell within quotes; it stays open where the line ends first.
func (r *record) quoted(line []byte) (rest []byte, v *verdict) {
	for {
		i := bytes.IndexByte(line, '"')
		if i < 0 {
			r.text = append(r.text, line...)
			r.open = true
			return nil, r.tooLong()
		}
		r.text = append(r.text, line[:i]...)
		line = line[i+1:]
		if len(line) > 0 && line[0] == '"' {
			r.text = append(r.text, '"')
			line = line[1:]
			continue
		}
		r.open = false
		if len(line) > 0 && line[0] != r.comma {
			return nil, &verdict{CodeQuotes, "goes on after the closing quote of a cell"}
		}
		return line, r.endCell()
	}
}

func (r *record) endCell() *verdict {
	v := r.tooLong()
	r.ends = append(r.ends, len(r.text))
	if v == nil && len(r.ends) > r.cells {
		v = &verdict{CodeCells, "has more than " + itoa(int64(r.cells)) + " cells"}
	}
	return v
}

func (r *record) tooLong() *verdict {
	start := 0
	if n := len(r.ends); n > 0 {
		start = r.ends[n-1]
	}
	if len(r.text)-start > r.limit {
		return &verdict{CodeCellTooLarge, "has a cell of more than " + itoa(int64(r.limit)) + " bytes"}
	}
	return nil
}
