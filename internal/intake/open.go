package intake

import (
	"bufio"
	"bytes"
	"errors"
	"io"

	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/internal/rawjson"
)

// Open reads a stream. Where it resumes, the source must be the same input from its beginning; a source that can seek is
// not read twice. Faults: Unsupported for a format that can't be read, Malformed for broken compression or a CSV header
// that can't be used, TooLarge for a bomb, Invalid for a Format or a Position that is none.
func Open(src io.Reader, o Options) (Reader, error) {
	o.Limits = o.Limits.withDefaults()
	t, err := openText(src, o)
	if err != nil {
		return nil, err
	}
	if o.Resume.Format != Auto {
		o.Format = o.Resume.Format
	}
	if o.Format == Auto {
		if o.Format, err = detect(t.Reader); err != nil {
			return nil, err
		}
	}
	rows := &rows{canon: rawjson.NewCanon(rawjson.Limits{}), most: o.Keep}
	switch o.Format {
	case NDJSON:
		return &ndjson{lines: newLines(t, o), rows: rows}, nil
	case JSON:
		return newValues(t, o, rows), nil
	case CSV:
		return openCSV(newLines(t, o), o, rows)
	case Auto:
	}
	return nil, fault.InvalidField("format", "must be ndjson, json or csv")
}

// detect tells the format by what the text begins with.
func detect(br *bufio.Reader) (Format, error) {
	head, err := br.Peek(window)
	if err != nil && !errors.Is(err, io.EOF) && len(head) == 0 {
		return Auto, broken(err, "the input can't be read")
	}
	whole := err != nil
	text := bytes.TrimLeft(head, " \t\r\n\xEF\xBB\xBF")
	switch {
	case len(text) == 0:
		return NDJSON, nil
	case text[0] == '{':
		return ndjsonOrValues(text, whole), nil
	case text[0] == '[', text[0] == 0x1e, isRecordLine(firstLine(text)):
		return JSON, nil
	}
	if mostlyObjects(text) { // NDJSON whose first line is damaged
		return NDJSON, nil
	}
	return CSV, nil
}

// mostlyObjects says whether more than half of the first lines begin as objects do.
func mostlyObjects(text []byte) bool {
	const some = 20
	objects, lines := 0, 0
	for line := range bytes.Lines(text) {
		if line = bytes.TrimSpace(line); len(line) == 0 {
			continue
		}
		if line[0] == '{' {
			objects++
		}
		if lines++; lines == some {
			break
		}
	}
	return 2*objects > lines
}

// ndjsonOrValues tells an object a line from objects over many lines or many on a line.
func ndjsonOrValues(text []byte, whole bool) Format {
	line, rest, found := bytes.Cut(text, []byte("\n"))
	if !found && !whole {
		return NDJSON // a line longer than the window; what it is shows when it ends
	}
	_, err := rawjson.NewCanon(rawjson.Limits{}).Read(line)
	e, _ := errors.AsType[*rawjson.Error](err)
	switch {
	case e == nil:
		return NDJSON
	case e.Code == rawjson.CodeTruncated && found:
		if next := bytes.TrimLeft(rest, " \t\r\n"); len(next) > 0 && next[0] == '{' {
			return NDJSON // two lines that begin alike: the first is cut off
		}
		return JSON
	case e.Code == rawjson.CodeSyntax && e.At < len(line) && line[e.At] == '{' && e.At > 0 && bytes.HasSuffix(bytes.TrimRight(line[:e.At], " \t"), []byte("}")):
		return JSON // a second object on the line
	}
	return NDJSON
}

func firstLine(text []byte) []byte {
	line, _, _ := bytes.Cut(text, []byte("\n"))
	return line
}

// isRecordLine knows the lines that evtx_dump writes between its records.
func isRecordLine(line []byte) bool {
	n, ok := bytes.CutPrefix(bytes.TrimSpace(line), []byte("Record "))
	return ok && len(n) > 0 && len(bytes.Trim(n, "0123456789")) == 0
}
