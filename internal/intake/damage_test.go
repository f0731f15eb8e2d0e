package intake_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/velocicompanion/velocicompanion/internal/intake"
	"github.com/velocicompanion/velocicompanion/internal/rawjson"
)

// damage is one line and what must come of it: a code, or a mark, or nothing peculiar.
type damage struct{ text, code, mark string }

// damages lists every kind that a line of NDJSON can have; %d is the line.
func damages() []damage {
	return []damage{
		{text: `{"n":%d,"Exe":"C:\\Windows\\System32\\svchost.exe"}`},
		{text: "\t {\"b\":%d , \"a\":{\"z\":1,\"y\":2}}\r"},
		{text: `{"n":%d,"big":9007199254740993123}`},
		{text: `{"n":%d,"half":"`, code: intake.CodeTruncated},
		{text: `{"n":%d,"n":2}`, code: rawjson.CodeDuplicateKey},
		{text: `{"n":%d,"x":{"y":[{"k":1,"k":2}]}}`, code: rawjson.CodeDuplicateKey},
		{text: `[%d]`, code: intake.CodeNotAnObject},
		{text: `"%d"`, code: intake.CodeNotAnObject},
		{text: `null`, code: intake.CodeNotAnObject},
		{text: `{"n":%d}}`, code: intake.CodeSyntax},
		{text: `{"n":%d} {"n":2}`, code: intake.CodeSyntax},
		{text: `{n:%d}`, code: intake.CodeSyntax},
		{text: `line %d of a log`, code: intake.CodeSyntax},
		{text: "{\"n\":%d,\"s\":\"a\x00b\"}", code: intake.CodeSyntax},
		{text: `{"n":%d,"big":1e99999}`, code: rawjson.CodeNumber},
		{text: `{"n":%d,"deep":` + strings.Repeat("[", 150) + strings.Repeat("]", 150) + `}`, code: rawjson.CodeDepth},
		{text: `{"n":%d,"nul":"a\u0000b"}`, mark: "nul"},
		{text: "{\"n\":%d,\"latin\":\"caf\xe9\"}", mark: "invalid_utf8"},
		{text: `{"n":%d,"half":"\ud83d"}`, mark: "half_surrogate"},
		{text: `{"n":%d,"Mtime":"1601-01-01T00:00:00Z"}`, mark: "implausible_date"},
		{text: `{"n":%d,"expires":"9999-12-31 23:59:59"}`, mark: "implausible_date"},
		{text: `{"n":%d,"Time":-11644473600}`, mark: "implausible_date"},
		{text: `{"n":%d,"pad":"` + strings.Repeat("x", 5000) + `"}`, code: intake.CodeRowTooLarge},
	}
}

// damagedInput streams n lines with every kind of damage in turn, and half a line at the end.
func damagedInput(n int) io.Reader {
	r, w := io.Pipe()
	go func() {
		kinds := damages()
		var b bytes.Buffer
		for i := range n {
			line := kinds[i%len(kinds)].text
			if strings.Contains(line, "%d") {
				line = fmt.Sprintf(line, i+1)
			}
			b.WriteString(line)
			if i < n-1 {
				b.WriteByte('\n')
			}
			if b.Len() > 1<<16 || i == n-1 {
				_, _ = w.Write(b.Bytes())
				b.Reset()
			}
		}
		_, _ = w.Write([]byte("\n{\"n\":"))
		_ = w.Close()
	}()
	return r
}

func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

func TestTwoHundredThousandLinesWithEveryKindOfDamage(t *testing.T) { //nolint:paralleltest // measures the heap of the process
	const n = 200_000
	kinds := damages()
	before, most := heap(), uint64(0)
	r, err := intake.Open(damagedInput(n), intake.Options{Limits: intake.Limits{Row: 4096}})
	require.NoError(t, err)
	for i := range n {
		line, err := r.Next()
		require.NoError(t, err)
		kind := kinds[i%len(kinds)]
		if line.Number != int64(i+1) || code(line) != kind.code {
			require.Equal(t, kind.code, code(line), "line %d: %s", line.Number, line.Excerpt)
			require.EqualValues(t, i+1, line.Number)
		}
		if kind.code == "" {
			if !json.Valid(line.Raw) || kind.mark != strings.Join(line.Marks.Names(), " ") {
				require.Failf(t, "row", "%d %v: %s", line.Number, line.Marks.Names(), line.Raw)
			}
		} else if line.Raw != nil || !strings.HasPrefix(line.Err.Message, fmt.Sprintf("line %d ", i+1)) || line.Excerpt == "" {
			require.Failf(t, "bad row", "%d: %s", line.Number, line.Err.Message)
		}
		if i%50_000 == 49_999 {
			most = max(most, heap())
		}
	}
	line, err := r.Next()
	require.NoError(t, err)
	require.Equal(t, intake.CodeTruncated, code(line))
	require.Contains(t, line.Err.Message, "the input ends in the middle")
	_, err = r.Next()
	require.ErrorIs(t, err, io.EOF)
	require.Less(t, int64(most)-int64(before), int64(4<<20), "memory grows")
}

func code(l intake.Line) string {
	if l.Err == nil {
		return ""
	}
	return l.Err.StableCode()
}

func all(t *testing.T, r intake.Reader) []intake.Line {
	t.Helper()
	var lines []intake.Line
	for {
		line, err := r.Next()
		if err != nil {
			require.ErrorIs(t, err, io.EOF)
			return lines
		}
		lines = append(lines, line)
	}
}

func open(t *testing.T, text string, o intake.Options) intake.Reader {
	t.Helper()
	r, err := intake.Open(strings.NewReader(text), o)
	require.NoError(t, err)
	return r
}

// told is a line in short: its number and its row, or its number and what is wrong.
func told(lines []intake.Line) []string {
	var out []string
	for _, l := range lines {
		if l.Err != nil {
			out = append(out, fmt.Sprintf("%d !%s", l.Number, code(l)))
		} else {
			out = append(out, fmt.Sprintf("%d %s", l.Number, l.Raw))
		}
	}
	return out
}
