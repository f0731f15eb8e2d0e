package egress_test

import (
	"net/netip"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/velocicompanion/velocicompanion/internal/egress"
	"github.com/velocicompanion/velocicompanion/internal/fault"
)

func newDialer(t testing.TB, allow ...string) *egress.Dialer {
	t.Helper()
	d, err := egress.New(egress.Params{Allow: allow})
	require.NoError(t, err)
	return d
}

func requireRefused(t *testing.T, err error, msg string) {
	t.Helper()
	require.Error(t, err, msg)
	var f *fault.Error
	require.ErrorAs(t, err, &f, msg)
	require.Equal(t, fault.Invalid, f.Kind, msg)
	require.Equal(t, egress.CodeRefused, f.StableCode(), msg)
}

func refusedAddresses() []string {
	return []string{
		"0.0.0.0", "0.1.2.3", "10.0.0.1", "10.255.255.255", "100.64.0.1", "100.127.255.254", "127.0.0.1", "127.9.9.9",
		"169.254.1.1", "169.254.169.254", "172.16.0.1", "172.31.255.255", "192.0.0.192", "192.0.2.1", "192.88.99.1",
		"192.168.1.1", "198.18.0.1", "198.19.255.255", "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.255.255.255",
		"240.0.0.1", "255.255.255.255", "100.100.100.200", "168.63.129.16",
		"::", "::1", "::7f00:1", "::ffff:127.0.0.1", "::ffff:8.8.8.8", "64:ff9b::7f00:1", "64:ff9b::808:808", "64:ff9b:1::1",
		"100::1", "2001::1", "2001:10::1", "2001:db8::1", "2002:7f00:1::", "2002:808:808::1", "3fff::1", "5f00::1",
		"fc00::1", "fd00:ec2::254", "fe80::1", "fec0::1", "ff02::1", "4000::1",
	}
}

func TestInnerAddressesAreRefused(t *testing.T) {
	t.Parallel()
	d := newDialer(t)
	for _, a := range refusedAddresses() {
		host := a
		if netip.MustParseAddr(a).Is6() {
			host = "[" + a + "]"
		}
		_, err := d.CheckURL("http://" + host + "/hook")
		requireRefused(t, err, a)
		_, err = d.DialContext(t.Context(), "tcp", host+":80")
		requireRefused(t, err, a)
	}
}

func TestOpenInternetPasses(t *testing.T) {
	t.Parallel()
	d := newDialer(t)
	for _, u := range []string{
		"https://8.8.8.8/", "http://1.1.1.1:8080/x?y=z", "https://100.63.255.255/", "https://172.32.0.1/", "https://[2606:4700::1111]/",
		"https://hooks.example.org/T0/B0/secret", "HTTPS://Example.ORG./", "https://bücher.example/", "https://a_b.example/",
	} {
		_, err := d.CheckURL(u)
		require.NoError(t, err, u)
	}
}

func TestURLsThatAreNoTarget(t *testing.T) {
	t.Parallel()
	d := newDialer(t)
	for name, u := range map[string]string{
		"empty":            "",
		"no scheme":        "example.org/x",
		"ftp":              "ftp://example.org/",
		"file":             "file:///etc/passwd",
		"gopher":           "gopher://example.org:6379/_FLUSHALL",
		"javascript":       "javascript:alert(1)",
		"opaque":           "http:example.org",
		"no host":          "http:///x",
		"only port":        "http://:80/",
		"user":             "https://ana@example.org/",
		"user trick":       "https://example.org:80@127.0.0.1/",
		"port 0":           "http://example.org:0/",
		"port big":         "http://example.org:65536/",
		"port text":        "http://example.org:http/",
		"smtp":             "http://example.org:25/",
		"redis":            "http://example.org:6379/",
		"postgres":         "https://8.8.8.8:5432/",
		"decimal":          "http://2130706433/",
		"hex":              "http://0x7f000001/",
		"hex parts":        "http://0x7f.0.0.0x1/",
		"short":            "http://127.1/",
		"octal":            "http://0177.0.0.1/",
		"leading zeros":    "http://010.0.0.1/",
		"final dot":        "http://127.0.0.1./",
		"five parts":       "http://1.2.3.4.5/",
		"circled":          "http://①②⑦.⓪.⓪.①/",
		"full width":       "http://１２７.0.0.1/",
		"ideographic stop": "http://127。0。0。1/",
		"zone":             "http://[fe80::1%25eth0]/",
		"zone global":      "http://[2606:4700::1111%25eth0]/",
		"localhost":        "http://localhost/",
		"localhost dot":    "http://LOCALHOST./",
		"below localhost":  "http://x.localhost/",
		"space":            "http://exa mple.org/",
		"newline":          "http://example.org/\r\nX: y",
		"nul":              "http://example.org\x00/",
		"backslash":        "http://example.org\\@127.0.0.1/",
		"semicolon":        "http://example.org;x/",
		"percent":          "http://%31%32%37.0.0.1/",
		"empty label":      "http://example..org/",
		"long label":       "http://aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.example/",
	} {
		_, err := d.CheckURL(u)
		requireRefused(t, err, name)
	}
}

func TestRefusalSaysWhatAndNotTheSecret(t *testing.T) {
	t.Parallel()
	_, err := newDialer(t).CheckURL("http://10.1.2.3/T0/s3cr3t")
	require.EqualError(t, err, "10.1.2.3 is refused: it is a private address")
	_, err = newDialer(t).CheckURL("http://exa mple/s3cr3t")
	require.NotContains(t, err.Error(), "s3cr3t")
}

func FuzzCheckURL(f *testing.F) {
	for _, s := range []string{
		"https://example.org/", "http://127.0.0.1:80/", "http://[::ffff:10.0.0.1]/", "http://0x7f.1/", "http://①.1/", "http://a@b/",
		"http://[fe80::1%25lo]/", "http://localhost./", "https://8.8.8.8:443/", "http://127。0。0。1",
	} {
		f.Add(s)
	}
	d := newDialer(f)
	refused := map[netip.Addr]bool{}
	for _, a := range refusedAddresses() {
		refused[netip.MustParseAddr(a)] = true
	}
	f.Fuzz(func(t *testing.T, raw string) {
		u, err := d.CheckURL(raw)
		if err != nil {
			requireRefused(t, err, raw)
			return
		}
		require.Contains(t, []string{"http", "https"}, u.Scheme)
		require.Nil(t, u.User)
		require.NotEmpty(t, u.Hostname())
		if ip, err := netip.ParseAddr(u.Hostname()); err == nil {
			require.True(t, ip.IsGlobalUnicast() && !ip.IsPrivate() && !ip.Is4In6() && !refused[ip], raw)
		}
	})
}
