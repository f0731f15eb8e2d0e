package indicator_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/internal/indicator"
)

func TestRefang(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"hxxp://evil[.]com":         "http://evil.com",
		"hXXps[:]//evil(.)com/a":    "https://evil.com/a",
		"h**p://evil{.}com":         "http://evil.com",
		"htxp[://]evil[dot]com":     "http://evil.com",
		"meow://evil[.com":          "http://evil.com",
		"fxp://evil.]com":           "ftp://evil.com",
		`hxxp:\\evil[.]com`:         "http://evil.com",
		"bob[at]evil[.]com":         "bob@evil.com",
		"bob (at) evil (dot) com":   "bob@evil.com",
		"bob[@]evil[.]com":          "bob@evil.com",
		"203[.]0[.]113[.]7":         "203.0.113.7",
		"2001[:]db8[:][:]1":         "2001:db8::1",
		"evil [.] com":              "evil.com",
		"evil\u200b.com":            "evil.com",
		`evil[\.]com`:               "evil.com",
		"see [1] and (a) and {x}":   "see [1] and (a) and {x}",
		"array[.] and f(.)":         "array. and f.",
		"hxxp is how reports write": "hxxp is how reports write",
		"met (at) noon, then (dot)": "met@noon, then (dot)",
		`P:\\share`:                 `P:\\share`,
		"http://x/[a]":              "http://x/[a]",
		"":                          "",
	} {
		require.Equal(t, want, indicator.Refang(in), in)
	}
}

func TestDefangIsUndone(t *testing.T) {
	t.Parallel()
	for typ, values := range map[indicator.Type][]string{
		indicator.Domain: {"evil.example", "a.b.evil.co.uk"},
		indicator.IP:     {"203.0.113.7", "2001:db8::1", "198.51.100.0/24"},
		indicator.Email:  {"bob@evil.example"},
		indicator.URL:    {"http://evil.example/a.b?c=d.e", "https://203.0.113.7:8080/", "ftp://evil.example/", "http://[2001:db8::1]/"},
		indicator.Hash:   {md5Hex},
		indicator.File:   {`C:\x.exe`},
	} {
		for _, v := range values {
			out := indicator.Defang(typ, v)
			require.Equal(t, v, indicator.Refang(out))
			if typ != indicator.Hash && typ != indicator.File {
				require.NotEqual(t, v, out)
			}
		}
	}
}

// brief is an item in short.
func brief(it indicator.Item) string {
	s := fmt.Sprintf("%d %s %s", it.Line, it.Type, it.Value)
	if it.Guard != "" {
		s += " -" + string(it.Guard)
	}
	if it.Duplicate {
		s += " dup"
	}
	var b strings.Builder
	b.WriteString(s)
	for _, w := range it.Warnings {
		b.WriteString(" " + string(w))
	}
	return b.String()
}

