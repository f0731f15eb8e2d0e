package demo_test

import (
	"net"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/velocicompanion/velocicompanion/internal/clock"
	"github.com/velocicompanion/velocicompanion/internal/velociraptor"
	"github.com/velocicompanion/velocicompanion/standalone/demo"
)

func endpoints(t *testing.T, file []byte) int {
	t.Helper()
	parsed, err := velociraptor.ParseAPIClient(file)
	require.NoError(t, err)
	c, err := velociraptor.New(velociraptor.Params{File: parsed, Dial: (&net.Dialer{}).DialContext, Clock: clock.System{}})
	require.NoError(t, err)
	defer func() { _ = c.Close() }()
	list, err := c.Clients(t.Context(), "", 1000)
	require.NoError(t, err)
	return len(list)
}

func TestRestartKeepsAddressFileAndTenant(t *testing.T) {
	t.Parallel()
	p := demo.Params{Dir: filepath.Join(t.TempDir(), "demo"), Clock: clock.System{}}
	d, err := demo.Start(p)
	require.NoError(t, err)
	require.Equal(t, demo.Endpoints, endpoints(t, d.File()))
	require.Zero(t, d.Tenant())
	require.NoError(t, d.Remember(7))
	address, file := d.Address(), d.File()
	d.Close()

	d, err = demo.Start(p)
	require.NoError(t, err)
	require.Equal(t, address, d.Address())
	require.Equal(t, file, d.File())
	require.EqualValues(t, 7, d.Tenant())
	require.Equal(t, demo.Endpoints, endpoints(t, d.File()))
	d.Close()
	info, err := os.Stat(filepath.Join(p.Dir, "api_client.yaml"))
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode().Perm())
}

func TestAddressThatIsTakenIsNoEnd(t *testing.T) {
	t.Parallel()
	p := demo.Params{Dir: filepath.Join(t.TempDir(), "demo"), Clock: clock.System{}}
	d, err := demo.Start(p)
	require.NoError(t, err)
	address := d.Address()
	d.Close()
	other, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", address)
	require.NoError(t, err)
	defer func() { _ = other.Close() }()
	d, err = demo.Start(p)
	require.NoError(t, err)
	defer d.Close()
	require.NotEqual(t, address, d.Address())
	require.Equal(t, demo.Endpoints, endpoints(t, d.File()))
}
