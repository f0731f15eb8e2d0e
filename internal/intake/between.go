package intake

import (
	"io"
	"strings"
)

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
			n, err := v.upTo(maxRecordLine, "\n")
			if err != nil || !isRecordLine(v.win.bytes()[:n]) {
				return b, err
			}
			v.drop(n)
		default:
			return b, nil
		}
	}
}

const maxRecordLine = 40 // bytes of “Record 123”

// upTo is the number of bytes before the first of some characters, the first byte apart, and at most so many.
func (v *values) upTo(most int, stops string) (int, error) {
	for n := 1; n < most; n++ {
		b, err := v.win.at(n)
		switch {
		case err == io.EOF: //nolint:errorlint // sliding gives it bare
			return n, nil
		case err != nil:
			return n, err
		case strings.IndexByte(stops, b) >= 0:
			return n, nil
		}
	}
	return most, nil
}

func startsValue(b byte) bool {
	return b == '[' || b == '"' || b == '-' || b >= '0' && b <= '9' || b == 't' || b == 'f' || b == 'n'
}

// stray refuses what stands between rows up to the end of its line, or to what may be the next row.
func (v *values) stray(line *Line) error {
	n, err := v.upTo(v.limit, "\n{")
	if err != nil {
		return err
	}
	v.rows.refusef(line, v.win.bytes()[:n], CodeStray, "has text between rows")
	line.Length = int64(n)
	v.drop(n)
	return nil
}
