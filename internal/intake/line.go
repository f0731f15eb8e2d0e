package intake

import (
	"crypto/sha256"
	"encoding/json"
	"io"
	"time"

	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/internal/rawjson"
)

// Reader gives the rows of one input, in order.
type Reader interface {
	// Next gives the next row, or what is known of a row that can't be read. io.EOF is the end; any other error is a
	// *fault.Error (too_large, malformed, unsupported_type) or the source's own, and nothing follows it.
	Next() (Line, error)
	// Position is where the next row begins.
	Position() Position
}

// Line is one row, good or bad. It belongs to the caller.
type Line struct {
	Member string // the archive's member it came from, "" elsewhere
	Source string // the artifact with its source, as a Velociraptor archive names it; "" elsewhere
	Host   Origin // the machine of a Velociraptor archive, for rows that don't say; zero elsewhere
	Number int64  // the line at which the row begins, from 1
	Offset int64  // the byte of the text at which it begins
	Length int64  // bytes of the text, also of what was skipped

	Raw       json.RawMessage   // the row in canonical form: a JSON object; nil when Err is set
	Hash      [sha256.Size]byte // SHA-256 of Raw
	EventTime time.Time         // when the row says it happened; zero when it doesn't, or not credibly
	Marks     Marks

	Err     *fault.Error // why the row can't be read; its StableCode is one of the Code constants
	Excerpt string       // the beginning of a bad row, at most MaxExcerpt bytes of valid UTF-8
	Text    []byte       // a bad row as it came, at most Options.Keep bytes of it
}

// MaxExcerpt is how much of a bad row is kept, in bytes.
const MaxExcerpt = 1024

// The codes of bad rows, beside rawjson's.
const (
	CodeRowTooLarge  = "row_too_large"
	CodeCellTooLarge = "cell_too_large"
	CodeNotAnObject  = "not_an_object"
	CodeQuotes       = "broken_quotes"
	CodeCells        = "wrong_number_of_cells"
	CodeUnsafeName   = "unsafe_name"
	CodeStray        = "stray_text"
	CodeTruncated    = rawjson.CodeTruncated
	CodeSyntax       = rawjson.CodeSyntax
)

// Marks are what is peculiar about a row that was kept.
type Marks struct {
	rawjson.Mended

	Dates    int    // dates outside 1980 to 2099: markers such as 1601 and 9999, not moments
	DatePath string // where the first of them stands
}

// Names lists the marks that are set: invalid_utf8, nul, half_surrogate, implausible_date.
func (m Marks) Names() []string {
	var names []string
	for _, mark := range []struct {
		n    int
		name string
	}{{m.UTF8, "invalid_utf8"}, {m.NUL, "nul"}, {m.Surrogates, "half_surrogate"}, {m.Dates, "implausible_date"}} {
		if mark.n > 0 {
			names = append(names, mark.name)
		}
	}
	return names
}

// Position is a place in an input from which reading can go on. The zero Position is the beginning.
type Position struct {
	Member  string   `json:"member,omitempty"` // of an archive
	Offset  int64    `json:"offset"`           // bytes of text before it, after decompression
	Line    int64    `json:"line"`             // line ends before it
	Format  Format   `json:"format,omitempty"`
	Header  []string `json:"header,omitempty"` // of CSV
	Comma   string   `json:"comma,omitempty"`  // of CSV
	InArray bool     `json:"in_array,omitempty"`
	Done    bool     `json:"done,omitempty"`    // an archive was read to its end
	Opening string   `json:"opening,omitempty"` // how the rows of a JSON input begin
}

// problem makes a row's error; the message names the line.
func problem(number int64, code, format string, args ...any) *fault.Error {
	e := fault.New(fault.Malformed, format, args...).WithCode(code)
	e.Message = "line " + itoa(number) + " " + e.Message
	return e
}

// broken is an error of the whole input.
func broken(err error, what string) error {
	if err == nil || err == io.EOF { //nolint:errorlint // readers give it bare
		return err
	}
	if fault.KindOf(err) != fault.Internal {
		return err
	}
	return fault.Wrap(err, fault.Malformed, "%s", what).WithCode("broken_input")
}
