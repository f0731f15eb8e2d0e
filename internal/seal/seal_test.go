package seal_test

import (
	"bytes"
	"encoding/base64"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/internal/seal"
)

func key(b byte) string { return base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{b}, 32)) }

func sealer(t testing.TB, list string) *seal.Sealer {
	t.Helper()
	keys, err := seal.ParseKeys(list)
	require.NoError(t, err)
	return seal.New(keys)
}

func requireCode(t *testing.T, err error, kind fault.Kind, code string) {
	t.Helper()
	var f *fault.Error
	require.ErrorAs(t, err, &f)
	require.Equal(t, kind, f.Kind)
	require.Equal(t, code, f.StableCode())
}

func TestSealAndOpen(t *testing.T) {
	t.Parallel()
	s := sealer(t, key(1))
	for _, secret := range []string{"", "hunter2", string(make([]byte, 10_000))} {
		sealed, err := s.Seal(7, "smtp", []byte(secret))
		require.NoError(t, err)
		require.NotContains(t, string(sealed), "hunter2")
		require.Len(t, sealed, len(secret)+37)
		again, err := s.Seal(7, "smtp", []byte(secret))
		require.NoError(t, err)
		require.NotEqual(t, sealed, again, "a nonce is never used twice")
		got, err := s.Open(7, "smtp", sealed)
		require.NoError(t, err)
		require.Equal(t, secret, string(got))
	}
}

func TestSealedOpensOnlyInItsPlace(t *testing.T) {
	t.Parallel()
	s := sealer(t, key(1))
	sealed, err := s.Seal(7, "smtp", []byte("hunter2"))
	require.NoError(t, err)
	_, err = s.Open(8, "smtp", sealed)
	requireCode(t, err, fault.Internal, seal.CodeSealBroken)
	_, err = s.Open(7, "siem", sealed)
	requireCode(t, err, fault.Internal, seal.CodeSealBroken)
	_, err = sealer(t, key(2)).Open(7, "smtp", sealed)
	requireCode(t, err, fault.Unavailable, seal.CodeKeyMissing)
}

func TestEveryAlteredByteIsFound(t *testing.T) {
	t.Parallel()
	s := sealer(t, key(1))
	sealed, err := s.Seal(7, "smtp", []byte("hunter2"))
	require.NoError(t, err)
	for i := range sealed {
		bad := bytes.Clone(sealed)
		bad[i] ^= 1
		_, err := s.Open(7, "smtp", bad)
		require.Error(t, err, "byte %d", i)
		_, err = s.Open(7, "smtp", sealed[:i])
		require.Error(t, err, "cut to %d", i)
	}
}

func TestRotation(t *testing.T) {
	t.Parallel()
	before := sealer(t, key(1))
	sealed, err := before.Seal(7, "smtp", []byte("hunter2"))
	require.NoError(t, err)
	require.False(t, before.NeedsReseal(sealed))

	during := sealer(t, key(2)+", "+key(1))
	require.True(t, during.NeedsReseal(sealed))
	plain, err := during.Open(7, "smtp", sealed)
	require.NoError(t, err)
	resealed, err := during.Seal(7, "smtp", plain)
	require.NoError(t, err)
	require.False(t, during.NeedsReseal(resealed))

	after := sealer(t, key(2))
	got, err := after.Open(7, "smtp", resealed)
	require.NoError(t, err)
	require.Equal(t, "hunter2", string(got))
	require.True(t, after.NeedsReseal(nil))
}

func TestRoomsDeriveDifferentKeys(t *testing.T) {
	t.Parallel()
	keys, err := seal.ParseKeys(key(1))
	require.NoError(t, err)
	secrets, err := keys.AEAD(keys.Primary(), seal.RoomSecrets, 7)
	require.NoError(t, err)
	payloads, err := keys.AEAD(keys.Primary(), seal.RoomPayloads, 7)
	require.NoError(t, err)
	ct, err := secrets.Encrypt([]byte("x"), nil)
	require.NoError(t, err)
	_, err = payloads.Decrypt(ct, nil)
	require.Error(t, err)
}

func TestKeyLists(t *testing.T) {
	t.Parallel()
	raw := bytes.Repeat([]byte{0xfb, 0xff}, 16)
	var ids []string
	for _, enc := range []*base64.Encoding{base64.StdEncoding, base64.RawStdEncoding, base64.URLEncoding, base64.RawURLEncoding} {
		keys, err := seal.ParseKeys(enc.EncodeToString(raw))
		require.NoError(t, err)
		ids = append(ids, keys.Primary())
	}
	require.Equal(t, ids[0], ids[1])
	require.Equal(t, ids[1], ids[2])
	require.Equal(t, ids[2], ids[3])

	for name, list := range map[string]string{
		"empty": "", "blank": " ", "trailing comma": key(1) + ",", "short": base64.StdEncoding.EncodeToString(make([]byte, 31)),
		"long": base64.StdEncoding.EncodeToString(make([]byte, 33)), "no base64": "not base64 at all!", "twice": key(1) + "," + key(1),
	} {
		_, err := seal.ParseKeys(list)
		require.Error(t, err, name)
		require.NotContains(t, err.Error(), key(1), name)
	}
}

func FuzzOpen(f *testing.F) {
	s := sealer(f, key(1))
	good, err := s.Seal(7, "smtp", []byte("hunter2"))
	require.NoError(f, err)
	f.Add(good)
	f.Add([]byte{1})
	f.Fuzz(func(t *testing.T, sealed []byte) {
		plain, err := s.Open(7, "smtp", sealed)
		if bytes.Equal(sealed, good) {
			require.NoError(t, err)
			require.Equal(t, "hunter2", string(plain))
			return
		}
		require.Error(t, err)
	})
}
