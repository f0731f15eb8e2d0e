package intake_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"io"
	"testing"
	"testing/iotest"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/internal/intake"
)

func FuzzOpen(f *testing.F) {
	for _, s := range []string{
		"{\"a\":1}\n{\"a\":\n", "[{\"a\":1},\n{\"a\":[2},\n{\"a\":3}]", "a,b\n1,\"2\n3,4\n\"5\n6\",7\n", "\xff\xfe{\x00}\x00", "Record 1\n{\n}\n",
		"\x1f\x8b\x08\x00", "[[[\"x\n", "{\"a\":1}{\"a\":2}", "a;b\n\"\"\"\";\n", "\xef\xbb\xbf{}", "[{\"a\":\"\\u0000\",\"t\":\"1601-01-01\"}]",
	} {
		f.Add(s, "", false)
		f.Add(s, "json", true)
	}
	f.Add("hostname,labels,rows,host_metadata\na,x;y,\"[{}]\",{}\n", "csv", false)
	f.Add("{\"hostname\":\"a\",\"rows\":[{\"b\":1}],\"host_metadata\":{}}", "", false)
	f.Fuzz(func(t *testing.T, s, format string, slowly bool) {
		o := intake.Options{Format: intake.Format(format), Limits: intake.Limits{Row: 200, Cell: 50, Columns: 20, Text: 1 << 20}}
		src := io.Reader(bytes.NewReader([]byte(s)))
		if slowly {
			src = iotest.OneByteReader(src)
		}
		r, err := intake.Open(src, o)
		last := int64(-1)
		var lines []intake.Line
		var at []intake.Position
		for err == nil {
			var line intake.Line
			if line, err = r.Next(); err != nil {
				break
			}
			checkLine(t, line)
			if line.Err == nil {
				_, err := intake.BodyOf(line, intake.Origin{})
				require.NotEqual(t, fault.Internal, fault.KindOf(err), "%v", err)
			}
			require.GreaterOrEqual(t, line.Offset, last)
			last = line.Offset
			lines, at = append(lines, line), append(at, r.Position())
			require.LessOrEqual(t, len(lines), len(s)+2)
		}
		require.NotEqual(t, fault.Internal, kindOf(err), "%v", err)
		if err != io.EOF || len(lines) == 0 { //nolint:errorlint // readers give it bare
			return
		}
		half := len(lines) / 2
		o.Resume = at[half]
		again, err := intake.Open(bytes.NewReader([]byte(s)), o)
		require.NoError(t, err)
		require.Equal(t, told(lines[half+1:]), told(all(t, again)), "resumed after %d", half)
	})
}

// checkLine holds a line against what Line promises.
func checkLine(t *testing.T, line intake.Line) {
	t.Helper()
	require.True(t, utf8.ValidString(line.Excerpt))
	require.LessOrEqual(t, len(line.Excerpt), intake.MaxExcerpt)
	if line.Err != nil {
		require.Nil(t, line.Raw)
		require.NotEmpty(t, line.Err.Message)
		require.True(t, utf8.ValidString(line.Err.Message))
		return
	}
	require.True(t, json.Valid(line.Raw))
	require.True(t, utf8.Valid(line.Raw))
	require.NotContains(t, string(line.Raw), "\x00")
	require.Equal(t, sha256.Sum256(line.Raw), line.Hash)
}
