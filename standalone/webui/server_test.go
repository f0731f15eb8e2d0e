package webui

import (
	"encoding/json"
	"io"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
)

func get(t *testing.T, url string) (int, []byte) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, http.NoBody)
	require.NoError(t, err)
	resp, err := http.DefaultClient.Do(req)
	require.NoError(t, err)
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	return resp.StatusCode, body
}

func TestUIServesUnderItsPathAndOnlyReads(t *testing.T) {
	t.Parallel()
	s, err := Start(t.Context(), Params{
		TemporalAddress: "127.0.0.1:1", Namespace: "velocicompanion", PublicURL: "https://hunt.example",
	})
	require.NoError(t, err)
	t.Cleanup(s.Stop)

	status, page := get(t, s.URL()+PublicPath+"/namespaces/velocicompanion/workflows")
	require.Equal(t, http.StatusOK, status)
	require.Contains(t, string(page), PublicPath+"/_app/")

	status, body := get(t, s.URL()+PublicPath+"/api/v1/settings")
	require.Equal(t, http.StatusOK, status)
	var got struct {
		DefaultNamespace    string
		DisableWriteActions bool
		Codec               struct {
			Endpoint           string
			IncludeCredentials bool
			PassAccessToken    bool
		}
	}
	require.NoError(t, json.Unmarshal(body, &got))
	require.Equal(t, "velocicompanion", got.DefaultNamespace)
	require.True(t, got.DisableWriteActions)
	require.Equal(t, "https://hunt.example/temporal/codec", got.Codec.Endpoint)
	require.True(t, got.Codec.IncludeCredentials)
	require.False(t, got.Codec.PassAccessToken)
}
