package fleet_test

import (
	"context"
	"net"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"github.com/velocicompanion/velocicompanion/internal/fleet"
	"github.com/velocicompanion/velocicompanion/internal/velociraptor"
	"github.com/velocicompanion/velocicompanion/internal/velociraptor/velotest"
	"github.com/velocicompanion/velocicompanion/models"
)

// failed is the first check that must be well and isn't.
func failed(ctx context.Context, t *testing.T, b *bundle, file []byte) fleet.Check {
	t.Helper()
	report, err := b.connections.Test(ctx, b.tenant, fleet.Candidate{Transport: models.TransportGRPC, Secret: file}, &models.VelociraptorConfig{})
	require.NoError(t, err)
	require.Error(t, report.Usable())
	for _, c := range report.Checks {
		if !c.OK && !c.Optional {
			return c
		}
	}
	return fleet.Check{}
}

func fileWith(t *testing.T, file []byte, change func(m map[string]any)) []byte {
	t.Helper()
	m := map[string]any{}
	require.NoError(t, yaml.Unmarshal(file, &m))
	change(m)
	out, err := yaml.Marshal(m)
	require.NoError(t, err)
	return out
}

func TestWhatTakesAConnectionAndSaysNothingIsSaid(t *testing.T) {
	t.Parallel()
	b := unconnected(t)
	hole, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = hole.Close() })
	file, err := b.server.APIClient("companion")
	require.NoError(t, err)
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	c := failed(ctx, t, b, fileWith(t, file, func(m map[string]any) { m["api_connection_string"] = hole.Addr().String() }))
	require.Equal(t, fleet.CheckTLS, c.Name)
	require.Contains(t, c.Message, "says nothing")
}

// A server may be the right one and yet refuse who comes: with TLS 1.3 that shows only after the handshake.
func TestAServerThatRefusesOurCertificateIsSaid(t *testing.T) {
	t.Parallel()
	b, foreign := unconnected(t), simulated(t, func(*velotest.Params) {})
	file, err := b.server.APIClient("companion")
	require.NoError(t, err)
	other, err := foreign.APIClient("companion")
	require.NoError(t, err)
	theirs := map[string]any{}
	require.NoError(t, yaml.Unmarshal(other, &theirs))
	c := failed(t.Context(), t, b, fileWith(t, file, func(m map[string]any) {
		m["ca_certificate"] = m["ca_certificate"].(string) + theirs["ca_certificate"].(string)
		m["client_cert"], m["client_private_key"] = theirs["client_cert"], theirs["client_private_key"]
	}))
	require.Equal(t, fleet.CheckTLS, c.Name)
	require.Equal(t, velociraptor.CodeTLS, c.Code)
	require.Contains(t, c.Message, "refuses the file's client_cert")
}