func TestParseText(t *testing.T) {
	t.Parallel()
	text := strings.Join([]string{
		"Campaign report (v2.1.0.0), see hxxps://blog.vendor[.]io/post-7.",                            // 1
		"C2: evil-c2[.]ru, 45.83.64[.]11:8443 and 45.83.64.0/24; again EVIL-C2.ru.",                   // 2
		"Dropper “invoice.pdf.exe” " + strings.ToUpper(md5Hex) + ", SHA256: " + sha2Hex + ".",         // 3
		"It writes C:\\Program Files (x86)\\Common Files\\upd ate\\svc.exe and %TEMP%\\a.ps1,",        // 4
		"persists in HKEY_CURRENT_USER\\Software\\Microsoft\\Windows NT\\CurrentVersion\\Run.",        // 5
		"Mail from billing[at]evil-c2[.]ru; beacon to http://evil-c2.ru/gate.php?id=1&x=(y).",         // 6
		"Runs powershell.exe, System.Net.WebClient, Chrome/120.0.6099.71, build 10.0.19041.1,",        // 7
		"node.js, README.md, setup.zip; reaches 10.0.0.5, 8.8.8.8 and www.microsoft.com.",             // 8
		"Linux: /tmp/.x/miner, 2a02:4780:1::5, 12:34:56, 7a:aa:62:65:34:2d, std::move.",               // 9
		"scp root@45.83.64.12:/tmp/x; abc.blob.core.windows[.]net and s3.amazonaws.com/b, *.evil.top", // 10
		"d41d8cd98f00b204e9800998ecf8427e; 00000000000000000000000000000000; cdn.evil-c2.ru/p.",       // 10
	}, "\r\n")
	p, err := indicator.ParseText(text)
	require.NoError(t, err)
	require.False(t, p.Truncated)
	var got []string
	for _, it := range p.Items {
		got = append(got, brief(it))
		require.Equal(t, it.Original, text[it.Offset:it.Offset+len(it.Original)])
	}
	require.Equal(t, []string{
		"1 ip 2.1.0.0 -version_number",
		"1 url https://blog.vendor.io/post-7 defanged",
		"2 domain evil-c2.ru defanged",
		"2 ip 45.83.64.11 port_dropped defanged",
		"2 ip 45.83.64.0/24",
		"2 domain evil-c2.ru dup",
		"3 file invoice.pdf.exe",
		"3 hash " + md5Hex,
		"3 hash " + sha2Hex,
		"4 file C:\\Program Files (x86)\\Common Files\\upd ate\\svc.exe",
		"4 file %TEMP%\\a.ps1",
		"5 registry HKCU\\Software\\Microsoft\\Windows NT\\CurrentVersion\\Run rewritten",
		"6 email billing@evil-c2.ru defanged",
		"6 url http://evil-c2.ru/gate.php?id=1&x=(y)",
		"7 file powershell.exe",
		"8 file node.js", "8 file README.md", "8 file setup.zip", "8 ip 10.0.0.5 -private_address", "8 ip 8.8.8.8 -public_resolver",
		"8 domain www.microsoft.com -well_known_domain",
		"9 file /tmp/.x/miner", "9 ip 2a02:4780:1::5",
		"10 ip 45.83.64.12", "10 domain abc.blob.core.windows.net defanged", "10 domain s3.amazonaws.com -public_suffix path_dropped", "10 domain evil.top",
		"11 hash d41d8cd98f00b204e9800998ecf8427e -empty_file_hash", "11 hash 00000000000000000000000000000000 -placeholder_hash",
		"11 domain cdn.evil-c2.ru path_dropped",
	}, got)
}

func TestParseTextIsBounded(t *testing.T) {
	t.Parallel()
	_, err := indicator.ParseText(strings.Repeat("x", indicator.MaxText+1))
	require.Equal(t, fault.TooLarge, fault.KindOf(err))
	_, err = indicator.ParseText("\xff")
	require.Equal(t, fault.Invalid, fault.KindOf(err))
	p, err := indicator.ParseText(strings.Repeat("203.0.113.7 ", indicator.MaxItems+1))
	require.NoError(t, err)
	require.True(t, p.Truncated)
	require.Len(t, p.Items, indicator.MaxItems)
}

func FuzzParseText(f *testing.F) {
	for _, s := range []string{
		"hxxps://evil[.]com:8080/a?b#c, bob[at]evil[.]com", `"C:\Program Files\x y.exe" /c %TEMP%\a`, "\\\\srv\\share\\x HKLM:\\a\\b",
		"[.] [.[.]] .] ( dot ) \u200b\u200bevil\u200b.com", "1.2.3.4:5/6 ::1 2001:db8::/32%x", "file:///C:/x http://[::1]:80/", "e\xe2\x80\x9cvil.com\xe2\x80\x9d",
		"imphash=" + md5Hex, "//x/y :\\\\ h**p", "C:\\a b\\c d\\e",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		p, err := indicator.ParseText(s)
		if err != nil {
			return
		}
		last := 0
		for _, it := range p.Items {
			require.GreaterOrEqual(t, it.Offset, last)
			require.Equal(t, it.Original, s[it.Offset:it.Offset+len(it.Original)])
			require.NotEmpty(t, it.Original)
			require.Equal(t, 1+strings.Count(s[:it.Offset], "\n"), it.Line)
			again, err := indicator.Normalise(it.Type, it.Value)
			require.NoError(t, err)
			require.Equal(t, it.Value, again.Value)
			last = it.Offset
		}
	})
}
