package auth_test

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/stretchr/testify/require"

	"github.com/velocicompanion/velocicompanion/internal/auth"
	"github.com/velocicompanion/velocicompanion/internal/fault"
)

const (
	secretA = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	secretB = "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
	session = "7f0f8a52-6a6b-4b6e-9d7e-2f1a3b4c5d6e"
)

var ana = auth.Principal{UserID: 9007199254740993, TenantID: 9007199254740995, Role: auth.RoleAdmin, SessionID: session}

func noon() time.Time { return time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC) }

func keys(t *testing.T, secrets ...string) *auth.Keys {
	t.Helper()
	k, err := auth.NewKeys(secrets)
	require.NoError(t, err)
	return k
}

func requireCode(t *testing.T, err error, code string) {
	t.Helper()
	var f *fault.Error
	require.ErrorAs(t, err, &f)
	require.Equal(t, fault.Unauthenticated, f.Kind)
	require.Equal(t, code, f.StableCode())
}

func TestTokenRoundTrip(t *testing.T) {
	t.Parallel()
	k := keys(t, secretA)
	token, err := k.Issue(ana, noon(), 30*time.Minute)
	require.NoError(t, err)
	c, err := k.Parse(token, noon().Add(time.Minute))
	require.NoError(t, err)
	sum := sha256.Sum256([]byte(secretA))
	require.NotEmpty(t, c.TokenID)
	c.TokenID = ""
	require.Equal(t, auth.Claims{
		UserID: ana.UserID, TenantID: ana.TenantID, Role: auth.RoleAdmin, SessionID: session,
		KeyID: hex.EncodeToString(sum[:])[:8], IssuedAt: noon(), ExpiresAt: noon().Add(30 * time.Minute),
	}, c)
}

func TestTokenExpires(t *testing.T) {
	t.Parallel()
	k := keys(t, secretA)
	token, err := k.Issue(ana, noon(), time.Minute)
	require.NoError(t, err)
	_, err = k.Parse(token, noon().Add(time.Minute+4*time.Second))
	require.NoError(t, err)
	_, err = k.Parse(token, noon().Add(time.Minute+6*time.Second))
	requireCode(t, err, auth.CodeTokenExpired)
	_, err = k.Parse(token, noon().Add(-time.Minute))
	requireCode(t, err, auth.CodeTokenInvalid)
}

func TestKeyRotation(t *testing.T) {
	t.Parallel()
	old, err := keys(t, secretA).Issue(ana, noon(), time.Hour)
	require.NoError(t, err)
	rotated := keys(t, secretB, secretA)
	_, err = rotated.Parse(old, noon())
	require.NoError(t, err)
	fresh, err := rotated.Issue(ana, noon(), time.Hour)
	require.NoError(t, err)
	_, err = keys(t, secretA).Parse(fresh, noon())
	requireCode(t, err, auth.CodeTokenInvalid)
}

// forge signs arbitrary claims, as an attacker or an older version might.
func forge(t *testing.T, method jwt.SigningMethod, key any, kid string, change func(jwt.MapClaims)) string {
	t.Helper()
	claims := jwt.MapClaims{
		"iss": "velocicompanion", "aud": "velocicompanion", "sub": "7", "tenant_id": 3, "role": "admin", "sid": session,
		"jti": "x", "iat": noon().Unix(), "exp": noon().Add(time.Hour).Unix(),
	}
	if change != nil {
		change(claims)
	}
	tok := jwt.NewWithClaims(method, claims)
	if kid != "" {
		tok.Header["kid"] = kid
	}
	s, err := tok.SignedString(key)
	require.NoError(t, err)
	return s
}

func TestForgedTokens(t *testing.T) {
	t.Parallel()
	k := keys(t, secretA)
	sum := sha256.Sum256([]byte(secretA))
	kid := hex.EncodeToString(sum[:4])
	hs := jwt.SigningMethodHS256
	good := forge(t, hs, []byte(secretA), kid, nil)
	_, err := k.Parse(good, noon())
	require.NoError(t, err, "the forge itself works")
	parts := strings.Split(good, ".")
	without := func(name string) func(jwt.MapClaims) { return func(c jwt.MapClaims) { delete(c, name) } }
	with := func(name string, v any) func(jwt.MapClaims) { return func(c jwt.MapClaims) { c[name] = v } }
	claim := func(change func(jwt.MapClaims)) string { return forge(t, hs, []byte(secretA), kid, change) }

	for name, token := range map[string]string{
		"empty":           "",
		"garbage":         "a.b.c",
		"two parts":       parts[0] + "." + parts[1],
		"no signature":    parts[0] + "." + parts[1] + ".",
		"swapped payload": parts[0] + "." + base64.RawURLEncoding.EncodeToString([]byte(`{"sub":"1"}`)) + "." + parts[2],
		"alg none":        forge(t, jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType, kid, nil),
		"alg HS512":       forge(t, jwt.SigningMethodHS512, []byte(secretA), kid, nil),
		"other secret":    forge(t, hs, []byte(secretB), kid, nil),
		"no kid":          forge(t, hs, []byte(secretA), "", nil),
		"unknown kid":     forge(t, hs, []byte(secretA), "00000000", nil),
		"no exp":          claim(without("exp")),
		"no iat":          claim(without("iat")),
		"no jti":          claim(without("jti")),
		"no tenant":       claim(without("tenant_id")),
		"no issuer":       claim(without("iss")),
		"no audience":     claim(without("aud")),
		"other audience":  claim(with("aud", "elsewhere")),
		"other issuer":    claim(with("iss", "elsewhere")),
		"unknown role":    claim(with("role", "root")),
		"negative user":   claim(with("sub", "-7")),
		"textual user":    claim(with("sub", "ana")),
		"bad session":     claim(with("sid", "1; DROP TABLE sessions")),
		"huge":            good + strings.Repeat("A", 1<<20),
	} {
		_, err := k.Parse(token, noon())
		require.Error(t, err, name)
		requireCode(t, err, auth.CodeTokenInvalid)
	}
}

