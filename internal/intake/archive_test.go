package intake_test

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"encoding/json"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/internal/intake"
)

// member is a file of an archive to be made.
type member struct{ name, text string }

func zipped(t *testing.T, members ...member) *bytes.Reader {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, m := range members {
		f, err := w.CreateHeader(&zip.FileHeader{Name: m.name, Method: zip.Deflate})
		require.NoError(t, err)
		_, err = f.Write([]byte(m.text))
		require.NoError(t, err)
	}
	require.NoError(t, w.Close())
	return bytes.NewReader(b.Bytes())
}

func archive(t *testing.T, src *bytes.Reader, o intake.Options) *intake.Archive {
	t.Helper()
	a, err := intake.OpenArchive(src, src.Size(), o)
	require.NoError(t, err)
	return a
}

func collection(t *testing.T) *bytes.Reader {
	t.Helper()
	return zipped(t,
		member{"client_info.json", `{"client_id":"C.54ca191b3f91fd7c","os_info":{"system":"linux","hostname":"vm","fqdn":"vm.corp.example"},"last_ip":"10.1.2.3:41916"}`},
		member{"collection_context.json", `{"x":1}`},
		member{"uploads.json", `{"x":1}`},
		member{"uploads/auto/etc/passwd.json", `{"x":1}`},
		member{"results/Linux.Network.Netstat%2FTCP4.json", "{\"a\":1}\n{\"a\":\n{\"a\":2}\n"},
		member{"results/Linux.Network.Netstat%2FTCP4.json.index", "\x00\x01"},
		member{"results/Linux.Network.Netstat%2FTCP4.csv", "a\n1\n"},
		member{"results/Linux.Sys.Users.json", "{\"b\":1}\n"},
	)
}

func TestVelociraptorCollection(t *testing.T) {
	t.Parallel()
	a := archive(t, collection(t), intake.Options{})
	require.Equal(t, intake.Origin{ClientID: "C.54ca191b3f91fd7c", Hostname: "vm", OS: "linux", IPAddress: "10.1.2.3"}, a.Host)
	lines := all(t, a)
	require.Equal(t, []string{`1 {"a":1}`, `2 !truncated`, `3 {"a":2}`, `1 {"b":1}`}, told(lines))
	require.Equal(t, "Linux.Network.Netstat/TCP4", lines[0].Source)
	require.Equal(t, "results/Linux.Network.Netstat%2FTCP4.json", lines[0].Member)
	require.Equal(t, "Linux.Sys.Users", lines[3].Source)
	require.Equal(t, "C.54ca191b3f91fd7c-OABC", a.ClientOf("clients/vm-C.54ca191b3f91fd7c-OABC/collections/F.1/results/x.json"))
	require.Empty(t, a.ClientOf("results/x.json"))
}

func TestArchiveResumes(t *testing.T) {
	t.Parallel()
	want := told(all(t, archive(t, collection(t), intake.Options{})))
	for at := range len(want) + 1 {
		a := archive(t, collection(t), intake.Options{})
		for range at {
			_, err := a.Next()
			require.NoError(t, err)
		}
		kept, err := json.Marshal(a.Position())
		require.NoError(t, err)
		var from intake.Position
		require.NoError(t, json.Unmarshal(kept, &from))
		require.Equal(t, want[at:], append([]string{}, told(all(t, archive(t, collection(t), intake.Options{Resume: from})))...), "from %d", at)
	}
	a := archive(t, collection(t), intake.Options{})
	_ = all(t, a)
	require.Empty(t, all(t, archive(t, collection(t), intake.Options{Resume: a.Position()})), "from behind the end")
	src := collection(t)
	_, err := intake.OpenArchive(src, src.Size(), intake.Options{Resume: intake.Position{Member: "gone"}})
	require.Equal(t, fault.Invalid, fault.KindOf(err))
}

func TestOtherArchivesGiveWhatTheyHold(t *testing.T) {
	t.Parallel()
	lines := all(t, archive(t, zipped(t,
		member{"logs/a.csv", "x\n1\n"}, member{"b.ndjson", `{"y":2}`}, member{"c.json", "[{\"z\":3}]"}, member{"readme.txt", "hello"}, member{"__MACOSX/._b.json", "x"},
		member{"d.json", "ElfFile\x00"},
	), intake.Options{}))
	require.Equal(t, []string{`2 {"x":"1"}`, `1 {"y":2}`, `1 {"z":3}`, `0 !unsupported_format`}, told(lines))
	require.Contains(t, lines[3].Err.Message, `the member "d.json" is a Windows event log`)
}

