package velociraptor_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"github.com/velocicompanion/velocicompanion/internal/clock"
	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/internal/velociraptor"
	"github.com/velocicompanion/velocicompanion/internal/velociraptor/velotest"
)

// serverMonitoring is the contract's part about event artifacts: it writes one, runs it, reads it back and removes it. A real
// server needs server_artifact_writer, collect_server and server_admin for it; without them it is skipped.
func serverMonitoring(t *testing.T, c *velociraptor.Client, _ velociraptor.Endpoint) {
	t.Helper()
	ctx := t.Context()
	suffix := strings.ToUpper(clock.Token(6))
	suffix = strings.NewReplacer("-", "X", "_", "Y").Replace(suffix)
	cb := velociraptor.Callback{
		Artifact: velociraptor.CallbackPrefix + "Contract" + suffix, KeyName: "VelociCompanionContract" + suffix, URL: "http://127.0.0.1:9/callbacks/contract",
	}
	definition, err := cb.Definition()
	require.NoError(t, err)
	_, err = velociraptor.FindArtifact(ctx, c, cb.Artifact)
	require.Equal(t, fault.NotFound, fault.KindOf(err), "%v", err)

	err = velociraptor.SetArtifact(ctx, c, definition)
	if fault.Is(err, fault.Forbidden) {
		t.Skip("our user may not write server artifacts: " + err.Error())
	}
	require.NoError(t, err)
	t.Cleanup(func() { _ = velociraptor.DeleteArtifact(context.WithoutCancel(ctx), c, cb.Artifact) })
	found, err := velociraptor.FindArtifact(ctx, c, cb.Artifact)
	require.NoError(t, err)
	require.Equal(t, "server_event", strings.ToLower(found.Type))
	require.Len(t, found.Params, 4)

	key := strings.Repeat("0123456789abcdef", 4)
	sum := sha256.Sum256([]byte(key))
	require.NoError(t, velociraptor.SetServerMetadata(ctx, c, cb.KeyName, key))
	digest, err := velociraptor.ServerMetadataDigest(ctx, c, cb.KeyName)
	require.NoError(t, err)
	require.Equal(t, hex.EncodeToString(sum[:]), digest)

	_, err = velociraptor.ServerMonitoring(ctx, c, cb.Artifact)
	require.Equal(t, fault.NotFound, fault.KindOf(err), "%v", err)
	require.NoError(t, velociraptor.AddServerMonitoring(ctx, c, cb.Artifact, cb.Parameters()))
	params, err := velociraptor.ServerMonitoring(ctx, c, cb.Artifact)
	require.NoError(t, err)
	require.Equal(t, cb.URL, params["CallbackURL"])
	require.Equal(t, cb.KeyName, params["KeyName"])

	// Nobody listens there: the server says so, and the address's last part, which is a secret, isn't repeated.
	err = velociraptor.Ping(ctx, c, cb, "n")
	require.Equal(t, fault.Unavailable, fault.KindOf(err), "%v", err)

	require.NoError(t, velociraptor.RemoveServerMonitoring(ctx, c, cb.Artifact))
	require.NoError(t, velociraptor.RemoveServerMonitoring(ctx, c, cb.Artifact)) // again
	_, err = velociraptor.ServerMonitoring(ctx, c, cb.Artifact)
	require.Equal(t, fault.NotFound, fault.KindOf(err), "%v", err)
	require.NoError(t, velociraptor.RemoveServerMetadata(ctx, c, cb.KeyName))
	digest, err = velociraptor.ServerMetadataDigest(ctx, c, cb.KeyName)
	require.NoError(t, err)
	require.Empty(t, digest)
	require.NoError(t, velociraptor.DeleteArtifact(ctx, c, cb.Artifact))
	require.NoError(t, velociraptor.DeleteArtifact(ctx, c, cb.Artifact)) // again
	_, err = velociraptor.FindArtifact(ctx, c, cb.Artifact)
	require.Equal(t, fault.NotFound, fault.KindOf(err), "%v", err)
}

func TestServerKeyGoesPastTheLog(t *testing.T) {
	t.Parallel()
	s := start(t, velotest.Params{Endpoints: 1, Orgs: []string{"OTHER"}})
	c := connect(t, s)
	require.NoError(t, c.SetServerKey(t.Context(), "K", "secret"))
	digest, err := velociraptor.ServerMetadataDigest(t.Context(), c, "K")
	require.NoError(t, err)
	require.Len(t, digest, 64)
	require.Equal(t, []string{"server_metadata_digest"}, s.Statements()) // no statement, whose values the server logs, held it

	file, err := s.APIClient("companion")
	require.NoError(t, err)
	require.Equal(t, fault.Invalid, fault.KindOf(client(t, file, "OTHER").SetServerKey(t.Context(), "K", "secret")))
}

func TestPingIsSignedWithTheServersKey(t *testing.T) {
	t.Parallel()
	s := start(t, velotest.Params{Endpoints: 1})
	c := connect(t, s)
	key := strings.Repeat("ab", 32)
	require.NoError(t, c.SetServerKey(t.Context(), "K", key))
	called := make(chan bool, 1)
	there := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		called <- velociraptor.SignatureFits(key, r.Header.Get(velociraptor.HeaderTimestamp), r.Header.Get(velociraptor.HeaderSignature), body)
	}))
	t.Cleanup(there.Close)
	require.NoError(t, velociraptor.Ping(t.Context(), c, velociraptor.Callback{KeyName: "K", URL: there.URL + "/x"}, "nonce"))
	select {
	case right := <-called:
		require.True(t, right)
	case <-time.After(5 * time.Second):
		require.Fail(t, "nobody called")
	}
}

func TestCallbackArtifactIsWhole(t *testing.T) {
	t.Parallel()
	definition, err := velociraptor.Callback{Artifact: velociraptor.CallbackPrefix + "X1"}.Definition()
	require.NoError(t, err)
	var a struct {
		Name, Type, Export string
		Parameters         []struct{ Name string }
		Sources            []struct{ Name, Query string }
	}
	require.NoError(t, yaml.Unmarshal([]byte(definition), &a))
	require.Equal(t, velociraptor.CallbackPrefix+"X1", a.Name)
	require.Equal(t, "SERVER_EVENT", a.Type)
	require.Len(t, a.Sources, 2)
	for _, fn := range []string{"LET KeyBlock(", "LET Digest(", "LET Signature(", "LET Call("} {
		require.Contains(t, a.Export, fn)
	}
	for _, s := range a.Sources { // these queues make the server lose clients
		require.NotContains(t, s.Query, "Participation")
		require.NotContains(t, s.Query, "Server.Internal")
	}
}

// RFC 4231 has no key of 64 characters in text; this value is of another implementation.
func TestSignature(t *testing.T) {
	t.Parallel()
	key := strings.Repeat("0123456789abcdef", 4)
	const want = "b020318da23a9cf25d6daea35efaabb1face0daea6aa941ee496f0f51593b8c6"
	require.Equal(t, want, velociraptor.SignatureOf(key, "1700000000", []byte(`{"kind":"flow.completed"}`)))
	require.True(t, velociraptor.SignatureFits(key, "1700000000", want, []byte(`{"kind":"flow.completed"}`)))
	for _, wrong := range []string{"", want[:63], strings.ToUpper(want), strings.Repeat("0", 64)} {
		require.False(t, velociraptor.SignatureFits(key, "1700000000", wrong, []byte(`{"kind":"flow.completed"}`)), wrong)
	}
	require.False(t, velociraptor.SignatureFits(key, "1700000001", want, []byte(`{"kind":"flow.completed"}`)))
}
