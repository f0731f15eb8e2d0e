package ingest_test

import (
	"bytes"
	"flag"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/velocicompanion/velocicompanion/internal/intake"
	"github.com/velocicompanion/velocicompanion/internal/rawjson"
	"github.com/velocicompanion/velocicompanion/models"
)

// damage is one kind of line: what stands in it, %d its number, and the code it is refused with; "" for one that is kept.
type damage struct {
	text, code string
	mended     bool
}

func damages() []damage {
	return []damage{
		{text: `{"hostname":"web-%[2]d","rows":[{"n":%[1]d,"dst":"203.0.114.7"}]}`},
		{text: `{"hostname":"WEB-%[2]d","labels":["a"],"rows":[{"n":%[1]d,"big":9007199254740993123}]}` + "\r"},
		{text: `{"hostname":"web-%[2]d","rows":[{"n":%[1]d,"nul":"a\u0000b"}]}`, mended: true},
		{text: "{\"hostname\":\"web-%[2]d\",\"rows\":[{\"n\":%[1]d,\"latin\":\"caf\xe9\"}]}", mended: true},
		{text: `{"hostname":"web-%[2]d","rows":[{"n":%[1]d,"half":"\ud83d","Mtime":"1601-01-01T00:00:00Z","expires":"9999-12-31T23:59:59Z"}]}`, mended: true},
		{text: `{"Computer":"web-%[2]d.corp.example","EventID":1,"Image":"C:\\evil%[1]d.exe"}`},
		{text: `{"hostname":"web-%[2]d","n":`, code: intake.CodeTruncated},
		{text: `{"hostname":"web-%[2]d","hostname":"x","n":%[1]d}`, code: rawjson.CodeDuplicateKey},
		{text: `{"hostname":"web-%[2]d","rows":[{"n":%[1]d,"x":{"k":1,"k":2}}]}`, code: rawjson.CodeDuplicateKey},
		{text: `[%[1]d]`, code: intake.CodeNotAnObject},
		{text: `null`, code: intake.CodeNotAnObject},
		{text: `{hostname: %[1]d}`, code: intake.CodeSyntax},
		{text: "{\"hostname\":\"a\x00b\",\"n\":%[1]d}", code: intake.CodeSyntax},
		{text: `{"n":%[1]d,"no":"host"}`, code: intake.CodeNoHost},
		{text: `{"hostname":"web-%[2]d","labels":{"n":%[1]d}}`, code: intake.CodeWrongType},
		{text: `{"hostname":"web %[1]d!"}`, code: "invalid"},
		{text: `{"hostname":"web-%[2]d","ip_address":"300.1.2.%[1]d"}`, code: "invalid"},
		{text: `{"hostname":"web-%[2]d","rows":[{"n":1e99999}]}`, code: rawjson.CodeNumber},
		{text: `{"hostname":"web-%[2]d","rows":[{"deep":` + strings.Repeat("[", 150) + strings.Repeat("]", 150) + `}]}`, code: rawjson.CodeDepth},
	}
}

// line is line i, without its end.
func (d damage) line(i int) string {
	if strings.Contains(d.text, "%[") {
		return fmt.Sprintf(strings.ReplaceAll(d.text, "%!", "%%!"), i, i%40)
	}
	return d.text
}

var damagedLines = flag.Int("lines", 20_000, "lines of the damaged batch; 200000 is what the product promises")

// Many lines with every kind of damage: the good ones are in, the bad ones are listed with line and reason.
func TestEveryKindOfDamageCostsItsLine(t *testing.T) {
	t.Parallel()
	n := *damagedLines
	b := setup(t)
	kinds := damages()
	r, w := io.Pipe()
	go func() {
		var buf strings.Builder
		for i := range n {
			buf.WriteString(kinds[i%len(kinds)].line(i) + "\n")
			if buf.Len() > 1<<20 {
				_, _ = io.WriteString(w, buf.String())
				buf.Reset()
			}
		}
		_, _ = io.WriteString(w, buf.String()+`{"hostname":"half a li`)
		_ = w.Close()
	}()
	row := b.arrive(t, r)
	require.EqualValues(t, n+1, row.Lines)
	got := b.finish(t, row.ID)
	require.Equal(t, models.JobCompleted, got.Status)
	good, mended := 0, 0
	for i := range n {
		if k := kinds[i%len(kinds)]; k.code == "" {
			good++
			if k.mended {
				mended++
			}
		}
	}
	require.EqualValues(t, good, got.Accepted)
	require.EqualValues(t, n+1-good, got.Rejected)
	require.EqualValues(t, good, got.RowsNew, "each good line has one row of its own")
	require.EqualValues(t, mended, got.Mended, "lines in which something had to be replaced")
	bad := b.errors(t, row.ID)
	require.Len(t, bad, n+1-good)
	next := 0
	for _, e := range bad[:len(bad)-1] {
		for kinds[next%len(kinds)].code == "" {
			next++
		}
		require.EqualValues(t, next+1, e.Line)
		require.Equal(t, kinds[next%len(kinds)].code, e.Code, "%d: %s", next, e.Reason)
		require.NotEmpty(t, e.Reason)
		require.NotEmpty(t, e.Excerpt)
		next++
	}
	last := bad[len(bad)-1]
	require.EqualValues(t, n+1, last.Line)
	require.Equal(t, intake.CodeTruncated, last.Code)
	require.True(t, bytes.Equal([]byte(`{"hostname":"half a li`), last.Raw), "%s", last.Raw)
	require.Len(t, b.hosts(t), 40, "one machine whatever the case and the domain of its name")
}

// Memory does not grow with an upload: what is kept of it at any time is a chunk.
func TestMemoryStaysFlat(t *testing.T) {
	t.Parallel()
	b := setup(t)
	peak := func(n int) uint64 {
		r, w := io.Pipe()
		var most, before runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		go func() {
			pad := strings.Repeat("x", 1000)
			for i := range n {
				_, _ = fmt.Fprintf(w, `{"hostname":"h","rows":[{"n":%d,"of":%d,"pad":"%s"}]}`+"\n", i, n, pad)
				if i%10_000 == 0 {
					var now runtime.MemStats
					runtime.ReadMemStats(&now)
					most.HeapInuse = max(most.HeapInuse, now.HeapInuse)
				}
			}
			_ = w.Close()
		}()
		b.arrive(t, r)
		return most.HeapInuse - min(before.HeapInuse, most.HeapInuse)
	}
	require.Less(t, peak(100_000), uint64(100<<20), "100 MB of text in less than 100 MiB")
}
