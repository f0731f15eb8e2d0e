package codec_test

import (
	"bytes"
	"encoding/base64"
	"testing"

	"github.com/stretchr/testify/require"
	commonpb "go.temporal.io/api/common/v1"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/temporal"
	"google.golang.org/protobuf/proto"

	"github.com/velocicompanion/velocicompanion/internal/codec"
	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/internal/seal"
)

func key(b byte) string { return base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{b}, 32)) }

func newCodec(t testing.TB, list string) *codec.Codec {
	t.Helper()
	keys, err := seal.ParseKeys(list)
	require.NoError(t, err)
	return codec.New(keys)
}

func plain(s string) *commonpb.Payload {
	return &commonpb.Payload{Metadata: map[string][]byte{"encoding": []byte("json/plain")}, Data: []byte(`"` + s + `"`)}
}

func encode(t *testing.T, c converter.PayloadCodec, s string) *commonpb.Payload {
	t.Helper()
	out, err := c.Encode([]*commonpb.Payload{plain(s)})
	require.NoError(t, err)
	require.Len(t, out, 1)
	return out[0]
}

func TestPayloadRoundTrip(t *testing.T) {
	t.Parallel()
	c := newCodec(t, key(1)).Tenant(7)
	p := encode(t, c, "mimikatz on WS-0777")
	raw, err := proto.Marshal(p)
	require.NoError(t, err)
	require.NotContains(t, string(raw), "WS-0777")
	require.NotContains(t, string(raw), "json/plain", "the inner metadata is sealed too")
	require.Equal(t, "binary/encrypted", string(p.GetMetadata()["encoding"]))
	require.Equal(t, "7", string(p.GetMetadata()[codec.MetadataTenant]))

	out, err := c.Decode([]*commonpb.Payload{p})
	require.NoError(t, err)
	require.True(t, proto.Equal(plain("mimikatz on WS-0777"), out[0]))
	require.NotEqual(t, p.GetData(), encode(t, c, "mimikatz on WS-0777").GetData(), "a nonce is never used twice")
}

func TestAnotherTenantsPayloadStaysShut(t *testing.T) {
	t.Parallel()
	c := newCodec(t, key(1))
	p := encode(t, c.Tenant(7), "secret")
	_, err := c.Tenant(8).Decode([]*commonpb.Payload{p})
	require.True(t, fault.Is(err, fault.Forbidden))

	relabelled := proto.CloneOf(p)
	relabelled.Metadata[codec.MetadataTenant] = []byte("8")
	_, err = c.Tenant(8).Decode([]*commonpb.Payload{relabelled})
	require.True(t, fault.Is(err, fault.Invalid), "a changed label opens nothing")
	_, err = c.System().Decode([]*commonpb.Payload{p})
	require.Error(t, err)
}

func TestBrokenPayloads(t *testing.T) {
	t.Parallel()
	c := newCodec(t, key(1)).Tenant(7)
	for name, change := range map[string]func(*commonpb.Payload){
		"flipped":    func(p *commonpb.Payload) { p.Data[len(p.Data)-1] ^= 1 },
		"cut":        func(p *commonpb.Payload) { p.Data = p.Data[:20] },
		"empty":      func(p *commonpb.Payload) { p.Data = nil },
		"no tenant":  func(p *commonpb.Payload) { delete(p.Metadata, codec.MetadataTenant) },
		"bad tenant": func(p *commonpb.Payload) { p.Metadata[codec.MetadataTenant] = []byte("7 OR 1=1") },
		"neg tenant": func(p *commonpb.Payload) { p.Metadata[codec.MetadataTenant] = []byte("-7") },
		"no key":     func(p *commonpb.Payload) { delete(p.Metadata, codec.MetadataKeyID) },
	} {
		p := encode(t, c, "secret")
		change(p)
		_, err := c.Decode([]*commonpb.Payload{p})
		require.Error(t, err, name)
	}
}

func TestUnsealedPayloadsPass(t *testing.T) {
	t.Parallel()
	c := newCodec(t, key(1)).Tenant(7)
	out, err := c.Decode([]*commonpb.Payload{plain("version marker"), {}})
	require.NoError(t, err)
	require.True(t, proto.Equal(plain("version marker"), out[0]))
}

