package intake_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/stretchr/testify/require"

	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/internal/intake"
)

func TestFormatsAreToldByTheirContent(t *testing.T) {
	t.Parallel()
	rows := []string{`{"a":"1","b":"x"}`, `{"a":"2","b":"y"}`}
	for name, c := range map[string]struct {
		text   string
		format intake.Format
	}{
		"ndjson":              {rows[0] + "\n" + rows[1] + "\n", intake.NDJSON},
		"ndjson, CRLF":        {rows[0] + "\r\n\r\n" + rows[1], intake.NDJSON},
		"array":               {"[" + rows[0] + "," + rows[1] + "]", intake.JSON},
		"array over lines":    {" [\n" + rows[0] + ",\n" + rows[1] + "\n]\n", intake.JSON},
		"pretty array":        {"[\n  {\n    \"b\": \"x\",\n    \"a\": \"1\"\n  },\n  {\n    \"b\": \"y\",\n    \"a\": \"2\"\n  }\n]", intake.JSON},
		"pretty objects":      {"{\n  \"a\": \"1\",\n  \"b\": \"x\"\n}\n{\n  \"a\": \"2\",\n  \"b\": \"y\"\n}\n", intake.JSON},
		"objects on one line": {rows[0] + rows[1], intake.JSON},
		"evtx_dump":           {"Record 1\n{\n\"a\":\"1\",\"b\":\"x\"}\nRecord 2\n" + rows[1] + "\n", intake.JSON},
		"json sequence":       {"\x1e" + rows[0] + "\n\x1e" + rows[1] + "\n", intake.JSON},
		"csv":                 {"b,a\nx,1\ny,2\n", intake.CSV},
		"csv, semicolon":      {"b;a\r\nx;1\r\n\"y\";2\r\n", intake.CSV},
		"csv, tab":            {"b\ta\nx\t1\ny\t2", intake.CSV},
		"csv, Excel's hint":   {"sep=|\nb|a\nx|1\ny|2", intake.CSV},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for wrapping, text := range map[string]string{
				"plain": c.text, "mark": "\xEF\xBB\xBF" + c.text, "gzip": gz(t, c.text), "utf16": wide(c.text), "utf16 in gzip": gz(t, wide(c.text)),
			} {
				r := open(t, text, intake.Options{})
				var got []string
				for _, l := range all(t, r) {
					require.Nil(t, l.Err, wrapping)
					got = append(got, string(l.Raw))
				}
				require.Equal(t, rows, got, wrapping)
				require.Equal(t, c.format, r.Position().Format, wrapping)
			}
		})
	}
}

func TestDamageAtTheBeginningDoesNotHideTheFormat(t *testing.T) {
	t.Parallel()
	require.Equal(t, []string{`1 !syntax`, `2 {"a":1}`, `3 {"a":2}`}, told(all(t, open(t, "oops\n{\"a\":1}\n{\"a\":2}\n", intake.Options{}))))
	require.Equal(t, []string{`1 !truncated`, `2 {"a":1}`}, told(all(t, open(t, "{\"a\":\n{\"a\":1}\n", intake.Options{}))))
	require.Equal(t, []string{`1 !duplicate_key`, `2 {"a":1}`}, told(all(t, open(t, "{\"a\":1,\"a\":2}\n{\"a\":1}\n", intake.Options{}))))
	require.Equal(t, []string{`2 {"a,b":"1","c":"2"}`}, told(all(t, open(t, "\"a,b\";c\n1;2\n", intake.Options{}))))
}

func gz(t *testing.T, text string) string {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, err := w.Write([]byte(text))
	require.NoError(t, err)
	require.NoError(t, w.Close())
	return b.String()
}

func wide(text string) string {
	b := []byte{0xff, 0xfe}
	for _, u := range utf16.Encode([]rune(text)) {
		b = append(b, byte(u), byte(u>>8))
	}
	return string(b)
}

