package indicator_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/internal/indicator"
	"github.com/velocicompanion/velocicompanion/models"
)

const (
	md5Hex  = "44d88612fea8a8f36de82e1278abb02f"
	sha1Hex = "3395856ce81f2b7382dee72602f798b642f14140"
	sha2Hex = "275a021bbfb6489e54d471899f7db9d1663fc695ec2fe2a2c4538aabf651fd0f"
)

func TestTypesAreTheModels(t *testing.T) {
	t.Parallel()
	var names []string
	for _, typ := range indicator.Types() {
		names = append(names, string(typ))
	}
	require.Equal(t, models.ArtifactTypes(), names)
}

type normal struct {
	t             indicator.Type
	in            string
	subtype, want string
	key           string // "" for the same as want
}

func normals() []normal {
	const ssdeep = "3:AXGBicFlgVNhBGcL6wCrFQEv:AXGHsNhxLsr2C"
	return []normal{
		{indicator.Hash, " " + strings.ToUpper(md5Hex) + "\n", "md5", md5Hex, ""},
		{indicator.Hash, "SHA1=" + sha1Hex, "sha1", sha1Hex, ""},
		{indicator.Hash, "SHA-256: " + strings.ToUpper(sha2Hex), "sha256", sha2Hex, ""},
		{indicator.Hash, strings.Repeat("ab", 48), "sha384", strings.Repeat("ab", 48), ""},
		{indicator.Hash, strings.Repeat("ab", 64), "sha512", strings.Repeat("ab", 64), ""},
		{indicator.Hash, "IMPHASH=" + md5Hex, "imphash", md5Hex, ""},
		{indicator.Hash, ssdeep, "ssdeep", ssdeep, ""},
		{indicator.Hash, "t1" + strings.Repeat("0a", 35), "tlsh", "T1" + strings.Repeat("0A", 35), ""},

		{indicator.IP, "203.0.113.7", "ipv4", "203.0.113.7", ""},
		{indicator.IP, "2001:DB8:0:0:0:0:0:1", "ipv6", "2001:db8::1", ""},
		{indicator.IP, "[2001:db8::0001]", "ipv6", "2001:db8::1", ""},
		{indicator.IP, "2001:db8:0:0:1:0:0:1", "ipv6", "2001:db8::1:0:0:1", ""},
		{indicator.IP, "::ffff:192.0.2.1", "ipv4", "192.0.2.1", ""},
		{indicator.IP, "198.51.100.77/24", "cidr", "198.51.100.0/24", ""},
		{indicator.IP, "198.51.100.77/32", "ipv4", "198.51.100.77", ""},
		{indicator.IP, "2001:db8::1/32", "cidr", "2001:db8::/32", ""},
		{indicator.IP, "::ffff:198.51.100.0/120", "cidr", "198.51.100.0/24", ""},

		{indicator.Domain, "WWW.Evil.Example.", "", "www.evil.example", ""},
		{indicator.Domain, "Bücher.example", "", "xn--bcher-kva.example", ""},
		{indicator.Domain, "例え。テスト", "", "xn--r8jz45g.xn--zckzah", ""},
		{indicator.Domain, "_dmarc.evil.example", "", "_dmarc.evil.example", ""},

		{indicator.Email, "mailto:Bob.Smith+x@Evil.Example", "", "bob.smith+x@evil.example", ""},
		{indicator.Email, "jürgen@bücher.example", "", "jürgen@xn--bcher-kva.example", ""},

		{indicator.URL, "HTTP://EVIL.example", "", "http://evil.example/", ""},
		{indicator.URL, "https://evil.example:443/a/./b/../c?x=1&y=%7e#top", "", "https://evil.example/a/c?x=1&y=~", ""},
		{indicator.URL, "http://user:pa@ss@evil.example:8080/%2e%2e/x%2fy%zz", "", "http://user:pa%40ss@evil.example:8080/x%2Fy%25zz", ""},
		{indicator.URL, "http://[2001:DB8::1]:80/", "", "http://[2001:db8::1]/", ""},
		{indicator.URL, "http://0x7f.1/", "", "http://127.0.0.1/", ""},
		{indicator.URL, "http://3405803783/x", "", "http://203.0.113.7/x", ""},
		{indicator.URL, "http://0313.0.0161.07/x", "", "http://203.0.113.7/x", ""},
		{indicator.URL, "http://bücher.example/ü", "", "http://xn--bcher-kva.example/%C3%BC", ""},
		{indicator.URL, "http://intranet/Path?", "", "http://intranet/Path", ""},
		{indicator.URL, `http://evil.example\a\b`, "", "http://evil.example/a/b", ""},
		{indicator.URL, "ftp://evil.example:2121/x", "", "ftp://evil.example:2121/x", ""},

		{indicator.File, `"c:/Users//Bob/..\Eve\x.EXE"`, "windows_path", `C:\Users\Eve\x.EXE`, `c:\users\eve\x.exe`},
		{indicator.File, `C:\\Users\\Bob\\x.exe`, "windows_path", `C:\Users\Bob\x.exe`, `c:\users\bob\x.exe`},
		{indicator.File, `\\?\C:\x.exe`, "windows_path", `C:\x.exe`, `c:\x.exe`},
		{indicator.File, `\\.\C:\x.exe`, "windows_path", `C:\x.exe`, `c:\x.exe`},
		{indicator.File, `\??\C:\x.exe`, "windows_path", `C:\x.exe`, `c:\x.exe`},
		{indicator.File, `\\?\UNC\srv\share\x`, "windows_path", `\\srv\share\x`, `\\srv\share\x`},
		{indicator.File, `\\SRV\share\..\..\x`, "windows_path", `\\SRV\share\x`, `\\srv\share\x`},
		{indicator.File, `file:///C:/Temp/a%20b.dll`, "windows_path", `C:\Temp\a b.dll`, `c:\temp\a b.dll`},
		{indicator.File, `%TEMP%\x.ps1`, "windows_path", `%TEMP%\x.ps1`, `%temp%\x.ps1`},
		{indicator.File, "/usr//lib/../bin/./x", "unix_path", "/usr/bin/x", ""},
		{indicator.File, "Evil.exe", "name", "Evil.exe", "evil.exe"},

		{indicator.Registry, `HKEY_LOCAL_MACHINE\Software\\Run\`, "hklm", `HKLM\Software\Run`, `hklm\software\run`},
		{indicator.Registry, `HKLM:\Software\Run`, "hklm", `HKLM\Software\Run`, `hklm\software\run`},
		{indicator.Registry, `HKLM:Software\Run`, "hklm", `HKLM\Software\Run`, `hklm\software\run`},
		{indicator.Registry, `Registry::HKEY_CURRENT_USER\Run`, "hkcu", `HKCU\Run`, `hkcu\run`},
		{indicator.Registry, `\REGISTRY\MACHINE\SYSTEM\x`, "hklm", `HKLM\SYSTEM\x`, `hklm\system\x`},
		{indicator.Registry, `\Registry\User\S-1-5-18\x`, "hku", `HKU\S-1-5-18\x`, `hku\s-1-5-18\x`},
		{indicator.Registry, `Computer\HKEY_CLASSES_ROOT\.exe`, "hkcr", `HKCR\.exe`, `hkcr\.exe`},

		{indicator.Other, " mutex-1 ", "", "mutex-1", ""},
	}
}

func TestNormalise(t *testing.T) {
	t.Parallel()
	for _, c := range normals() {
		in, err := indicator.Normalise(c.t, c.in)
		require.NoError(t, err, c.in)
		if c.key == "" {
			c.key = c.want
		}
		require.Equal(t, indicator.Indicator{Type: c.t, Subtype: c.subtype, Value: c.want, Key: c.key}, in, c.in)
		again, err := indicator.Normalise(c.t, in.Value)
		require.NoError(t, err, c.in)
		require.Equal(t, in.Value, again.Value, "canonical of canonical")
		require.Equal(t, in.Key, again.Key, "canonical of canonical")
	}
}

func TestNormaliseNamesWhatIsWrong(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		t        indicator.Type
		in, says string
	}{
		{indicator.Hash, "", "must not be empty"},
		{indicator.Hash, md5Hex[1:], "31 digits"},
		{indicator.Hash, "g" + md5Hex[1:], `'g' is no hexadecimal digit`},
		{indicator.Hash, "SHA256=" + md5Hex, "says sha256, but 32 digits are md5"},
		{indicator.IP, "203.0.113.256", "256 is more than 255"},
		{indicator.IP, "203.0.113.007", "begins with a zero"},
		{indicator.IP, "203.0..7", "a part is missing"},
		{indicator.IP, "203.0.113.7:443", "has a port (443)"},
		{indicator.IP, "fe80::1%eth0", "has a zone"},
		{indicator.IP, "203.0.113.0/33", "no network"},
		{indicator.IP, "evil.example", "no IPv4 or IPv6 address"},
		{indicator.Domain, "203.0.113.7", "is an address"},
		{indicator.Domain, "localhost", "single label"},
		{indicator.Domain, "*.evil.example", "is a pattern"},
		{indicator.Domain, "https://evil.example", `it holds ':'`},
		{indicator.Domain, "evil..example", "a label is empty"},
		{indicator.Domain, "-evil.example", "hyphen"},
		{indicator.Domain, strings.Repeat("a", 64) + ".example", "more than 63"},
		{indicator.Domain, "evil.example.1", "last label is a number"},
		{indicator.Domain, "xn--\u00fc.example", "IDNA"},
		{indicator.Email, "evil.example", "no @"},
		{indicator.Email, "@evil.example", "nothing stands before"},
		{indicator.Email, "a..b@evil.example", "dot too many"},
		{indicator.Email, "a b@evil.example", `' ' before the @`},
		{indicator.Email, "a@b", "behind the @"},
		{indicator.URL, "evil.example/x", "no scheme"},
		{indicator.URL, "http://", "no host"},
		{indicator.URL, "http://evil.example:99999/", "no port"},
		{indicator.URL, "http://256.1.1.1/", "no address"},
		{indicator.URL, "http://a b/", "no name"},
		{indicator.URL, "http://[::1/", "broken"},
		{indicator.File, `C:\`, "a drive"},
		{indicator.File, "/", "root"},
		{indicator.Registry, `Software\Run`, "hive"},
		{indicator.Other, "a\x00b", "control characters"},
		{indicator.Other, "\xff", "UTF-8"},
		{indicator.Other, strings.Repeat("x", 4097), "at most 4096"},
		{"nonsense", "x", "must be one of"},
	} {
		_, err := indicator.Normalise(c.t, c.in)
		require.Equal(t, fault.Invalid, fault.KindOf(err), "%s %q", c.t, c.in)
		require.ErrorContains(t, err, c.says)
	}
}

func TestGuess(t *testing.T) {
	t.Parallel()
	for value, want := range map[string]indicator.Type{
		md5Hex: indicator.Hash, strings.ToUpper(sha2Hex): indicator.Hash, md5Hex[1:]: indicator.Other,
		"203.0.113.7": indicator.IP, "203[.]0[.]113[.]7": indicator.IP, "2001:db8::1": indicator.IP, "198.51.100.0/24": indicator.IP,
		"evil.example": indicator.Domain, "evil[.]com": indicator.Domain, "sub.evil.co.uk": indicator.Domain, "bücher.de": indicator.Domain,
		"bob@evil[.]com": indicator.Email, "bob[at]evil[dot]com": indicator.Email,
		"hxxps://evil[.]com/x": indicator.URL, "ftp://evil.com": indicator.URL,
		`C:\x\y.exe`: indicator.File, "/etc/passwd": indicator.File, "setup.exe": indicator.File, "System.dll": indicator.File,
		"run.ps1": indicator.File, "install.sh": indicator.File, "logs.zip": indicator.File, "chcp.com": indicator.File, `\\srv\share\x`: indicator.File,
		"file:///C:/x/y.dll": indicator.File, ".bashrc.txt": indicator.File,
		`HKLM\Software\Run`: indicator.Registry, "HKEY_CURRENT_USER": indicator.Registry,
		"": indicator.Other, "hello": indicator.Other, "two words.com": indicator.Other, `c:\`: indicator.Other, "//evil.com": indicator.Other, "1.2.3": indicator.Other, "a.b": indicator.Other,
	} {
		require.Equal(t, want, indicator.Guess(value), value)
	}
}

func TestGuards(t *testing.T) {
	t.Parallel()
	for _, g := range indicator.Guards() {
		require.NotEmpty(t, g.Why(), g)
		require.True(t, strings.HasSuffix(g.Why(), "."), g)
	}
}

func FuzzNormalise(f *testing.F) {
	for _, c := range normals() {
		f.Add(string(c.t), c.in)
	}
	f.Fuzz(func(t *testing.T, typ, value string) {
		in, err := indicator.Normalise(indicator.Type(typ), value)
		if err != nil {
			require.Equal(t, fault.Invalid, fault.KindOf(err))
			return
		}
		require.NotEmpty(t, in.Key)
		again, err := indicator.Normalise(in.Type, in.Value)
		require.NoError(t, err, "%q", in.Value)
		require.Equal(t, in.Value, again.Value)
		require.Equal(t, in.Key, again.Key)
		if in.Type == indicator.URL {
			_, err := url.Parse(in.Value)
			require.NoError(t, err)
		}
		if in.Type == indicator.Domain || in.Type == indicator.IP || in.Type == indicator.URL {
			require.Equal(t, in.Value, indicator.Refang(indicator.Defang(in.Type, in.Value)))
		}
	})
}