func TestUnsafeNamesAreToldAndNotRead(t *testing.T) {
	t.Parallel()
	lines := all(t, archive(t, zipped(t,
		member{"../results/x.json", `{"a":1}`}, member{"/etc/results/x.json", `{"a":1}`}, member{`..\results\x.json`, `{"a":1}`}, member{"C:/results/x.json", `{"a":1}`},
		member{"results/ok.json", `{"a":2}`}, member{"../readme.txt", "x"},
	), intake.Options{}))
	require.Equal(t, []string{"0 !unsafe_name", "0 !unsafe_name", "0 !unsafe_name", "0 !unsafe_name", `1 {"a":2}`}, told(lines))
	require.Equal(t, "../results/x.json", lines[0].Member)
}

func TestArchiveLimits(t *testing.T) {
	t.Parallel()
	end := func(src *bytes.Reader, l intake.Limits) error {
		a, err := intake.OpenArchive(src, src.Size(), intake.Options{Limits: l})
		for err == nil {
			_, err = a.Next()
		}
		return err
	}
	bomb := strings.Repeat(strings.Repeat("x", 1<<20)+"\n", 20)
	require.ErrorContains(t, end(zipped(t, member{"results/a.json", bomb}, member{"results/b.json", bomb}), intake.Limits{}), "400 times", "both together")
	require.ErrorIs(t, end(zipped(t, member{"results/a.json", bomb}), intake.Limits{}), io.EOF)
	require.ErrorContains(t, end(zipped(t, member{"results/a.json", "{}\n{}\n"}), intake.Limits{Text: 4}), "more than 4 bytes")
	require.ErrorContains(t, end(zipped(t, member{"a.json", "{}"}, member{"b.json", "{}"}), intake.Limits{Members: 1}), "more than 1 members")
	require.Equal(t, fault.Unsupported, fault.KindOf(end(zipped(t, member{"a.txt", "x"}), intake.Limits{})))
	require.ErrorContains(t, end(zipped(t, member{"metadata.json", "{}"}, member{"data.zip", "x"}), intake.Limits{}), "encrypted")
	require.ErrorContains(t, end(bytes.NewReader([]byte("hello")), intake.Limits{}), "no zip archive")
	require.Equal(t, []string{`0 !compressed_twice`}, told(all(t, archive(t, zipped(t, member{"a.json", gz(t, "{}")}), intake.Options{}))))
}

func TestArchiveThatLiesAboutItsMembers(t *testing.T) {
	t.Parallel()
	b := bytes.Repeat([]byte{0}, 64<<10)
	b = append(b, "PK\x06\x06"...)
	b = append(b, make([]byte, 52)...)
	record := b[len(b)-56:]
	binary.LittleEndian.PutUint64(record[4:], 44)
	binary.LittleEndian.PutUint64(record[24:], 1<<40)
	binary.LittleEndian.PutUint64(record[32:], 1<<40)
	locator := make([]byte, 20)
	copy(locator, "PK\x06\x07")
	binary.LittleEndian.PutUint64(locator[8:], 64<<10)
	b = append(b, locator...)
	eocd := make([]byte, 22)
	copy(eocd, "PK\x05\x06\x00\x00\x00\x00\xff\xff\xff\xff")
	b = append(b, eocd...)
	_, err := intake.OpenArchive(bytes.NewReader(b), int64(len(b)), intake.Options{})
	require.Equal(t, fault.TooLarge, fault.KindOf(err))
}

func TestBrokenMemberCostsItself(t *testing.T) {
	t.Parallel()
	src := collection(t)
	raw := make([]byte, src.Size())
	_, err := src.ReadAt(raw, 0)
	require.NoError(t, err)
	_, deflated, found := bytes.Cut(raw, []byte("results/Linux.Network.Netstat%2FTCP4.json"))
	require.True(t, found)
	copy(deflated, "\xff\xff\xff\xff")
	lines := all(t, archive(t, bytes.NewReader(raw), intake.Options{}))
	require.Equal(t, []string{"0 !broken_input", `1 {"b":1}`}, told(lines))
}

func FuzzArchive(f *testing.F) {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, name := range []string{"results/a.json", "b.csv", "client_info.json", "../x.json"} {
		m, err := w.Create(name)
		if err != nil {
			f.Fatal(err)
		}
		_, _ = m.Write([]byte("{\"a\":1}\n"))
	}
	if err := w.Close(); err != nil {
		f.Fatal(err)
	}
	f.Add(b.Bytes())
	f.Fuzz(func(t *testing.T, raw []byte) {
		a, err := intake.OpenArchive(bytes.NewReader(raw), int64(len(raw)), intake.Options{Limits: intake.Limits{Text: 1 << 20, Row: 1 << 16}})
		for n := 0; err == nil; n++ {
			require.Less(t, n, 1<<22)
			_, err = a.Next()
		}
		require.NotEqual(t, fault.Internal, kindOf(err), "%v", err)
	})
}

// kindOf is the kind of an error, "" for the end.
func kindOf(err error) fault.Kind {
	if err == io.EOF { //nolint:errorlint // readers give it bare
		return ""
	}
	return fault.KindOf(err)
}