func TestCSVLosesOnlyTheDamagedLine(t *testing.T) {
	t.Parallel()
	text := strings.Join([]string{
		"\xEF\xBB\xBFhost,cmd,n", // 1
		`a,"say ""hi"", you",1`,  // 2
		`b,"never closed,2`,      // 3
		`c,plain,3`,              // 4
		`d,"two`,                 // 5
		`lines",4`,               // 6
		`e,bare"quote,5`,         // 7
		`f,"after"x,6`,           // 8
		`g,short`,                // 9
		`h,long,7,8`,             // 10
		`i,trailing,9,,`,         // 11
		``,                       // 12
		`j,"",10`,                // 13
		`k,"open at the end,11`,  // 14
		`l,last,12`,              // 15
	}, "\r\n")
	require.Equal(t, []string{
		`2 {"cmd":"say \"hi\", you","host":"a","n":"1"}`,
		`3 !broken_quotes`,
		`4 {"cmd":"plain","host":"c","n":"3"}`,
		`5 {"cmd":"two\nlines","host":"d","n":"4"}`,
		`7 !broken_quotes`,
		`8 !broken_quotes`,
		`9 !wrong_number_of_cells`,
		`10 !wrong_number_of_cells`,
		`11 {"cmd":"trailing","host":"i","n":"9"}`,
		`13 {"cmd":"","host":"j","n":"10"}`,
		`14 !broken_quotes`,
		`15 {"cmd":"last","host":"l","n":"12"}`,
	}, told(all(t, open(t, text, intake.Options{}))))
}

func TestCSVCells(t *testing.T) {
	t.Parallel()
	big := strings.Repeat("x", 1<<20)
	lines := all(t, open(t, "a,b\n"+big+",1\n\""+big+"\",2\n"+big+"x,3\n\""+big+"x\",4\n\xff\x00,5\n", intake.Options{}))
	require.Len(t, lines, 5)
	require.Nil(t, lines[0].Err)
	require.Nil(t, lines[1].Err)
	require.Equal(t, intake.CodeCellTooLarge, code(lines[2]))
	require.Equal(t, intake.CodeCellTooLarge, code(lines[3]))
	require.Equal(t, []string{"6 {\"a\":\"��\",\"b\":\"5\"}"}, told(lines[4:]))
	require.Equal(t, []string{"invalid_utf8", "nul"}, lines[4].Marks.Names())
	require.LessOrEqual(t, len(lines[2].Excerpt), intake.MaxExcerpt)
}

func TestCSVHeaderMustName(t *testing.T) {
	t.Parallel()
	for _, bad := range []string{"a,b,a\n1,2,3\n", "a,\"b\n1,2\n", "a,b\"c\n1,2\n"} {
		_, err := intake.Open(strings.NewReader(bad), intake.Options{Format: intake.CSV})
		require.Equal(t, fault.Malformed, fault.KindOf(err), bad)
	}
	require.Equal(t, []string{`2 {"a":"1","column_2":"2"}`}, told(all(t, open(t, "a, \n1,2\n", intake.Options{}))))
}

func TestHostileCSVCostsNoSquare(t *testing.T) {
	t.Parallel()
	const n = 100_000
	lines := all(t, open(t, "a,b\n"+strings.Repeat("1,\"x,\"\"\n", n), intake.Options{}))
	require.Equal(t, n, len(lines)) //nolint:testifylint // the lines would be printed
	for i := range lines {
		if code(lines[i]) == "" {
			require.Failf(t, "took a broken line", "%d", lines[i].Number)
		}
	}
}

