package codec_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	commonpb "go.temporal.io/api/common/v1"
	"go.temporal.io/sdk/converter"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	"github.com/velocicompanion/velocicompanion/internal/codec"
	"github.com/velocicompanion/velocicompanion/internal/fault"
)

// serveAs gives a server whose caller belongs to one tenant; tenant -1 is nobody.
func serveAs(t *testing.T, c *codec.Codec, tenant int64) *httptest.Server {
	t.Helper()
	srv := httptest.NewServer(codec.NewHandler(codec.HandlerParams{
		Codec: c,
		Caller: func(context.Context) (codec.Caller, error) {
			if tenant < 0 {
				return codec.Caller{}, fault.New(fault.Unauthenticated, "sign in first")
			}
			return codec.Caller{Tenant: tenant, Allow: func(id int64) bool { return id == tenant }}, nil
		},
		OnError: func(w http.ResponseWriter, _ *http.Request, err error) {
			http.Error(w, string(fault.KindOf(err)), http.StatusTeapot)
		},
		MaxBody: 64 << 10,
	}))
	t.Cleanup(srv.Close)
	return srv
}

func post(t *testing.T, url, body string) (int, string) {
	t.Helper()
	res, err := http.Post(url, "application/json", strings.NewReader(body))
	require.NoError(t, err)
	defer func() { _ = res.Body.Close() }()
	var b strings.Builder
	_, err = io.Copy(&b, res.Body)
	require.NoError(t, err)
	return res.StatusCode, strings.TrimSpace(b.String())
}

func TestHandlerSpeaksTheSDKsProtocol(t *testing.T) {
	t.Parallel()
	c := newCodec(t, key(1))
	srv := serveAs(t, c, 7)
	remote := converter.NewRemotePayloadCodec(converter.RemotePayloadCodecOptions{Endpoint: srv.URL + "/temporal/codec"})

	encoded, err := remote.Encode([]*commonpb.Payload{plain("secret")})
	require.NoError(t, err)
	require.Equal(t, "7", string(encoded[0].GetMetadata()[codec.MetadataTenant]))
	out, err := remote.Decode(encoded)
	require.NoError(t, err)
	require.True(t, proto.Equal(plain("secret"), out[0]))
}

func TestHandlerRefuses(t *testing.T) {
	t.Parallel()
	c := newCodec(t, key(1))
	foreign, err := protojson.Marshal(&commonpb.Payloads{Payloads: []*commonpb.Payload{encode(t, c.Tenant(8), "secret")}})
	require.NoError(t, err)
	seven, nobody := serveAs(t, c, 7).URL, serveAs(t, c, -1).URL

	for name, tc := range map[string]struct {
		url, body string
		want      fault.Kind
	}{
		"foreign":  {seven + "/decode", string(foreign), fault.Forbidden},
		"nobody":   {nobody + "/decode", `{}`, fault.Unauthenticated},
		"garbage":  {seven + "/decode", `{"payloads":`, fault.Malformed},
		"unknown":  {seven + "/decode", `{"payload":[]}`, fault.Malformed},
		"big":      {seven + "/decode", strings.Repeat(" ", 65<<10), fault.TooLarge},
		"path":     {seven + "/download", `{}`, fault.NotFound},
		"emptyone": {seven + "/decode", ``, fault.Malformed},
	} {
		status, body := post(t, tc.url, tc.body)
		require.Equal(t, http.StatusTeapot, status, name)
		require.Equal(t, string(tc.want), body, name)
	}
	res, err := http.Get(seven + "/decode")
	require.NoError(t, err)
	require.NoError(t, res.Body.Close())
	require.Equal(t, http.StatusTeapot, res.StatusCode)

	status, body := post(t, seven+"/decode", `{"payloads":[{}]}`)
	require.Equal(t, http.StatusOK, status)
	require.JSONEq(t, `{"payloads":[{}]}`, body)
}
