package intake

import "bytes"

// ndjson reads an object a line.
type ndjson struct {
	lines *lines
	rows  *rows
}

// Next implements Reader.
func (n *ndjson) Next() (Line, error) {
	for {
		p, err := n.lines.next()
		if err != nil {
			return Line{}, err
		}
		line := p.line()
		if p.oversize {
			n.rows.refusef(&line, p.text, CodeRowTooLarge, "has %d bytes; at most %d can be read", p.size, n.lines.limit)
			return line, nil
		}
		if len(bytes.TrimSpace(p.text)) == 0 {
			continue
		}
		n.rows.read(&line, p.text)
		if line.Err != nil && line.Err.Code == CodeTruncated && !p.terminated {
			line.Err = problem(line.Number, CodeTruncated, "is cut off: the input ends in the middle of it")
		}
		return line, nil
	}
}

// Position implements Reader.
func (n *ndjson) Position() Position {
	return Position{Format: NDJSON, Offset: n.lines.text.offset, Line: n.lines.number}
}