func TestDamageInAnArrayCostsItsElement(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		text string
		want []string
	}{
		"an element that is wrong inside": {`[{"a":1},{"a":,},{"a":3}]`, []string{`1 {"a":1}`, `1 !syntax`, `1 {"a":3}`}},
		"a bracket too few":               {`[{"a":1},{"a":[2},{"a":3}]`, []string{`1 {"a":1}`, `1 !syntax`, `1 {"a":3}`}},
		"a bracket too many":              {`[{"a":1},{"a":2}},{"a":3}]`, []string{`1 {"a":1}`, `1 {"a":2}`, `1 !stray_text`, `1 {"a":3}`}},
		"a quote too few":                 {"[{\"a\":1},\n{\"a\":\"2},\n{\"a\":3}]", []string{`1 {"a":1}`, `2 !syntax`, `3 {"a":3}`}},
		"a brace never closed":            {`[{"a":1},{"a":{"b":2},{"a":3},{"a":4}]`, []string{`1 {"a":1}`, `1 !syntax`, `1 {"a":3}`, `1 {"a":4}`}},
		"in the first element":            {"[\n{\"a\":[1},\n{\"a\":2},\n{\"a\":3}\n]", []string{`2 !syntax`, `3 {"a":2}`, `4 {"a":3}`}},
		"elements that are no rows":       {`[1,"x",[2],null,{"a":3}]`, []string{`1 !not_an_object`, `1 !not_an_object`, `1 !not_an_object`, `1 !not_an_object`, `1 {"a":3}`}},
		"cut off in an element":           {`[{"a":1},{"a":`, []string{`1 {"a":1}`, `1 !truncated`, `1 !truncated`}},
		"cut off between":                 {"[{\"a\":1},\n", []string{`1 {"a":1}`, `2 !truncated`}},
		"too long":                        {`[{"a":1},{"a":"` + strings.Repeat("x", 300) + `"},{"a":3}]`, []string{`1 {"a":1}`, `1 !row_too_large`, `1 {"a":3}`}},
		"pretty": {
			"[\n  {\n    \"a\": 1\n  },\n  {\n    \"a\": {\n  },\n  {\n    \"a\": 3\n  }\n]",
			[]string{`2 {"a":1}`, `5 !syntax`, `8 {"a":3}`},
		},
		"text after the array": {"[{\"a\":1}]\n# the end\n", []string{`1 {"a":1}`, `2 !stray_text`}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, c.want, told(all(t, open(t, c.text, intake.Options{Format: intake.JSON, Limits: intake.Limits{Row: 200}}))))
		})
	}
}

func TestHostileArrayCostsNoSquare(t *testing.T) {
	t.Parallel()
	for _, part := range []string{`{"a":[`, `{}}`, `R{}`, `"x`, `]`, "{\n", `{"a":1},{"a":{`} {
		r := open(t, "["+strings.Repeat(part, 50_000), intake.Options{Format: intake.JSON})
		require.NotZero(t, len(all(t, r)), part) //nolint:testifylint // the lines would be printed
	}
}

func TestOversizeLinesAreSkippedWithTheirLength(t *testing.T) {
	t.Parallel()
	long := `{"a":"` + strings.Repeat("x", 700_000) + `"}`
	lines := all(t, open(t, "{\"a\":1}\n"+long+"\n{\"a\":2}\n", intake.Options{Limits: intake.Limits{Row: 1000}}))
	require.Equal(t, []string{`1 {"a":1}`, `2 !row_too_large`, `3 {"a":2}`}, told(lines))
	require.EqualValues(t, len(long)+1, lines[1].Length)
	require.Contains(t, lines[1].Err.Message, strconv.Itoa(len(long)+1))
}

func TestResumeAnywhere(t *testing.T) {
	t.Parallel()
	var nd, arr, csv strings.Builder
	csv.WriteString("\xEF\xBB\xBFn;s\n")
	arr.WriteString("[\n")
	for i := range 6_000 {
		fmt.Fprintf(&nd, "{\"n\":%d,\"s\":\"é\"}\n", i)
		fmt.Fprintf(&arr, " {\"n\":%d},\n", i)
		fmt.Fprintf(&csv, "%d;\"a\nb\"\n", i)
		if i%7 == 0 {
			nd.WriteString("{bad\n")
			arr.WriteString("{bad\n")
			csv.WriteString("1;\"bad\n")
		}
	}
	for name, text := range map[string]string{"ndjson": nd.String(), "array": arr.String() + "]", "csv": csv.String(), "gzip": gz(t, nd.String()), "wide": wide(csv.String())} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			want := all(t, open(t, text, intake.Options{}))
			for _, at := range []int{1, 2, 8, 9, 3_333, len(want) - 1, len(want)} {
				r := open(t, text, intake.Options{})
				for range at {
					_, err := r.Next()
					require.NoError(t, err)
				}
				kept, err := json.Marshal(r.Position())
				require.NoError(t, err)
				var from intake.Position
				require.NoError(t, json.Unmarshal(kept, &from))
				for kind, src := range map[string]io.Reader{"seek": strings.NewReader(text), "read": io.MultiReader(strings.NewReader(text))} {
					again, err := intake.Open(src, intake.Options{Resume: from})
					require.NoError(t, err)
					if got := told(all(t, again)); !slices.Equal(told(want[at:]), got) {
						require.Failf(t, "resumed otherwise", "%s from %d: %d lines, %d expected", kind, at, len(got), len(want)-at)
					}
				}
			}
		})
	}
	_, err := intake.Open(strings.NewReader("{}"), intake.Options{Resume: intake.Position{Offset: 100, Format: intake.NDJSON}})
	require.Equal(t, fault.Invalid, fault.KindOf(err))
}

