package egress_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/velocicompanion/velocicompanion/internal/egress"
)

func TestOperatorsExceptions(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		allow, url string
		ok         bool
	}{
		{"10.1.0.0/16", "http://10.1.2.3/", true},
		{"10.1.0.0/16", "http://10.2.2.3/", false},
		{"10.1.2.3", "http://10.1.2.3:9200/", true},
		{"10.1.2.3", "http://10.1.2.4/", false},
		{"10.1.2.3:8443", "https://10.1.2.3:8443/", true},
		{"10.1.2.3:8443", "https://10.1.2.3/", false},
		{"[fd00::1]:8443", "https://[fd00::1]:8443/", true},
		{"[fd00::1]", "https://[fd00::1]:8443/", true},
		{"fd00::1", "https://[fd00::1]:8443/", true},
		{"fd00::/8", "https://[fd00::2]/", true},
		{"localhost", "http://localhost:8080/", true},
		{"127.0.0.0/8", "http://localhost:8080/", true},
		{"::1", "http://localhost:8080/", true},
		{"LocalHost.:8080", "http://localhost:8080/", true},
		{"localhost:8080", "http://localhost:8081/", false},
		{"example.org:6379", "http://example.org:6379/", true},
		{"10.1.2.3:6379", "http://10.1.2.3:6379/", true},
		{"10.1.2.3", "http://10.1.2.3:6379/", false},
		{"10.1.2.3:6379", "http://example.org:6379/", false},
		{"169.254.0.0/16", "http://169.254.1.1/", true},
		{"169.254.0.0/16", "http://169.254.169.254/", false},
		{"0.0.0.0/0", "http://169.254.169.254/", false},
		{"169.254.169.254", "http://169.254.169.254/", true},
		{"::/0", "http://[::ffff:127.0.0.1]/", false},
	} {
		_, err := newDialer(t, tc.allow).CheckURL(tc.url)
		if tc.ok {
			require.NoError(t, err, "%s with %s", tc.url, tc.allow)
		} else {
			requireRefused(t, err, tc.url+" with "+tc.allow)
		}
	}
}

func TestTenantsOnlyNarrow(t *testing.T) {
	t.Parallel()
	operator := newDialer(t, "10.1.0.0/16")
	tenant, err := operator.Narrow([]string{"*.example.org", "10.0.0.0/8", "siem.corp:8088"})
	require.NoError(t, err)
	for u, ok := range map[string]bool{
		"https://a.example.org/":   true,
		"https://a.b.example.org/": true,
		"https://10.1.2.3/":        true,
		"https://10.2.2.3/":        false, // the tenant's list opens nothing
		"https://8.8.8.8/":         false,
	} {
		_, err := tenant.CheckURL(u)
		require.Equal(t, ok, err == nil, u)
	}

	names, err := operator.Narrow([]string{"*.example.org", "siem.corp:8088"})
	require.NoError(t, err)
	for u, ok := range map[string]bool{
		"https://a.example.org/":    true,
		"https://example.org/":      false,
		"https://evilexample.org/":  false,
		"https://siem.corp:8088/":   true,
		"https://siem.corp/":        false,
		"https://example.org.evil/": false,
	} {
		_, err := names.CheckURL(u)
		require.Equal(t, ok, err == nil, u)
	}
	twice, err := names.Narrow([]string{"b.example.org"})
	require.NoError(t, err)
	_, err = twice.CheckURL("https://a.example.org/")
	requireRefused(t, err, "both lists must agree")
	_, err = operator.CheckURL("https://8.8.8.8/")
	require.NoError(t, err, "the operator's own dialer is untouched")

	same, err := operator.Narrow(nil)
	require.NoError(t, err)
	_, err = same.CheckURL("https://8.8.8.8/")
	require.NoError(t, err)
}

func TestUnreadableLists(t *testing.T) {
	t.Parallel()
	for _, entry := range []string{
		"10.0.0.0/33", "exa mple", "host:0", "host:99999", "host:http", "http://host", "*", "*.", "a*.example.org", "127.1", "0x7f000001",
		"::ffff:10.0.0.1", "::ffff:10.0.0.0/112", "fe80::1%eth0", "host:80:90",
	} {
		_, err := egress.New(egress.Params{Allow: []string{entry}})
		require.ErrorContains(t, err, "EGRESS_ALLOW", entry)
		_, err = newDialer(t).Narrow([]string{entry})
		requireRefused(t, err, entry)
	}
	_, err := egress.New(egress.Params{Allow: []string{"", "  "}})
	require.NoError(t, err)
}
