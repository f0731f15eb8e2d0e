package intake

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"strings"

	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/internal/rawjson"
)

// readHeader reads the first line that is not empty, after Excel's sep=; if there is one. Its cells name the columns,
// each once.
func (c *csvReader) readHeader() error {
	first, err := c.firstLine()
	if err != nil {
		return err
	}
	commas := bySeparators(first.text)
	if sep, ok := bytes.CutPrefix(bytes.ToLower(first.text), []byte("sep=")); ok && len(sep) == 1 {
		commas = sep
		if first, err = c.firstLine(); err != nil {
			return err
		}
	}
	if first.oversize || !c.takeApart(first.text, bytes.Clone(commas)) {
		return headerFault("the header of the CSV can't be read")
	}
	for i := range c.record.ends {
		name := strings.ToValidUTF8(strings.TrimSpace(string(c.record.cell(i))), "\uFFFD")
		name = strings.ReplaceAll(name, "\x00", "\uFFFD")
		if name == "" {
			name = "column_" + itoa(int64(i+1))
		}
		if slices.Contains(c.header, name) {
			return headerFault("the CSV has the column %q twice", name)
		}
		c.header = append(c.header, name)
	}
	return nil
}

func headerFault(format string, args ...any) error {
	return fault.New(fault.Malformed, format, args...).WithCode("csv_header")
}

// takeApart reads the header by the first separator that goes with its quotes.
func (c *csvReader) takeApart(header, commas []byte) bool {
	for _, comma := range commas {
		c.record.reset()
		c.record.comma = comma
		if v := c.record.feed(header); v == nil && !c.record.open {
			return true
		}
	}
	return false
}

func (c *csvReader) firstLine() (physical, error) {
	for {
		p, err := c.lines.next()
		if errors.Is(err, io.EOF) {
			return p, headerFault("the CSV has no header")
		}
		if err != nil || len(bytes.TrimSpace(p.text)) > 0 {
			return p, err
		}
	}
}

// bySeparators lists what may separate cells, the most frequent in a header first.
func bySeparators(header []byte) []byte {
	commas := []byte(",;\t|")
	slices.SortStableFunc(commas, func(a, b byte) int { return bytes.Count(header, []byte{b}) - bytes.Count(header, []byte{a}) })
	return commas
}

// columns sorts the header as canonical objects sort their keys.
func columns(header []string) []column {
	keys := make([]column, len(header))
	for i, name := range header {
		keys[i] = column{rawjson.AppendText(nil, name, &rawjson.Mended{}), i}
	}
	slices.SortFunc(keys, func(a, b column) int { return strings.Compare(header[a.cell], header[b.cell]) })
	return keys
}