func TestIssueRefusesIncompletePrincipal(t *testing.T) {
	t.Parallel()
	k := keys(t, secretA)
	for _, p := range []auth.Principal{{}, {UserID: 1, TenantID: 1}, {UserID: 1, Role: auth.RoleUser}, {TenantID: 1, Role: auth.RoleUser}} {
		_, err := k.Issue(p, noon(), time.Hour)
		require.Error(t, err)
	}
	_, err := k.Issue(ana, noon(), 0)
	require.Error(t, err)
}

func TestRefusedSecrets(t *testing.T) {
	t.Parallel()
	for name, list := range map[string][]string{
		"none": nil, "short": {"short"}, "short second": {secretA, "short"},
		"comma": {strings.Repeat("a,", 20)}, "twice": {secretA, secretA},
	} {
		_, err := auth.NewKeys(list)
		require.Error(t, err, name)
		require.NotContains(t, err.Error(), secretA, name)
	}
}

func TestRefreshTokens(t *testing.T) {
	t.Parallel()
	token, hash := auth.NewRefreshToken()
	other, _ := auth.NewRefreshToken()
	require.True(t, strings.HasPrefix(token, auth.RefreshPrefix))
	require.NotEqual(t, token, other)
	require.Equal(t, auth.HashToken(token), hash)
	require.NotEqual(t, auth.HashToken(other), hash)
	raw, err := base64.RawURLEncoding.DecodeString(strings.TrimPrefix(token, auth.RefreshPrefix))
	require.NoError(t, err)
	require.Len(t, raw, 32)
	require.Len(t, hash, sha256.Size)
}

func FuzzParse(f *testing.F) {
	k, err := auth.NewKeys([]string{secretA})
	require.NoError(f, err)
	good, err := k.Issue(ana, noon(), time.Hour)
	require.NoError(f, err)
	f.Add(good)
	f.Add("a.b.c")
	f.Fuzz(func(t *testing.T, token string) {
		c, err := k.Parse(token, noon())
		if err != nil {
			require.True(t, fault.Is(err, fault.Unauthenticated))
			return
		}
		require.Equal(t, ana.UserID, c.UserID, "only the genuine token passes")
	})
}

func TestATokenOpensOnlyItsOwnDoor(t *testing.T) {
	t.Parallel()
	keys, err := auth.NewKeys([]string{"0123456789abcdef0123456789abcdef"})
	require.NoError(t, err)
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	p := auth.Principal{UserID: 1, TenantID: 2, Role: auth.RoleSuperAdmin}
	token, err := keys.IssueFor(auth.AudienceTemporal, p, now, time.Minute)
	require.NoError(t, err)
	_, err = keys.ParseFor(auth.AudienceTemporal, token, now)
	require.NoError(t, err)
	_, err = keys.Parse(token, now)
	require.True(t, fault.Is(err, fault.Unauthenticated))
}

func TestATokenSeenBeforeIsJudgedByTimeAndDoorEachTime(t *testing.T) {
	t.Parallel()
	k, err := auth.NewKeys([]string{strings.Repeat("k", 32)})
	require.NoError(t, err)
	now := time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)
	token, err := k.Issue(auth.Principal{UserID: 1, TenantID: 2, Role: auth.RoleUser}, now, time.Minute)
	require.NoError(t, err)
	first, err := k.Parse(token, now)
	require.NoError(t, err)
	again, err := k.Parse(token, now.Add(64*time.Second))
	require.NoError(t, err)
	require.Equal(t, first, again)
	_, err = k.Parse(token, now.Add(65*time.Second))
	requireCode(t, err, auth.CodeTokenExpired)
	_, err = k.Parse(token, now.Add(-time.Minute))
	requireCode(t, err, auth.CodeTokenInvalid) // from a time to come
	_, err = k.ParseFor(auth.AudienceTemporal, token, now)
	requireCode(t, err, auth.CodeTokenInvalid)
	other, err := auth.NewKeys([]string{strings.Repeat("o", 32)})
	require.NoError(t, err)
	_, err = other.Parse(token, now)
	requireCode(t, err, auth.CodeTokenInvalid)
	_, err = k.Parse(token[:len(token)-1], now)
	require.Error(t, err)
}
