package export

import (
	"bufio"
	"encoding/json"
	"io"
)

// JSON writes an array, an item at a time.
type JSON struct {
	w     *bufio.Writer
	items int
}

// NewJSON begins an array.
func NewJSON(w io.Writer) *JSON { return &JSON{w: bufio.NewWriter(w)} }

// Item writes one item.
func (j *JSON) Item(v any) error {
	b, err := json.Marshal(v)
	if err != nil {
		return err
	}
	lead := ",\n"
	if j.items == 0 {
		lead = "["
	}
	j.items++
	if _, err := j.w.WriteString(lead); err != nil {
		return err
	}
	_, err = j.w.Write(b)
	return err
}

// Close ends the array; the writer beneath stays open.
func (j *JSON) Close() error {
	end := "]\n"
	if j.items == 0 {
		end = "[]\n"
	}
	if _, err := j.w.WriteString(end); err != nil {
		return err
	}
	return j.w.Flush()
}
