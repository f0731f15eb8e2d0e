package export

import (
	"encoding/csv"
	"io"
	"strings"
)

// CSV writes a table as RFC 4180 has it, with a first line of column names.
type CSV struct{ w *csv.Writer }

// NewCSV begins a table.
func NewCSV(w io.Writer, columns ...string) (*CSV, error) {
	c := &CSV{w: csv.NewWriter(w)}
	c.w.UseCRLF = true
	return c, c.Row(columns...)
}

// Row writes one line.
func (c *CSV) Row(cells ...string) error {
	safe := make([]string, len(cells))
	for i, cell := range cells {
		safe[i] = Defuse(cell)
	}
	return c.w.Write(safe)
}

// Close writes what is still held back; the writer beneath stays open.
func (c *CSV) Close() error {
	c.w.Flush()
	return c.w.Error()
}

// Defuse puts an apostrophe before a text that a spreadsheet would take for a formula.
func Defuse(cell string) string {
	if cell != "" && strings.ContainsRune("=+-@\t\r", rune(cell[0])) {
		return "'" + cell
	}
	return cell
}