func TestPayloadKeyRotation(t *testing.T) {
	t.Parallel()
	old := encode(t, newCodec(t, key(1)).Tenant(7), "secret")
	rotated := newCodec(t, key(2)+","+key(1)).Tenant(7)
	_, err := rotated.Decode([]*commonpb.Payload{old})
	require.NoError(t, err)
	fresh := encode(t, rotated, "secret")
	_, err = newCodec(t, key(2)).Tenant(7).Decode([]*commonpb.Payload{fresh})
	require.NoError(t, err, "the first key seals")
	_, err = newCodec(t, key(2)).Tenant(7).Decode([]*commonpb.Payload{old})
	var f *fault.Error
	require.ErrorAs(t, err, &f)
	require.Equal(t, seal.CodeKeyMissing, f.StableCode())
}

func TestOpenAsksWhoseItIs(t *testing.T) {
	t.Parallel()
	c := newCodec(t, key(1))
	seven, eight := encode(t, c.Tenant(7), "seven"), encode(t, c.Tenant(8), "eight")
	all := []*commonpb.Payload{seven, plain("clear"), eight, seven}

	out, err := c.Open(all, func(int64) bool { return true })
	require.NoError(t, err)
	for i, want := range []string{"seven", "clear", "eight", "seven"} {
		require.True(t, proto.Equal(plain(want), out[i]))
	}
	_, err = c.Open(all, func(id int64) bool { return id == 7 })
	require.True(t, fault.Is(err, fault.Forbidden))
}

func TestFailuresAreSealed(t *testing.T) {
	t.Parallel()
	c := newCodec(t, key(1))
	cause := temporal.NewApplicationError("host WS-0777 refused", "unavailable", "detail WS-0777")
	sealedFailure := c.FailureConverter(7).ErrorToFailure(cause)
	raw, err := proto.Marshal(sealedFailure)
	require.NoError(t, err)
	require.NotContains(t, string(raw), "WS-0777")

	var app *temporal.ApplicationError
	require.ErrorAs(t, c.FailureConverter(7).FailureToError(proto.CloneOf(sealedFailure)), &app)
	require.Equal(t, "unavailable", app.Type())
	require.Equal(t, "host WS-0777 refused", app.Message())
	var detail string
	require.NoError(t, app.Details(&detail))
	require.Equal(t, "detail WS-0777", detail)

	require.NotContains(t, c.FailureConverter(8).FailureToError(sealedFailure).Error(), "WS-0777")
}

func TestDataConverterKeepsValues(t *testing.T) {
	t.Parallel()
	type input struct {
		ID   int64  `json:"id"`
		Name string `json:"name"`
	}
	dc := newCodec(t, key(1)).DataConverter(7)
	want := input{ID: 9007199254740993, Name: "run"}
	payloads, err := dc.ToPayloads(want, []byte{1, 2}, nil)
	require.NoError(t, err)
	var got input
	var blob []byte
	var nothing *input
	require.NoError(t, dc.FromPayloads(payloads, &got, &blob, &nothing))
	require.Equal(t, want, got)
	require.Equal(t, []byte{1, 2}, blob)
	require.Nil(t, nothing)
	require.Contains(t, newCodec(t, key(1)).DataConverter(8).ToString(payloads.GetPayloads()[0]), "another tenant")
}

func FuzzDecode(f *testing.F) {
	c := newCodec(f, key(1)).Tenant(7)
	good, err := c.Encode([]*commonpb.Payload{plain("secret")})
	require.NoError(f, err)
	f.Add([]byte("7"), good[0].GetMetadata()[codec.MetadataKeyID], good[0].GetData())
	f.Fuzz(func(t *testing.T, tenant, keyID, data []byte) {
		p := &commonpb.Payload{Data: data, Metadata: map[string][]byte{
			"encoding": []byte(codec.MetadataEncrypted), codec.MetadataTenant: tenant, codec.MetadataKeyID: keyID,
		}}
		out, err := c.Decode([]*commonpb.Payload{p})
		if err != nil {
			var flt *fault.Error
			require.ErrorAs(t, err, &flt)
			return
		}
		require.True(t, proto.Equal(plain("secret"), out[0]), "only what was sealed opens")
	})
}