func TestSameRowSameHash(t *testing.T) {
	t.Parallel()
	lines := all(t, open(t, "{\"b\":1.0,\"a\":\"\\u0041\"}\n{ \"a\": \"A\", \"b\": 1.0 }\n{\"a\":\"A\",\"b\":1}\n", intake.Options{}))
	require.Equal(t, lines[0].Hash, lines[1].Hash)
	require.NotEqual(t, lines[0].Hash, lines[2].Hash, "numbers count as they are written")
}

func TestEventTimes(t *testing.T) {
	t.Parallel()
	for _, c := range [][2]string{
		{`{"Event":{"System":{"TimeCreated":{"#attributes":{"SystemTime":"2025-12-23T02:16:46.810517Z"}}},"EventData":{"UtcTime":"2020-01-01 00:00:00"}}}`, "2025-12-23T02:16:46.810517Z"},
		{`{"System":{"TimeCreated":{"SystemTime":1608314167.25}}}`, "2020-12-18T17:56:07.25Z"},
		{`{"Mtime":"2024-01-02 03:04:05.678","Timestamp":"2024-05-06T07:08:09+02:00"}`, "2024-05-06T05:08:09Z"},
		{`{"_ts":1795290896112851}`, "2026-11-21T19:54:56.112851Z"},
		{`{"Timestamp":"1601-01-01T00:00:00Z","Time":"2024-01-01"}`, "2024-01-01T00:00:00Z"},
		{`{"Timestamp":"9999-12-31T23:59:59.9999999Z"}`, ""},
		{`{"Time":12}`, ""},
		{`{"TimeCreated":"\/Date(1608314167025)\/"}`, "2020-12-18T17:56:07.025Z"},
		{`{"TimeCreated":"/Date(-11644473600000)/"}`, ""},
		{`{"TimeCreated":"/Date(x)/"}`, ""},
		{`{"x":"2024-01-01T00:00:00Z"}`, ""},
	} {
		row, want := c[0], c[1]
		line := all(t, open(t, row, intake.Options{}))[0]
		got := ""
		if !line.EventTime.IsZero() {
			got = line.EventTime.Format("2006-01-02T15:04:05.999999999Z07:00")
		}
		require.Equal(t, want, got, row)
	}
}

func TestWhatIsRefusedAtOnceSaysWhatToDo(t *testing.T) {
	t.Parallel()
	for text, says := range map[string]string{
		"ElfFile\x00\x00\x00": "EVTX", "PK\x03\x04xxxx": "zip", "\x28\xb5\x2f\xfdxx": "zstd", "%PDF-1.7": "PDF",
		strings.Repeat("\x00\x01", 400): "no text", gz(t, gz(t, "{}")): "compressed twice",
	} {
		_, err := intake.Open(strings.NewReader(text), intake.Options{})
		require.Equal(t, fault.Unsupported, fault.KindOf(err))
		require.ErrorContains(t, err, says)
	}
	require.Empty(t, all(t, open(t, "", intake.Options{})))
	require.Empty(t, all(t, open(t, " \r\n\n", intake.Options{})))
}

func TestGzipLimits(t *testing.T) {
	t.Parallel()
	bomb := gz(t, strings.Repeat(strings.Repeat("x", 1<<20)+"\n", 40))
	end := func(text string, l intake.Limits) error {
		r, err := intake.Open(strings.NewReader(text), intake.Options{Limits: l})
		for err == nil {
			_, err = r.Next()
		}
		return err
	}
	require.Equal(t, fault.TooLarge, fault.KindOf(end(bomb, intake.Limits{})))
	require.ErrorContains(t, end(bomb, intake.Limits{}), "400 times")
	require.ErrorIs(t, end(bomb, intake.Limits{Ratio: 5000}), io.EOF)
	require.ErrorContains(t, end(bomb, intake.Limits{Ratio: 5000, Text: 1 << 20}), "more than 1048576 bytes")
	require.ErrorContains(t, end(strings.Repeat("{}\n", 1000), intake.Limits{Text: 100}), "more than 100 bytes")
	whole := gz(t, "{\"a\":1}\n{\"a\":2}\n")
	require.Equal(t, fault.Malformed, fault.KindOf(end(whole[:len(whole)-9], intake.Limits{})))
}
