package intake_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/velocicompanion/velocicompanion/internal/intake"
)

// benchRows are process rows as Velociraptor writes them, about 400 bytes each.
func benchRows(n int) []string {
	rows := make([]string, n)
	for i := range rows {
		rows[i] = fmt.Sprintf(`{"Pid":"%d","Ppid":"%d","Name":"svchost.exe","CommandLine":"C:\\Windows\\System32\\svchost.exe -k netsvcs -p -s Schedule","Exe":"C:\\Windows\\System32\\svchost.exe","Hash":{"MD5":"d41d8cd98f00b204e9800998ecf8427e","SHA1":"da39a3ee5e6b4b0d3255bfef95601890afd80709","SHA256":"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},"Username":"SYSTEM","CreateTime":"2026-11-21T19:11:49Z","RSS":%d,"Deleted":false}`, i, i/2, i*4096)
	}
	return rows
}

func BenchmarkRead(b *testing.B) {
	rows := benchRows(10_000)
	var csv strings.Builder
	csv.WriteString("Pid,Name,CommandLine,SHA256,CreateTime\n")
	for i := range rows {
		fmt.Fprintf(&csv, "%d,svchost.exe,\"C:\\Windows\\System32\\svchost.exe -k \"\"netsvcs\"\", -p\",e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855,2026-11-21T19:11:49Z\n", i)
	}
	for name, text := range map[string]string{
		"ndjson": strings.Join(rows, "\n"), "array": "[" + strings.Join(rows, ",\n") + "]", "minified": "[" + strings.Join(rows, ",") + "]", "csv": csv.String(),
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				r, err := intake.Open(strings.NewReader(text), intake.Options{})
				n := 0
				for ; err == nil; n++ {
					var line intake.Line
					if line, err = r.Next(); line.Err != nil {
						b.Fatal(line.Err)
					}
				}
				if !errors.Is(err, io.EOF) || n-1 != len(rows) {
					b.Fatal(n, err)
				}
			}
		})
	}
	text := []byte(strings.Join(rows, "\n"))
	for name, into := range map[string]func() any{
		"encoding/json raw": func() any { return new(json.RawMessage) },
		"encoding/json map": func() any { return new(map[string]any) },
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				dec := json.NewDecoder(bytes.NewReader(text))
				dec.UseNumber()
				for range rows {
					if err := dec.Decode(into()); err != nil {
						b.Fatal(err)
					}
				}
			}
		})
	}
}
