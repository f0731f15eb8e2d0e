package velociraptor_test

import (
	"bytes"
	"net"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"github.com/velocicompanion/velocicompanion/internal/clock"
	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/internal/velociraptor"
	"github.com/velocicompanion/velocicompanion/internal/velociraptor/velotest"
)

func TestBadAPIClientFilesSayWhatIsWrong(t *testing.T) {
	t.Parallel()
	s, foreign := start(t, velotest.Params{}), start(t, velotest.Params{})
	good, err := s.APIClient("companion")
	require.NoError(t, err)
	other, err := foreign.APIClient("companion")
	require.NoError(t, err)
	for name, test := range map[string]struct {
		file []byte
		at   string
	}{
		"empty":            {nil, "api_client"},
		"no yaml":          {[]byte("{{{"), "api_client"},
		"a list":           {[]byte("- a\n- b\n"), "api_client"},
		"long":             {[]byte(strings.Repeat("#", 300<<10)), "api_client"},
		"no authority":     {changed(t, good, "ca_certificate", ""), "api_client.ca_certificate"},
		"odd authority":    {changed(t, good, "ca_certificate", "x"), "api_client.ca_certificate"},
		"no key":           {changed(t, good, "client_private_key", ""), "api_client.client_private_key"},
		"odd key":          {changed(t, good, "client_private_key", "x"), "api_client.client_private_key"},
		"another's key":    {changed(t, good, "client_private_key", field(t, other, "client_private_key")), "api_client.client_cert"},
		"another's server": {changed(t, good, "ca_certificate", field(t, other, "ca_certificate")), "api_client.client_cert"},
		"no address":       {changed(t, good, "api_connection_string", ""), "api_client.api_connection_string"},
		"no port":          {changed(t, good, "api_connection_string", "velociraptor.example.org"), "api_client.api_connection_string"},
		"a text":           {[]byte("hello"), "api_client"},
		"a list as key":    {changed(t, good, "client_private_key", []string{"x"}), "api_client.client_private_key"},
		"a list as name":   {changed(t, good, "name", []string{"x"}), "api_client.name"},
		"a key twice":      {append(bytes.Clone(good), "\nclient_cert: x\n"...), "api_client.client_cert"},
		"a passphrase":     {changed(t, good, "client_private_key", encrypted), "api_client.client_private_key"},
		"NUL in a host":    {changed(t, good, "api_connection_string", "a\x00b:8001"), "api_client.api_connection_string"},
		"space in a host":  {changed(t, good, "api_connection_string", "a b:8001"), "api_client.api_connection_string"},
		"odd port":         {changed(t, good, "api_connection_string", "a:99999"), "api_client.api_connection_string"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := velociraptor.ParseAPIClient(test.file)
			var f *fault.Error
			require.ErrorAs(t, err, &f)
			require.Equal(t, fault.Invalid, f.Kind)
			require.Equal(t, test.at, f.Fields[0].Location)
			require.NotContains(t, err.Error(), "PRIVATE KEY")
		})
	}
}

const encrypted = "-----BEGIN ENCRYPTED PRIVATE KEY-----\nMAAA\n-----END ENCRYPTED PRIVATE KEY-----\n"

func TestBrokenYAMLSaysWhere(t *testing.T) {
	t.Parallel()
	_, err := velociraptor.ParseAPIClient([]byte("name: x\nca_certificate: [\nclient_private_key: secret\n"))
	require.ErrorContains(t, err, "(line ")
	require.NotContains(t, err.Error(), "secret")
}

func TestExpiredCertificateIsRefused(t *testing.T) {
	t.Parallel()
	file, err := start(t, velotest.Params{}).ExpiredAPIClient("companion")
	require.NoError(t, err)
	parsed, err := velociraptor.ParseAPIClient(file)
	require.NoError(t, err)
	_, err = velociraptor.New(velociraptor.Params{File: parsed, Dial: (&net.Dialer{}).DialContext, Clock: clock.System{}})
	requireFault(t, err, fault.Invalid, "certificate_expired")
}

// FuzzAPIClient: whatever is pasted is a file or a fault with a field.
func FuzzAPIClient(f *testing.F) {
	f.Add([]byte("ca_certificate: |\n  -----BEGIN CERTIFICATE-----\n"))
	f.Add([]byte("{name: 1, version: []}"))
	f.Fuzz(func(t *testing.T, file []byte) {
		if _, err := velociraptor.ParseAPIClient(file); err != nil {
			require.Equal(t, fault.Invalid, fault.KindOf(err))
		}
	})
}

func changed(t *testing.T, file []byte, key string, value any) []byte {
	t.Helper()
	m := map[string]any{}
	require.NoError(t, yaml.Unmarshal(file, &m))
	m[key] = value
	out, err := yaml.Marshal(m)
	require.NoError(t, err)
	return out
}

func field(t *testing.T, file []byte, key string) string {
	t.Helper()
	m := map[string]any{}
	require.NoError(t, yaml.Unmarshal(file, &m))
	v, ok := m[key].(string)
	require.True(t, ok)
	return v
}
